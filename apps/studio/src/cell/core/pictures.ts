import type { Tensor } from 'lumbre';
import { MOST_PIXELS, type OutputOf } from '../output.ts';

/**
 * A tensor as a picture: `[height, width]` in grey, `[height, width, channels]` with 1, 3 or 4 channels, or channels first,
 * `[channels, height, width]`. Values from 0 to 1, or from 0 to 255 when there are larger ones or the dtype is uint8.
 * @throws TypeError for what has no such shape.
 */
export function imageOutput(tensor: Tensor, title: string | null): OutputOf<'image'> {
  const { height, width, channels, first } = layout(tensor.shape);
  if (height * width > MOST_PIXELS)
    throw new RangeError(`image: ${height} × ${width} pixels are too many to show.`);
  const values = tensor.dataSync();
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Number(values[i]));
  const scale = tensor.dtype === 'uint8' || largest > 1.5 ? 1 : 255;
  const pixels = new Uint8ClampedArray(4 * height * width);
  const at = (pixel: number, channel: number) =>
    scale * Number(values[first ? channel * height * width + pixel : pixel * channels + channel]);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < 3; c++) pixels[4 * pixel + c] = at(pixel, channels < 3 ? 0 : c);
    pixels[4 * pixel + 3] = channels === 4 ? at(pixel, 3) : 255;
  }
  return { kind: 'image', title, width, height, pixels };
}

function layout(shape: readonly number[]): {
  height: number;
  width: number;
  channels: number;
  first: boolean;
} {
  const isChannels = (side: number | undefined) => side === 1 || side === 3 || side === 4;
  const [a = 0, b = 0, c = 0] = shape;
  if (shape.length === 2) return { height: a, width: b, channels: 1, first: false };
  if (shape.length === 3 && isChannels(c)) return { height: a, width: b, channels: c, first: false };
  if (shape.length === 3 && isChannels(a)) return { height: b, width: c, channels: a, first: true };
  throw new TypeError(
    `image: the shape is [${shape.join(', ')}], and a picture is [height, width] or [height, width, channels] with 1, 3 or 4 channels.`,
  );
}
