import { formatShape } from '../../graph/shape.ts';
import { Conv2d, ConvTranspose2d, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkChoice, checkHalvings, checkIntegers, checkSizes } from './checkConfig.ts';

/** What an encoder of pictures and its mirror image are made of. */
export interface PictureNetConfig {
  /** Pictures are squares of so many pixels a side. */
  readonly imageSize: number;
  /** 1 for grey, 3 for colours. */
  readonly channels: number;
  /** Layers that see all pixels alike, or convolutions that halve the picture at each layer. Default `conv`. */
  readonly architecture?: 'dense' | 'conv';
  /** The widths of the layers from the picture inwards. Default [512, 256] dense, [32, 64] convolutional. */
  readonly widths?: readonly number[];
}

/** @throws RangeError that names the setting that is wrong. */
export function completePictureNetConfig(
  model: string,
  config: PictureNetConfig,
): Required<PictureNetConfig> {
  const { imageSize, channels, architecture = 'conv' } = config;
  const widths = config.widths ?? (architecture === 'dense' ? [512, 256] : [32, 64]);
  const complete = { imageSize, channels, architecture, widths };
  checkIntegers(model, complete, ['imageSize', 'channels']);
  checkChoice(model, complete, 'architecture', ['dense', 'conv']);
  checkSizes(model, complete, ['widths']);
  if (architecture === 'conv') checkHalvings(model, imageSize, widths.length);
  return complete;
}

/** What is left of the picture where the layers that see everything begin: [channels, height, width]. */
function innermost({ imageSize, channels, architecture, widths }: Required<PictureNetConfig>): number[] {
  if (architecture === 'dense') return [channels, imageSize, imageSize];
  const size = imageSize / 2 ** widths.length;
  return [widths.at(-1) as number, size, size];
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** @throws RangeError unless `x` is a batch of pictures as the configuration says. */
export function checkPictures(model: string, x: Tensor, { imageSize, channels }: PictureNetConfig): void {
  const [batch, ...shape] = x.shape;
  if (batch !== undefined && shape.join() === `${channels},${imageSize},${imageSize}`) return;
  throw new RangeError(
    `${model}: expected pictures [batch, ${channels}, ${imageSize}, ${imageSize}], got ${formatShape(x.shape)}.`,
  );
}

/** Pictures to vectors: convolutions of 4 by 4 in steps of 2, if any, then layers that see everything. */
export class PictureEncoder extends Module {
  readonly convs: readonly Conv2d[];
  readonly dense: readonly Linear[];

  /** @param conditionDim how many features are put beside the picture's before the layers that see everything */
  constructor(
    config: Required<PictureNetConfig>,
    outFeatures: number,
    options: LayerOptions = {},
    conditionDim = 0,
  ) {
    super();
    const { channels, architecture, widths } = config;
    const isConv = architecture === 'conv';
    this.convs = !isConv
      ? []
      : widths.map(
          (width, i) =>
            new Conv2d(widths[i - 1] ?? channels, width, 4, { stride: 2, padding: 1, ...options }),
        );
    const sizes = [product(innermost(config)) + conditionDim, ...(isConv ? [] : widths), outFeatures];
    this.dense = sizes.slice(1).map((size, i) => new Linear(sizes[i] as number, size, options));
  }

  /** [batch, channels, height, width], and [batch, conditionDim] if there is a condition, to [batch, outFeatures]. */
  forward(x: Tensor, condition?: Tensor): Tensor {
    let h = x;
    for (const conv of this.convs) h = conv.forward(h).relu();
    h = h.flatten(1);
    if (condition) h = cat([h, condition], 1);
    for (const [i, layer] of this.dense.entries()) h = layer.forward(i === 0 ? h : h.relu());
    return h;
  }
}

/** Vectors to pictures: the encoder's layers the other way round. What comes out may be any number. */
export class PictureDecoder extends Module {
  readonly dense: readonly Linear[];
  readonly convs: readonly ConvTranspose2d[];
  readonly #innermost: readonly number[];

  constructor(config: Required<PictureNetConfig>, inFeatures: number, options: LayerOptions = {}) {
    super();
    const { channels, architecture, widths } = config;
    this.#innermost = innermost(config);
    const isConv = architecture === 'conv';
    const sizes = [inFeatures, ...(isConv ? [] : widths.toReversed()), product(this.#innermost)];
    this.dense = sizes.slice(1).map((size, i) => new Linear(sizes[i] as number, size, options));
    const outwards = [...widths.toReversed(), channels];
    this.convs = !isConv
      ? []
      : outwards
          .slice(1)
          .map(
            (width, i) =>
              new ConvTranspose2d(outwards[i] as number, width, 4, { stride: 2, padding: 1, ...options }),
          );
  }

  /** [batch, inFeatures] to [batch, channels, height, width]. */
  forward(z: Tensor): Tensor {
    let h = z;
    for (const [i, layer] of this.dense.entries()) h = layer.forward(i === 0 ? h : h.relu());
    h = h.reshape(-1, ...this.#innermost);
    for (const conv of this.convs) h = conv.forward(h.relu());
    return h;
  }
}
