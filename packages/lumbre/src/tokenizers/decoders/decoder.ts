/** Makes a text of tokens again. */
export interface Decoder {
  /** The tokens as pieces of text; the text is what they are one after another. */
  decodeChain(tokens: readonly string[]): string[];
  /** What `tokenizer.json` has of it. */
  toJSON(): { readonly type: string; readonly [field: string]: unknown };
}
