import { isFloat, type NumericArray } from '../../graph/dtype.ts';
import type { Combine, Node } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import { scratch } from './elementwise.ts';
import type { Evaluator } from './evaluate.ts';

/** Visits the elements along one axis, line after line, with the position of the one before (-1 for the first). */
function forEachStep(
  { shape }: Node,
  { axis, reverse }: { readonly axis: number; readonly reverse: boolean },
  visit: (position: number, before: number) => void,
): void {
  const size = shape[axis] as number;
  const stride = sizeOf(shape.slice(axis + 1));
  const lines = size === 0 ? 0 : sizeOf(shape) / size;
  for (let line = 0; line < lines; line++) {
    const start = Math.floor(line / stride) * size * stride + (line % stride);
    for (let i = 0; i < size; i++) {
      const at = (j: number) => start + (reverse ? size - 1 - j : j) * stride;
      visit(at(i), i === 0 ? -1 : at(i - 1));
    }
  }
}

const combiners: Readonly<Record<Combine, (total: number, value: number) => number>> = {
  sum: (total, value) => total + value,
  prod: (total, value) => total * value,
  max: Math.max,
};

export const accumulate: Evaluator<'accumulate'> = (node, [a]) => {
  const values = a as NumericArray;
  const out = scratch(node.dtype, values.length);
  const exact = !isFloat(node.dtype) && node.arg.combine === 'prod';
  const combine = exact ? Math.imul : combiners[node.arg.combine];
  forEachStep(node, node.arg, (position, before) => {
    const value = values[position] as number;
    out[position] = before < 0 ? value : combine(out[before] as number, value);
  });
  return out;
};

export const linearRecurrence: Evaluator<'linearRecurrence'> = (node, [factors, terms]) => {
  const [f, t] = [factors as NumericArray, terms as NumericArray];
  const out = scratch(node.dtype, t.length);
  forEachStep(node, node.arg, (position, before) => {
    const carried = before < 0 ? 0 : (f[position] as number) * (out[before] as number);
    out[position] = carried + (t[position] as number);
  });
  return out;
};
