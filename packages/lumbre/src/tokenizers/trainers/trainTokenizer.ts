import type { Tokenizer } from '../tokenizer.ts';
import { countWords, type TrainingTexts } from './countWords.ts';
import type { ProgressOptions } from './progress.ts';
import type { Trainer } from './trainer.ts';

export interface TrainTokenizerOptions extends ProgressOptions {
  /** Characters of all texts, in UTF-16 units, so that the time left can be told while they are read. */
  readonly length?: number;
}

/**
 * Trains the model of a tokenizer on texts, which its normalizer and its pre-tokenizer cut into words, and adds the trainer's
 * special tokens. Whatever goes wrong before its end leaves the tokenizer as it was.
 *
 * Texts may come one by one or in batches, and may be awaited. For the same vocabulary as `tokenizers.Tokenizer.train` learns
 * from files, pass their lines with the line ends.
 *
 * @throws TypeError for a trainer of another model; RangeError for its options; the reason of `signal` once it is aborted
 */
export async function trainTokenizer(
  tokenizer: Tokenizer,
  texts: TrainingTexts,
  trainer: Trainer,
  { length, ...progress }: TrainTokenizerOptions = {},
): Promise<void> {
  const { normalizer, preTokenizer } = tokenizer;
  trainer.check(tokenizer.model);
  const counts = await countWords(texts, {
    normalizer,
    preTokenizer,
    ...progress,
    ...(length === undefined ? {} : { length }),
  });
  tokenizer.model = await trainer.train(counts, tokenizer.model, progress);
  tokenizer.addSpecialTokens(trainer.specialTokens);
}
