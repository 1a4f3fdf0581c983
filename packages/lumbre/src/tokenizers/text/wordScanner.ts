import { isWhitespace } from './unicode.ts';

const OTHER = 0;
const LETTER = 1;
const NUMBER = 2;
const SPACE = 3;

const letter = /^\p{L}/u;
const number = /^\p{N}/u;

let classes: Uint8Array | undefined;

/** The class of each UTF-16 unit that is a character. Made from one pass over all of them. */
function makeClasses(): Uint8Array {
  const table = new Uint8Array(0x10000);
  let all = '';
  for (let start = 0; start < 0xd800; start += 0x800) {
    all += String.fromCharCode(...Array.from({ length: 0x800 }, (_, i) => start + i));
  }
  for (const [pattern, value] of [
    [/\p{L}+/gu, LETTER],
    [/\p{N}+/gu, NUMBER],
  ] as const) {
    for (const { index, 0: run } of all.matchAll(pattern)) table.fill(value, index, index + run.length);
  }
  for (let code = 0xe000; code < 0x10000; code++) table[code] = classOf(code);
  for (let code = 0; code < 0x3001; code++) if (isWhitespace(code)) table[code] = SPACE;
  return table;
}

function classOf(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  return letter.test(character) ? LETTER : number.test(character) ? NUMBER : OTHER;
}

const QUOTE = 0x27;

/** How long the contraction is that begins at an apostrophe; 0 if there is none. */
function contraction(text: string, position: number): number {
  const first = text.charCodeAt(position + 1);
  // s, t, m, d
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return 2;
  const second = text.charCodeAt(position + 2);
  // re, ve, ll
  if ((first === 0x72 || first === 0x76) && second === 0x65) return 3;
  return first === 0x6c && second === 0x6c ? 3 : 0;
}

/**
 * Where the word ends that begins at `start`, by GPT-2's pattern (`GPT2_PATTERN`), written out: a loop over a table of classes
 * is several times as fast as the expression. The text must have no lone surrogates.
 */
export function wordEnd(text: string, start: number): number {
  classes ??= makeClasses();
  const table = classes;
  const first = text.charCodeAt(start);
  if (first === QUOTE) {
    const length = contraction(text, start);
    if (length > 0) return start + length;
  }
  const { length } = text;
  let position = first === 0x20 ? start + 1 : start;
  if (position < length) {
    let unit = text.charCodeAt(position);
    const surrogate = (unit & 0xf800) === 0xd800;
    const wanted = surrogate ? classOf(text.codePointAt(position) as number) : (table[unit] as number);
    if (wanted !== SPACE) {
      position += surrogate ? 2 : 1;
      while (position < length) {
        unit = text.charCodeAt(position);
        if ((unit & 0xf800) === 0xd800) {
          if (classOf(text.codePointAt(position) as number) !== wanted) break;
          position += 2;
        } else if (table[unit] === wanted) position++;
        else break;
      }
      return position;
    }
  }
  position = start;
  while (position < length && table[text.charCodeAt(position)] === SPACE) position++;
  // The last white space before a word is left to it, unless it is the only one.
  return position < length && position - start > 1 ? position - 1 : position;
}
