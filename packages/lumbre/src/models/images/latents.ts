import { linspace } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** `steps` codes [steps, size] on the straight line between two, each [1, size], ends included. */
export function interpolateLatents(from: Tensor, to: Tensor, steps: number): Tensor {
  const { dtype, device } = from;
  const weights = linspace(0, 1, steps, { dtype, device }).reshape(steps, 1);
  return from.add(to.sub(from).mul(weights));
}

/**
 * `steps` codes [steps, size] on the arc between two standard normal ones, ends included (White, Sampling Generative
 * Networks, arXiv:1609.04468): in many dimensions nearly all such codes have the same length, and those on a straight line
 * are too short in the middle.
 */
export function sphericalLatents(from: Tensor, to: Tensor, steps: number): Tensor {
  const { dtype, device } = from;
  const cosine = from.normalize(-1).mul(to.normalize(-1)).sum(-1, { keepdim: true });
  // Short of the ends, where the sine is zero.
  const angle = cosine.clamp({ min: -0.9999, max: 0.9999 }).acos();
  const weights = linspace(0, 1, steps, { dtype, device }).reshape(steps, 1);
  const start = weights.neg().add(1).mul(angle).sin();
  const end = weights.mul(angle).sin();
  return from.mul(start).add(to.mul(end)).div(angle.sin());
}
