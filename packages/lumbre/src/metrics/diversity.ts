import { kNearest, squaredDistance } from './neighbors.ts';
import { type Rows, rowsOf, rowsPairOf } from './values.ts';

/**
 * The different n-grams as a part of all of them, over all texts together (Li et al., arXiv:1510.03055): 1 if none is
 * repeated, near 0 for a model that says the same again and again. It falls with the length: compare equal numbers of
 * tokens.
 *
 * @param texts lists of tokens: numbers, or strings such as words
 * @throws RangeError when no text has `n` tokens.
 */
export function distinctN(texts: readonly ArrayLike<number | string>[], n = 2): number {
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`distinctN: n must be a positive integer, not ${n}.`);
  const seen = new Set<string>();
  let count = 0;
  for (const text of texts) {
    for (let i = 0; i + n <= text.length; i++) {
      seen.add(JSON.stringify(Array.from({ length: n }, (_, j) => text[i + j])));
      count++;
    }
  }
  if (count === 0) throw new RangeError(`distinctN: no text has ${n} tokens.`);
  return seen.size / count;
}

/**
 * The mean Euclidean distance of all pairs of rows: 0 for a generator that has collapsed to one sample.
 * @throws RangeError for fewer than two rows.
 */
export function meanPairwiseDistance(samples: Rows): number {
  const { data, rows, columns } = rowsOf('meanPairwiseDistance', 'samples', samples);
  if (rows < 2) throw new RangeError('meanPairwiseDistance: one sample has no pair; expected at least two.');
  let sum = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < i; j++) sum += Math.sqrt(squaredDistance(data, i, data, j, columns));
  return (2 * sum) / (rows * (rows - 1));
}

/** How near generated samples come to what was trained on. */
export interface NearestTraining {
  /** [generated]: the Euclidean distance to the nearest training sample. */
  readonly distances: Float64Array;
  /** [generated]: which one it is. */
  readonly indices: Int32Array;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
}

/**
 * The distance of each generated sample to the nearest training sample. Beside the same figure for held-out samples it
 * tells whether a model repeats what it has seen: a memorized sample is at distance 0.
 */
export function nearestTrainingDistance(training: Rows, generated: Rows): NearestTraining {
  const [a, b] = rowsPairOf('nearestTrainingDistance', training, generated, ['training', 'generated']);
  const { distances, indices } = kNearest(b, a, 1);
  const sorted = Float64Array.from(distances).sort();
  const middle = (sorted.length - 1) / 2;
  return {
    distances,
    indices,
    mean: distances.reduce((sum, d) => sum + d, 0) / distances.length,
    median: ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2,
    min: sorted[0] as number,
  };
}
