import type { Picture } from '../data/index.ts';
import { loadSharp } from './lazySharp.ts';

/** A picture of bytes as a PNG file. */
export async function encodePng({ data, shape }: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const [height, width, channels] = shape;
  const raw = { width, height, channels: channels as 1 | 3 | 4 };
  return new Uint8Array(await sharp(data, { raw }).png().toBuffer());
}
