import type { Offsets } from './text/normalizedString.ts';

/** Which end of a text is cut off, or filled up. */
export type Direction = 'left' | 'right';

/** The columns of an encoding, one entry a token. */
export interface EncodingColumns {
  readonly ids: number[];
  readonly typeIds: number[];
  readonly tokens: string[];
  readonly wordIds: (number | null)[];
  readonly offsets: Offsets[];
  readonly specialTokensMask: number[];
  readonly attentionMask: number[];
}

const columns = [
  'ids',
  'typeIds',
  'tokens',
  'wordIds',
  'offsets',
  'specialTokensMask',
  'attentionMask',
] as const;

const emptyColumns = (): EncodingColumns => ({
  ids: [],
  typeIds: [],
  tokens: [],
  wordIds: [],
  offsets: [],
  specialTokensMask: [],
  attentionMask: [],
});

/** Entries of a list one behind the other; a spread would be too much for the stack. */
function append<T>(list: T[], added: readonly T[]): void {
  for (const one of added) list.push(one);
}

/** The tokens of a text, or of a pair of texts, and what is known about each. */
export class Encoding implements EncodingColumns {
  ids: number[];
  /** Which text of a pair a token belongs to, as the model is told. */
  typeIds: number[];
  tokens: string[];
  /** The number of the word that a token is of; null for special tokens. */
  wordIds: (number | null)[];
  /** Where a token lies in the original text, in UTF-16 units, as `text.slice(start, end)` takes them. */
  offsets: Offsets[];
  /** 1 for tokens that were added by the post-processor. */
  specialTokensMask: number[];
  /** 0 for padding. */
  attentionMask: number[];
  /** What truncation cut off, in pieces of the same length. */
  overflowing: Encoding[] = [];
  /** By number of the text: where its tokens are. Truncation forgets it, as in the reference. */
  readonly sequenceRanges = new Map<number, Offsets>();

  constructor(from: Partial<EncodingColumns> = {}) {
    const { ids, typeIds, tokens, wordIds, offsets, specialTokensMask, attentionMask } = {
      ...emptyColumns(),
      ...from,
    };
    this.ids = ids;
    this.typeIds = typeIds;
    this.tokens = tokens;
    this.wordIds = wordIds;
    this.offsets = offsets;
    this.specialTokensMask = specialTokensMask;
    this.attentionMask = attentionMask;
  }

  get length(): number {
    return this.ids.length;
  }

  /** For each token, which of the texts it is of; null for special tokens and padding. */
  get sequenceIds(): (number | null)[] {
    const ids: (number | null)[] = this.ids.map(() => (this.sequenceRanges.size === 0 ? 0 : null));
    for (const [sequence, [start, end]] of this.sequenceRanges) ids.fill(sequence, start, end);
    return ids;
  }

  /** The token that lies at a UTF-16 unit of a text; undefined when none does. */
  charToToken(unit: number, sequence = 0): number | undefined {
    const [from, to] = this.sequenceRanges.get(sequence) ?? [0, this.length];
    for (let i = from; i < to; i++) {
      const [start, end] = this.offsets[i] as Offsets;
      if (start <= unit && unit < end) return i;
    }
    return undefined;
  }

  clone(): Encoding {
    const copy = this.#slice(0, this.length);
    copy.overflowing = this.overflowing.map((one) => one.clone());
    for (const [sequence, range] of this.sequenceRanges) copy.sequenceRanges.set(sequence, range);
    return copy;
  }

  setTypeIds(typeId: number): void {
    this.typeIds = new Array<number>(this.length).fill(typeId);
  }

  setSequenceId(sequence: number): void {
    this.sequenceRanges.set(sequence, [0, this.length]);
  }

  #slice(start: number, end: number): Encoding {
    return new Encoding({
      ids: this.ids.slice(start, end),
      typeIds: this.typeIds.slice(start, end),
      tokens: this.tokens.slice(start, end),
      wordIds: this.wordIds.slice(start, end),
      offsets: this.offsets.slice(start, end),
      specialTokensMask: this.specialTokensMask.slice(start, end),
      attentionMask: this.attentionMask.slice(start, end),
    });
  }

  #take(other: EncodingColumns): void {
    this.ids = other.ids;
    this.typeIds = other.typeIds;
    this.tokens = other.tokens;
    this.wordIds = other.wordIds;
    this.offsets = other.offsets;
    this.specialTokensMask = other.specialTokensMask;
    this.attentionMask = other.attentionMask;
  }

  /**
   * Keeps `maxLength` tokens. The rest goes to `overflowing`, in pieces of that length, each of which begins `stride` tokens
   * before the end of the one before.
   * @throws RangeError for a stride that is not below the length
   */
  truncate(maxLength: number, stride = 0, direction: Direction = 'right'): void {
    if (maxLength >= this.length) return;
    if (maxLength === 0) {
      const all = this.clone();
      this.#take(emptyColumns());
      this.sequenceRanges.clear();
      this.overflowing = [all];
      return;
    }
    if (!(stride >= 0 && stride < maxLength)) {
      throw new RangeError(
        `truncate: a stride of ${stride} does not fit ${maxLength} tokens, special ones not counted; choose a smaller one.`,
      );
    }
    const parts: Encoding[] = [];
    const step = maxLength - stride;
    if (direction === 'right') {
      for (let start = 0; ; start += step) {
        const end = Math.min(start + maxLength, this.length);
        parts.push(this.#slice(start, end));
        if (end === this.length) break;
      }
    } else {
      for (let end = this.length; ; end -= step) {
        const start = Math.max(end - maxLength, 0);
        parts.push(this.#slice(start, end));
        if (start === 0) break;
      }
    }
    this.#take(parts[0] as Encoding);
    this.sequenceRanges.clear();
    this.overflowing = parts.slice(1);
  }

  /** Puts another encoding behind this one. What overflows of one is put together with the other, and with what it lost. */
  merge(other: Encoding): void {
    const overflowing: Encoding[] = [];
    const together = (first: Encoding, second: Encoding): void => {
      const copy = first.clone();
      copy.merge(second);
      overflowing.push(copy);
    };
    for (const one of this.overflowing) {
      together(one, other);
      for (const another of other.overflowing) together(one, another);
    }
    for (const another of other.overflowing) together(this, another);
    const before = this.length;
    for (const [sequence, [start, end]] of other.sequenceRanges) {
      this.sequenceRanges.set(sequence, [before + start, before + end]);
    }
    for (const column of columns) append<unknown>(this[column], other[column]);
    this.overflowing = overflowing;
  }

  /** Fills up to `length` tokens, and what overflows as well. Longer encodings stay. */
  pad(
    length: number,
    pad: {
      readonly id: number;
      readonly typeId: number;
      readonly token: string;
      readonly direction: Direction;
    },
  ): void {
    for (const one of this.overflowing) one.pad(length, pad);
    const count = length - this.length;
    if (count <= 0) return;
    const filled = <T>(list: T[], value: T): T[] => {
      const padding = new Array<T>(count).fill(value);
      return pad.direction === 'left' ? padding.concat(list) : list.concat(padding);
    };
    this.#take({
      ids: filled(this.ids, pad.id),
      typeIds: filled(this.typeIds, pad.typeId),
      tokens: filled(this.tokens, pad.token),
      wordIds: filled(this.wordIds, null),
      offsets: filled(this.offsets, [0, 0]),
      specialTokensMask: filled(this.specialTokensMask, 1),
      attentionMask: filled(this.attentionMask, 0),
    });
    if (pad.direction === 'left') {
      for (const [sequence, [start, end]] of this.sequenceRanges) {
        this.sequenceRanges.set(sequence, [start + count, end + count]);
      }
    }
  }
}
