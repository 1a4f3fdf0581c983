import { BPE } from './models/bpe.ts';
import type { Model } from './models/model.ts';
import { ByteLevel } from './preTokenizers/byteLevel.ts';
import type { PreTokenizer } from './preTokenizers/preTokenizer.ts';
import { Sequence } from './preTokenizers/sequence.ts';
import { Split } from './preTokenizers/split.ts';
import { toByteCharacters } from './text/alphabet.ts';
import { wordEnd } from './text/wordScanner.ts';

/** Makes ids of a piece of text. */
export type FastEncoder = (text: string, ids: number[]) => void;

/** The longest word, in UTF-16 units, that is kept. */
const LONGEST = 32;
const MOST = 200_000;

/** Ids of words as they stand in texts, so that no bytes are written for those that were seen before. */
class WordIds {
  readonly #model: Model;
  #known = new Map<string, number | readonly number[]>();

  constructor(model: Model) {
    this.#model = model;
  }

  append(word: string, ids: number[]): void {
    const known = this.#known.get(word);
    if (known === undefined) this.#learn(word, ids);
    else if (typeof known === 'number') ids.push(known);
    else for (let i = 0; i < known.length; i++) ids.push(known[i] as number);
  }

  #learn(word: string, ids: number[]): void {
    const own: number[] = [];
    this.#model.appendIds(toByteCharacters(word), own);
    for (const id of own) ids.push(id);
    if (word.length > LONGEST) return;
    if (this.#known.size >= MOST) this.#known = new Map();
    this.#known.set(word, own.length === 1 ? (own[0] as number) : own);
  }
}

/**
 * Byte-level BPE without offsets, as GPT-2 and most models after it have it: words are cut out of the text as it is, and
 * looked up so. null for other tokenizers, which take the general way.
 */
export function fastEncoder(preTokenizer: PreTokenizer | null, model: Model): FastEncoder | null {
  if (!(model instanceof BPE)) return null;
  if (preTokenizer instanceof ByteLevel) {
    return preTokenizer.useRegex ? scanning(new WordIds(model), preTokenizer.addPrefixSpace) : null;
  }
  if (!(preTokenizer instanceof Sequence) || preTokenizer.preTokenizers.length !== 2) return null;
  const [split, bytes] = preTokenizer.preTokenizers;
  if (!(split instanceof Split && bytes instanceof ByteLevel)) return null;
  if (split.behavior !== 'Isolated' || bytes.useRegex || bytes.addPrefixSpace) return null;
  return splitting(new WordIds(model), split);
}

function scanning(words: WordIds, addPrefixSpace: boolean): FastEncoder {
  return (text, ids) => {
    const whole = addPrefixSpace && text !== '' && !text.startsWith(' ') ? ` ${text}` : text;
    for (let start = 0; start < whole.length; ) {
      const end = wordEnd(whole, start);
      words.append(whole.slice(start, end), ids);
      start = end;
    }
  };
}

function splitting(words: WordIds, split: Split): FastEncoder {
  return (text, ids) => {
    for (const { start, end } of split.matches(text)) {
      if (end > start) words.append(text.slice(start, end), ids);
    }
  };
}
