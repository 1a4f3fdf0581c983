import { squaredDistance } from './neighbors.ts';
import { distinct, pairOf, type Rows, rowsOf, type Values, valuesOf } from './values.ts';

/** How many samples each pair of a class and a cluster has in common. */
function contingency(operation: string, labelsTrue: Values, labelsPred: Values) {
  const [truth, predicted] = pairOf(operation, labelsTrue, labelsPred, ['labelsTrue', 'labelsPred']);
  const [classes, clusters] = [distinct(truth), distinct(predicted)];
  const [row, column] = [classes, clusters].map((labels) => new Map(labels.map((label, i) => [label, i])));
  const counts = classes.map(() => new Float64Array(clusters.length));
  for (let i = 0; i < truth.length; i++) {
    const line = counts[row?.get(truth[i] as number) as number] as Float64Array;
    const j = column?.get(predicted[i] as number) as number;
    line[j] = (line[j] as number) + 1;
  }
  const classSizes = counts.map((line) => line.reduce((a, b) => a + b, 0));
  const clusterSizes = clusters.map((_, j) => counts.reduce((sum, line) => sum + (line[j] as number), 0));
  return { n: truth.length, counts, classSizes, clusterSizes };
}

/** The part of samples whose class is the commonest one of their cluster. It grows with the number of clusters. */
export function purity(labelsTrue: Values, labelsPred: Values): number {
  const { n, counts, clusterSizes } = contingency('purity', labelsTrue, labelsPred);
  const commonest = clusterSizes.map((_, j) => Math.max(...counts.map((line) => line[j] as number)));
  return commonest.reduce((a, b) => a + b, 0) / n;
}

const pairs = (n: number): number => (n * (n - 1)) / 2;
const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

/**
 * The Rand index corrected for chance (Hubert and Arabie 1985), as sklearn's adjusted_rand_score: 1 for the same
 * partition, about 0 for a random one.
 */
export function adjustedRandIndex(labelsTrue: Values, labelsPred: Values): number {
  const { n, counts, classSizes, clusterSizes } = contingency('adjustedRandIndex', labelsTrue, labelsPred);
  const together = sumOf(counts.map((line) => sumOf(line.map(pairs))));
  const [a, b] = [sumOf(classSizes.map(pairs)), sumOf(clusterSizes.map(pairs))];
  const [expected, most] = [n > 1 ? (a * b) / pairs(n) : 0, (a + b) / 2];
  return most === expected ? 1 : (together - expected) / (most - expected);
}

const entropy = (sizes: readonly number[], n: number): number =>
  -sumOf(sizes.map((size) => (size / n) * Math.log(size / n)));

/**
 * What one partition tells about the other, divided by the mean of their entropies, as sklearn's
 * normalized_mutual_info_score: from 0 to 1.
 */
export function normalizedMutualInfo(labelsTrue: Values, labelsPred: Values): number {
  const { n, counts, classSizes, clusterSizes } = contingency('normalizedMutualInfo', labelsTrue, labelsPred);
  if (classSizes.length === 1 && clusterSizes.length === 1) return 1;
  let information = 0;
  counts.forEach((line, i) => {
    line.forEach((count, j) => {
      if (count === 0) return;
      const expected = ((classSizes[i] as number) * (clusterSizes[j] as number)) / n;
      information += (count / n) * Math.log(count / expected);
    });
  });
  const mean = (entropy(classSizes, n) + entropy(clusterSizes, n)) / 2;
  // Independent partitions leave only rounding.
  return mean === 0 || Math.abs(information) < Number.EPSILON ? 0 : information / mean;
}

/**
 * The mean over samples of (b - a) / max(a, b), with a the mean distance to the others of its cluster and b that to the
 * nearest other cluster (Rousseeuw 1987), as sklearn's silhouette_score; 0 for samples alone in their cluster.
 *
 * @throws RangeError unless there are from 2 to n - 1 clusters.
 */
export function silhouetteScore(X: Rows, labels: Values): number {
  const { data, rows, columns } = rowsOf('silhouetteScore', 'X', X);
  const given = valuesOf('silhouetteScore', 'labels', labels);
  if (given.length !== rows) {
    throw new RangeError(`silhouetteScore: X has ${rows} rows and labels ${given.length} elements.`);
  }
  const clusters = distinct(given);
  const k = clusters.length;
  if (k < 2 || k >= rows) {
    throw new RangeError(
      `silhouetteScore: ${k} clusters of ${rows} samples; expected from 2 to ${rows - 1}.`,
    );
  }
  const place = new Map(clusters.map((label, i) => [label, i]));
  const cluster = Int32Array.from(given, (label) => place.get(label) as number);
  const sizes = new Float64Array(k);
  for (const c of cluster) sizes[c] = (sizes[c] as number) + 1;
  // [rows, clusters]: the summed distances of each sample to each cluster.
  const sums = new Float64Array(rows * k);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const distance = Math.sqrt(squaredDistance(data, i, data, j, columns));
      const [toJ, toI] = [i * k + (cluster[j] as number), j * k + (cluster[i] as number)];
      sums[toJ] = (sums[toJ] as number) + distance;
      sums[toI] = (sums[toI] as number) + distance;
    }
  }
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const own = cluster[i] as number;
    const size = sizes[own] as number;
    if (size === 1) continue;
    const a = (sums[i * k + own] as number) / (size - 1);
    let b = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++)
      if (c !== own) b = Math.min(b, (sums[i * k + c] as number) / (sizes[c] as number));
    if (a !== b) total += (b - a) / Math.max(a, b);
  }
  return total / rows;
}
