import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, sameShape, sizeOf } from '../graph/shape.ts';
import { notNode } from './comparison.ts';
import { alignOperands, isTensor, type TensorLike } from './operands.ts';
import { Tensor } from './tensor.ts';

export interface SearchOptions {
  /** Whether an equal element counts as smaller, so that the position is behind it. Default false. */
  readonly right?: boolean;
}

/** a < b, where NaN is larger than any number. */
const less = (a: Node, b: Node): Node =>
  build.or(build.lt(a, b), build.and(build.eq(a, a), notNode(build.eq(b, b))));

/**
 * Binary search, all at once: in each round the position moves on by a power of two if what lies before it there is
 * still smaller. Rows [rows, length] are looked through for values [rows, count].
 */
function searchNode(sorted: Node, values: Node, right: boolean): Node {
  const length = sorted.shape[1] as number;
  let position = build.constant(values.shape, 'int32', 0);
  if (length === 0 || sizeOf(values.shape) === 0) return position;
  const number = (value: number) => build.full(position, value);
  for (let reach = 2 ** Math.floor(Math.log2(length)); reach >= 1; reach /= 2) {
    const next = build.add(position, number(reach));
    const fits = build.lt(next, number(length + 1));
    const last = build.where(fits, build.sub(next, number(1)), number(0));
    const element = build.gather(sorted, last, 1);
    const smaller = right ? notNode(less(values, element)) : less(element, values);
    // Without a value of its own each round would be computed anew for all of its uses.
    position = build.contiguous(build.where(build.and(fits, smaller), next, position));
  }
  return position;
}

function search(operation: string, sorted: Tensor, values: TensorLike, right: boolean): Tensor {
  if (sorted.ndim === 0) {
    throw new RangeError(`${operation}: expected sorted values along a dimension, got a scalar.`);
  }
  const shape = isTensor(values) ? values.shape : [];
  const length = sorted.shape.at(-1) as number;
  const rows = sorted.shape.slice(0, -1);
  if (sorted.ndim > 1 && (shape.length === 0 || !sameShape(rows, shape.slice(0, -1)))) {
    throw new RangeError(
      `${operation}: sorted values ${formatShape(sorted.shape)} and values ${formatShape(shape)} do not fit; they must ` +
        'agree but in the last dimension, or the sorted values be a vector.',
    );
  }
  // One dtype for both; the shapes have nothing to do with each other.
  const dtypes = alignOperands(operation, [sorted.ravel().narrow(0, 0, 0), valueSample(values)], 'number');
  const dtype = (dtypes.nodes[0] as Node).dtype;
  const table = build.reshape(build.cast(sorted.node, dtype), [sizeOf(rows), length]);
  const wanted = isTensor(values)
    ? build.cast(values.node, dtype)
    : build.constant([], dtype, Number(values));
  const counts = sorted.ndim === 1 ? [1, sizeOf(shape)] : [sizeOf(rows), shape.at(-1) as number];
  const found = searchNode(table, build.reshape(wanted, counts), right);
  return new Tensor(build.reshape(found, shape), sorted.device);
}

/** Something of the dtype of a value, and without elements. */
const valueSample = (values: TensorLike): TensorLike =>
  isTensor(values) ? values.ravel().narrow(0, 0, 0) : values;

/**
 * Where to put values so that sorted values stay sorted: for each, the int32 number of elements that are smaller (or,
 * with `right`, not larger). NaN counts as larger than any number.
 *
 * @param sorted ascending along its last dimension: a vector, or rows [.., length] for values [.., count]
 * @param values a tensor, in whose shape the positions come, or a number
 */
export const searchsorted = (
  sorted: Tensor,
  values: TensorLike,
  { right = false }: SearchOptions = {},
): Tensor => search('searchsorted', sorted, values, right);

/**
 * For each element the int32 number of the bucket that it falls in, among those that ascending boundaries divide the
 * numbers into; a boundary belongs to the bucket below it, or, with `right`, above it. PyTorch's `bucketize`; NumPy's
 * `digitize` has `right` the other way round.
 */
export function bucketize(input: Tensor, boundaries: Tensor, { right = false }: SearchOptions = {}): Tensor {
  if (boundaries.ndim !== 1) {
    throw new RangeError(
      `bucketize: boundaries must be a vector, got shape ${formatShape(boundaries.shape)}; see searchsorted() for rows.`,
    );
  }
  return search('bucketize', boundaries, input, right);
}
