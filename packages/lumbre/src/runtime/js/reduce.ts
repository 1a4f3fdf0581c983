import { type DType, isFloat, lowestOf, type NumericArray } from '../../graph/dtype.ts';
import type { Node } from '../../graph/node.ts';
import { rowMajorStrides, sizeOf } from '../../graph/shape.ts';
import { scratch } from './elementwise.ts';
import type { Evaluator } from './evaluate.ts';
import { forEachPosition, rowMajor } from './strided.ts';

interface Reduction {
  readonly initial: (dtype: DType) => number;
  readonly combine: (total: number, value: number) => number;
  /** The same for integers, where rounding differs. */
  readonly integer?: (total: number, value: number) => number;
}

/** The reduced axes get stride 0 in the result, so that all their elements meet in one place. */
const reduce =
  ({ initial, combine, integer }: Reduction): Evaluator<'sum' | 'maxReduce' | 'prod'> =>
  (node, [a]) => {
    const { shape, dtype } = node.sources[0] as Node;
    const strides = rowMajorStrides(node.shape).map((stride, axis) =>
      node.arg.axes.includes(axis) ? 0 : stride,
    );
    // Bools are added as numbers first: true and true is not false.
    const totals = scratch(dtype === 'bool' ? 'int32' : dtype, sizeOf(node.shape)).fill(initial(dtype));
    const f = isFloat(dtype) ? combine : (integer ?? combine);
    forEachPosition(shape, rowMajor(shape), { start: 0, strides }, (from, to) => {
      totals[to] = f(totals[to] as number, (a as NumericArray)[from] as number);
    });
    return dtype === 'bool' ? Uint8Array.from(totals, (total) => (total === 0 ? 0 : 1)) : totals;
  };

export const sum = reduce({ initial: () => 0, combine: (total, value) => total + value });

export const prod = reduce({
  initial: () => 1,
  combine: (total, value) => total * value,
  integer: Math.imul,
});

export const maxReduce = reduce({
  initial: lowestOf,
  combine: Math.max,
});

export const argmax: Evaluator<'argmax'> = (node, [a]) => {
  const values = a as NumericArray;
  const { shape } = node.sources[0] as Node;
  const size = shape[node.arg.axis] as number;
  const inner = sizeOf(shape.slice(node.arg.axis + 1));
  const out = new Int32Array(sizeOf(node.shape));
  for (let i = 0; i < out.length; i++) {
    const start = Math.floor(i / inner) * size * inner + (i % inner);
    let best = 0;
    for (let j = 1; j < size; j++) {
      const value = values[start + j * inner] as number;
      const largest = values[start + best * inner] as number;
      // The first largest; NaN counts as larger than any number.
      if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) best = j;
    }
    out[i] = best;
  }
  return out;
};

export const dot: Evaluator<'dot'> = (node, [a, b]) => {
  const [left, right] = [a as NumericArray, b as NumericArray];
  const [m, n] = node.shape.slice(-2) as [number, number];
  const k = (node.sources[0] as Node).shape.at(-1) as number;
  const batches = sizeOf(node.shape.slice(0, -2));
  const out = new Float64Array(batches * m * n);
  for (let batch = 0; batch < batches; batch++) {
    for (let row = 0; row < m; row++) {
      const to = (batch * m + row) * n;
      for (let p = 0; p < k; p++) {
        const factor = left[(batch * m + row) * k + p] as number;
        const from = (batch * k + p) * n;
        for (let column = 0; column < n; column++) {
          out[to + column] = (out[to + column] as number) + factor * (right[from + column] as number);
        }
      }
    }
  }
  return out;
};
