import { expect } from 'vitest';
import { type Generator, rand, type Shape, type Tensor, tensor } from '../../src/index.ts';
import type { Module } from '../../src/nn/index.ts';
import { difference } from '../support/compare.ts';

/** The formulas of test/fixtures/models/pictures.py. */

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

function drawn(shape: Shape, key: number): Float64Array {
  return Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => ((i * 7919 + key * 104729 + 17) % 1009) / 1009 - 0.5,
  );
}

export interface Place {
  readonly dtype: 'float64' | 'float32';
  readonly device: string;
}

/** Numbers in [-0.5, 0.5) that look random. */
export const values = (shape: Shape, key: number, place: Place): Tensor =>
  tensor(drawn(shape, key), { shape, ...place });

/** Pictures of such numbers, from `low` to `high`. */
export function pictures(shape: Shape, key: number, place: Place, low = 0, high = 1): Tensor {
  const numbers = drawn(shape, key).map((x) => low + (x + 0.5) * (high - low));
  return tensor(numbers, { shape, ...place });
}

/** Gives parameters and buffers values, by their order under sorted names. */
export function fill<M extends Module>(module: M, { dtype, device }: Place): M {
  const state = module.stateDict();
  const names = [...state.keys()].sort();
  const filled = new Map(
    names.map((name, key) => {
      const { shape, dtype: own } = state.get(name) as Tensor;
      let numbers = drawn(shape, key);
      if (own === 'int32') {
        return [name, tensor(new Int32Array(numbers.length), { shape, device })];
      }
      if (/weight_[uv]$/.test(name)) {
        const length = Math.hypot(...numbers);
        numbers = numbers.map((x) => x / length);
      } else if (/running_var|cluster_size$/.test(name)) numbers = numbers.map((x) => 1 + x);
      else if (shape.length > 1) {
        const scale = 3 / Math.sqrt(sizeOf(shape.slice(1)));
        numbers = numbers.map((x) => x * scale);
      } else numbers = numbers.map((x) => x * 0.4 + (name.endsWith('weight') ? 1 : 0));
      return [name, tensor(numbers, { shape, dtype, device })];
    }),
  );
  module.loadStateDict(filled);
  for (const value of filled.values()) value.dispose();
  return module;
}

export const probe = (value: Tensor): number =>
  Array.from(value.dataSync()).reduce((sum, x, i) => sum + x * Math.cos(i * 0.7), 0);

/** The results have 12 digits; those of floats have been through sums of some hundred numbers, and through norms. */
const tolerances = {
  float64: { relative: 1e-8, scaled: 1e-10 },
  float32: { relative: 2e-4, scaled: 5e-5 },
};

const toleranceOf = ({ dtype }: Tensor) => tolerances[dtype === 'float32' ? 'float32' : 'float64'];

export function expectNumber(actual: Tensor, expected: number, what: string): void {
  expect(difference(actual.dataSync(), [expected], toleranceOf(actual)), what).toBeNull();
}

/** Compares what `probe` makes of a tensor. */
export function expectProbe(actual: Tensor, expected: number, what: string): void {
  expect(difference([probe(actual)], [expected], toleranceOf(actual)), what).toBeNull();
}

export interface FixtureArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function expectNumbers(actual: Tensor, expected: FixtureArray, what: string): void {
  expect(actual.shape, what).toEqual(expected.shape);
  expect(difference(actual.dataSync(), expected.data, toleranceOf(actual)), what).toBeNull();
}

/** Every parameter and buffer, by name. */
export function expectState(module: Module, expected: Readonly<Record<string, number>>): void {
  const state = module.stateDict();
  expect([...state.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of state) expectProbe(value, expected[name] as number, name);
}

/** Pictures [count, 1, 8, 8] of bars: each row or column of a picture is white with a small probability. */
export function bars(count: number, generator: Generator): Tensor {
  const chosen = (shape: Shape) => rand(shape, { generator }).lt(0.15);
  return chosen([count, 1, 8, 1])
    .logicalOr(chosen([count, 1, 1, 8]))
    .to('float32');
}
