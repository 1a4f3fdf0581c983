import { formatShape } from '../../graph/shape.ts';
import { ones } from '../creation.ts';
import type { Tensor } from '../tensor.ts';
import { floats } from './floats.ts';

export interface CovarianceOptions {
  /** Whether rows are variables and columns observations, or the other way round. Default true. */
  readonly rowvar?: boolean;
  /** What is taken from the number of observations that is divided by. Default 1. */
  readonly correction?: number;
  /** How often each observation counts, [observations]. */
  readonly fweights?: Tensor;
  /** How much each observation counts for, [observations]. */
  readonly aweights?: Tensor;
}

/** Variables [variables, observations]; a vector or a scalar is one variable. */
function variables(operation: string, x: Tensor, rowvar: boolean): Tensor {
  if (x.ndim > 2) {
    throw new RangeError(
      `${operation}: expected variables by observations in at most two dimensions, got shape ${formatShape(x.shape)}.`,
    );
  }
  if (x.ndim < 2) return x.reshape(1, x.size);
  return rowvar ? x : x.mT;
}

function checkWeights(name: string, weights: Tensor | undefined, count: number): void {
  if (!weights || (weights.ndim === 1 && weights.size === count)) return;
  throw new RangeError(
    `cov: ${name} has shape ${formatShape(weights.shape)}; expected one for each of ${count} observations.`,
  );
}

/**
 * The covariances of variables, as numpy.cov and torch.cov: of x [variables, observations] the matrix [variables, variables],
 * of a vector or a single variable its variance, a scalar.
 *
 * @throws RangeError for more than two dimensions, or weights of another length.
 */
export function cov(
  x: Tensor,
  { rowvar = true, correction = 1, fweights, aweights }: CovarianceOptions = {},
): Tensor {
  const { operands, dtype } = floats('cov', x);
  const a = variables('cov', operands[0] as Tensor, rowvar);
  const count = a.shape[1] as number;
  checkWeights('fweights', fweights, count);
  checkWeights('aweights', aweights, count);
  const frequency = fweights?.to(a.dtype) ?? ones([count], { dtype: a.dtype, device: a.device });
  const importance = aweights?.to(a.dtype);
  const weights = importance ? frequency.mul(importance) : frequency;
  const total = weights.sum();
  const centered = a.sub(a.mul(weights).sum(1, { keepdim: true }).div(total));
  const lost = importance ? weights.mul(importance).sum().div(total).mul(correction) : correction;
  const degrees = total.sub(lost).clamp({ min: 0 });
  const result = centered.matmul(centered.mul(weights).mT).div(degrees).to(dtype);
  return a.shape[0] === 1 ? result.reshape([]) : result;
}

/**
 * Pearson's correlations of variables, as numpy.corrcoef and torch.corrcoef: of x [variables, observations] the matrix
 * [variables, variables], from -1 to 1. NaN for a variable that does not vary.
 */
export function corrcoef(x: Tensor, { rowvar = true }: Pick<CovarianceOptions, 'rowvar'> = {}): Tensor {
  const { operands, dtype } = floats('corrcoef', x);
  const covariance = cov(operands[0] as Tensor, { rowvar });
  if (covariance.ndim === 0) return covariance.div(covariance).to(dtype);
  const deviation = covariance.diagonal().sqrt();
  return covariance
    .div(deviation.unsqueeze(1))
    .div(deviation.unsqueeze(0))
    .clamp({ min: -1, max: 1 })
    .to(dtype);
}
