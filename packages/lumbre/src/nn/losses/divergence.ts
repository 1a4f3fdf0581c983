import type { Tensor } from '../../tensor/tensor.ts';
import { checkTarget, type Reduction, reduce } from './reduction.ts';

export interface KLDivLossOptions {
  /** `batchmean`, the sum over the first dimension's size, is the divergence; `mean` divides by all elements. Default `mean`. */
  readonly reduction?: Reduction | 'batchmean';
  /** Whether the target is a logarithm too. Default false. */
  readonly logTarget?: boolean;
}

/**
 * The parts of the divergence of Kullback and Leibler, target · (log target - input): how many nats it costs to take
 * e^input for the target. 0 where the target is 0.
 *
 * @param input logarithms of probabilities
 * @param target probabilities, or their logarithms with `logTarget`
 * @throws RangeError when the shapes differ.
 */
export function klDivLoss(
  input: Tensor,
  target: Tensor,
  { reduction, logTarget = false }: KLDivLossOptions = {},
): Tensor {
  checkTarget('klDivLoss', input, target);
  const losses = logTarget
    ? target.exp().mul(target.sub(input))
    : target.xlogy(target).sub(target.mul(input));
  if (reduction !== 'batchmean') return reduce('klDivLoss', losses, reduction);
  return losses.sum().div(input.shape[0] ?? 1);
}
