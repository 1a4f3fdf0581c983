import type { Direction } from '../encoding.ts';
import type { PaddingOptions } from '../padding.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { TruncationOptions, TruncationStrategy } from '../truncation.ts';

/** What a tokenizer is told when it is called, with the names that transformers has for it. */
export interface TokenizeOptions {
  /** A second text for each. */
  readonly textPair?: string | readonly string[] | undefined;
  /** Whether special tokens are put around. Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** Fills up: true or `longest`, to the longest of the batch; `max_length`, to `maxLength`. Default false. */
  readonly padding?: boolean | 'longest' | 'max_length' | 'do_not_pad' | undefined;
  /** Cuts off what is more than `maxLength`; true is `longest_first`. Default only if `maxLength` is given. */
  readonly truncation?: boolean | TruncationStrategy | 'do_not_truncate' | undefined;
  /** Default the tokenizer's `modelMaxLength`, if it has one. */
  readonly maxLength?: number | undefined;
  /** How many tokens what overflows shares with what is before it. Default 0. */
  readonly stride?: number | undefined;
  /** Texts are lists of words, cut before. */
  readonly isSplitIntoWords?: boolean | undefined;
  readonly padToMultipleOf?: number | undefined;
  /** Default the tokenizer's. */
  readonly paddingSide?: Direction | undefined;
  /** Gives int32 tensors, a row for each text, rather than lists. Default false. */
  readonly returnTensors?: boolean | undefined;
  /** Where tensors are. Default the default device. */
  readonly device?: string | undefined;
  /** Default whether the model asks for them. */
  readonly returnTokenTypeIds?: boolean | undefined;
  /** What truncation cuts off follows, as rows of its own. Default false. */
  readonly returnOverflowingTokens?: boolean | undefined;
  readonly returnSpecialTokensMask?: boolean | undefined;
  readonly returnOffsetsMapping?: boolean | undefined;
}

/** What options of a call rest on. */
export interface CallDefaults {
  readonly modelMaxLength: number;
  readonly paddingSide: Direction;
  readonly truncationSide: Direction;
  readonly padToken: string | null;
  readonly padTokenId: number | null;
  readonly padTokenTypeId: number;
}

/** What transformers makes of the options: how texts are cut and filled up. */
export function lengthOptions(
  options: TokenizeOptions,
  defaults: CallDefaults,
): { readonly truncation: TruncationOptions | null; readonly padding: PaddingOptions | null } {
  const { padding = false, maxLength, padToMultipleOf } = options;
  // A length alone means that what is longer is cut.
  const wanted = options.truncation ?? (maxLength !== undefined && padding === false);
  const limit = maxLength ?? (Number.isFinite(defaults.modelMaxLength) ? defaults.modelMaxLength : undefined);
  const truncated = wanted !== false && wanted !== 'do_not_truncate' && limit !== undefined;
  const toLimit = padding === 'max_length';
  const padded = padding !== false && padding !== 'do_not_pad' && !(toLimit && limit === undefined);
  if (padded && (defaults.padToken === null || defaults.padTokenId === null)) {
    throw new TokenizerError(
      'The tokenizer has no padding token. Choose one: tokenizer.padToken = tokenizer.eosToken, or tokenizer.addSpecialTokens({ padToken: "[PAD]" }).',
    );
  }
  if (truncated && padded && padToMultipleOf !== undefined && limit % padToMultipleOf !== 0) {
    throw new TokenizerError(
      `Texts are cut to ${limit} tokens and filled up to a multiple of ${padToMultipleOf}, which that is not.`,
    );
  }
  return {
    truncation: truncated
      ? {
          maxLength: limit,
          strategy: typeof wanted === 'string' ? wanted : 'longest_first',
          stride: options.stride ?? 0,
          direction: defaults.truncationSide,
        }
      : null,
    padding: padded
      ? {
          length: toLimit ? (limit as number) : null,
          direction: options.paddingSide ?? defaults.paddingSide,
          padToMultipleOf: padToMultipleOf ?? null,
          padId: defaults.padTokenId as number,
          padToken: defaults.padToken as string,
          padTypeId: defaults.padTokenTypeId,
        }
      : null,
  };
}
