import { formatShape, sizeOf } from '../graph/shape.ts';
import type { Generator } from '../tensor/generator.ts';
import { type HostArray, type HostData, sameKind } from './hostArray.ts';

/**
 * A change of one array of an example. What is random draws from `generator`, which `dataset.map` seeds for each example
 * and epoch: `dataset.map(({ image, label }, { generator }) => ({ image: augment(image, generator), label }))`.
 * Arrays that come in are not written to.
 */
export type Transform = (array: HostArray, generator: Generator) => HostArray;

/** Several transforms, one after another. */
export const compose =
  (...transforms: readonly Transform[]): Transform =>
  (array, generator) =>
    transforms.reduce((value, transform) => transform(value, generator), array);

/** A transform with probability `p`. */
export const randomApply =
  (transform: Transform, p = 0.5): Transform =>
  (array, generator) =>
    uniformOf(generator)() < p ? transform(array, generator) : array;

/** Evenly distributed over [0, 1). One draw of the generator. */
function uniformOf(generator: Generator): () => number {
  const word = generator.hostWords();
  return () => word() / 2 ** 32;
}

const withData = ({ shape }: HostArray, data: HostData): HostArray => ({ data, shape });

/** [channels, height, width] of an image, which may lack its channels. */
function imageDims(operation: string, { shape }: HostArray): readonly [number, number, number] {
  const [width, height, channels = 1, ...more] = [...shape].reverse();
  if (width === undefined || height === undefined || more.length > 0) {
    throw new RangeError(
      `${operation}: expected an image [channels, height, width] or [height, width], got shape ${formatShape(shape)}.`,
    );
  }
  return [channels, height, width];
}

/** Bytes as float32: 0 to 255 become 0 to 1, or -1 to 1 as networks that end with tanh want them. */
export const toFloat =
  ({ range = '0..1' }: { readonly range?: '0..1' | '-1..1' } = {}): Transform =>
  (array) => {
    const { data } = array;
    if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
      throw new TypeError(
        `toFloat: expected bytes, got ${data.constructor.name}; floats need no conversion.`,
      );
    }
    const [scale, shift] = range === '0..1' ? [1 / 255, 0] : [2 / 255, -1];
    return withData(
      array,
      Float32Array.from(data as ArrayLike<number>, (value) => value * scale + shift),
    );
  };

/**
 * (x - mean) / std as float32, by channel when there are several numbers: channels come first, as in torchvision.
 * @throws RangeError for another number of channels, or a std that is not positive.
 */
export function normalize(mean: number | readonly number[], std: number | readonly number[]): Transform {
  const means = typeof mean === 'number' ? [mean] : mean;
  const stds = typeof std === 'number' ? [std] : std;
  if (stds.some((value) => !(value > 0))) {
    throw new RangeError(`normalize: std must be positive, got ${JSON.stringify(std)}.`);
  }
  const channels = Math.max(means.length, stds.length);
  return (array) => {
    const { data, shape } = array;
    if (channels > 1 && shape[0] !== channels) {
      throw new RangeError(
        `normalize: ${channels} channels are described, but the array has shape ${formatShape(shape)}; expected [${channels}, …].`,
      );
    }
    const size = data.length / channels;
    const of = (values: readonly number[], i: number) =>
      (values.length === 1 ? values[0] : values[Math.floor(i / size)]) as number;
    return withData(
      array,
      Float32Array.from(data as ArrayLike<number>, (value, i) => (value - of(means, i)) / of(stds, i)),
    );
  };
}

/** Mirrors the last dimension with probability `p`: an image from left to right. */
export const randomHorizontalFlip =
  (p = 0.5): Transform =>
  (array, generator) => {
    if (uniformOf(generator)() >= p) return array;
    const [, , width] = imageDims('randomHorizontalFlip', array);
    const data = array.data.slice();
    for (let start = 0; start < data.length; start += width) data.subarray(start, start + width).reverse();
    return { ...array, data };
  };

export interface RandomCropOptions {
  /** How many rows and columns of `fill` are laid around the image first. Default 0. */
  readonly padding?: number;
  /** Default 0. */
  readonly fill?: number;
}

/**
 * A random part [.., height, width] of an image.
 * @param size height and width, or one number for both
 * @throws RangeError when the padded image is smaller.
 */
export function randomCrop(
  size: number | readonly [number, number],
  { padding = 0, fill = 0 }: RandomCropOptions = {},
): Transform {
  const [cropHeight, cropWidth] = typeof size === 'number' ? [size, size] : size;
  return (array, generator) => {
    const [channels, height, width] = imageDims('randomCrop', array);
    const places = [height + 2 * padding - cropHeight, width + 2 * padding - cropWidth] as const;
    if (places[0] < 0 || places[1] < 0) {
      throw new RangeError(
        `randomCrop: ${formatShape([cropHeight, cropWidth])} is more than an image ${formatShape([height, width])} with ` +
          `padding ${padding} has; crop less, or pad more.`,
      );
    }
    const uniform = uniformOf(generator);
    const top = Math.floor(uniform() * (places[0] + 1)) - padding;
    const left = Math.floor(uniform() * (places[1] + 1)) - padding;
    const data = sameKind(array.data, channels * cropHeight * cropWidth).fill(fill);
    const from = Math.max(left, 0);
    const until = Math.min(left + cropWidth, width);
    for (let channel = 0; channel < channels; channel++) {
      for (let row = Math.max(top, 0); row < Math.min(top + cropHeight, height); row++) {
        const start = (channel * height + row) * width;
        const target = (channel * cropHeight + row - top) * cropWidth - left;
        if (until > from) data.set(array.data.subarray(start + from, start + until), target + from);
      }
    }
    return { ...array, data, shape: [...array.shape.slice(0, -2), cropHeight, cropWidth] };
  };
}

export interface RandomErasingOptions {
  /** Default 0.5. */
  readonly p?: number;
  /** The least and the largest part of the area. Default [0.02, 0.33]. */
  readonly scale?: readonly [number, number];
  /** The least and the largest height by width. Default [0.3, 3.3]. */
  readonly ratio?: readonly [number, number];
  /** Default 0. */
  readonly value?: number;
}

/** Covers a random rectangle of an image (Zhong et al., "Random erasing data augmentation", AAAI 2020). */
export const randomErasing =
  ({ p = 0.5, scale = [0.02, 0.33], ratio = [0.3, 3.3], value = 0 }: RandomErasingOptions = {}): Transform =>
  (array, generator) => {
    const uniform = uniformOf(generator);
    if (uniform() >= p) return array;
    const [channels, height, width] = imageDims('randomErasing', array);
    // Ten tries to find one that fits, as torchvision.
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = height * width * (scale[0] + uniform() * (scale[1] - scale[0]));
      const [least, most] = [Math.log(ratio[0]), Math.log(ratio[1])];
      const aspect = Math.exp(least + uniform() * (most - least));
      const rows = Math.round(Math.sqrt(area * aspect));
      const columns = Math.round(Math.sqrt(area / aspect));
      if (rows >= height || columns >= width || rows < 1 || columns < 1) continue;
      const top = Math.floor(uniform() * (height - rows + 1));
      const left = Math.floor(uniform() * (width - columns + 1));
      const data = array.data.slice();
      for (let channel = 0; channel < channels; channel++) {
        for (let row = top; row < top + rows; row++) {
          const start = (channel * height + row) * width + left;
          data.fill(value, start, start + columns);
        }
      }
      return { ...array, data };
    }
    return array;
  };

/** Adds normally distributed noise: float32. */
export const gaussianNoise =
  (std: number): Transform =>
  (array, generator) => {
    const uniform = uniformOf(generator);
    // Box and Muller.
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    return withData(
      array,
      Float32Array.from(array.data as ArrayLike<number>, (value) => value + std * normal()),
    );
  };

/**
 * Classes [..] as float32 vectors [.., numClasses] with a 1 at the class.
 * @throws RangeError for what is no class from 0 to numClasses - 1.
 */
export const oneHot =
  (numClasses: number): Transform =>
  ({ data, shape }) => {
    const vectors = new Float32Array(sizeOf(shape) * numClasses);
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (!Number.isInteger(value) || value < 0 || value >= numClasses) {
        throw new RangeError(`oneHot: ${value} is no class from 0 to ${numClasses - 1}.`);
      }
      vectors[i * numClasses + value] = 1;
    }
    return { data: vectors, shape: [...shape, numClasses] };
  };
