import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import type { Tensor } from './tensor.ts';

function checkIndexDtype(operation: string, index: Tensor): void {
  if (index.dtype === 'int32' || index.dtype === 'uint8') return;
  throw new TypeError(
    `${operation}: indices must be int32 or uint8, got ${index.dtype}; make them with ` +
      "tensor([…], { dtype: 'int32' }), or convert them with .int().",
  );
}

/** An index into an axis of `size`; the device reports the values that are outside it. */
export function indexNode(operation: string, index: Tensor, size: number): Node {
  checkIndexDtype(operation, index);
  return build.checkIndex(index.node, size, operation);
}

/** As `indexNode`, as int32, where -1 to -size count from the end. */
export function wrappedIndexNode(operation: string, index: Tensor, size: number): Node {
  checkIndexDtype(operation, index);
  const i = build.cast(index.node, 'int32');
  if (index.dtype === 'uint8') return build.checkIndex(i, size, operation);
  const number = (value: number) => build.full(i, value);
  // What is too small stays as it is, so that the report shows the index that was given.
  const fromEnd = build.and(build.lt(i, number(0)), build.lt(number(-size - 1), i));
  return build.checkIndex(build.where(fromEnd, build.add(i, number(size)), i), size, operation);
}

/** An index of any shape, in row-major order along `axis`, the same at every place of the other axes of `shape`. */
export function indexAlong(index: Node, shape: readonly number[], axis: number): Node {
  const count = sizeOf(index.shape);
  const alone = build.reshape(
    index,
    shape.map((_, i) => (i === axis ? count : 1)),
  );
  return build.expand(alone, shape.with(axis, count));
}

/** The elements `index` of `axis`: the axes of `index` take the place of that one. */
export function takeNode(a: Node, index: Node, axis: number): Node {
  const selected = build.gather(a, indexAlong(index, a.shape, axis), axis);
  return build.reshape(selected, a.shape.toSpliced(axis, 1, ...index.shape));
}
