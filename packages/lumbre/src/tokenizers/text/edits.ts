/** Pieces of a text that others are to take the place of, in order, and which units of it their alignments are taken from. */
export class Edits {
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly texts: string[] = [];
  /** For each piece the unit that all of its units are aligned as, or one for each unit. */
  readonly sources: (number | ArrayLike<number>)[] = [];

  get empty(): boolean {
    return this.starts.length === 0;
  }

  /** Says that `text` takes the place of the units from `start` to `end`, aligned as the unit `source` is, or several are. */
  replace(start: number, end: number, text: string, source: number | ArrayLike<number> = start): void {
    this.starts.push(start);
    this.ends.push(end);
    this.texts.push(text);
    this.sources.push(source);
  }

  /** The text after all of them. */
  apply(before: string): string {
    const pieces: string[] = [];
    let last = 0;
    for (let i = 0; i < this.starts.length; i++) {
      const start = this.starts[i] as number;
      if (last < start) pieces.push(before.slice(last, start));
      pieces.push(this.texts[i] as string);
      last = this.ends[i] as number;
    }
    if (last < before.length) pieces.push(before.slice(last));
    return pieces.join('');
  }

  /** Alignments of `length` units after all of them. A source below 0 is aligned as the very beginning. */
  align(before: Int32Array, length: number): Int32Array {
    const after = new Int32Array(length);
    let unit = 0;
    let last = 0;
    for (let i = 0; i < this.starts.length; i++) {
      const start = this.starts[i] as number;
      after.set(before.subarray(last, start), unit);
      unit += start - last;
      const source = this.sources[i] as number | ArrayLike<number>;
      const size = (this.texts[i] as string).length;
      if (typeof source === 'number')
        after.fill(source < 0 ? 0 : (before[source] as number), unit, unit + size);
      else {
        for (let k = 0; k < size; k++) {
          const from = source[k] as number;
          after[unit + k] = from < 0 ? 0 : (before[Math.min(from, before.length - 1)] as number);
        }
      }
      unit += size;
      last = this.ends[i] as number;
    }
    after.set(before.subarray(last), unit);
    return after;
  }
}

/** A character that was written. */
export interface Written {
  readonly character: string;
  /**
   * How it came to be: 0, it stands for the next character of the text; above 0, for the one before that; -n, for the next
   * character, and n more after that are gone in it.
   */
  readonly change: number;
}

/** For each unit of what was written in the place of `text`, which begins at `index`, the unit that it is aligned as. */
export function sourcesOf(text: string, index: number, pieces: readonly Written[]): number[] {
  const sources: number[] = [];
  /** Where the next character of the text is. */
  let next = 0;
  const step = (): void => {
    if (next < text.length) next += (text.codePointAt(next) as number) > 0xffff ? 2 : 1;
  };
  for (const { character, change } of pieces) {
    const source = index + (change > 0 ? next - 1 : next);
    for (let i = 0; i < character.length; i++) sources.push(source);
    for (let k = change; k <= 0; k++) step();
  }
  return sources;
}
