import type { Picture } from '../data/index.ts';
import type { Context, Output } from './io.ts';
import { wantsColors } from './theme.ts';

/** The colours that a terminal can show. */
export type ColourDepth = 'none' | '256' | 'truecolor';

/** What a stream can show: pictures are for terminals, never for files and pipes. */
export function colourDepthOf(
  stream: Output,
  environment: Readonly<Record<string, string | undefined>>,
): ColourDepth {
  if (!wantsColors(stream, environment)) return 'none';
  return /truecolor|24bit/i.test(environment.COLORTERM ?? '') ? 'truecolor' : '256';
}

type Pixel = readonly [red: number, green: number, blue: number];

const square = (x: number): number => x * x;
const CUBE = [0, 95, 135, 175, 215, 255];
const nearestLevel = (value: number): number =>
  CUBE.reduce((best, level, i) => (Math.abs(level - value) < Math.abs(CUBE[best]! - value) ? i : best), 0);

/** The nearest of xterm's 256 colours: of its cube of 6×6×6, or of its 24 greys. */
export function nearestOf256([red, green, blue]: Pixel): number {
  const [r, g, b] = [nearestLevel(red), nearestLevel(green), nearestLevel(blue)];
  const step = Math.min(23, Math.max(0, Math.round(((red + green + blue) / 3 - 8) / 10)));
  const grey = 8 + 10 * step;
  const away = (x: number, y: number, z: number) => square(red - x) + square(green - y) + square(blue - z);
  const isGrey = away(grey, grey, grey) < away(CUBE[r]!, CUBE[g]!, CUBE[b]!);
  return isGrey ? 232 + step : 16 + 36 * r + 6 * g + b;
}

const code = (place: 38 | 48, pixel: Pixel, depth: ColourDepth): string =>
  depth === 'truecolor' ? `${place};2;${pixel.join(';')}` : `${place};5;${nearestOf256(pixel)}`;

/** Less than half visible counts as not there: the terminal's own background shows. */
const VISIBLE = 128;

function pixelAt({ data, shape: [height, width, channels] }: Picture, x: number, y: number): Pixel | null {
  if (y >= height) return null;
  const at = (y * width + x) * channels;
  const value = (c: number) => data[at + c] as number;
  if (channels === 4 && value(3) < VISIBLE) return null;
  return channels === 1 ? [value(0), value(0), value(0)] : [value(0), value(1), value(2)];
}

/** A picture small enough for so many columns: each pixel the mean of a square of them. */
export function shrinkTo(picture: Picture, columns: number): Picture {
  const { data, shape } = picture;
  const [height, width, channels] = shape;
  const factor = Math.ceil(width / Math.max(1, columns));
  if (factor <= 1) return picture;
  const [h, w] = [Math.ceil(height / factor), Math.ceil(width / factor)];
  const small = new Uint8Array(h * w * channels);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < channels; c++) {
        let [sum, count] = [0, 0];
        for (let j = y * factor; j < Math.min(height, (y + 1) * factor); j++) {
          for (let i = x * factor; i < Math.min(width, (x + 1) * factor); i++) {
            sum += data[(j * width + i) * channels + c] as number;
            count++;
          }
        }
        small[(y * w + x) * channels + c] = Math.round(sum / count);
      }
    }
  }
  return { data: small, shape: [h, w, channels] };
}

/** An empty cell, a pixel above, one below, and both: the colour of the letter paints what the half block covers. */
const [upper, lower] = ['▀', '▄'];

/**
 * A picture as lines for a terminal: each character shows two pixels, one above the other. Transparent pixels show the
 * terminal's background. A line ends without colours, and takes as many columns as the picture has pixels.
 *
 * @param depth `none` gives no lines: a picture in a file is of no use
 * @param columns wider pictures are shrunk to it. Default: as wide as they are
 */
export function halfBlocks(
  picture: Picture,
  depth: ColourDepth,
  columns: number = picture.shape[1],
): string[] {
  if (depth === 'none') return [];
  const small = shrinkTo(picture, columns);
  const [height, width] = small.shape;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    let line = '';
    // What is set now, so that it is not said again for each pixel.
    let current = '';
    for (let x = 0; x < width; x++) {
      const [top, bottom] = [pixelAt(small, x, y), pixelAt(small, x, y + 1)];
      const codes = [
        ...(top ? [code(38, top, depth)] : bottom ? [code(38, bottom, depth)] : []),
        top && bottom ? code(48, bottom, depth) : '49',
      ].join(';');
      if (codes !== current) line += `\u001b[${codes}m`;
      current = codes;
      line += top ? upper : bottom ? lower : ' ';
    }
    lines.push(`${line}\u001b[0m`);
  }
  return lines;
}

/**
 * Pictures of one size in rows, as lines for a terminal.
 * @param columns what there is to fill; pictures that do not fit into a row come in the next one
 */
export function pictureRows(
  pictures: readonly Picture[],
  depth: ColourDepth,
  { columns = 80, gap = 2 }: { readonly columns?: number; readonly gap?: number } = {},
): string[] {
  const first = pictures[0];
  if (!first || depth === 'none') return [];
  const width = Math.min(first.shape[1], columns);
  const perRow = Math.max(1, Math.floor((columns + gap) / (width + gap)));
  const lines: string[] = [];
  for (let at = 0; at < pictures.length; at += perRow) {
    const blocks = pictures.slice(at, at + perRow).map((picture) => halfBlocks(picture, depth, columns));
    if (at > 0) lines.push('');
    for (let i = 0; i < (blocks[0]?.length ?? 0); i++) {
      lines.push(blocks.map((block) => block[i] ?? '').join(' '.repeat(gap)));
    }
  }
  return lines;
}

function crop(
  { data, shape: [height, width, channels] }: Picture,
  mostColumns: number,
  mostRows: number,
): Picture {
  const [h, w] = [Math.min(height, mostRows), Math.min(width, mostColumns)];
  const cut = new Uint8Array(h * w * channels);
  for (let y = 0; y < h; y++) {
    cut.set(data.subarray(y * width * channels, (y * width + w) * channels), y * w * channels);
  }
  return { data: cut, shape: [h, w, channels] };
}

/** A sheet of pictures as lines for a command's terminal: as much of its upper left corner as fits and can be recognized. */
export function showSheet(
  sheet: Picture,
  { output, environment }: { readonly output: Output; readonly environment: Context['environment'] },
  { columns = Math.min(96, (output.columns ?? 80) - 4), rows = 24 } = {},
): string[] {
  // Shrunk by more than two, small pictures are blots.
  const factor = sheet.shape[1] > columns ? 2 : 1;
  const part = crop(sheet, columns * factor, 2 * rows * factor);
  return halfBlocks(part, colourDepthOf(output, environment), columns);
}
