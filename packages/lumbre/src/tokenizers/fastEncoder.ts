import { BPE } from './models/bpe.ts';
import type { Model } from './models/model.ts';
import { ByteLevel } from './preTokenizers/byteLevel.ts';
import type { PreTokenizer } from './preTokenizers/preTokenizer.ts';
import { Sequence } from './preTokenizers/sequence.ts';
import { Split } from './preTokenizers/split.ts';
import { bytesOf, toByteCharacters } from './text/alphabet.ts';
import type { Offsets } from './text/normalizedString.ts';
import { wordEnd } from './text/wordScanner.ts';

/** The tokens of a word, and where each lies in it, in UTF-16 units of the text as it is. */
export interface WordTokens {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly ranges: readonly Offsets[];
}

/** Where words end, one after another; the text is covered. */
type Words = (text: string, word: (start: number, end: number) => void) => void;

/** The longest word, in UTF-16 units, that is kept. */
const LONGEST = 32;
const MOST = 100_000;

/**
 * Byte-level BPE, as GPT-2 and most models after it have it. Words are cut out of the text as it is and looked up so: bytes
 * are written and merged only for those that were not seen before.
 */
export class FastEncoder {
  readonly model: Model;
  readonly #words: Words;
  /** Whether a space is put before a text that begins with none. */
  readonly addPrefixSpace: boolean;
  #ids = new Map<string, number | readonly number[]>();
  #tokens = new Map<string, WordTokens>();

  constructor(model: Model, words: Words, addPrefixSpace: boolean) {
    this.model = model;
    this.#words = words;
    this.addPrefixSpace = addPrefixSpace;
  }

  appendIds(text: string, ids: number[]): void {
    const whole = this.addPrefixSpace && text !== '' && !text.startsWith(' ') ? ` ${text}` : text;
    this.#words(whole, (start, end) => {
      const word = whole.slice(start, end);
      const known = this.#ids.get(word);
      if (known === undefined) this.#learnIds(word, ids);
      else if (typeof known === 'number') ids.push(known);
      else for (let i = 0; i < known.length; i++) ids.push(known[i] as number);
    });
  }

  #learnIds(word: string, ids: number[]): void {
    const own: number[] = [];
    this.model.appendIds(toByteCharacters(word), own);
    for (const id of own) ids.push(id);
    if (word.length > LONGEST) return;
    // Starting anew is cheaper than telling which words are old.
    if (this.#ids.size >= MOST) this.#ids = new Map();
    this.#ids.set(word, own.length === 1 ? (own[0] as number) : own);
  }

  /** The words of a text, which must begin with a space if there is to be one, with their tokens. */
  eachWord(text: string, take: (tokens: WordTokens, start: number) => void): void {
    this.#words(text, (start, end) => {
      const word = text.slice(start, end);
      let known = this.#tokens.get(word);
      if (!known) {
        known = wordTokens(word, this.model);
        if (word.length <= LONGEST) {
          if (this.#tokens.size >= MOST) this.#tokens = new Map();
          this.#tokens.set(word, known);
        }
      }
      take(known, start);
    });
  }
}

function wordTokens(word: string, model: Model): WordTokens {
  /** Of each byte, where its character begins and ends. */
  const starts: number[] = [];
  const ends: number[] = [];
  let unit = 0;
  for (const character of word) {
    for (let i = bytesOf(character.codePointAt(0) as number).length; i > 0; i--) {
      starts.push(unit);
      ends.push(unit + character.length);
    }
    unit += character.length;
  }
  const tokens = model.tokenize(toByteCharacters(word));
  return {
    ids: tokens.map(({ id }) => id),
    tokens: tokens.map(({ token }) => token),
    ranges: tokens.map(({ start, end }) => [starts[start] as number, ends[end - 1] as number]),
  };
}

const scanned: Words = (text, word) => {
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, start);
    word(start, end);
    start = end;
  }
};

const splitBy =
  (split: Split): Words =>
  (text, word) => {
    for (const { start, end } of split.matches(text)) if (end > start) word(start, end);
  };

/** The fast way for a tokenizer; null for all but byte-level BPE, which take the general one. */
export function fastEncoder(preTokenizer: PreTokenizer | null, model: Model): FastEncoder | null {
  if (!(model instanceof BPE)) return null;
  if (preTokenizer instanceof ByteLevel) {
    return preTokenizer.useRegex ? new FastEncoder(model, scanned, preTokenizer.addPrefixSpace) : null;
  }
  if (!(preTokenizer instanceof Sequence) || preTokenizer.preTokenizers.length !== 2) return null;
  const [split, bytes] = preTokenizer.preTokenizers;
  if (!(split instanceof Split && bytes instanceof ByteLevel)) return null;
  if (split.behavior !== 'Isolated' || bytes.useRegex || bytes.addPrefixSpace) return null;
  return new FastEncoder(model, splitBy(split), false);
}
