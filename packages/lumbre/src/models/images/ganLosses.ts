import type { Generator } from '../../tensor/generator.ts';
import { gradients } from '../../tensor/grad.ts';
import { rand } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { DiscriminatorNetwork } from './adversarial.ts';

/**
 * What the two networks of a GAN want. `non-saturating` and `minimax` are Goodfellow et al.'s (arXiv:1406.2661),
 * `least-squares` Mao et al.'s (arXiv:1611.04076), `hinge` Lim and Ye's (arXiv:1705.02894), `wasserstein` Arjovsky et al.'s
 * (arXiv:1701.07875).
 */
export type GanLoss = 'non-saturating' | 'minimax' | 'least-squares' | 'hinge' | 'wasserstein';

export const GAN_LOSSES: readonly GanLoss[] = [
  'non-saturating',
  'minimax',
  'least-squares',
  'hinge',
  'wasserstein',
];

/**
 * What the discriminator minimizes.
 *
 * @param real scores of real pictures
 * @param fake scores of pictures that the generator made
 * @param labelSmoothing how far short of certain it should be that real pictures are real (Salimans et al.,
 *   arXiv:1606.03498); for the losses that are about certainty
 */
export function discriminatorLoss(loss: GanLoss, real: Tensor, fake: Tensor, labelSmoothing = 0): Tensor {
  switch (loss) {
    case 'non-saturating':
    case 'minimax': {
      const certain = real.logSigmoid().neg();
      // -(1 - s) · log σ(r) - s · log(1 - σ(r)), where the second logarithm is log σ(r) - r.
      const onReal = labelSmoothing > 0 ? certain.add(real.mul(labelSmoothing)) : certain;
      return onReal.mean().sub(fake.neg().logSigmoid().mean());
    }
    case 'least-squares':
      return real
        .sub(1 - labelSmoothing)
        .square()
        .mean()
        .add(fake.square().mean())
        .mul(0.5);
    case 'hinge':
      return real.neg().add(1).relu().mean().add(fake.add(1).relu().mean());
    case 'wasserstein':
      return fake.mean().sub(real.mean());
  }
}

/** What the generator minimizes: `fake` are the scores of its pictures. */
export function generatorLoss(loss: GanLoss, fake: Tensor): Tensor {
  switch (loss) {
    case 'non-saturating':
      return fake.logSigmoid().mean().neg();
    case 'minimax':
      return fake.neg().logSigmoid().mean();
    case 'least-squares':
      return fake.sub(1).square().mean().mul(0.5);
    case 'hinge':
    case 'wasserstein':
      return fake.mean().neg();
  }
}

/** The gradient of each picture's score by its pixels, flat: [batch, pixels]. It can be differentiated again. */
function scoreGradients(discriminator: DiscriminatorNetwork, x: Tensor, labels?: Tensor): Tensor {
  const pictures = x.detach();
  pictures.requiresGrad = true;
  const [gradient] = gradients(discriminator.forward(pictures, labels).sum(), [pictures]) as [Tensor];
  return gradient.flatten(1);
}

/**
 * Half the mean squared slope of the scores at real pictures (Mescheder et al., Which Training Methods for GANs do
 * actually Converge?, arXiv:1801.04406), to be multiplied by their gamma.
 */
export const r1Penalty = (discriminator: DiscriminatorNetwork, real: Tensor, labels?: Tensor): Tensor =>
  scoreGradients(discriminator, real, labels).square().sum(1).mean().mul(0.5);

export interface GradientPenaltyOptions {
  readonly labels?: Tensor;
  readonly generator?: Generator;
  /** Where between a fake and a real picture: [batch, 1, 1, 1] in [0, 1], instead of drawing it. */
  readonly mix?: Tensor;
}

/**
 * How far the slope of the scores is from 1 between real and fake pictures, squared (Gulrajani et al., Improved Training of
 * Wasserstein GANs, arXiv:1704.00028), to be multiplied by their lambda.
 */
export function gradientPenalty(
  discriminator: DiscriminatorNetwork,
  real: Tensor,
  fake: Tensor,
  { labels, generator, mix }: GradientPenaltyOptions = {},
): Tensor {
  const { shape, dtype, device } = real;
  const one = shape.map((size, i) => (i === 0 ? size : 1));
  const weight = mix ?? rand(one, { dtype, device, generator });
  const between = real.mul(weight).add(fake.mul(weight.neg().add(1)));
  const slopes = scoreGradients(discriminator, between, labels).square().sum(1);
  // The root has no slope at zero.
  return slopes.add(1e-12).sqrt().sub(1).square().mean();
}

/**
 * How little pictures differ for how much their noise does: one half of a batch is held against the other (Mao et al., Mode
 * Seeking Generative Adversarial Networks for Diverse Image Synthesis, arXiv:1903.05628). The generator's loss grows without
 * bound where all noise gives the same picture.
 *
 * @param z the noise [batch, latentDim]
 * @param fake what was made of it, [batch, …]
 * @throws RangeError for a batch of one, which has nothing to differ from.
 */
export function modeSeekingPenalty(z: Tensor, fake: Tensor): Tensor {
  const half = Math.floor((z.shape[0] as number) / 2);
  if (half === 0) throw new RangeError('modeSeekingPenalty: expected a batch of at least 2, got 1.');
  const apart = (x: Tensor) =>
    x
      .narrow(0, 0, half)
      .sub(x.narrow(0, half, half))
      .abs()
      .mean();
  return apart(z).div(apart(fake).add(1e-5));
}
