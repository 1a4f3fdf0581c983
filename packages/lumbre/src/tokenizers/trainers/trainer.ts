import type { AddedToken } from '../addedToken.ts';
import type { Model } from '../models/model.ts';
import type { WordCounts } from './options.ts';
import type { ProgressOptions } from './progress.ts';

/** A token that stands for something beside the text, by its content or with all that there is to say of it. */
export type SpecialToken = string | AddedToken;

/** Learns a model of one kind. */
export interface Trainer {
  /** Tokens that are in the vocabulary in any case, and come first in it. */
  readonly specialTokens: readonly SpecialToken[];
  /** @throws TypeError for a model that this trainer cannot train */
  check(model: Model): void;
  /**
   * Learns from counted words, and makes a model that has the settings of the given one, which stays as it is.
   * @throws TypeError for a model of another kind; the reason of `signal` once it is aborted
   */
  train(counts: WordCounts, model: Model, progress?: ProgressOptions): Promise<Model>;
}

export const contentOf = (token: SpecialToken): string => (typeof token === 'string' ? token : token.content);

/** Special tokens as the training functions want them. */
export const contentsOf = (tokens: readonly SpecialToken[] = []): string[] => tokens.map(contentOf);

/** @throws TypeError for a model of another kind */
export function wrongModel(trainer: string, expected: string, model: Model): TypeError {
  return new TypeError(
    `${trainer} trains ${expected}, and the tokenizer has a model of type ${model.toJSON().type}. ` +
      `Make the tokenizer with a new ${expected}(), or take the trainer of its model.`,
  );
}
