import type { NumericArray } from '../../graph/dtype.ts';
import type { Node } from '../../graph/node.ts';
import { type Shape, sizeOf } from '../../graph/shape.ts';
import { indexError } from '../indexError.ts';
import { scratch } from './elementwise.ts';
import type { Evaluator } from './evaluate.ts';

/**
 * Visits the elements of an index tensor in row-major order: the position of each, and the position that it names in an
 * array that has `size` elements along `axis`.
 */
function forEachIndex(
  op: string,
  index: NumericArray,
  shape: Shape,
  axis: number,
  size: number,
  visit: (position: number, named: number) => void,
): void {
  const inner = sizeOf(shape.slice(axis + 1));
  const block = (shape[axis] as number) * inner;
  for (let position = 0; position < index.length; position++) {
    const chosen = index[position] as number;
    if (chosen < 0 || chosen >= size) throw indexError(op, chosen, size);
    visit(position, (Math.floor(position / block) * size + chosen) * inner + (position % inner));
  }
}

export const gather: Evaluator<'gather'> = (node, [a, index]) => {
  const [source, picked] = node.sources as [Node, Node];
  const { axis } = node.arg;
  const out = scratch(node.dtype, sizeOf(node.shape));
  const size = source.shape[axis] as number;
  forEachIndex('gather', index as NumericArray, picked.shape, axis, size, (position, named) => {
    out[position] = (a as NumericArray)[named] as number;
  });
  return out;
};

const scatter =
  (combine: (before: number, update: number) => number): Evaluator<'scatterAdd' | 'scatterSet'> =>
  (node, [base, index, updates]) => {
    const { axis } = node.arg;
    const out = scratch(node.dtype, sizeOf(node.shape));
    out.set(base as NumericArray);
    const size = node.shape[axis] as number;
    const { shape } = node.sources[1] as Node;
    forEachIndex(node.op, index as NumericArray, shape, axis, size, (position, named) => {
      const total = combine(out[named] as number, (updates as NumericArray)[position] as number);
      out[named] = node.dtype === 'bool' ? Math.min(total, 1) : total;
    });
    return out;
  };

export const scatterAdd = scatter((before, update) => before + update);

export const scatterSet = scatter((_, update) => update);

/** NaN counts as larger than any number. */
const compare = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
};

export const argsort: Evaluator<'argsort'> = (node, [a]) => {
  const values = a as NumericArray;
  const { axis, descending } = node.arg;
  const size = node.shape[axis] as number;
  const inner = sizeOf(node.shape.slice(axis + 1));
  const sign = descending ? -1 : 1;
  const out = new Int32Array(values.length);
  for (let row = 0; row * size < values.length; row++) {
    const start = Math.floor(row / inner) * size * inner + (row % inner);
    const at = (i: number) => values[start + i * inner] as number;
    // The engine's sort is stable.
    const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => sign * compare(at(i), at(j)));
    order.forEach((index, position) => {
      out[start + position * inner] = index;
    });
  }
  return out;
};
