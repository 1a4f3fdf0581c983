import type { WordSource } from '../../tensor/generator.ts';

/** A number in [0, 1) of a stream of words. */
export const fraction = (words: WordSource): number => words() / 2 ** 32;

/**
 * First centers by k-means++ (Arthur and Vassilvitskii 2007), greedily as scikit-learn: each next center is drawn with a
 * probability that grows with the squared distance to those that are there; of 2 + ⌊log k⌋ draws the one counts that
 * leaves the smallest sum of squared distances.
 *
 * @param distancesTo squared distances [candidates, rows] of rows to all rows
 * @returns rows
 */
export function kmeansPlusPlus(
  rows: number,
  k: number,
  words: WordSource,
  distancesTo: (candidates: readonly number[]) => ArrayLike<number>,
): number[] {
  const trials = 2 + Math.floor(Math.log(k));
  const first = Math.min(rows - 1, Math.floor(fraction(words) * rows));
  const chosen = [first];
  let closest = Float64Array.from(distancesTo([first]));
  const running = new Float64Array(rows);
  while (chosen.length < k) {
    let potential = 0;
    for (let i = 0; i < rows; i++) {
      potential += closest[i] as number;
      running[i] = potential;
    }
    const candidates = Array.from({ length: trials }, () => search(running, fraction(words) * potential));
    const distances = distancesTo(candidates);
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let t = 0; t < trials; t++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += Math.min(closest[i] as number, distances[t * rows + i] as number);
      if (sum < least) [best, least] = [t, sum];
    }
    chosen.push(candidates[best] as number);
    closest = closest.map((distance, i) => Math.min(distance, distances[best * rows + i] as number));
  }
  return chosen;
}

/** The first place whose running sum is more than `value`. */
function search(running: Float64Array, value: number): number {
  let [low, high] = [0, running.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((running[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
