import type { DType } from '../../src/graph/dtype.ts';

export interface Tolerance {
  readonly relative: number;
  /** As a part of the largest magnitude among what is compared, for results that come from cancellation. */
  readonly scaled: number;
}

export const tolerances: { readonly [D in DType]: Tolerance } = {
  float64: { relative: 1e-9, scaled: 1e-13 },
  float32: { relative: 1e-5, scaled: 1e-6 },
  // A few roundings, of 11 and of 8 significant bits.
  float16: { relative: 2 ** -9, scaled: 2 ** -11 },
  bfloat16: { relative: 2 ** -6, scaled: 2 ** -8 },
  int32: { relative: 0, scaled: 0 },
  int8: { relative: 0, scaled: 0 },
  uint8: { relative: 0, scaled: 0 },
  bool: { relative: 0, scaled: 0 },
};

const isClose = (actual: number, expected: number, slack: number) =>
  Object.is(actual, expected) ||
  actual === expected ||
  (Number.isFinite(expected) && Math.abs(actual - expected) <= slack);

/**
 * Compares number by number; NaN equals NaN.
 * @param scale the magnitude of what the numbers were computed from
 * @returns `null`, or what is wrong in words
 */
export function difference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, scaled }: Tolerance,
  scale = 1,
): string | null {
  if (actual.length !== expected.length) return `${actual.length} elements, expected ${expected.length}`;
  const wrong: string[] = [];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    if (isClose(a, e, relative * Math.abs(e) + scaled * scale)) continue;
    wrong.push(`element ${i} is ${a}, expected ${e}`);
  }
  if (wrong.length === 0) return null;
  const more = wrong.length > 4 ? `; and ${wrong.length - 4} more of ${expected.length}` : '';
  return `${wrong.slice(0, 4).join('; ')}${more}`;
}

/** The largest finite magnitude, at least 1. */
export function scaleOf(...arrays: readonly ArrayLike<number>[]): number {
  let scale = 1;
  for (const array of arrays) {
    for (let i = 0; i < array.length; i++) {
      const magnitude = Math.abs(array[i] as number);
      if (magnitude > scale && Number.isFinite(magnitude)) scale = magnitude;
    }
  }
  return scale;
}
