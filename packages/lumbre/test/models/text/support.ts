import { type Shape, type Tensor, tensor } from '../../../src/index.ts';
import type { Module } from '../../../src/nn/index.ts';
import type { Place } from '../pictures.ts';

/** The formulas of test/fixtures/models/texts.py. */

const sizeOf = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Gives parameters values, by their order under sorted names; of a tied one, the last counts. */
export function fillTied<M extends Module>(module: M, { dtype, device }: Place): M {
  const state = module.stateDict();
  const made = new Map<Tensor, Tensor>();
  for (const [key, name] of [...state.keys()].sort().entries()) {
    const own = state.get(name) as Tensor;
    const { shape } = own;
    const scale = shape.length > 1 ? 3 / Math.sqrt(sizeOf(shape.slice(1))) : 0.4;
    const shift = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
    const numbers = Float64Array.from(
      { length: sizeOf(shape) },
      (_, i) => (((i * 7919 + key * 104729 + 17) % 1009) / 1009 - 0.5) * scale + shift,
    );
    made.set(own, tensor(numbers, { shape, dtype, device }));
  }
  module.loadStateDict(new Map([...state].map(([name, own]) => [name, made.get(own) as Tensor])));
  for (const value of made.values()) value.dispose();
  return module;
}

/** Ids that look random. */
export function ids(shape: Shape, count: number, { device }: Pick<Place, 'device'>, key = 0): Tensor {
  const numbers = Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 31 + key * 7 + i * i) % count);
  return tensor(numbers, { shape, device });
}

export async function collect(tokens: AsyncIterable<number>): Promise<number[]> {
  const list: number[] = [];
  for await (const token of tokens) list.push(token);
  return list;
}
