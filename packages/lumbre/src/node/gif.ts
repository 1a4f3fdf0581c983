import { enlarge, flattenAlpha, type Picture, stackPictures } from '../data/index.ts';
import { loadSharp } from './lazySharp.ts';

export interface GifOptions {
  /** Milliseconds that each frame stays. Default 80. */
  readonly delay?: number;
  /** How many times it plays; 0 for ever. Default 0. */
  readonly loop?: number;
  /** Each pixel becomes so many in both directions. Default 1. */
  readonly scale?: number;
}

/**
 * An animated GIF of frames of one size, grey, RGB, or RGBA on white.
 * @throws RangeError when there are no frames, or they are of different sizes
 */
export async function encodeGif(
  frames: readonly Picture[],
  { delay = 80, loop = 0, scale = 1 }: GifOptions = {},
): Promise<Uint8Array> {
  const { data, shape } = flattenAlpha(stackPictures(frames.map((frame) => enlarge(frame, scale))));
  const [count, height, width, channels] = shape;
  const raw = { width, height: height * count, channels: channels as 1 | 3, pageHeight: height };
  const sharp = await loadSharp();
  // The palette is one for all frames; effort 10 takes long and gains little.
  const gif = sharp(data, { raw }).gif({ delay: new Array<number>(count).fill(delay), loop, effort: 4 });
  return new Uint8Array(await gif.toBuffer());
}
