import { type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { AdversarialModel, copyState } from './adversarial.ts';
import { checkIntegers, checkSizes } from './checkConfig.ts';

export interface GANConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  /** How many random numbers a picture is made of. Default 64. */
  readonly latentDim?: number;
  /** The generator's layers, and backwards the discriminator's. Default [128, 256, 512]. */
  readonly widths?: readonly number[];
  /** Whether a running average of the generator is kept. Default false. */
  readonly average?: boolean;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeGANConfig(config: GANConfig): Required<GANConfig> {
  const complete = { latentDim: 64, widths: [128, 256, 512], average: false, ...config };
  checkIntegers('GAN', complete, ['imageSize', 'channels', 'latentDim']);
  checkSizes('GAN', complete, ['widths']);
  return complete;
}

type Config = Required<GANConfig>;

const layersOf = (sizes: readonly number[], options: LayerOptions): Linear[] =>
  sizes.slice(1).map((size, i) => new Linear(sizes[i] as number, size, options));

/** Noise to pictures by layers that see everything. */
export class DenseGenerator extends Module {
  readonly latentDim: number;
  readonly layers: readonly Linear[];
  readonly #shape: readonly number[];

  constructor({ imageSize, channels, latentDim, widths }: Config, options: LayerOptions = {}) {
    super();
    this.latentDim = latentDim;
    this.#shape = [channels, imageSize, imageSize];
    this.layers = layersOf([latentDim, ...widths, channels * imageSize ** 2], options);
  }

  /** [batch, latentDim] to [batch, channels, height, width] in [-1, 1]. */
  forward(z: Tensor): Tensor {
    let h = z;
    for (const [i, layer] of this.layers.entries()) h = layer.forward(i === 0 ? h : h.leakyRelu(0.2));
    return h.tanh().reshape(-1, ...this.#shape);
  }
}

/** Pictures to scores by layers that see everything. */
export class DenseDiscriminator extends Module {
  readonly layers: readonly Linear[];

  constructor({ imageSize, channels, widths }: Config, options: LayerOptions = {}) {
    super();
    this.layers = layersOf([channels * imageSize ** 2, ...widths.toReversed(), 1], options);
  }

  /** [batch, channels, height, width] to logits [batch]. */
  forward(x: Tensor): Tensor {
    let h = x.flatten(1);
    for (const [i, layer] of this.layers.entries()) h = layer.forward(i === 0 ? h : h.leakyRelu(0.2));
    return h.reshape(-1);
  }
}

/**
 * A generator that makes pictures of noise, and a discriminator that tells them from real ones (Goodfellow et al.,
 * Generative Adversarial Nets, arXiv:1406.2661), both of layers that see everything. `makeGanSteps` trains it.
 */
export class GAN extends AdversarialModel {
  readonly config: Config;
  readonly generator: DenseGenerator;
  readonly discriminator: DenseDiscriminator;
  readonly averageGenerator: DenseGenerator | null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: GANConfig, options: LayerOptions = {}) {
    super();
    this.config = completeGANConfig(config);
    this.generator = new DenseGenerator(this.config, options);
    this.discriminator = new DenseDiscriminator(this.config, options);
    this.averageGenerator = this.config.average
      ? copyState(new DenseGenerator(this.config, options), this.generator)
      : null;
  }
}
