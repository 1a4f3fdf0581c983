import { compareCodePoints } from './compareCodePoints.ts';
import { checkSpecialTokens, checkWhole, type TrainerOptions, type WordCounts } from './options.ts';

export interface WordLevelTrainingOptions extends TrainerOptions {
  /** Default 30 000. */
  readonly vocabSize?: number;
  /** Words that come less often are left out. Default 0. */
  readonly minFrequency?: number;
}

/**
 * The words that come most often; of equals, the first in the order of code points. Where a special token is a word as well, it
 * keeps the id of the former, and no id is left unused.
 *
 * @returns ids by word, in the order of the ids
 * @throws RangeError for options out of range
 */
export function trainWordLevel(
  counts: WordCounts,
  { vocabSize = 30_000, minFrequency = 0, specialTokens = [] }: WordLevelTrainingOptions = {},
): Map<string, number> {
  checkWhole('trainWordLevel', 'vocabSize', vocabSize, 0);
  checkWhole('trainWordLevel', 'minFrequency', minFrequency, 0);
  checkSpecialTokens('trainWordLevel', specialTokens);
  const frequent = [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort(([a, countA], [b, countB]) => countB - countA || compareCodePoints(a, b));
  const tokens = new Set(specialTokens);
  for (const [word] of frequent) tokens.add(word);
  return new Map([...tokens].slice(0, vocabSize).map((token, id) => [token, id]));
}
