import { type Colour, flattenAlpha, type ImageBatch, picturesOf, stackPictures, white } from './images.ts';
import type { Picture } from './picture.ts';
import { LETTER_HEIGHT, paintText } from './pixelFont.ts';

export interface GridOptions {
  /** Images in a row. Default: as many as make the grid about square. */
  readonly columns?: number;
  /** Pixels between images and around them, before scaling. Default 1. */
  readonly padding?: number;
  /** Each pixel becomes so many in both directions. Default 1. */
  readonly scale?: number;
  /** What is between the images, and behind transparent ones. Default white. */
  readonly background?: Colour;
  /** A caption below each image, in small capitals; what does not fit is cut off. */
  readonly labels?: readonly string[];
}

const inkOn = ([red, green, blue]: Colour): Colour =>
  0.3 * red + 0.59 * green + 0.11 * blue > 127 ? [40, 36, 32] : [240, 236, 230];

/** Each pixel as a square of `scale` pixels, as pixel art wants to be enlarged. */
export function enlarge({ data, shape: [height, width, channels] }: Picture, scale: number): Picture {
  if (scale === 1) return { data, shape: [height, width, channels] };
  const large = new Uint8Array(height * scale * width * scale * channels);
  const rowBytes = width * scale * channels;
  for (let y = 0; y < height; y++) {
    const start = y * scale * rowBytes;
    for (let x = 0; x < width; x++) {
      const pixel = data.subarray((y * width + x) * channels, (y * width + x + 1) * channels);
      for (let i = 0; i < scale; i++) large.set(pixel, start + (x * scale + i) * channels);
    }
    for (let i = 1; i < scale; i++) large.copyWithin(start + i * rowBytes, start, start + rowBytes);
  }
  return { data: large, shape: [height * scale, width * scale, channels] };
}

const wholeNumber = (name: string, value: number, least: number): number => {
  if (Number.isInteger(value) && value >= least) return value;
  throw new RangeError(`gridOf: ${name} must be a whole number of at least ${least}, got ${value}.`);
};

/**
 * Lays images out in rows, as one picture: RGB, or grey where the images are grey and so is the background.
 *
 * @param images a batch, or pictures of one size; [count, height, width, 1, 3 or 4]
 * @throws RangeError when there are none, they are of different sizes, or an option is no whole number
 */
export function gridOf(images: ImageBatch | readonly Picture[], options: GridOptions = {}): Picture {
  const batch = 'shape' in images ? images : stackPictures(images);
  const count = batch.shape[0];
  if (count === 0) throw new RangeError('gridOf: expected at least one image, got none.');
  const { background = white, labels } = options;
  const columns = Math.min(count, wholeNumber('columns', options.columns ?? Math.ceil(Math.sqrt(count)), 1));
  const padding = wholeNumber('padding', options.padding ?? 1, 0);
  const scale = wholeNumber('scale', options.scale ?? 1, 1);
  const flat = flattenAlpha(batch, background);
  const [, height, width, channels] = flat.shape;
  const grey = channels === 1 && background[0] === background[1] && background[1] === background[2];
  const colours = grey ? 1 : 3;
  const pitchX = width + padding;
  const pitchY = height + padding + (labels ? LETTER_HEIGHT + 1 : 0);
  const gridWidth = columns * pitchX + padding;
  const gridHeight = Math.ceil(count / columns) * pitchY + padding;
  const data = new Uint8Array(gridHeight * gridWidth * colours);
  for (let i = 0; i < data.length; i++) data[i] = background[i % colours] as number;
  const ink = inkOn(background);
  for (const [i, picture] of picturesOf(flat).entries()) {
    const left = padding + (i % columns) * pitchX;
    const top = padding + Math.floor(i / columns) * pitchY;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = ((top + y) * gridWidth + left + x) * colours;
        const from = (y * width + x) * channels;
        for (let c = 0; c < colours; c++) {
          data[to + c] = picture.data[from + (channels === 1 ? 0 : c)] as number;
        }
      }
    }
    paintText(labels?.[i] ?? '', width, (x, y) => {
      const to = ((top + height + 1 + y) * gridWidth + left + x) * colours;
      for (let c = 0; c < colours; c++) data[to + c] = ink[c] as number;
    });
  }
  return enlarge({ data, shape: [gridHeight, gridWidth, colours] }, scale);
}

/** Images in one row, such as the way from one to another. */
export const stripOf = (
  images: ImageBatch | readonly Picture[],
  options: Omit<GridOptions, 'columns'> = {},
) => gridOf(images, { ...options, columns: 'shape' in images ? images.shape[0] : images.length });
