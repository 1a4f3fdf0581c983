import { type LayerOptions, Module } from '../../nn/index.ts';
import type { Generator } from '../../tensor/generator.ts';
import { rand, randn } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers } from './checkConfig.ts';
import {
  completeLikelihoodConfig,
  expectedPicture,
  type LikelihoodConfig,
  logLikelihood,
} from './likelihood.ts';
import {
  checkPictures,
  completePictureNetConfig,
  PictureDecoder,
  PictureEncoder,
  type PictureNetConfig,
} from './pictureNets.ts';

export interface AutoencoderConfig extends PictureNetConfig, LikelihoodConfig {
  /** How many numbers are left of a picture. Default 32. */
  readonly latentDim?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeAutoencoderConfig(config: AutoencoderConfig): Required<AutoencoderConfig> {
  const complete = {
    ...completePictureNetConfig('Autoencoder', config),
    ...completeLikelihoodConfig('Autoencoder', config),
    latentDim: config.latentDim ?? 32,
  };
  checkIntegers('Autoencoder', complete, ['latentDim']);
  return complete;
}

export interface AutoencoderLossOptions {
  /** Corrupts the picture before it is encoded; the loss still asks for the clean one. */
  readonly noise?: {
    /** `gaussian` adds normal numbers times `level`; `masking` blackens each pixel with the probability `level`. */
    readonly kind: 'gaussian' | 'masking';
    readonly level: number;
  };
  /** What the noise is drawn from. */
  readonly generator?: Generator;
  /** The corrupted pictures themselves, instead. */
  readonly corrupted?: Tensor;
}

/**
 * Squeezes pictures through a few numbers and back (Hinton and Salakhutdinov, Reducing the Dimensionality of Data with
 * Neural Networks, 2006), with layers that see everything or with convolutions. With `noise` in the loss it is a
 * denoising autoencoder (Vincent et al., Extracting and Composing Robust Features, 2008).
 */
export class Autoencoder extends Module {
  readonly config: Required<AutoencoderConfig>;
  readonly encoder: PictureEncoder;
  readonly decoder: PictureDecoder;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: AutoencoderConfig, options: LayerOptions = {}) {
    super();
    this.config = completeAutoencoderConfig(config);
    this.encoder = new PictureEncoder(this.config, this.config.latentDim, options);
    this.decoder = new PictureDecoder(this.config, this.config.latentDim, options);
  }

  /** Pictures [batch, channels, height, width] in [0, 1] to codes [batch, latentDim]. */
  encode(x: Tensor): Tensor {
    checkPictures('Autoencoder', x, this.config);
    return this.encoder.forward(x);
  }

  /** Codes to pictures in [0, 1]. */
  decode(z: Tensor): Tensor {
    return expectedPicture(this.decoder.forward(z), this.config);
  }

  /** Pictures to what is left of them. */
  forward(x: Tensor): Tensor {
    return this.decode(this.encode(x));
  }

  /** `loss`: how badly pictures are remembered, in nats a picture (-log p), on average. */
  loss(x: Tensor, { noise, generator, corrupted }: AutoencoderLossOptions = {}): { loss: Tensor } {
    const seen = corrupted ?? (noise ? corrupt(x, noise, generator) : x);
    const decoded = this.decoder.forward(this.encode(seen));
    return { loss: logLikelihood(x, decoded, this.config).flatten(1).sum(1).mean().neg() };
  }
}

/** Pictures with noise on them, still in [0, 1]. */
export function corrupt(
  x: Tensor,
  { kind, level }: Required<AutoencoderLossOptions>['noise'],
  generator?: Generator,
): Tensor {
  const options = { dtype: x.dtype, device: x.device, generator };
  if (kind === 'masking') return x.mul(rand(x.shape, options).ge(level).to(x.dtype));
  return x.add(randn(x.shape, options).mul(level)).clamp({ min: 0, max: 1 });
}
