import type { LayerOptions } from '../../nn/index.ts';
import { AdversarialModel, copyState } from './adversarial.ts';
import { ConvDiscriminator, ConvGenerator, completeGanNetConfig, type GanNetConfig } from './ganNets.ts';

/** The critic has no norm: batch norm would make its slope at one picture depend on the others. */
export interface WGANGPConfig
  extends Omit<GanNetConfig, 'classes' | 'conditioning' | 'discriminatorNorm' | 'minibatchStddev'> {
  /** Whether a running average of the generator is kept. Default true. */
  readonly average?: boolean;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeWGANGPConfig(config: WGANGPConfig): Required<WGANGPConfig> {
  const { imageSize, channels, latentDim, width, upsample } = completeGanNetConfig('WGANGP', config);
  return { imageSize, channels, latentDim, width, upsample, average: config.average ?? true };
}

/** How Gulrajani et al. train: for `makeGanSteps`. */
export const WGANGP_STEPS = { loss: 'wasserstein', gradientPenalty: 10 } as const;

/** How many steps of the critic come before one of the generator. */
export const WGANGP_CRITIC_STEPS = 5;

/**
 * A GAN whose discriminator is a critic with slopes near 1, so that its scores measure how far the generator's pictures are
 * from real ones (Gulrajani et al., Improved Training of Wasserstein GANs, arXiv:1704.00028). Train it with
 * `makeGanSteps({ …, ...WGANGP_STEPS })`, `WGANGP_CRITIC_STEPS` steps of the critic for one of the generator, and Adam with
 * betas [0, 0.9].
 */
export class WGANGP extends AdversarialModel {
  readonly config: Required<WGANGPConfig>;
  readonly generator: ConvGenerator;
  readonly discriminator: ConvDiscriminator;
  readonly averageGenerator: ConvGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: WGANGPConfig, options: LayerOptions = {}) {
    super();
    this.config = completeWGANGPConfig(config);
    const nets = completeGanNetConfig('WGANGP', { ...this.config, discriminatorNorm: 'none' });
    this.generator = new ConvGenerator(nets, options);
    this.discriminator = new ConvDiscriminator(nets, options);
    this.averageGenerator = this.config.average
      ? copyState(new ConvGenerator(nets, options), this.generator)
      : null;
  }
}
