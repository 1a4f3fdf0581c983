import {
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Embedding,
  type LayerOptions,
  Linear,
  Module,
  spectralNorm,
} from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { interpolate } from '../../tensor/interpolate.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkChoice, checkIntegers } from './checkConfig.ts';
import { ConditionalBatchNorm2d } from './conditionalBatchNorm.ts';

/** The convolutional networks of the GANs: a generator and a discriminator that mirrors it. */
export interface GanNetConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  /** How many random numbers a picture is made of. Default 64. */
  readonly latentDim?: number;
  /** Channels next to the picture; there are twice as many at each half of the size. Default 32. */
  readonly width?: number;
  /** Whether the generator grows pictures by transposed convolutions, or by repeating pixels before a convolution (Odena et al., 2016). Default `transposed`. */
  readonly upsample?: 'transposed' | 'nearest';
  /**
   * What keeps the discriminator in bounds: batch norm as in Radford's paper, spectral norm, or nothing, as penalties on
   * gradients want it. Default `batch`.
   */
  readonly discriminatorNorm?: 'batch' | 'spectral' | 'none';
  /** Whether the discriminator is told how much a batch varies, which shows a generator that always makes the same. Default false. */
  readonly minibatchStddev?: boolean;
  /** How many kinds of pictures there are; 0 if nothing is said about it. Default 0. */
  readonly classes?: number;
  /**
   * How the networks are told the class. `concat` is Mirza and Osindero's: an embedding beside the noise, and a further plane
   * of the picture. `projection` is Miyato and Koyama's: scales and shifts of the generator's norms, and a product with the
   * discriminator's features. Default `projection`.
   */
  readonly conditioning?: 'concat' | 'projection';
}

export type CompleteGanNetConfig = Required<GanNetConfig>;

/** Pictures are halved until they are no larger: what sees so little sees all of the picture. */
const SMALLEST = 4;

/** @throws RangeError that names the setting that is wrong. */
export function completeGanNetConfig(model: string, config: GanNetConfig): CompleteGanNetConfig {
  const { imageSize, channels, latentDim = 64, width = 32, upsample = 'transposed' } = config;
  const { discriminatorNorm = 'batch', minibatchStddev = false } = config;
  const { classes = 0, conditioning = 'projection' } = config;
  const complete: CompleteGanNetConfig = {
    ...{ imageSize, channels, latentDim, width, upsample },
    ...{ discriminatorNorm, minibatchStddev, classes, conditioning },
  };
  checkIntegers(model, complete, ['imageSize', 'channels', 'latentDim', 'width']);
  checkIntegers(model, complete, ['classes'], 0);
  if (imageSize < 2) throw new RangeError(`${model}: imageSize must be at least 2, not ${imageSize}.`);
  checkChoice(model, complete, 'upsample', ['transposed', 'nearest']);
  checkChoice(model, complete, 'discriminatorNorm', ['batch', 'spectral', 'none']);
  checkChoice(model, complete, 'conditioning', ['concat', 'projection']);
  return complete;
}

/** One size of the picture. */
interface Level {
  readonly side: number;
  readonly width: number;
}

/** The levels from the picture inwards: each has half the side of the one before, rounded up, and twice the channels. */
function levelsOf({ imageSize, channels, width }: CompleteGanNetConfig): readonly Level[] {
  const levels: Level[] = [{ side: imageSize, width: channels }];
  let [side, wide] = [imageSize, width];
  do {
    side = Math.ceil(side / 2);
    levels.push({ side, width: wide });
    wide *= 2;
  } while (side > SMALLEST);
  return levels;
}

/** A convolution with this kernel, stride 2 and padding 1 halves a side, rounded up; transposed, it gives the side back. */
const kernelFor = (side: number): number => (side % 2 === 0 ? 4 : 3);

/** Noise, projected and reshaped, grows to a picture; the label is told beside the noise, or in the norms. */
export class ConvGenerator extends Module {
  readonly latentDim: number;
  readonly embedding: Embedding | null;
  readonly project: Linear;
  /** One before each convolution. */
  readonly norms: readonly (BatchNorm2d | ConditionalBatchNorm2d)[];
  readonly convs: readonly (ConvTranspose2d | Conv2d)[];
  /** From the innermost outwards. */
  readonly #levels: readonly Level[];

  constructor(config: CompleteGanNetConfig, options: LayerOptions = {}) {
    super();
    const { latentDim, classes, conditioning, upsample } = config;
    const levels = levelsOf(config).toReversed();
    const [innermost] = levels as [Level];
    this.latentDim = latentDim;
    this.#levels = levels;
    const concat = classes > 0 && conditioning === 'concat';
    this.embedding = concat ? new Embedding(classes, latentDim, options) : null;
    const inputs = concat ? 2 * latentDim : latentDim;
    this.project = new Linear(inputs, innermost.width * innermost.side ** 2, { ...options, bias: false });
    this.norms = levels
      .slice(0, -1)
      .map(({ width }) =>
        classes > 0 && !concat
          ? new ConditionalBatchNorm2d(classes, width, options)
          : new BatchNorm2d(width, options),
      );
    this.convs = levels.slice(1).map(({ side, width }, i) => {
      const inner = (levels[i] as Level).width;
      // A bias before a norm does nothing.
      const bias = i === levels.length - 2;
      return upsample === 'transposed'
        ? new ConvTranspose2d(inner, width, kernelFor(side), { ...options, stride: 2, padding: 1, bias })
        : new Conv2d(inner, width, 3, { ...options, padding: 1, bias });
    });
  }

  /** [batch, latentDim] and labels [batch] to [batch, channels, height, width] in [-1, 1]. */
  forward(z: Tensor, labels?: Tensor): Tensor {
    const told = this.embedding ? cat([z, this.embedding.forward(labelsOf(labels))], 1) : z;
    const [innermost] = this.#levels as [Level];
    let h = this.project.forward(told).reshape(-1, innermost.width, innermost.side, innermost.side);
    for (const [i, conv] of this.convs.entries()) {
      const norm = this.norms[i] as BatchNorm2d | ConditionalBatchNorm2d;
      const { side } = this.#levels[i + 1] as Level;
      h = norm instanceof ConditionalBatchNorm2d ? norm.forward(h, labelsOf(labels)) : norm.forward(h);
      h = h.relu();
      h = conv.forward(conv instanceof Conv2d ? interpolate(h, { size: [side, side] }) : h);
    }
    return h.tanh();
  }
}

/** Pictures shrink to features, and those to a score. */
export class ConvDiscriminator extends Module {
  readonly planes: Embedding | null;
  readonly convs: readonly Conv2d[];
  /** One after each convolution but the first; none unless the norm is `batch`. */
  readonly norms: readonly BatchNorm2d[];
  readonly score: Linear;
  readonly projection: Embedding | null;
  readonly #minibatchStddev: boolean;

  /** @param initialize sets the first weights, before they are divided by their norms; PyTorch's unless given */
  constructor(
    config: CompleteGanNetConfig,
    options: LayerOptions = {},
    initialize?: (network: Module) => void,
  ) {
    super();
    const { classes, conditioning, discriminatorNorm, imageSize, minibatchStddev } = config;
    const levels = levelsOf(config);
    const concat = classes > 0 && conditioning === 'concat';
    const { side, width: last } = levels.at(-1) as Level;
    this.planes = concat ? new Embedding(classes, imageSize ** 2, options) : null;
    this.convs = levels.slice(1).map(({ width }, i) => {
      const outer = levels[i] as Level;
      const inputs = outer.width + (concat && i === 0 ? 1 : 0);
      const bias = i === 0 || discriminatorNorm !== 'batch';
      return new Conv2d(inputs, width, kernelFor(outer.side), { ...options, stride: 2, padding: 1, bias });
    });
    this.norms =
      discriminatorNorm === 'batch'
        ? levels.slice(2).map(({ width }) => new BatchNorm2d(width, options))
        : [];
    this.#minibatchStddev = minibatchStddev;
    const features = (last + (minibatchStddev ? 1 : 0)) * side * side;
    this.score = new Linear(features, 1, options);
    this.projection =
      classes > 0 && conditioning === 'projection'
        ? new Embedding(classes, last * side * side, options)
        : null;
    initialize?.(this);
    if (discriminatorNorm !== 'spectral') return;
    for (const layer of [...this.convs, this.score, ...(this.projection ? [this.projection] : [])]) {
      spectralNorm(layer, options);
    }
  }

  /** [batch, channels, height, width] and labels [batch] to scores [batch]. */
  forward(x: Tensor, labels?: Tensor): Tensor {
    let h = x;
    if (this.planes) {
      const [batch, , height, width] = x.shape as [number, number, number, number];
      h = cat([x, this.planes.forward(labelsOf(labels)).reshape(batch, 1, height, width)], 1);
    }
    for (const [i, conv] of this.convs.entries()) {
      h = conv.forward(h);
      const norm = this.norms[i - 1];
      h = (norm ? norm.forward(h) : h).leakyRelu(0.2);
    }
    const features = h.flatten(1);
    const score = this.score.forward(this.#minibatchStddev ? withStddev(h).flatten(1) : features).reshape(-1);
    if (!this.projection) return score;
    return score.add(this.projection.forward(labelsOf(labels)).mul(features).sum(1));
  }
}

/**
 * One more plane, which holds the standard deviation over the batch, averaged over everything (Karras et al., Progressive
 * Growing of GANs, arXiv:1710.10196).
 */
export function withStddev(h: Tensor): Tensor {
  const [batch, , height, width] = h.shape as [number, number, number, number];
  const variance = h
    .sub(h.mean(0, { keepdim: true }))
    .square()
    .mean(0);
  const deviation = variance.add(1e-8).sqrt().mean();
  return cat([h, deviation.reshape(1, 1, 1, 1).expand(batch, 1, height, width)], 1);
}

function labelsOf(labels: Tensor | undefined): Tensor {
  if (labels) return labels;
  throw new TypeError('This GAN has classes: give the labels, int32 [batch].');
}
