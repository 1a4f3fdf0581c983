import { eachDistances, kNearest } from './neighbors.ts';
import { type HostRows, type Rows, rowsPairOf } from './values.ts';

/** The squared distance of each row to its k-th nearest neighbour among the others. */
function radii(rows: HostRows, k: number): Float64Array {
  const { distances } = kNearest(rows, rows, k, { excludeSelf: true });
  return Float64Array.from({ length: rows.rows }, (_, i) => (distances[i * k + k - 1] as number) ** 2);
}

function checkK(operation: string, k: number, ...sets: readonly HostRows[]): void {
  const fewest = Math.min(...sets.map(({ rows }) => rows));
  if (Number.isInteger(k) && k >= 1 && k < fewest) return;
  throw new RangeError(
    `${operation}: k must be an integer from 1 to ${fewest - 1}, one less than the smaller number of samples, not ${k}.`,
  );
}

/**
 * Improved precision and recall (Kynkäänniemi et al., arXiv:1904.06991): the part of generated samples that lie where
 * real ones are (fidelity), and the part of real samples that lie where generated ones are (diversity). Where samples are
 * is the union of balls around each, as wide as the distance to its `k`-th nearest neighbour, in features [n, d].
 *
 * @throws RangeError for features that do not fit, or k that is not less than the number of samples.
 */
export function precisionRecall(
  real: Rows,
  generated: Rows,
  { k = 3 }: { readonly k?: number } = {},
): { precision: number; recall: number } {
  const [a, b] = rowsPairOf('precisionRecall', real, generated, ['real', 'generated']);
  checkK('precisionRecall', k, a, b);
  const [realRadii, generatedRadii] = [radii(a, k), radii(b, k)];
  const inReal = new Uint8Array(b.rows);
  let covered = 0;
  eachDistances(a, b, (row, squared) => {
    const radius = realRadii[row] as number;
    let inGenerated = false;
    for (let j = 0; j < squared.length; j++) {
      const distance = squared[j] as number;
      if (distance <= radius) inReal[j] = 1;
      if (distance <= (generatedRadii[j] as number)) inGenerated = true;
    }
    if (inGenerated) covered++;
  });
  return { precision: inReal.reduce((sum, is) => sum + is, 0) / b.rows, recall: covered / a.rows };
}

/**
 * Density and coverage (Naeem et al., arXiv:2002.09797), which single outliers sway less: how many balls around real
 * samples a generated one lies in, on average and divided by k; and the part of real samples that have a generated one in
 * their ball.
 */
export function densityCoverage(
  real: Rows,
  generated: Rows,
  { k = 5 }: { readonly k?: number } = {},
): { density: number; coverage: number } {
  const [a, b] = rowsPairOf('densityCoverage', real, generated, ['real', 'generated']);
  checkK('densityCoverage', k, a);
  const realRadii = radii(a, k);
  let [inside, covered] = [0, 0];
  eachDistances(a, b, (row, squared) => {
    const before = inside;
    for (let j = 0; j < squared.length; j++)
      if ((squared[j] as number) < (realRadii[row] as number)) inside++;
    if (inside > before) covered++;
  });
  return { density: inside / (k * b.rows), coverage: covered / a.rows };
}
