import type { Encoding, TruncationOptions } from '../../tokenizers/index.ts';

export interface PipelineEncodeOptions {
  /** A second text. */
  readonly pair?: string | undefined;
  /** Whether special tokens are put around. Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Longer texts are cut; the rest is in the encoding's `overflowing`. */
  readonly truncation?: TruncationOptions | undefined;
}

/**
 * What pipelines ask of a tokenizer. `pipelineTokenizer` makes one of a `PreTrainedTokenizer`; the tokenizers of the project's
 * own models have another.
 */
export interface PipelineTokenizer {
  encode(text: string, options?: PipelineEncodeOptions): Encoding;
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): string;
  tokenToId(token: string): number | undefined;
  /** What tokens look like as a text, special ones too. */
  tokensToString(tokens: readonly string[]): string;
  readonly maskToken: string | null;
  readonly maskTokenId: number | null;
  readonly padTokenId: number | null;
  readonly clsTokenId: number | null;
  readonly unkTokenId: number | null;
  /** On which side rows are filled up: a question comes before the text where it is `right`. */
  readonly paddingSide: 'left' | 'right';
  /** How many tokens the model was made for, as far as the tokenizer knows. */
  readonly modelMaxLength: number;
  /** Whether tokens say that they go on with a word (`##ing`). */
  readonly marksContinuation: boolean;
}
