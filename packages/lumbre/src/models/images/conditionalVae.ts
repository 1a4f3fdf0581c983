import { type LayerOptions, Module } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { randn } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers } from './checkConfig.ts';
import { expectedPicture, logLikelihood } from './likelihood.ts';
import { checkPictures, PictureDecoder, PictureEncoder } from './pictureNets.ts';
import { completeVAEConfig, type NoiseOptions, type VAEConfig, type VAELoss } from './vae.ts';
import { kullbackLeibler, reparameterize } from './variational.ts';

export interface ConditionalVAEConfig extends VAEConfig {
  /** How many kinds of pictures there are. */
  readonly classes: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeConditionalVAEConfig(config: ConditionalVAEConfig): Required<ConditionalVAEConfig> {
  const complete = { ...completeVAEConfig(config, 'ConditionalVAE'), classes: config.classes };
  checkIntegers('ConditionalVAE', complete, ['classes']);
  return complete;
}

/**
 * A variational autoencoder that is told what is in the picture (Kingma et al., arXiv:1406.5298; Sohn et al., Learning
 * Structured Output Representation, 2015): encoder and decoder see the class, so that codes need hold only the rest, such
 * as slant and thickness, and pictures of a wanted class are drawn.
 */
export class ConditionalVAE extends Module {
  readonly config: Required<ConditionalVAEConfig>;
  readonly encoder: PictureEncoder;
  readonly decoder: PictureDecoder;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: ConditionalVAEConfig, options: LayerOptions = {}) {
    super();
    this.config = completeConditionalVAEConfig(config);
    const { latentDim, classes } = this.config;
    this.encoder = new PictureEncoder(this.config, 2 * latentDim, options, classes);
    this.decoder = new PictureDecoder(this.config, latentDim + classes, options);
  }

  #condition(labels: Tensor, like: Tensor): Tensor {
    return labels.oneHot(this.config.classes).to(like.dtype);
  }

  #decoded(z: Tensor, labels: Tensor): Tensor {
    return this.decoder.forward(cat([z, this.#condition(labels, z)], 1));
  }

  /** Pictures [batch, channels, height, width] in [0, 1] and int32 labels [batch] to q(z | x, label), each [batch, latentDim]. */
  encode(x: Tensor, labels: Tensor): { mean: Tensor; logVar: Tensor } {
    checkPictures('ConditionalVAE', x, this.config);
    const { latentDim } = this.config;
    const both = this.encoder.forward(x, this.#condition(labels, x));
    return { mean: both.narrow(1, 0, latentDim), logVar: both.narrow(1, latentDim, latentDim) };
  }

  /** Codes [batch, latentDim] and labels [batch] to pictures in [0, 1]. */
  decode(z: Tensor, labels: Tensor): Tensor {
    return expectedPicture(this.#decoded(z, labels), this.config);
  }

  /** As `VAE.forward`. */
  forward(
    x: Tensor,
    labels: Tensor,
    options: NoiseOptions = {},
  ): { decoded: Tensor; mean: Tensor; logVar: Tensor } {
    const { mean, logVar } = this.encode(x, labels);
    return { decoded: this.#decoded(reparameterize(mean, logVar, options), labels), mean, logVar };
  }

  /** The negative lower bound of log p(x | label), from one draw a picture; `noise` is [batch, latentDim]. */
  loss(x: Tensor, labels: Tensor, options: NoiseOptions = {}): VAELoss {
    const { decoded, mean, logVar } = this.forward(x, labels, options);
    const reconstruction = logLikelihood(x, decoded, this.config).flatten(1).sum(1).mean().neg();
    const kl = kullbackLeibler(mean, logVar).mean();
    const loss = reconstruction.add(kl.mul(this.config.beta));
    return { loss, reconstruction, kl, elbo: reconstruction.add(kl).neg() };
  }

  /** One picture a label, [batch, channels, height, width]; `noise` is [batch, latentDim]. */
  sample(labels: Tensor, { generator, noise }: NoiseOptions = {}): Tensor {
    const { dtype, device } = this.decoder.parameters()[0] as Tensor;
    const shape = [labels.size, this.config.latentDim];
    return this.decode(noise ?? randn(shape, { dtype, device, generator }), labels);
  }

  /** What is left of pictures at the mean of their distribution. */
  reconstruct(x: Tensor, labels: Tensor): Tensor {
    return this.decode(this.encode(x, labels).mean, labels);
  }
}
