import type { WordCounts } from './options.ts';
import { type BpeTrainingOptions, trainBpe } from './trainBpe.ts';

export interface WordPieceTrainingOptions extends BpeTrainingOptions {
  /** Default `##`. */
  readonly continuingSubwordPrefix?: string;
}

/**
 * Learns a WordPiece vocabulary from counted words, as Hugging Face's `WordPieceTrainer` does: by byte pair encoding, of which
 * the tokens are kept and the merges forgotten. (Google's own trainer, which was never published, weighs pairs by likelihood.)
 *
 * @returns ids by token, in the order of the ids
 * @throws RangeError for options out of range; the reason of `signal` once it is aborted
 */
export async function trainWordPiece(
  counts: WordCounts,
  options: WordPieceTrainingOptions = {},
): Promise<Map<string, number>> {
  const { vocab } = await trainBpe(counts, { continuingSubwordPrefix: '##', ...options });
  return vocab;
}
