import type { ProgressOptions } from './progress.ts';

/** A text that came up while counting, and how often. */
export type WordCounts = ReadonlyMap<string, number>;

/** What all trainers can be told, called as in Hugging Face's `tokenizers`. */
export interface TrainerOptions extends ProgressOptions {
  /** Tokens in all: special ones, the alphabet and what is learned. There may be fewer if the text has not more to give. */
  readonly vocabSize?: number;
  /** Tokens that stand for something beside the text. They have the first ids, in this order. */
  readonly specialTokens?: readonly string[];
}

/** What trainers that begin with single characters can be told. */
export interface AlphabetOptions {
  /** How many different characters are kept: those that come most often. Others are left out of the words that have them. */
  readonly limitAlphabet?: number;
  /** Characters that are in the alphabet whether the text has them or not. Of longer strings the first character counts. */
  readonly initialAlphabet?: Iterable<string>;
}

/** @throws RangeError for what is not a whole number from `least` on. */
export function checkWhole(trainer: string, name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${trainer}: ${name} must be a whole number from ${least} on, not ${value}.`);
}

/** @throws RangeError for special tokens that are empty. */
export function checkSpecialTokens(trainer: string, specialTokens: readonly string[]): void {
  if (!specialTokens.includes('')) return;
  throw new RangeError(`${trainer}: a special token is empty; give each at least one character.`);
}
