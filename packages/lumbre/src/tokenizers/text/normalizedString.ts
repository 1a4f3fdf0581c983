import type { Pattern } from '../patterns/pattern.ts';
import { type SplitBehavior, splitRanges } from '../patterns/splitBehavior.ts';
import { Edits } from './edits.ts';

/** A half-open range of UTF-16 units. */
export type Offsets = readonly [start: number, end: number];

/**
 * What becomes of a text on its way through normalizers and pre-tokenizers, with the memory of where each piece of it comes
 * from: for each UTF-16 unit the range of the original text that it stands for.
 *
 * As long as nothing has changed there are no such ranges, only where the text begins in the original. Tracking can be left
 * out altogether, for those who ask for ids alone.
 *
 * Alignments are those of Hugging Face's `NormalizedString`, which counts bytes; since ranges begin and end at characters,
 * UTF-16 units do as well.
 */
export class NormalizedString {
  #text: string;
  /** Where the source of each unit begins and ends in the original. null while the text is a slice of it. */
  #starts: Int32Array | null;
  #ends: Int32Array | null;
  /** Where the units of this text begin in them: slices share the arrays, as a view for each word would cost more than it. */
  #first: number;
  /** The part of the original that this stands for. */
  readonly originalStart: number;
  readonly originalEnd: number;
  /** Whether alignments are kept. */
  readonly tracked: boolean;

  private constructor(
    text: string,
    starts: Int32Array | null,
    ends: Int32Array | null,
    first: number,
    originalStart: number,
    originalEnd: number,
    tracked: boolean,
  ) {
    this.#text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.#first = first;
    this.originalStart = originalStart;
    this.originalEnd = originalEnd;
    this.tracked = tracked;
  }

  /** A text that nothing has happened to. Without tracking, offsets mean nothing. */
  static of(text: string, tracked = true): NormalizedString {
    return new NormalizedString(text, null, null, 0, 0, text.length, tracked);
  }

  get text(): string {
    return this.#text;
  }

  /** Whether it is a slice of the original still. */
  get unchanged(): boolean {
    return this.tracked && this.#starts === null;
  }

  /** Where the units from `start` to `end` come from. */
  originalOffsets(start: number, end: number): Offsets {
    // An empty range stays as it is: that is what the reference does.
    if (start >= end || this.#starts === null)
      return [this.originalStart + start, this.originalStart + Math.max(start, end)];
    const first = this.#first;
    return [this.#starts[first + start] as number, (this.#ends as Int32Array)[first + end - 1] as number];
  }

  slice(start: number, end: number): NormalizedString {
    if (start === 0 && end === this.#text.length) return this;
    const [from, to] = this.originalOffsets(start, end);
    return new NormalizedString(
      this.#text.slice(start, end),
      this.#starts,
      this.#ends,
      this.#first + start,
      from,
      to,
      this.tracked,
    );
  }

  split(pattern: Pattern, behavior: SplitBehavior): NormalizedString[] {
    return this.sliceAll(splitRanges(pattern.findMatches(this.#text), behavior));
  }

  sliceAll(ranges: Iterable<Offsets>): NormalizedString[] {
    const slices: NormalizedString[] = [];
    for (const [start, end] of ranges) if (end > start) slices.push(this.slice(start, end));
    return slices;
  }

  /** Puts another text in place of this one, whose units are aligned as `sources` says. */
  #become(text: string, starts: Int32Array | null, ends: Int32Array | null): void {
    this.#text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.#first = 0;
  }

  /** The alignment of each unit, written out if it was not yet. */
  #alignments(): { starts: Int32Array; ends: Int32Array } {
    if (this.#starts === null || this.#ends === null) {
      const { length } = this.#text;
      const starts = new Int32Array(length);
      const ends = new Int32Array(length);
      for (let i = 0; i < length; ) {
        const size = (this.#text.codePointAt(i) as number) > 0xffff ? 2 : 1;
        for (let k = i; k < i + size; k++) {
          starts[k] = this.originalStart + i;
          ends[k] = this.originalStart + i + size;
        }
        i += size;
      }
      this.#starts = starts;
      this.#ends = ends;
      this.#first = 0;
    }
    const last = this.#first + this.#text.length;
    return { starts: this.#starts.subarray(this.#first, last), ends: this.#ends.subarray(this.#first, last) };
  }

  /** Puts pieces of other text in the places that `edits` says. */
  edit(edits: Edits): void {
    if (edits.empty) return;
    const text = edits.apply(this.#text);
    if (!this.tracked) {
      this.#text = text;
      return;
    }
    const { starts, ends } = this.#alignments();
    this.#become(text, edits.align(starts, text.length), edits.align(ends, text.length));
  }

  /**
   * Writes each character as others, which stand for it; `write` leaves those as they are for which it returns undefined.
   * Nothing at all leaves a character out.
   */
  mapCharacters(write: (codePoint: number, character: string) => string | undefined): void {
    const edits = new Edits();
    const text = this.#text;
    for (let start = 0; start < text.length; ) {
      const codePoint = text.codePointAt(start) as number;
      const end = start + (codePoint > 0xffff ? 2 : 1);
      const character = text.slice(start, end);
      const written = write(codePoint, character);
      if (written !== undefined && written !== character) edits.replace(start, end, written);
      start = end;
    }
    this.edit(edits);
  }

  /** Puts a text before this one, unless this is empty. It stands for the first character. */
  prepend(text: string): void {
    if (this.#text === '') return;
    if (!this.tracked) {
      this.#text = text + this.#text;
      return;
    }
    const { starts, ends } = this.#alignments();
    const grown = (values: Int32Array): Int32Array => {
      const result = new Int32Array(values.length + text.length).fill(values[0] as number, 0, text.length);
      result.set(values, text.length);
      return result;
    };
    this.#become(text + this.#text, grown(starts), grown(ends));
  }

  /** Puts `content` in the place of all that the pattern finds. It stands for the last unit of what it replaces. */
  replace(pattern: Pattern, content: string): void {
    const edits = new Edits();
    for (const { start, end, found } of pattern.findMatches(this.#text)) {
      if (found) edits.replace(start, end, content, end - 1);
    }
    this.edit(edits);
  }

  /** Keeps the units from `start` to `end`, and nothing around them. */
  keep(start: number, end: number): void {
    if (start === 0 && end === this.#text.length) return;
    const { starts, ends } = this.tracked ? this.#alignments() : { starts: null, ends: null };
    this.#become(
      this.#text.slice(start, end),
      starts?.subarray(start, end) ?? null,
      ends?.subarray(start, end) ?? null,
    );
  }
}
