import type { LayerOptions, Module } from '../../nn/index.ts';
import { AdversarialModel, copyState, initializeDCGAN } from './adversarial.ts';
import { ConvDiscriminator, ConvGenerator, completeGanNetConfig, type GanNetConfig } from './ganNets.ts';

/** Without classes; `ConditionalGAN` has them. */
export interface DCGANConfig extends Omit<GanNetConfig, 'classes' | 'conditioning'> {
  /** Whether a running average of the generator is kept. Default true. */
  readonly average?: boolean;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeDCGANConfig(config: DCGANConfig): Required<DCGANConfig> {
  const { classes: _, conditioning: __, ...nets } = completeGanNetConfig('DCGAN', config);
  return { ...nets, average: config.average ?? true };
}

/**
 * A GAN of convolutions (Radford et al., Unsupervised Representation Learning with Deep Convolutional Generative Adversarial
 * Networks, arXiv:1511.06434), with their first weights. What makes it stable besides is in its configuration (spectral
 * norm, minibatch standard deviation, an average generator) and in `makeGanSteps` (losses, label smoothing, instance noise, R1).
 */
export class DCGAN extends AdversarialModel {
  readonly config: Required<DCGANConfig>;
  readonly generator: ConvGenerator;
  readonly discriminator: ConvDiscriminator;
  readonly averageGenerator: ConvGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DCGANConfig, options: LayerOptions = {}) {
    super();
    this.config = completeDCGANConfig(config);
    const nets = completeGanNetConfig('DCGAN', config);
    this.generator = new ConvGenerator(nets, options);
    const initialize = (network: Module) => initializeDCGAN(network, options.generator);
    initialize(this.generator);
    this.discriminator = new ConvDiscriminator(nets, options, initialize);
    this.averageGenerator = this.config.average
      ? copyState(new ConvGenerator(nets, options), this.generator)
      : null;
  }
}
