import { type ImageSplit, type LoadedImages, openImages } from '../../data/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { keep, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { fingerprint } from '../../train/index.ts';
import type { Words } from '../recipe.ts';
import type { Workshop } from '../workshop.ts';

/** So many pictures tell how much values vary. */
const LOOKED_AT = 2000;
/** Pictures of one colour have none. */
const LEAST_VARIANCE = 1e-4;

/**
 * Pictures on a device, as bytes: [count, channels, height, width]. Steps pick theirs by number inside the compiled program,
 * so that a batch costs a few numbers on the way.
 */
export class PictureSet {
  readonly count: number;
  /** [channels, height, width] */
  readonly size: readonly [channels: number, height: number, width: number];
  readonly #images: Tensor;
  readonly #labels: Tensor | null;
  /** The bytes of the first pictures, which stay on the host. */
  readonly #first: Uint8Array;

  constructor({ images, shape, labels }: ImageSplit, device: string) {
    const [count, height, width, channels] = shape;
    this.count = count;
    this.size = [channels, height, width];
    this.#first = images.slice(0, LOOKED_AT * height * width * channels);
    this.#images = scope(() =>
      keep(tensor(images, { shape, dtype: 'uint8', device }).permute(0, 3, 1, 2).realize()),
    );
    this.#labels = labels ? keep(tensor(labels, { dtype: 'int32', device })) : null;
  }

  get hasLabels(): boolean {
    return this.#labels !== null;
  }

  /** The variance of values in [0, 1], over the first pictures. */
  variance(): number {
    const bytes = this.#first;
    const mean = bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
    const squares = bytes.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return Math.max(squares / bytes.length / 255 ** 2, LEAST_VARIANCE);
  }

  /** Pictures by their numbers, int32 [batch]: floats [batch, channels, height, width] from `low` to 1. */
  pictures(ids: Tensor, low: 0 | -1 = 0): Tensor {
    const unit = this.#images.indexSelect(0, ids).to('float32').div(255);
    return low === 0 ? unit : unit.mul(2).sub(1);
  }

  /** The classes of pictures by their numbers: int32 [batch]. */
  labels(ids: Tensor): Tensor {
    if (!this.#labels)
      throw new Error('PictureSet: these pictures have no classes; take a data set that has.');
    return this.#labels.indexSelect(0, ids);
  }

  dispose(): void {
    this.#images.dispose();
    this.#labels?.dispose();
  }
}

/** Pictures to learn from, and others to measure by. */
export interface PictureData {
  readonly train: PictureSet;
  readonly heldOut: PictureSet;
  readonly labelNames: readonly string[];
  readonly fingerprint: string;
  readonly about: Words;
}

/** Gives back the memory of pictures. */
export function disposePictures({ train, heldOut }: PictureData): void {
  train.dispose();
  heldOut.dispose();
}

/** Opens a set of pictures for something that takes them over; if that throws, their memory is given back. */
export async function usePictures<T>(
  name: string,
  workshop: Workshop,
  use: (data: PictureData) => T | Promise<T>,
): Promise<T> {
  const data = await openPictures(name, workshop);
  try {
    return await use(data);
  } catch (error) {
    disposePictures(data);
    throw error;
  }
}

/** The part of pictures that is held out where the publisher put none aside. */
const HELD_OUT_SHARE = 0.1;

function slice({ images, shape, labels }: ImageSplit, from: number, to: number): ImageSplit {
  const [, height, width, channels] = shape;
  const size = height * width * channels;
  return {
    images: images.subarray(from * size, to * size),
    shape: [to - from, height, width, channels],
    labels: labels?.subarray(from, to),
  };
}

/** What is learned from and what is held out: the publisher's test pictures, or else the last tenth. */
function splitOf({ train, test }: LoadedImages): { train: ImageSplit; heldOut: ImageSplit } {
  if (test) return { train, heldOut: test };
  const [count] = train.shape;
  const kept = count - Math.max(1, Math.floor(count * HELD_OUT_SHARE));
  return { train: slice(train, 0, kept), heldOut: slice(train, kept, count) };
}

/** Pictures with transparency laid over white: three channels. */
function withoutAlpha(split: ImageSplit): ImageSplit {
  const [count, height, width, channels] = split.shape;
  if (channels !== 4) return split;
  const images = new Uint8Array(count * height * width * 3);
  for (let pixel = 0; pixel < count * height * width; pixel++) {
    const alpha = (split.images[4 * pixel + 3] as number) / 255;
    for (let c = 0; c < 3; c++) {
      images[3 * pixel + c] = Math.round(alpha * (split.images[4 * pixel + c] as number) + (1 - alpha) * 255);
    }
  }
  return { ...split, images, shape: [count, height, width, 3] };
}

/**
 * Opens a set of pictures on the workshop's device.
 * @throws DataSetError when it is not here or damaged
 */
export async function openPictures(name: string, { data, device }: Workshop): Promise<PictureData> {
  const loaded = await openImages(data, name);
  const { train, heldOut } = splitOf(loaded);
  const [trainSplit, heldOutSplit] = [withoutAlpha(train), withoutAlpha(heldOut)];
  const [count, height, width, channels] = trainSplit.shape;
  const kind = channels === 1 ? { es: 'en gris', en: 'in grey' } : { es: 'en color', en: 'in colour' };
  return {
    train: new PictureSet(trainSplit, device),
    heldOut: new PictureSet(heldOutSplit, device),
    labelNames: loaded.labelNames ?? [],
    fingerprint: `${fingerprint(trainSplit.images)} ${fingerprint(heldOutSplit.images)}`,
    about: {
      es: `${count} imágenes de ${width}×${height} ${kind.es}`,
      en: `${count} pictures of ${width}×${height} ${kind.en}`,
    },
  };
}
