import type { PreTokenizedString } from '../text/preTokenizedString.ts';

/** Cuts a text into words, of which the model makes tokens: no token goes over the end of a word. */
export interface PreTokenizer {
  preTokenize(text: PreTokenizedString): void;
  /** What `tokenizer.json` has of it. */
  toJSON(): { readonly type: string; readonly [field: string]: unknown };
}
