import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';

export interface ClipGradNormOptions {
  /** Which norm: 2 (the default) the Euclidean, 1 the sum of absolute values, Infinity the largest of them, p the p-norm. */
  readonly normType?: number;
  /** Whether to look at the norm, and throw if it is infinite or not a number. Not inside `compile`. Default false. */
  readonly errorIfNonfinite?: boolean;
}

/** The norm of all gradients as one vector. */
function normOf(gradients: readonly Tensor[], normType: number): Tensor {
  const join = (parts: Tensor[], two: (a: Tensor, b: Tensor) => Tensor) => parts.reduce(two);
  const sum = (parts: Tensor[]) => join(parts, (a, b) => a.add(b));
  if (normType === Number.POSITIVE_INFINITY) {
    return join(
      gradients.map((gradient) => gradient.abs().max()),
      (a, b) => a.maximum(b),
    );
  }
  if (normType === 1) return sum(gradients.map((gradient) => gradient.abs().sum()));
  if (normType === 2) return sum(gradients.map((gradient) => gradient.square().sum())).sqrt();
  return sum(gradients.map((gradient) => gradient.abs().pow(normType).sum())).pow(1 / normType);
}

/**
 * Scales all gradients by one factor so that their norm, taken together, is at most `maxNorm` (Pascanu et al.,
 * arXiv:1211.5063); as `torch.nn.utils.clip_grad_norm_`. Gradients that are added up over several batches are clipped
 * once, before the step.
 *
 * @returns the norm before clipping, not yet computed
 * @throws Error when no parameter has a gradient, and with `errorIfNonfinite` when the norm is not finite: then gradients
 *   are as they were.
 */
export function clipGradNorm(
  parameters: Iterable<Tensor>,
  maxNorm: number,
  { normType = 2, errorIfNonfinite = false }: ClipGradNormOptions = {},
): Tensor {
  if (!(maxNorm > 0)) throw new RangeError(`clipGradNorm: maxNorm must be positive, not ${maxNorm}.`);
  if (!(normType > 0)) throw new RangeError(`clipGradNorm: normType must be positive, not ${normType}.`);
  if (errorIfNonfinite && currentTrace()) {
    throw new Error(
      'clipGradNorm: errorIfNonfinite has to read the norm, and values cannot be read inside compile; return the norm ' +
        'and look at it outside.',
    );
  }
  const withGradient = [...parameters].filter(({ grad }) => grad !== null);
  if (withGradient.length === 0) {
    throw new Error('clipGradNorm: no parameter has a gradient; call backward() first.');
  }
  return noGrad(() => {
    const norm = normOf(
      withGradient.map(({ grad }) => grad as Tensor),
      normType,
    );
    if (errorIfNonfinite && !Number.isFinite(norm.itemSync())) {
      throw new Error(
        `clipGradNorm: the norm of the gradients is ${norm.itemSync()}; clipping cannot mend that. Lower the learning ` +
          'rate, or skip this step.',
      );
    }
    const factor = norm.add(1e-6).reciprocal().mul(maxNorm).clamp({ max: 1 });
    for (const parameter of withGradient) parameter.grad = (parameter.grad as Tensor).mul(factor);
    return norm;
  });
}
