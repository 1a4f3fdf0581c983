import { expect } from 'vitest';
import { tensor } from '../../../src/index.ts';
import type { Tensor } from '../../../src/tensor/tensor.ts';
import fixture from '../../fixtures/classical.json' with { type: 'json' };
import { difference } from '../../support/compare.ts';

export { fixture };

/** The devices that parity is tried on, with how close values must be. */
export const places = [
  { device: 'js', dtype: 'float64', tolerance: 1e-7 },
  { device: 'wasm', dtype: 'float32', tolerance: 2e-4 },
] as const;

export type Place = (typeof places)[number];

export const on = ({ device, dtype }: Place, data: readonly (number | readonly number[])[]): Tensor =>
  tensor(data as number[][], { device, dtype });

type Nested = number | readonly Nested[];

/** Numbers of a tensor, or one number, against nested arrays. */
export function expectClose(actual: Tensor | number, expected: Nested, tolerance: number): void {
  const values = typeof actual === 'number' ? [actual] : actual.dataSync();
  const wanted = [expected].flat(5) as number[];
  expect(difference(values, wanted, { relative: tolerance, scaled: tolerance })).toBeNull();
}
