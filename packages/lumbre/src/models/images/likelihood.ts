import type { Tensor } from '../../tensor/tensor.ts';
import { checkChoice, checkNumbers } from './checkConfig.ts';

/** How probable a picture is, given what a decoder says of it. */
export interface LikelihoodConfig {
  /**
   * `bernoulli`: a pixel is black or white, a grey one partly each, and the decoder gives logits. `gaussian`: pixels are
   * normal around what the decoder gives. Default `bernoulli`.
   */
  readonly likelihood?: 'bernoulli' | 'gaussian';
  /** The standard deviation of a pixel, for `gaussian`. Default 0.1. */
  readonly sigma?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeLikelihoodConfig(
  model: string,
  config: LikelihoodConfig,
): Required<LikelihoodConfig> {
  const { likelihood = 'bernoulli', sigma = 0.1 } = config;
  const complete = { likelihood, sigma };
  checkChoice(model, complete, 'likelihood', ['bernoulli', 'gaussian']);
  checkNumbers(model, complete, ['sigma'], Number.MIN_VALUE);
  return complete;
}

/** log p(x | decoded) of each pixel, in nats: the shape is `decoded`'s, to which `x` broadcasts. */
export function logLikelihood(
  x: Tensor,
  decoded: Tensor,
  { likelihood, sigma }: Required<LikelihoodConfig>,
): Tensor {
  // x · log σ(l) + (1 - x) · log(1 - σ(l)), where the last logarithm is log σ(l) - l.
  if (likelihood === 'bernoulli') return decoded.logSigmoid().sub(decoded.mul(x.neg().add(1)));
  const distance = x.sub(decoded).div(sigma);
  return distance
    .square()
    .mul(-0.5)
    .sub(Math.log(sigma * Math.sqrt(2 * Math.PI)));
}

/** The picture that a decoder expects, in [0, 1]. */
export const expectedPicture = (decoded: Tensor, { likelihood }: Required<LikelihoodConfig>): Tensor =>
  likelihood === 'bernoulli' ? decoded.sigmoid() : decoded.clamp({ min: 0, max: 1 });
