import { tensor } from '../../tensor/creation.ts';
import { cholesky, solveTriangular } from '../../tensor/linalg/index.ts';
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';

export type CovarianceType = 'full' | 'tied' | 'diag' | 'spherical';

/** Where linear algebra keeps double precision. */
const exact = { device: 'js', dtype: 'float64' } as const;

/**
 * What each sample is worth under each component.
 *
 * @param x [n, d]
 * @param means [k, d]
 * @param factors upper triangular roots of precisions, Σ⁻¹ = F Fᵀ, [k or 1, d, d]; or their diagonals [k, 1, d]
 * @param logWeights [k]
 * @returns log-likelihoods [n] and responsibilities [n, k]
 */
export function expectation(x: Tensor, means: Tensor, factors: Tensor, logWeights: Tensor) {
  const d = x.shape[1] as number;
  const differences = x.unsqueeze(0).sub(means.unsqueeze(1));
  const isDiagonal = factors.shape[1] === 1 && d !== 1;
  const scaled = isDiagonal || d === 1 ? differences.mul(factors) : differences.matmul(factors);
  const diagonal = isDiagonal ? factors.squeeze(1) : factors.diagonal(0, 1, 2);
  // [k, n]
  const logs = scaled
    .square()
    .sum(2)
    .add(d * Math.log(2 * Math.PI))
    .mul(-0.5)
    .add(diagonal.log().sum(1).add(logWeights).unsqueeze(1));
  const logLikelihood = logs.logsumexp(0);
  return { logLikelihood, responsibilities: logs.sub(logLikelihood).exp().mT };
}

/** Keeps a component without samples from dividing by 0, as scikit-learn does. */
const TINY = 10 * Number.EPSILON;

/**
 * Sizes [k], means [k, d] and covariances of components, without what regularizes them: [k, d, d], [1, d, d] when tied, or
 * variances [k, d].
 *
 * @param x [n, d]
 * @param responsibilities [n, k]
 */
export function maximization(type: CovarianceType, x: Tensor, responsibilities: Tensor) {
  const sizes = responsibilities.sum(0).add(TINY);
  const means = responsibilities.mT.matmul(x).div(sizes.unsqueeze(1));
  const differences = x.unsqueeze(0).sub(means.unsqueeze(1));
  const weighted = differences.mul(responsibilities.mT.unsqueeze(2));
  if (type === 'diag' || type === 'spherical') {
    return { sizes, means, covariances: weighted.mul(differences).sum(1).div(sizes.unsqueeze(1)) };
  }
  const products = weighted.mT.matmul(differences);
  const covariances =
    type === 'tied'
      ? products.sum(0, { keepdim: true }).div(sizes.sum())
      : products.div(sizes.reshape(-1, 1, 1));
  return { sizes, means, covariances };
}

/** Covariances as the mixture keeps them, regularized. */
export function covarianceParameters(
  type: CovarianceType,
  { sizes, means, covariances }: Record<'sizes' | 'means' | 'covariances', ArrayLike<number>>,
  regCovar: number,
): Float64Array {
  const d = means.length / sizes.length;
  const values = Float64Array.from(covariances);
  if (type === 'spherical') {
    return Float64Array.from(sizes, (_, c) => {
      const variances = values.subarray(c * d, (c + 1) * d);
      return variances.reduce((sum, variance) => sum + variance, 0) / d + regCovar;
    });
  }
  if (type === 'diag') return values.map((variance) => variance + regCovar);
  for (let start = 0; start < values.length; start += d * d)
    for (let i = 0; i < d; i++)
      values[start + i * (d + 1)] = (values[start + i * (d + 1)] as number) + regCovar;
  return values;
}

/** What stands for covariances in a computation. */
export interface Factors {
  /** Roots of the precisions, as `expectation` takes them. */
  readonly values: Float64Array;
  readonly shape: readonly number[];
  /** Turns standard normal noise [d] into noise with the covariance of a component. */
  roots(component: number, noise: ArrayLike<number>): Float64Array;
}

/** @throws RangeError for a covariance that is not positive definite. */
export function precisionFactors(
  operation: string,
  type: CovarianceType,
  covariances: Float64Array,
  k: number,
  d: number,
): Factors {
  if (type === 'diag' || type === 'spherical') {
    const variance = (c: number, j: number) => covariances[type === 'diag' ? c * d + j : c] as number;
    if (!covariances.every((value) => value > 0)) throw collapsed(operation);
    return {
      values: Float64Array.from(
        { length: k * d },
        (_, i) => 1 / Math.sqrt(variance(Math.floor(i / d), i % d)),
      ),
      shape: [k, 1, d],
      roots: (c, noise) => Float64Array.from(noise, (value, j) => value * Math.sqrt(variance(c, j))),
    };
  }
  const count = type === 'full' ? k : 1;
  const shape = [count, d, d];
  const [lower, values] = scope(() => {
    try {
      const root = cholesky(tensor(covariances, { shape, ...exact }));
      const identity = new Float64Array(d * d).map((_, i) => (i % (d + 1) === 0 ? 1 : 0));
      const inverse = solveTriangular(root, tensor(identity, { shape: [d, d], ...exact }), { upper: false });
      return [Float64Array.from(root.dataSync()), Float64Array.from(inverse.mT.dataSync())];
    } catch (error) {
      throw error instanceof RangeError ? collapsed(operation) : error;
    }
  }) as [Float64Array, Float64Array];
  return {
    values,
    shape,
    roots: (c, noise) => {
      const start = type === 'full' ? c * d * d : 0;
      return Float64Array.from({ length: d }, (_, i) => {
        let sum = 0;
        for (let j = 0; j <= i; j++) sum += (lower[start + i * d + j] as number) * (noise[j] as number);
        return sum;
      });
    },
  };
}

const collapsed = (operation: string) =>
  new RangeError(
    `${operation}: a component has shrunk, and its covariance is not positive definite. Use fewer components, a larger ` +
      'regCovar, or scale the columns.',
  );
