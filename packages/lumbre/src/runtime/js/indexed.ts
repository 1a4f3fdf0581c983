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

export const scatterAdd: Evaluator<'scatterAdd'> = (node, [base, index, updates]) => {
  const { axis } = node.arg;
  const out = scratch(node.dtype, sizeOf(node.shape));
  out.set(base as NumericArray);
  const size = node.shape[axis] as number;
  const { shape } = node.sources[1] as Node;
  forEachIndex('scatterAdd', index as NumericArray, shape, axis, size, (position, named) => {
    const total = (out[named] as number) + ((updates as NumericArray)[position] as number);
    out[named] = node.dtype === 'bool' ? Math.min(total, 1) : total;
  });
  return out;
};
