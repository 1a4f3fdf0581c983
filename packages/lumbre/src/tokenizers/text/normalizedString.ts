import type { Match, Pattern } from '../patterns/pattern.ts';
import { type SplitBehavior, splitRanges } from '../patterns/splitBehavior.ts';

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
  /** Per unit of the text: where its source begins and ends in the original. null while the text is a slice of it. */
  #starts: Int32Array | null;
  #ends: Int32Array | null;
  /** The part of the original that this stands for. */
  readonly originalStart: number;
  readonly originalEnd: number;
  /** Whether alignments are kept. */
  readonly tracked: boolean;

  private constructor(
    text: string,
    starts: Int32Array | null,
    ends: Int32Array | null,
    original: Offsets,
    tracked: boolean,
  ) {
    this.#text = text;
    this.#starts = starts;
    this.#ends = ends;
    this.originalStart = original[0];
    this.originalEnd = original[1];
    this.tracked = tracked;
  }

  /** A text that nothing has happened to. Without tracking, offsets mean nothing. */
  static of(text: string, tracked = true): NormalizedString {
    return new NormalizedString(text, null, null, [0, text.length], tracked);
  }

  get text(): string {
    return this.#text;
  }

  /** Where the units from `start` to `end` come from. */
  originalOffsets(start: number, end: number): Offsets {
    // An empty range stays as it is: that is what the reference does.
    if (start >= end || this.#starts === null)
      return [this.originalStart + start, this.originalStart + Math.max(start, end)];
    return [this.#starts[start] as number, (this.#ends as Int32Array)[end - 1] as number];
  }

  slice(start: number, end: number): NormalizedString {
    if (start === 0 && end === this.#text.length) return this;
    return new NormalizedString(
      this.#text.slice(start, end),
      this.#starts?.subarray(start, end) ?? null,
      this.#ends?.subarray(start, end) ?? null,
      this.tracked
        ? this.originalOffsets(start, end)
        : [this.originalStart + start, this.originalStart + end],
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
    }
    return { starts: this.#starts, ends: this.#ends };
  }

  /**
   * Replaces the whole text by these characters. For each, `changes` says how it came to be: 0, it stands for the next
   * character of the text before; above 0, it was inserted and stands for what the one before it does; -n, it stands for the
   * next character, and n more after that are gone.
   * @param removedAtStart how many characters at the beginning are gone
   */
  transform(characters: readonly string[], changes: ArrayLike<number>, removedAtStart = 0): void {
    const before = this.#text;
    const text = characters.join('');
    if (!this.tracked) {
      this.#text = text;
      return;
    }
    const { starts, ends } = this.#alignments();
    const newStarts = new Int32Array(text.length);
    const newEnds = new Int32Array(text.length);
    /** Where the next character of the text before is. */
    let next = 0;
    const step = (): void => {
      if (next < before.length) next += (before.codePointAt(next) as number) > 0xffff ? 2 : 1;
    };
    for (let i = 0; i < removedAtStart; i++) step();
    let unit = 0;
    for (let i = 0; i < characters.length; i++) {
      const change = changes[i] as number;
      const source = change > 0 ? next - 1 : next;
      const start = source < 0 ? 0 : (starts[source] ?? this.originalEnd);
      const end = source < 0 ? 0 : (ends[source] ?? this.originalEnd);
      if (change <= 0) {
        step();
        for (let k = change; k < 0; k++) step();
      }
      for (let k = (characters[i] as string).length; k > 0; k--) {
        newStarts[unit] = start;
        newEnds[unit++] = end;
      }
    }
    this.#become(text, newStarts, newEnds);
  }

  /** Writes each character as others; `write` leaves those as they are for which it returns undefined. */
  mapCharacters(write: (character: string) => string | undefined): void {
    const characters: string[] = [];
    const changes: number[] = [];
    let changed = false;
    for (const character of this.#text) {
      const written = write(character) ?? character;
      changed ||= written !== character;
      let first = true;
      for (const one of written) {
        characters.push(one);
        changes.push(first ? 0 : 1);
        first = false;
      }
    }
    if (changed) this.transform(characters, changes);
  }

  /** Leaves out the characters that are not to be kept. */
  filter(keep: (character: string) => boolean): void {
    const characters: string[] = [];
    const changes: number[] = [];
    let removedAtStart = 0;
    let removed = 0;
    let any = false;
    for (const character of this.#text) {
      if (keep(character)) {
        characters.push(character);
        changes.push(0);
        removed = 0;
      } else {
        any = true;
        if (characters.length === 0) removedAtStart++;
        else changes[changes.length - 1] = -++removed;
      }
    }
    if (any) this.transform(characters, changes, removedAtStart);
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
    const matches = pattern.findMatches(this.#text);
    if (!matches.some((match) => match.found)) return;
    this.#replaceMatches(matches, content);
  }

  #replaceMatches(matches: readonly Match[], content: string): void {
    const before = this.#text;
    const text = matches
      .map(({ start, end, found }) => (found ? content : before.slice(start, end)))
      .join('');
    if (!this.tracked) {
      this.#text = text;
      return;
    }
    const { starts, ends } = this.#alignments();
    const newStarts = new Int32Array(text.length);
    const newEnds = new Int32Array(text.length);
    let unit = 0;
    for (const { start, end, found } of matches) {
      if (found) {
        const source = end - 1;
        newStarts.fill(source < 0 ? 0 : (starts[source] as number), unit, unit + content.length);
        newEnds.fill(source < 0 ? 0 : (ends[source] as number), unit, unit + content.length);
        unit += content.length;
      } else {
        newStarts.set(starts.subarray(start, end), unit);
        newEnds.set(ends.subarray(start, end), unit);
        unit += end - start;
      }
    }
    this.#become(text, newStarts, newEnds);
  }

  /** Keeps the units from `start` to `end`, and nothing around them. */
  keep(start: number, end: number): void {
    if (start === 0 && end === this.#text.length) return;
    this.#become(
      this.#text.slice(start, end),
      this.tracked ? this.#alignments().starts.subarray(start, end) : null,
      this.tracked ? this.#ends!.subarray(start, end) : null,
    );
  }
}
