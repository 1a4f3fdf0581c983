import type { Picture } from '../data/index.ts';
import { loadSharp } from './lazySharp.ts';
import { damagedPicture } from './pictureError.ts';

/**
 * Reads a picture of any format that sharp knows, as RGBA.
 * @throws DataSetError for what is no picture
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<Picture> {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { data: new Uint8Array(data), shape: [info.height, info.width, info.channels] };
  } catch (error) {
    throw damagedPicture(name, error);
  }
}
