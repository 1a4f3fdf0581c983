import type { Tensor } from 'lumbre';
import { MOST_PIXELS, type OutputOf } from '../output.ts';
import { clipTitle } from './clip.ts';

/**
 * A tensor as a picture: `[height, width]` in grey, `[height, width, channels]` with 1, 3 or 4 channels, or channels first,
 * `[channels, height, width]`. Values from 0 to 1, or from 0 to 255 when there are larger ones or the dtype is uint8.
 * @throws TypeError for what has no such shape.
 */
export function imageOutput(tensor: Tensor, title: string | null): OutputOf<'image'> {
  const { height, width, channels, first } = layout(tensor.shape);
  if (height === 0 || width === 0)
    throw new RangeError(`image: ${height} × ${width} pixels are none to show.`);
  if (height * width > MOST_PIXELS || Math.max(height, width) > 4096)
    throw new RangeError(`image: ${height} × ${width} pixels are too many to show.`);
  const values = new Float32Array(tensor.dataSync());
  const area = height * width;
  // From one channel to the next, and from one pixel to the next.
  const [apart, step] = first ? [area, 1] : [1, channels];
  const scale = tensor.dtype === 'uint8' || values.some((value) => value > 1.5) ? 1 : 255;
  const pixels = new Uint8ClampedArray(4 * area);
  const grey = channels < 3 ? 0 : apart;
  for (let pixel = 0, at = 0, to = 0; pixel < area; pixel++, at += step, to += 4) {
    pixels[to] = scale * (values[at] as number);
    pixels[to + 1] = scale * (values[at + grey] as number);
    pixels[to + 2] = scale * (values[at + 2 * grey] as number);
    pixels[to + 3] = channels === 4 ? scale * (values[at + 3 * apart] as number) : 255;
  }
  return { kind: 'image', title: clipTitle(title), width, height, pixels };
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
