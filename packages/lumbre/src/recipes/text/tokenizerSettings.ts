import { z } from 'zod';
import { count } from '../settings.ts';

/** What a text is cut into, and how it is read, in the configuration of a recipe's data. */
export const tokenizerSettings = {
  /** Characters, or pieces of words that are learned from the text. */
  tokenizer: z.enum(['char', 'bpe']).default('char'),
  /** How many tokens there are, for `bpe`. */
  vocabSize: count().default(1024),
  /** Whether the lines of a paragraph become one: for prose that is broken where a page ends. */
  unwrap: z.boolean().default(false),
  /** Whether each line stands for itself. The data decide. */
  lines: z.boolean().optional(),
};
