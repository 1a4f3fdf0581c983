import { tensor } from '../tensor/creation.ts';
import { eigh, eigvalsh } from '../tensor/linalg/index.ts';
import { scope } from '../tensor/scope.ts';
import { columnMeans, type HostRows, type Rows, rowsOf, rowsPairOf } from './values.ts';

/** The mean and covariance of features: all that the Fréchet distance knows of them. */
export interface FeatureStatistics {
  /** [d] */
  readonly mean: Float64Array;
  /** [d, d], divided by n - 1 */
  readonly covariance: Float64Array;
}

/** What `frechetDistanceOf` compares, so that the statistics of real data are computed once. */
export const featureStatistics = (features: Rows): FeatureStatistics =>
  statisticsOf('featureStatistics', rowsOf('featureStatistics', 'features', features));

/** In double precision. @throws RangeError for fewer than two rows. */
function statisticsOf(operation: string, features: HostRows): FeatureStatistics {
  const { data, rows, columns: d } = features;
  if (rows < 2) throw new RangeError(`${operation}: one sample has no covariance; expected at least two.`);
  const mean = columnMeans(features);
  const covariance = new Float64Array(d * d);
  const centered = new Float64Array(d);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < d; i++) centered[i] = (data[r * d + i] as number) - (mean[i] as number);
    for (let i = 0; i < d; i++) {
      const value = centered[i] as number;
      // The lower triangle; the rest follows.
      for (let j = 0, at = i * d; j <= i; j++, at++)
        covariance[at] = (covariance[at] as number) + value * (centered[j] as number);
    }
  }
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (covariance[i * d + j] as number) / (rows - 1);
      covariance[i * d + j] = value;
      covariance[j * d + i] = value;
    }
  }
  return { mean, covariance };
}

/** Where linear algebra keeps double precision. */
const exact = { device: 'js', dtype: 'float64' } as const;

/** tr((A B)^½) of symmetric positive semidefinite matrices: that of (A^½ B A^½)^½, which is symmetric too. */
function traceOfRoot(a: Float64Array, b: Float64Array, d: number): number {
  return scope(() => {
    const [values, vectors] = eigh(tensor(a, { shape: [d, d], ...exact }));
    // Half of A = V Λ Vᵀ: V Λ^½. Then (V Λ^½)ᵀ B (V Λ^½) has the eigenvalues that A^½ B A^½ has.
    const half = vectors.mul(values.clamp({ min: 0 }).sqrt()).dataSync();
    const inner = congruence(half, b, d);
    const roots = Float64Array.from(eigvalsh(tensor(inner, { shape: [d, d], ...exact })).dataSync());
    return roots.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
  });
}

/** Hᵀ B H */
function congruence(h: ArrayLike<number>, b: Float64Array, d: number): Float64Array {
  const product = (x: ArrayLike<number>, y: ArrayLike<number>) => {
    const result = new Float64Array(d * d);
    for (let i = 0; i < d; i++)
      for (let k = 0; k < d; k++) {
        const value = x[i * d + k] as number;
        for (let j = 0; j < d; j++)
          result[i * d + j] = (result[i * d + j] as number) + value * (y[k * d + j] as number);
      }
    return result;
  };
  const transposed = new Float64Array(d * d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) transposed[j * d + i] = h[i * d + j] as number;
  return product(product(transposed, b), h);
}

/**
 * The squared Fréchet distance of two normal distributions, |μ₁ - μ₂|² + tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½) (Dowson and Landau
 * 1982), in double precision.
 */
export function frechetDistanceOf(a: FeatureStatistics, b: FeatureStatistics): number {
  const d = a.mean.length;
  if (b.mean.length !== d) {
    throw new RangeError(`frechetDistance: statistics of ${d} and of ${b.mean.length} features do not fit.`);
  }
  let sum = 0;
  for (let i = 0; i < d; i++) {
    sum += ((a.mean[i] as number) - (b.mean[i] as number)) ** 2;
    sum += (a.covariance[i * d + i] as number) + (b.covariance[i * d + i] as number);
  }
  return Math.max(0, sum - 2 * traceOfRoot(a.covariance, b.covariance, d));
}

/**
 * How far generated samples are from real ones, seen through the features [n, d] that a network makes of them: FID, where
 * that network is Inception (Heusel et al., arXiv:1706.08500). Smaller is better. It falls with the number of samples,
 * so compare figures of equal numbers only; with fewer than d samples covariances are singular, and it is biased the more.
 *
 * @throws RangeError for rows of different length, fewer than two rows, NaN and infinite features.
 */
export function frechetDistance(real: Rows, generated: Rows): number {
  const [a, b] = rowsPairOf('frechetDistance', real, generated, ['real', 'generated']);
  return frechetDistanceOf(statisticsOf('frechetDistance', a), statisticsOf('frechetDistance', b));
}
