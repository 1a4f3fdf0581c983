import type { Generator } from '../../tensor/generator.ts';
import { randn } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Draws from normal distributions such that gradients reach their means and variances: mean + noise · σ. */
export function reparameterize(
  mean: Tensor,
  logVar: Tensor,
  { generator, noise }: { readonly generator?: Generator; readonly noise?: Tensor },
): Tensor {
  const { shape, dtype, device } = mean;
  const drawn = noise ?? randn(shape, { dtype, device, generator });
  return mean.add(drawn.mul(logVar.mul(0.5).exp()));
}

/** KL(N(mean, exp(logVar)) ‖ N(0, 1)) summed over the last dimension, in nats. */
export const kullbackLeibler = (mean: Tensor, logVar: Tensor): Tensor =>
  mean.square().add(logVar.exp()).sub(logVar).sub(1).sum(-1).mul(0.5);

/**
 * log p(z) - log q(z), summed over the last dimension: p is standard normal, and `z` was made of standard normal `noise` and the
 * variances of q.
 */
export const gaussianLogRatio = (z: Tensor, noise: Tensor, logVar: Tensor): Tensor =>
  noise.square().add(logVar).sub(z.square()).sum(-1).mul(0.5);

/** The logarithm of the mean of what `logs` are the logarithms of, along a dimension. */
export const logMeanExp = (logs: Tensor, dim: number): Tensor =>
  logs.logsumexp(dim).sub(Math.log(logs.shape[dim] as number));
