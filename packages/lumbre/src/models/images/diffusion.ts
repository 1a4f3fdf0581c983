import { buffer, type LayerOptions, Module } from '../../nn/index.ts';
import { cat, where } from '../../tensor/combine.ts';
import { compile } from '../../tensor/compile.ts';
import { fullLike, tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { pixelShuffle, pixelUnshuffle } from '../../tensor/pixelShuffle.ts';
import { rand, randint, randn } from '../../tensor/random.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { completeDiffusionConfig, type DiffusionConfig } from './diffusionConfig.ts';
import { cumulativeAlphas, samplingStep, samplingTimes } from './diffusionSchedule.ts';
import { UNet } from './unet.ts';

export interface DiffusionLossOptions {
  /** int32 [batch], for models with classes. */
  readonly labels?: Tensor;
  readonly generator?: Generator;
  /** int32 times [batch] in [0, timesteps), instead of drawing them. */
  readonly t?: Tensor;
  /** Standard normal numbers of the shape of the pictures, instead of drawing them. */
  readonly noise?: Tensor;
  /** bool [batch], whose label is not told, instead of drawing it. */
  readonly unlabelled?: Tensor;
}

export interface DiffusionSampleOptions {
  /** How many steps; all of `timesteps` is DDPM's way. Default 50. */
  readonly steps?: number;
  /** How much of what a step takes away is drawn anew: 0 is DDIM, 1 is DDPM. Default 0. */
  readonly eta?: number;
  /** int32 [count], for models with classes. */
  readonly labels?: Tensor;
  /** How much more than told the label counts (Ho and Salimans, arXiv:2207.12598); 0 is as told. Default 0. */
  readonly guidance?: number;
  readonly generator?: Generator;
  /** What to begin with, of the shape of the pictures, instead of drawing it. */
  readonly noise?: Tensor;
  /** Whether predicted pictures are kept within [-1, 1] at each step. Default true. */
  readonly clip?: boolean;
}

/** One step on the way from noise to pictures. */
export interface DiffusionFrame {
  /** Counts from 1 to `steps`. */
  readonly step: number;
  readonly steps: number;
  /** Half picture, half noise; at the last step the pictures. Dispose of both. */
  readonly x: Tensor;
  /** The pictures as they look from here. */
  readonly predicted: Tensor;
}

/**
 * A diffusion model: it learns to take noise off pictures, and makes pictures by taking it off noise, step by step (Ho et
 * al., Denoising Diffusion Probabilistic Models, arXiv:2006.11239; Song et al., Denoising Diffusion Implicit Models,
 * arXiv:2010.02502, for few steps; Nichol and Dhariwal, arXiv:2102.09672, for the cosine schedule; Salimans and Ho,
 * arXiv:2202.00512, for `v`). Pictures are in [-1, 1]. What one samples with is best an average of the weights over the
 * last steps, which whoever trains keeps.
 */
export class Diffusion extends Module {
  readonly config: Required<DiffusionConfig>;
  readonly unet: UNet;
  /** What is left of the picture's variance at each time, [timesteps]. */
  readonly alphasCumprod: Tensor;

  readonly #denoise = compile((x: Tensor, t: Tensor, numbers: Tensor, extra: StepExtra) =>
    noGrad(() => this.#step(x, t, numbers, extra)),
  );

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DiffusionConfig, options: LayerOptions = {}) {
    super();
    this.config = completeDiffusionConfig(config);
    const { channels, patchSize } = this.config;
    this.unet = new UNet({ ...this.config, channels: channels * patchSize ** 2 }, options);
    const { dtype, device } = this.unet.first.weight;
    const alphas = tensor(cumulativeAlphas(this.config), { dtype, device });
    this.alphasCumprod = buffer(alphas, { persistent: false });
  }

  /** What the network predicts of pictures [batch, channels, height, width] at times [batch]: the noise, or v. */
  forward(x: Tensor, t: Tensor, labels?: Tensor): Tensor {
    const { patchSize } = this.config;
    if (patchSize === 1) return this.unet.forward(x, t, labels);
    return pixelShuffle(this.unet.forward(pixelUnshuffle(x, patchSize), t, labels), patchSize);
  }

  /** Pictures with as much noise as there is at times `t`. */
  addNoise(x: Tensor, t: Tensor, noise: Tensor): Tensor {
    const [alpha, sigma] = this.#amounts(t);
    return x.mul(alpha).add(noise.mul(sigma));
  }

  /** The shares of picture and noise at times [batch], each [batch, 1, 1, 1]. */
  #amounts(t: Tensor): [alpha: Tensor, sigma: Tensor] {
    const kept = this.alphasCumprod.indexSelect(0, t).reshape(-1, 1, 1, 1);
    return [kept.sqrt(), kept.neg().add(1).sqrt()];
  }

  /** `loss`: the mean squared error of the prediction, at a random time for each picture. */
  loss(x: Tensor, options: DiffusionLossOptions = {}): { loss: Tensor } {
    const { timesteps, prediction } = this.config;
    const { dtype, device, shape } = x;
    const { generator } = options;
    const t = options.t ?? randint(0, timesteps, [shape[0] as number], { device, generator });
    const noise = options.noise ?? randn(shape, { dtype, device, generator });
    const predicted = this.forward(this.addNoise(x, t, noise), t, this.#trainingLabels(options));
    const [alpha, sigma] = this.#amounts(t);
    const target = prediction === 'eps' ? noise : noise.mul(alpha).sub(x.mul(sigma));
    return { loss: predicted.sub(target).square().mean() };
  }

  /** Now and then the label is not told, so that the network can do without. */
  #trainingLabels({ labels, unlabelled, generator }: DiffusionLossOptions): Tensor | undefined {
    const { classes, labelDropout } = this.config;
    if (classes === 0) return undefined;
    if (!labels) throw new TypeError('Diffusion: the model has classes: give the labels, int32 [batch].');
    const { shape, device } = labels;
    const hidden = unlabelled ?? rand(shape, { device, generator }).lt(labelDropout);
    return where(hidden, fullLike(labels, classes), labels);
  }

  /** From x at one time to x at an earlier one. `numbers` are those of `samplingStep`, and the guidance. */
  #step(
    x: Tensor,
    t: Tensor,
    numbers: Tensor,
    { labels, noise, clip }: StepExtra,
  ): [x: Tensor, predicted: Tensor] {
    const number = (i: number) => numbers.narrow(0, i, 1).reshape(1, 1, 1, 1);
    const [alpha, sigma, nextAlpha, direction, spread, guidance] = [0, 1, 2, 3, 4, 5].map(number) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const output = this.#predict(x, t.expand(x.shape[0] as number), labels, guidance);
    const isNoise = this.config.prediction === 'eps';
    const picture = isNoise ? x.sub(output.mul(sigma)).div(alpha) : x.mul(alpha).sub(output.mul(sigma));
    const predicted = clip ? picture.clamp({ min: -1, max: 1 }) : picture;
    const left = x.sub(predicted.mul(alpha)).div(sigma);
    const next = predicted.mul(nextAlpha).add(left.mul(direction));
    return [noise ? next.add(noise.mul(spread)) : next, predicted];
  }

  #predict(x: Tensor, t: Tensor, labels: Tensor | undefined, guidance: Tensor): Tensor {
    const { classes } = this.config;
    if (!labels) return this.forward(x, t);
    const batch = x.shape[0] as number;
    const both = cat([labels, fullLike(labels, classes)], 0);
    const output = this.forward(cat([x, x], 0), cat([t, t], 0), both);
    const [told, untold] = [output.narrow(0, 0, batch), output.narrow(0, batch, batch)];
    return told.add(told.sub(untold).mul(guidance));
  }

  /**
   * The way from noise to `count` pictures, a frame a step: `for await (const { x } of model.film(9))`. Each step is one
   * compiled program. The frames are the caller's to dispose of. Call `eval()` before.
   * @throws RangeError for options that make no sense.
   */
  async *film(
    count: number,
    options: DiffusionSampleOptions = {},
  ): AsyncGenerator<DiffusionFrame, void, undefined> {
    const { steps = 50, eta = 0, guidance = 0, generator, labels, clip = true } = options;
    const { imageSize, channels, classes } = this.config;
    const times = samplingTimes(this.config, steps);
    if (!(eta >= 0 && eta <= 1)) throw new RangeError(`Diffusion: eta must be from 0 to 1, not ${eta}.`);
    if (labels && labels.size !== count) {
      throw new RangeError(`Diffusion: got ${labels.size} labels for ${count} pictures.`);
    }
    if (labels && classes === 0)
      throw new TypeError('Diffusion: the model has no classes; leave labels out.');
    const { dtype, device } = this.alphasCumprod;
    const shape = [count, channels, imageSize, imageSize];
    const alphas = cumulativeAlphas(this.config);
    const draw = () => noGrad(() => randn(shape, { dtype, device, generator }));
    const kept = new Set<Tensor>();
    const keep = (made: Tensor) => {
      kept.add(made);
      return made;
    };
    let x = options.noise ?? keep(draw());
    try {
      for (const [i, t] of times.entries()) {
        const numbers = [...samplingStep(alphas, t, times[i + 1] ?? -1, eta), guidance];
        const place = keep(tensor([t], { dtype: 'int32', device }));
        const coefficients = keep(tensor(numbers, { dtype, device }));
        const noise = eta > 0 ? keep(draw()) : undefined;
        const [next, predicted] = await this.#denoise.async(x, place, coefficients, { labels, noise, clip });
        for (const made of kept) made.dispose();
        kept.clear();
        // The caller may dispose of the frame before the next step reads it.
        x = keep(next.clone());
        yield { step: i + 1, steps: times.length, x: next, predicted };
      }
    } finally {
      for (const made of kept) made.dispose();
    }
  }

  /** `count` pictures [count, channels, height, width] in [-1, 1]. Call `eval()` before. */
  async sample(count: number, options: DiffusionSampleOptions = {}): Promise<Tensor> {
    let last: Tensor | undefined;
    for await (const { x, predicted } of this.film(count, options)) {
      last?.dispose();
      predicted.dispose();
      last = x;
    }
    return last as Tensor;
  }

  override dispose(): void {
    this.#denoise.dispose();
    super.dispose();
  }
}

interface StepExtra {
  readonly labels?: Tensor;
  readonly noise?: Tensor;
  readonly clip: boolean;
}
