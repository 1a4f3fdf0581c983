import type { NormalizedString } from '../text/normalizedString.ts';

/** Cleans a text before it is cut into words: letter case, accents, forms of Unicode. */
export interface Normalizer {
  /** Changes the text where it stands. */
  normalize(text: NormalizedString): void;
  /** What `tokenizer.json` has of it. */
  toJSON(): { readonly type: string; readonly [field: string]: unknown };
}
