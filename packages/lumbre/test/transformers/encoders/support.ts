import { expect } from 'vitest';
import { type Tensor, tensor } from '../../../src/index.ts';
import type { Module } from '../../../src/nn/index.ts';

/** The formulas of test/fixtures/transformers/encoders.py. */

const keyOf = (name: string): number =>
  [...name].reduce((sum, letter, i) => sum + letter.charCodeAt(0) * (i + 1), 0) % 9973;

/** Gives each parameter values by its name. */
export function fillByName<M extends Module>(module: M): M {
  for (const [name, value] of module.namedParameters()) {
    const { shape, size, dtype, device } = value;
    const key = keyOf(name);
    const scale = shape.length > 1 ? 3 / Math.sqrt(size / (shape[0] as number)) : 0.4;
    const shift = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
    const numbers = Float64Array.from(
      { length: size },
      (_, i) => (((i * 7919 + key * 104729 + 17) % 1009) / 1009 - 0.5) * scale + shift,
    );
    const filled = tensor(numbers, { shape, dtype, device });
    value.assign(filled);
    filled.dispose();
  }
  return module;
}

export const probe = (value: Tensor): number =>
  Array.from(value.dataSync()).reduce((sum, x, i) => sum + Number(x) * Math.cos(i * 0.7), 0);

/** How far results may lie from those in float64. */
export const TOLERANCE = 1e-4;

export function expectClose(got: number, wanted: number, what: string): void {
  const difference = Math.abs(got - wanted);
  expect(difference, `${what}: got ${got}, expected ${wanted}`).toBeLessThan(
    TOLERANCE * Math.max(1, Math.abs(wanted)),
  );
}

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** @param rows which of the first dimension's count; all unless given */
export function expectTensor(
  got: Tensor,
  wanted: Numbers,
  what: string,
  counts?: (i: number) => boolean,
): void {
  expect(got.shape, what).toEqual(wanted.shape);
  const data = got.dataSync();
  for (const [i, value] of wanted.data.entries()) {
    if (!counts || counts(i)) expectClose(Number(data[i]), value, `${what}[${i}]`);
  }
}

export const rows = (values: readonly (readonly number[])[]): Tensor =>
  tensor(Int32Array.from(values.flat()), { shape: [values.length, values[0]?.length ?? 0] });
