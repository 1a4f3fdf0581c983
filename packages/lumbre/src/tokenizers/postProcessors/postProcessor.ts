import type { Encoding } from '../encoding.ts';

/** Puts the special tokens of a model around one or two texts. */
export interface PostProcessor {
  /** How many tokens it adds, for those who cut texts before. */
  addedTokens(isPair: boolean): number;
  /** The encodings of one or two texts, as one encoding or as several that will be put together. */
  process(encodings: Encoding[], addSpecialTokens: boolean): Encoding[];
  /** What `tokenizer.json` has of it. */
  toJSON(): { readonly type: string; readonly [field: string]: unknown };
}
