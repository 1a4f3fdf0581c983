import { z } from 'zod';
import { count } from '../settings.ts';

/** What a text is cut into, in the configuration of a recipe's data. */
export const tokenizerSettings = {
  /** Characters, or pieces of words that are learned from the text. */
  tokenizer: z.enum(['char', 'bpe']).default('char'),
  /** How many tokens there are, for `bpe`. */
  vocabSize: count().default(1024),
  /** Whether each line stands for itself. The data decide. */
  lines: z.boolean().optional(),
};
