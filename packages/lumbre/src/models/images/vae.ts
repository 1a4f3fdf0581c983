import { type LayerOptions, Module } from '../../nn/index.ts';
import type { Generator } from '../../tensor/generator.ts';
import { randn } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers, checkNumbers } from './checkConfig.ts';
import { interpolateLatents } from './latents.ts';
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
import { gaussianLogRatio, kullbackLeibler, logMeanExp, reparameterize } from './variational.ts';

export interface VAEConfig extends PictureNetConfig, LikelihoodConfig {
  /** How many numbers describe a picture. Default 32. */
  readonly latentDim?: number;
  /** How much the divergence from the prior weighs (Higgins et al., beta-VAE, 2017). Default 1, the bound itself. */
  readonly beta?: number;
}

/** @throws RangeError that names the setting that is wrong. */
export function completeVAEConfig(config: VAEConfig, model = 'VAE'): Required<VAEConfig> {
  const complete = {
    ...completePictureNetConfig(model, config),
    ...completeLikelihoodConfig(model, config),
    latentDim: config.latentDim ?? 32,
    beta: config.beta ?? 1,
  };
  checkIntegers(model, complete, ['latentDim']);
  checkNumbers(model, complete, ['beta']);
  return complete;
}

/** Where random numbers come from: a generator to draw from, or the numbers themselves. */
export interface NoiseOptions {
  readonly generator?: Generator;
  /** Standard normal numbers, of the shape that the method says. */
  readonly noise?: Tensor;
}

/** Numbers in nats a picture, averages over the batch. */
export interface VAELoss {
  /** reconstruction + beta · kl */
  readonly loss: Tensor;
  /** -log p(x | z) */
  readonly reconstruction: Tensor;
  /** The divergence of q(z | x) from the prior. */
  readonly kl: Tensor;
  /** The lower bound of log p(x): -(reconstruction + kl), whatever beta is. */
  readonly elbo: Tensor;
}

/**
 * A variational autoencoder (Kingma and Welling, Auto-Encoding Variational Bayes, arXiv:1312.6114): the encoder gives a
 * normal distribution over codes for each picture, which is kept close to the standard one, so that any standard normal
 * code decodes to a picture.
 */
export class VAE extends Module {
  readonly config: Required<VAEConfig>;
  readonly encoder: PictureEncoder;
  readonly decoder: PictureDecoder;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: VAEConfig, options: LayerOptions = {}) {
    super();
    this.config = completeVAEConfig(config);
    const { latentDim } = this.config;
    this.encoder = new PictureEncoder(this.config, 2 * latentDim, options);
    this.decoder = new PictureDecoder(this.config, latentDim, options);
  }

  /** Pictures [batch, channels, height, width] in [0, 1] to q(z | x): mean and logarithm of the variance, [batch, latentDim]. */
  encode(x: Tensor): { mean: Tensor; logVar: Tensor } {
    checkPictures('VAE', x, this.config);
    const { latentDim } = this.config;
    const both = this.encoder.forward(x);
    return { mean: both.narrow(1, 0, latentDim), logVar: both.narrow(1, latentDim, latentDim) };
  }

  /** Codes [batch, latentDim] to pictures in [0, 1]. */
  decode(z: Tensor): Tensor {
    return expectedPicture(this.decoder.forward(z), this.config);
  }

  /** Pictures, a code drawn for each (`noise` is [batch, latentDim]), and what the decoder says of it before `decode`'s last step. */
  forward(x: Tensor, options: NoiseOptions = {}): { decoded: Tensor; mean: Tensor; logVar: Tensor } {
    const { mean, logVar } = this.encode(x);
    return { decoded: this.decoder.forward(reparameterize(mean, logVar, options)), mean, logVar };
  }

  /** The negative lower bound of log p(x), from one draw a picture; `noise` is [batch, latentDim]. */
  loss(x: Tensor, options: NoiseOptions = {}): VAELoss {
    const { decoded, mean, logVar } = this.forward(x, options);
    const reconstruction = logLikelihood(x, decoded, this.config).flatten(1).sum(1).mean().neg();
    const kl = kullbackLeibler(mean, logVar).mean();
    const loss = reconstruction.add(kl.mul(this.config.beta));
    return { loss, reconstruction, kl, elbo: reconstruction.add(kl).neg() };
  }

  /**
   * A tighter bound of log p(x), for evaluation (Burda et al., Importance Weighted Autoencoders, arXiv:1509.00519): the
   * logarithm of the mean weight of `samples` codes. `noise` is [samples, batch, latentDim].
   * @returns nats of each picture, [batch]
   */
  importanceWeightedBound(x: Tensor, samples: number, { generator, noise }: NoiseOptions = {}): Tensor {
    const { mean, logVar } = this.encode(x);
    const [batch, latentDim] = mean.shape as [number, number];
    const { dtype, device } = mean;
    const drawn = noise ?? randn([samples, batch, latentDim], { dtype, device, generator });
    const z = reparameterize(mean, logVar, { noise: drawn });
    const decoded = this.decoder.forward(z.reshape(samples * batch, latentDim));
    const pixels = logLikelihood(x, decoded.reshape(samples, ...x.shape), this.config);
    return logMeanExp(
      pixels
        .flatten(2)
        .sum(2)
        .add(gaussianLogRatio(z, drawn, logVar)),
      0,
    );
  }

  /** `count` pictures [count, channels, height, width]; `noise` is [count, latentDim]. */
  sample(count: number, { generator, noise }: NoiseOptions = {}): Tensor {
    const { dtype, device } = this.decoder.parameters()[0] as Tensor;
    return this.decode(noise ?? randn([count, this.config.latentDim], { dtype, device, generator }));
  }

  /** What is left of pictures at the mean of their distribution. */
  reconstruct(x: Tensor): Tensor {
    return this.decode(this.encode(x).mean);
  }

  /**
   * From one picture to another, each [1, channels, height, width]: `steps` pictures, the first and the last of which are
   * their reconstructions.
   */
  interpolate(from: Tensor, to: Tensor, steps: number): Tensor {
    return this.decode(interpolateLatents(this.encode(from).mean, this.encode(to).mean, steps));
  }
}
