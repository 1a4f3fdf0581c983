import { channelsLast, gridOf, type Picture, picturesOf, toBytes } from '../../data/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Sample } from '../../train/index.ts';

/**
 * Reads pictures from a device and gives back their memory.
 *
 * @param pictures floats [count, channels, height, width] from `low` to 1; what lies beyond is cut off
 */
export async function readPictures(pictures: Tensor, low: 0 | -1 = 0): Promise<Picture[]> {
  const [count, channels, height, width] = pictures.shape as [number, number, number, number];
  const values = Float32Array.from(await pictures.data());
  pictures.dispose();
  const data = channelsLast(values, [count, channels, height, width]);
  const shape = [count, height, width, channels] as const;
  return picturesOf(toBytes({ data, shape, range: low === 0 ? 'unit' : 'signed' }));
}

/** Pictures side by side, `columns` in a row, as a sample of a training. */
export const sampleSheet = (pictures: readonly Picture[], columns: number): Sample => ({
  kind: 'image',
  picture: gridOf(pictures, { columns }),
});
