import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { type Colour, DataSetError, type ImageSplit, type Picture, stackPictures } from '../data/index.ts';
import { loadSharp } from './lazySharp.ts';
import { damagedPicture } from './pictureError.ts';

export interface ReadImageOptions {
  /** Default: the image's own. */
  readonly height?: number;
  /** Default: `height`, or the image's own. */
  readonly width?: number;
  /** How an image of other proportions fits: cut (`cover`), with a margin (`contain`), or stretched. Default `cover`. */
  readonly fit?: 'cover' | 'contain' | 'fill';
  /** How it is made smaller or larger; `nearest` for pixel art. Default `lanczos3`. */
  readonly kernel?: 'nearest' | 'linear' | 'cubic' | 'lanczos3';
  /** 1 for grey, 3 for RGB, 4 for RGBA. Default 3. */
  readonly channels?: 1 | 3 | 4;
  /** The margin of `contain`, and what is behind a transparent image that becomes RGB or grey. Default white. */
  readonly background?: Colour;
}

/** What a picture may have, so that a small file does not unpack to all of the memory. */
const MOST_PIXELS = 1 << 26;

/**
 * Reads a picture of any format that sharp knows: PNG, JPEG, WebP, GIF, AVIF, TIFF, SVG. It is turned as its file says.
 * @throws DataSetError `data.damaged`, with the file's name, for what is no picture or only half of one
 */
export async function readImage(
  path: string,
  { height, width, fit = 'cover', kernel = 'lanczos3', channels = 3, background }: ReadImageOptions = {},
): Promise<Picture> {
  const sharp = await loadSharp();
  const bytes = await readFile(path);
  const [r, g, b] = background ?? [255, 255, 255];
  try {
    let image = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'truncated' }).autoOrient();
    if (height !== undefined || width !== undefined) {
      const margin = { r, g, b, alpha: channels === 4 && !background ? 0 : 1 };
      image = image.resize({
        width: width ?? height,
        height: height ?? width,
        fit,
        kernel,
        background: margin,
      });
    }
    image = channels === 4 ? image.ensureAlpha() : image.flatten({ background: { r, g, b } }).removeAlpha();
    image = image.toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) throw new Error(`it has ${info.channels} channels, expected ${channels}`);
    return { data: new Uint8Array(data), shape: [info.height, info.width, info.channels] };
  } catch (error) {
    throw damagedPicture(path, error);
  }
}

const endings = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.avif', '.tif', '.tiff', '.svg', '.bmp']);

/** A folder of images, read. */
export interface ImageFolder extends ImageSplit {
  /** Each image's path within the folder. */
  readonly names: readonly string[];
  /** The names of the subfolders, which are the classes; undefined when images lie in the folder itself. */
  readonly labelNames?: readonly string[];
}

/** Images read at the same time. */
const AT_ONCE = 8;

/**
 * Reads all images of a folder, made to one size: [count, height, width, channels]. Where they lie in subfolders, the first
 * one's name is the class, as torchvision's `ImageFolder` has it. Files that begin with a dot, and those with other endings
 * than images have, are passed over.
 *
 * @throws DataSetError `data.damaged` when there are no images, or one is damaged: the message names it
 */
export async function readImageFolder(
  folder: string,
  options: ReadImageOptions & { readonly height: number },
): Promise<ImageFolder> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .filter(({ name }) => endings.has(extname(name).toLowerCase()))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .sort();
  if (paths.length === 0) {
    const reason = `it has no images; known are ${[...endings].join(' ')}`;
    throw new DataSetError('data.damaged', `${folder}: ${reason}.`, { name: folder, reason });
  }
  const pictures: Picture[] = new Array(paths.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < paths.length; i = next++) {
      pictures[i] = await readImage(join(folder, paths[i] as string), options);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const { data, shape } = stackPictures(pictures);
  const classes = paths.map((path) => path.split(/[\\/]/)).map((parts) => (parts.length > 1 ? parts[0] : ''));
  const common = { images: data, shape, names: paths };
  if (classes.includes('')) return common;
  const labelNames = [...new Set(classes as string[])];
  return {
    ...common,
    labels: Int32Array.from(classes, (name) => labelNames.indexOf(name as string)),
    labelNames,
  };
}
