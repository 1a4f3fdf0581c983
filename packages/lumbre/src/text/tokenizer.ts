import { BpeTokenizer, type BpeTokenizerJson } from './bpeTokenizer.ts';
import { CharTokenizer, type CharTokenizerJson } from './charTokenizer.ts';

/** What models of text need of a tokenizer. */
export interface Tokenizer {
  /** The number of tokens: ids are in [0, vocabSize). */
  readonly vocabSize: number;
  /** The ids of a text. @throws UnknownCharacterError, which names the first character that has none. */
  encode(text: string): Int32Array;
  /** The text of some ids. Each id by itself is whole characters. @throws RangeError for what is no id. */
  decode(ids: Iterable<number>): string;
  /** Whether `encode` knows every character of a text. */
  covers(text: string): boolean;
  /** What `tokenizer.json` keeps. */
  toJSON(): CharTokenizerJson | BpeTokenizerJson;
}

/** The tokenizer of a `tokenizer.json`. @throws TypeError when it is none. */
export function tokenizerFromJSON(json: unknown): Tokenizer {
  const { type } = (json ?? {}) as { readonly type?: unknown };
  return type === 'bpe' ? BpeTokenizer.fromJSON(json) : CharTokenizer.fromJSON(json);
}
