import type { LayerOptions } from '../../nn/index.ts';
import { AdversarialModel, copyState, initializeDCGAN } from './adversarial.ts';
import { checkIntegers } from './checkConfig.ts';
import { ConvDiscriminator, ConvGenerator, completeGanNetConfig, type GanNetConfig } from './ganNets.ts';

export interface ConditionalGANConfig extends GanNetConfig {
  /** How many kinds of pictures there are. */
  readonly classes: number;
  /** Whether a running average of the generator is kept. Default true. */
  readonly average?: boolean;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeConditionalGANConfig(config: ConditionalGANConfig): Required<ConditionalGANConfig> {
  const nets = completeGanNetConfig('ConditionalGAN', config);
  checkIntegers('ConditionalGAN', nets, ['classes']);
  return { ...nets, average: config.average ?? true };
}

/**
 * A convolutional GAN that is told what to draw (Mirza and Osindero, Conditional Generative Adversarial Nets,
 * arXiv:1411.1784), and whose discriminator asks whether a picture is a real one of its class. Labels are told by `concat`,
 * or by `projection` (Miyato and Koyama, cGANs with Projection Discriminator, arXiv:1802.05637), where they cannot drown the
 * noise: it is all that the first layer sees. Steps and `sample` take `labels`.
 */
export class ConditionalGAN extends AdversarialModel {
  readonly config: Required<ConditionalGANConfig>;
  readonly generator: ConvGenerator;
  readonly discriminator: ConvDiscriminator;
  readonly averageGenerator: ConvGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: ConditionalGANConfig, options: LayerOptions = {}) {
    super();
    this.config = completeConditionalGANConfig(config);
    this.generator = new ConvGenerator(this.config, options);
    this.discriminator = new ConvDiscriminator(this.config, options, (network) =>
      initializeDCGAN(network, options.generator),
    );
    // An embedding stays as long as the noise beside it, and scales by class begin at 1.
    const told = /^embedding\.|\.(scale|shift)\./;
    initializeDCGAN(this.generator, options.generator, (name) => told.test(name));
    this.averageGenerator = this.config.average
      ? copyState(new ConvGenerator(this.config, options), this.generator)
      : null;
  }
}
