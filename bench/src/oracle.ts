import { manualSeed } from 'lumbre';
import type { Check } from './workload.ts';

/** What results are held against: plain loops in double precision, or the `js` device, which computes in it. */

/**
 * How far C is from A · B, all of it, in a time that does not grow with the product's (Freivalds, Fast probabilistic
 * algorithms, 1979): with signs r drawn by chance, C · r is compared with A · (B · r), in double precision.
 *
 * @returns the largest difference, as a part of the root mean square of what it should be
 */
export function productDeviation(
  [m, k, n]: readonly [number, number, number],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  c: ArrayLike<number>,
  sign: () => number,
): number {
  const signs = Float64Array.from({ length: n }, sign);
  const times = (matrix: ArrayLike<number>, rows: number, vector: Float64Array) =>
    Float64Array.from({ length: rows }, (_, row) => {
      const start = row * vector.length;
      let sum = 0;
      for (let i = 0; i < vector.length; i++) sum += (matrix[start + i] as number) * (vector[i] as number);
      return sum;
    });
  return relativeDeviation(times(c, m, signs), times(a, m, times(b, k, signs)));
}

/** The largest difference as a part of the root mean square of the expected values. NaN if anything is. */
export function relativeDeviation(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let squares = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    // Of a NaN, the maximum is NaN.
    largest = Math.max(largest, Math.abs((values[i] as number) - (expected[i] as number)));
    squares += (expected[i] as number) ** 2;
  }
  return largest / (Math.sqrt(squares / expected.length) || 1);
}

/** The sum of all values. @throws Error where one is not finite: then the sum is not. */
export function checksum(values: ArrayLike<number>, what: string): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  if (!Number.isFinite(sum)) throw new Error(`${what}: the ${values.length} results hold NaN or infinity.`);
  return sum;
}

/** Something that trains: each step returns its losses. */
export interface Training {
  step(): Promise<number[]>;
  dispose(): void;
}

const STEPS_COMPARED = 6;

/** Trains the same thing, of the same seed, on a device and on `js`, and compares the losses. */
export async function compareTraining(
  device: string,
  what: string,
  tolerance: number,
  make: (device: string) => Training,
): Promise<Check> {
  const losses = async (on: string) => {
    manualSeed(1);
    const training = make(on);
    const all: number[] = [];
    for (let i = 0; i < STEPS_COMPARED; i++) all.push(...(await training.step()));
    training.dispose();
    return all;
  };
  return {
    what: `losses of ${STEPS_COMPARED} steps of ${what}, against the js device`,
    deviation: relativeDeviation(await losses(device), await losses('js')),
    tolerance,
  };
}
