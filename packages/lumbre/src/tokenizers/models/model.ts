import type { Token } from '../text/preTokenizedString.ts';

/** Makes tokens of words. */
export interface Model {
  /** The tokens of one word, in order. @throws TokenizerError for what is unknown, when nothing stands for that. */
  tokenize(word: string): readonly Token[];
  /** Adds the ids of a word's tokens to `ids`. */
  appendIds(word: string, ids: number[]): void;
  tokenToId(token: string): number | undefined;
  idToToken(id: number): string | undefined;
  /** How many tokens there are. */
  readonly vocabSize: number;
  /** All tokens with their ids. */
  vocab(): ReadonlyMap<string, number>;
  /** What `tokenizer.json` has of it. */
  toJSON(): { readonly type: string; readonly [field: string]: unknown };
}
