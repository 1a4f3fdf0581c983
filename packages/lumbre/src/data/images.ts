import type { Picture } from './picture.ts';

/** What the numbers of an image mean: bytes from 0 to 255, or floats from 0 to 1 or from −1 to 1. */
export type PixelRange = 'bytes' | 'unit' | 'signed';

/** Images in one array. */
export interface ImageBatch {
  readonly data: Uint8Array | Float32Array;
  /** Channels last: [count, height, width, channels]. */
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
  /** Default: `bytes` for a Uint8Array, `unit` for floats. */
  readonly range?: PixelRange;
}

/** Images of bytes, as files hold them. */
export interface ByteImages extends ImageBatch {
  readonly data: Uint8Array;
}

const rangeOf = ({ data, range }: ImageBatch): PixelRange =>
  range ?? (data instanceof Uint8Array ? 'bytes' : 'unit');

function check({ data, shape }: ImageBatch, operation: string): void {
  const size = shape.reduce((product, n) => product * n, 1);
  if (shape.length !== 4 || size !== data.length) {
    throw new RangeError(
      `${operation}: expected [count, height, width, channels] with as many values, got [${shape}] and ${data.length} values.`,
    );
  }
}

/** Images as bytes; floats beyond their range are cut off, and NaN is black. */
export function toBytes(images: ImageBatch): ByteImages {
  check(images, 'toBytes');
  const { data, shape } = images;
  const range = rangeOf(images);
  if (data instanceof Uint8Array && range === 'bytes') return { data, shape };
  const [scale, shift] = range === 'bytes' ? [1, 0] : range === 'unit' ? [255, 0] : [127.5, 127.5];
  // A clamped array rounds, and cuts off what is outside.
  return { data: new Uint8Array(Uint8ClampedArray.from(data, (x) => x * scale + shift).buffer), shape };
}

/** Bytes as floats from 0 to 1 (`unit`) or from −1 to 1 (`signed`), for networks. */
export function toFloats(images: ImageBatch, range: 'unit' | 'signed' = 'unit'): ImageBatch {
  const { data, shape } = toBytes(images);
  const [scale, shift] = range === 'unit' ? [1 / 255, 0] : [2 / 255, -1];
  return { data: Float32Array.from(data, (x) => x * scale + shift), shape, range };
}

/** Values from [count, height, width, channels] to [count, channels, height, width], as convolutions take them. */
export function channelsFirst<T extends Uint8Array | Float32Array>(
  data: T,
  [count, height, width, channels]: ImageBatch['shape'],
): T {
  const out = data.slice() as T;
  const pixels = height * width;
  for (let n = 0; n < count; n++) {
    const base = n * pixels * channels;
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) {
        out[base + c * pixels + p] = data[base + p * channels + c] as number;
      }
    }
  }
  return out;
}

/** Values from [count, channels, height, width] to [count, height, width, channels], as pictures are. */
export function channelsLast<T extends Uint8Array | Float32Array>(
  data: T,
  [count, channels, height, width]: readonly [number, number, number, number],
): T {
  const out = data.slice() as T;
  const pixels = height * width;
  for (let n = 0; n < count; n++) {
    const base = n * pixels * channels;
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) {
        out[base + p * channels + c] = data[base + c * pixels + p] as number;
      }
    }
  }
  return out;
}

/** A colour: red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const white: Colour = [255, 255, 255];

/** Images without transparency, as they look on a background: RGBA becomes RGB; others stay. */
export function flattenAlpha(images: ImageBatch, background: Colour = white): ByteImages {
  const { data, shape } = toBytes(images);
  const [count, height, width, channels] = shape;
  if (channels !== 4) return { data, shape };
  const pixels = count * height * width;
  const flat = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const alpha = (data[4 * i + 3] as number) / 255;
    for (let c = 0; c < 3; c++) {
      flat[3 * i + c] = Math.round(
        (data[4 * i + c] as number) * alpha + (background[c] as number) * (1 - alpha),
      );
    }
  }
  return { data: flat, shape: [count, height, width, 3] };
}

/** One image of a batch. @throws RangeError when there is none of this number */
export function pictureOf(images: ImageBatch, index: number): Picture {
  const [count, height, width, channels] = images.shape;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`pictureOf: there is no image ${index}; there are ${count}, from 0 on.`);
  }
  const size = height * width * channels;
  const part = images.data.subarray(index * size, (index + 1) * size);
  const { data } = toBytes({ data: part, shape: [1, height, width, channels], range: rangeOf(images) });
  return { data, shape: [height, width, channels] };
}

/** All images of a batch, each as a picture. */
export const picturesOf = (images: ImageBatch): Picture[] =>
  Array.from({ length: images.shape[0] }, (_, i) => pictureOf(images, i));

/** Pictures of one size as a batch. @throws RangeError when they are of different shapes, or none */
export function stackPictures(pictures: readonly Picture[]): ByteImages {
  const first = pictures[0];
  if (!first) throw new RangeError('stackPictures: expected at least one picture, got none.');
  const data = new Uint8Array(pictures.length * first.data.length);
  for (const [i, { data: pixels, shape }] of pictures.entries()) {
    if (shape.join() !== first.shape.join()) {
      throw new RangeError(
        `stackPictures: picture ${i} is [${shape}] and the first one [${first.shape}]; make them of one size.`,
      );
    }
    data.set(pixels, i * first.data.length);
  }
  return { data, shape: [pictures.length, ...first.shape] };
}
