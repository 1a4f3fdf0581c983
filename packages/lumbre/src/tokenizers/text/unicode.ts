import { COMBINING_CLASSES, CONTROL, MARKS, NONSPACING, PUNCTUATION, SCRIPTS } from './unicodeTables.ts';

/** Ranges of code points with a value each, looked up by halving; the lower ones lie in a table. */
class CodePointTable {
  readonly #low = new Uint8Array(0x3000);
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #values: number[] = [];

  constructor(written: string) {
    let position = 0;
    for (const part of written.split(' ')) {
      const [distance = 0, length = 0, value = 1] = part
        .split(',')
        .map((digits) => Number.parseInt(digits, 36));
      const start = position + distance;
      position = start + length;
      this.#starts.push(start);
      this.#ends.push(position);
      this.#values.push(value);
      if (start < this.#low.length) this.#low.fill(value, start, position);
    }
  }

  /** 0 outside of all ranges. */
  get(codePoint: number): number {
    if (codePoint < this.#low.length) return this.#low[codePoint] as number;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] as number) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low < this.#starts.length && (this.#starts[low] as number) <= codePoint
      ? (this.#values[low] as number)
      : 0;
  }
}

/** A table that is made when it is first asked. */
function lazyTable(written: string): (codePoint: number) => number {
  let table: CodePointTable | undefined;
  return (codePoint) => {
    table ??= new CodePointTable(written);
    return table.get(codePoint);
  };
}

/** The order in which marks stand above a letter; 0 for what is no mark. */
export const combiningClass = lazyTable(COMBINING_CLASSES);

/** A number for each script, as sentencepiece sees them: kana and ideographs are one. 0 for a space and what is unassigned. */
export const scriptOf = lazyTable(SCRIPTS);

const control = lazyTable(CONTROL);
const nonspacing = lazyTable(NONSPACING);
const marks = lazyTable(MARKS);
const punctuation = lazyTable(PUNCTUATION);

export const isControl = (codePoint: number): boolean => control(codePoint) !== 0;
export const isNonspacingMark = (codePoint: number): boolean =>
  codePoint >= 0x300 && nonspacing(codePoint) !== 0;
export const isMark = (codePoint: number): boolean => codePoint >= 0x300 && marks(codePoint) !== 0;
export const isPunctuation = (codePoint: number): boolean => punctuation(codePoint) !== 0;

/** Unicode's White_Space, which is neither quite JavaScript's `\s` nor its `trim`. */
export function isWhitespace(codePoint: number): boolean {
  if (codePoint <= 0x20) return codePoint === 0x20 || (codePoint >= 9 && codePoint <= 13);
  if (codePoint < 0x1680) return codePoint === 0x85 || codePoint === 0xa0;
  return (
    (codePoint >= 0x2000 && codePoint <= 0x200a) ||
    codePoint === 0x1680 ||
    codePoint === 0x2028 ||
    codePoint === 0x2029 ||
    codePoint === 0x202f ||
    codePoint === 0x205f ||
    codePoint === 0x3000
  );
}

const numeric = /\p{N}/u;
export const isNumeric = (codePoint: number): boolean =>
  codePoint < 0x80 ? codePoint >= 0x30 && codePoint <= 0x39 : numeric.test(String.fromCodePoint(codePoint));

/** The blocks of ideographs that BERT puts spaces around. */
export function isChinese(codePoint: number): boolean {
  if (codePoint < 0x3400) return false;
  return (
    (codePoint >= 0x4e00 && codePoint <= 0x9fff) ||
    codePoint <= 0x4dbf ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x20000 && codePoint <= 0x2a6df) ||
    (codePoint >= 0x2a700 && codePoint <= 0x2b73f) ||
    (codePoint >= 0x2b740 && codePoint <= 0x2b81f) ||
    (codePoint >= 0x2b920 && codePoint <= 0x2ceaf) ||
    (codePoint >= 0x2f800 && codePoint <= 0x2fa1f)
  );
}

const surrogate = /\p{Surrogate}/u;
const surrogates = /\p{Surrogate}/gu;

/** A text in which halves of surrogate pairs that stand alone are U+FFFD: no token has them. Lengths stay. */
export const wellFormed = (text: string): string =>
  surrogate.test(text) ? text.replace(surrogates, '\ufffd') : text;

/** The character that ends before a place; undefined at the beginning. */
export function codePointBefore(text: string, position: number): number | undefined {
  if (position === 0) return undefined;
  const last = text.charCodeAt(position - 1);
  if (last < 0xdc00 || last > 0xdfff || position < 2) return last;
  const pair = text.codePointAt(position - 2) as number;
  return pair > 0xffff ? pair : last;
}
