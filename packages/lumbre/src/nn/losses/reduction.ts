import { formatShape, sameShape } from '../../graph/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** The mean of the losses, their sum, or one loss for each place. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface LossOptions {
  /** Default `mean`. */
  readonly reduction?: Reduction;
}

/** A target for each place of the input, or one for all: a number, or a tensor of shape []. */
export type Target = Tensor | number;

/** @throws RangeError for a reduction that there is not. */
export function reduce(loss: string, losses: Tensor, reduction: Reduction = 'mean'): Tensor {
  if (reduction === 'mean') return losses.mean();
  if (reduction === 'sum') return losses.sum();
  if (reduction === 'none') return losses;
  throw new RangeError(`${loss}: reduction must be 'mean', 'sum' or 'none', not '${reduction as string}'.`);
}

/**
 * PyTorch warns of targets of another shape than the input's and broadcasts; [n] beside [n, 1] is then n² losses, so here
 * it is an error.
 * @throws RangeError when the shapes differ, but for a target of shape [].
 */
export function checkTarget(loss: string, input: Tensor, target: Target, name = 'target'): void {
  if (typeof target === 'number' || target.ndim === 0 || sameShape(input.shape, target.shape)) return;
  throw new RangeError(
    `${loss}: input ${formatShape(input.shape)} and ${name} ${formatShape(target.shape)} do not fit; ` +
      'both must have one shape. reshape() or expand() one of them.',
  );
}
