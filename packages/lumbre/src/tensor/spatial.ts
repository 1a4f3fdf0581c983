import { formatShape, type Shape } from '../graph/shape.ts';

/** One number for all spatial dimensions, or one for each. */
export type PerDimension = number | readonly number[];

/** What spatial dimensions are called, by how many there are. */
const spatialNames = ['length', 'height, width', 'depth, height, width'] as const;

/** An option of a spatial operation as one integer for each of `rank` dimensions. */
export function perDimension(
  operation: string,
  what: string,
  value: PerDimension,
  rank: number,
  least: number,
): readonly number[] {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  if (list.length !== rank || list.some((n) => !Number.isInteger(n) || n < least)) {
    throw new RangeError(
      `${operation}: ${what} is ${Array.isArray(value) ? formatShape(value) : value}; expected an integer of at least ` +
        `${least}${rank > 1 ? `, or ${rank} of them` : ''}.`,
    );
  }
  return list;
}

/** @throws RangeError unless `shape` is [batch, channels, spatial…] or [channels, spatial…] with `rank` spatial sizes. */
export function checkSpatial(operation: string, shape: Shape, rank: number): void {
  if (shape.length === rank + 1 || shape.length === rank + 2) return;
  const names = spatialNames[rank - 1];
  throw new RangeError(
    `${operation}: input has shape ${formatShape(shape)}; expected [batch, channels, ${names}] or ` +
      `[channels, ${names}].`,
  );
}

/** The sizes with what is added before and after each. */
export const padded = (
  sizes: readonly number[],
  low: readonly number[],
  high: readonly number[],
): readonly number[] => sizes.map((size, i) => size + (low[i] as number) + (high[i] as number));
