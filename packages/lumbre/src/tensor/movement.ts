import * as build from '../graph/builder.ts';
import { type DType, isFloat, toDType } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
} from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { CumulativeTensor } from './cumulative.ts';
import { broadcastNode, listNumbers, type Numbers } from './operands.ts';
import type { Tensor } from './tensor.ts';

const move = (tensor: Tensor, compute: (a: Node) => Node): Tensor =>
  wrapNode(compute(tensor.node), tensor.device);

/** The shape to give to the elements of `from`, where one size of `to` may be -1: whatever is left. */
function inferSize(from: Shape, to: readonly number[]): Shape {
  const unknown = to.indexOf(-1);
  const known = sizeOf(to.filter((_, axis) => axis !== unknown));
  const shape = unknown < 0 ? to : to.with(unknown, sizeOf(from) / known);
  checkShape('reshape', to.toSpliced(unknown, unknown < 0 ? 0 : 1));
  if (sizeOf(shape) !== sizeOf(from) || !shape.every(Number.isInteger)) {
    throw new RangeError(
      `reshape: ${formatShape(from)} with ${sizeOf(from)} elements does not fit ${formatShape(to)}; the products must ` +
        'agree, and one size may be -1 for what is left.',
    );
  }
  return shape;
}

function checkWhole(operation: string, what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${operation}: ${what} must be an integer of at least ${least}, not ${value}.`);
  }
}

/** A bool for each element of a matrix [.., rows, columns]: whether it is on or below the given diagonal. */
function belowDiagonal(shape: Shape, diagonal: number): Node {
  const [rows, columns] = [shape.length - 2, shape.length - 1].map((axis) => build.iota(shape, axis)) as [
    Node,
    Node,
  ];
  return build.lt(columns, build.add(rows, build.full(rows, diagonal + 1)));
}

function triangle(operation: string, tensor: Tensor, diagonal: number, lower: boolean): Tensor {
  if (tensor.ndim < 2) {
    throw new RangeError(
      `${operation}: expected a matrix [.., rows, columns], got shape ${formatShape(tensor.shape)}.`,
    );
  }
  checkWhole(operation, 'diagonal', diagonal, Number.NEGATIVE_INFINITY);
  return move(tensor, (a) => {
    const zero = build.full(a, 0);
    // What is not below the diagonal before is on or above this one.
    const below = belowDiagonal(a.shape, lower ? diagonal : diagonal - 1);
    return lower ? build.where(below, a, zero) : build.where(below, zero, a);
  });
}

/** Elements `start` to `start + length` of one axis. */
export function narrowNode(a: Node, axis: number, start: number, length: number): Node {
  const zeros = a.shape.map(() => 0);
  return build.shrink(a, zeros.with(axis, start), a.shape.with(axis, length));
}

/** Zeros of `a`'s dtype, or `value`, around `a`. */
function padNode(a: Node, low: readonly number[], high: readonly number[], value: number): Node {
  const zeros = build.pad(a, low, high);
  if (value === 0) return zeros;
  const inside = build.pad(build.constant(a.shape, 'bool', 1), low, high);
  return build.where(inside, zeros, build.full(zeros, value));
}

function checkPads(shape: Shape, pads: readonly (readonly [number, number])[]): void {
  const sound = pads.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
  if (pads.length !== shape.length || !sound) {
    throw new RangeError(
      `pad: ${JSON.stringify(pads)} does not fit shape ${formatShape(shape)}; give a pair [before, after] of ` +
        'non-negative integers for each dimension. To cut, use slice().',
    );
  }
}

function checkPadValue(value: number, dtype: DType): void {
  if (isFloat(dtype) || toDType(value, dtype) === value) return;
  throw new RangeError(`pad: ${value} is no ${dtype}; convert the tensor first, with .to('float32').`);
}

/**
 * Other shapes and orders of the same elements. Values never alias: what a result shows does not change when the tensor
 * that it came from is assigned.
 */
export abstract class MovementTensor extends CumulativeTensor {
  /** The same elements in another shape, in row-major order; one size may be -1. `reshape(2, 3)` or `reshape([2, 3])`. */
  reshape(this: Tensor, ...shape: Numbers): Tensor {
    return move(this, (a) => build.reshape(a, inferSize(a.shape, listNumbers(shape))));
  }

  /** As `reshape`. */
  view(this: Tensor, ...shape: Numbers): Tensor {
    return this.reshape(...shape);
  }

  /** Dimensions `start` to `end`, both included, as one. */
  flatten(this: Tensor, start = 0, end = -1): Tensor {
    if (this.ndim === 0) return this.reshape(1);
    const [first, last] = [start, end].map((dim) => normalizeAxis('flatten', dim, this.ndim)) as [
      number,
      number,
    ];
    if (first > last) {
      throw new RangeError(`flatten: dimension ${start} comes after ${end} in ${formatShape(this.shape)}.`);
    }
    const { shape } = this;
    return this.reshape([
      ...shape.slice(0, first),
      sizeOf(shape.slice(first, last + 1)),
      ...shape.slice(last + 1),
    ]);
  }

  /** Without dimensions of size 1: all of them, or those named, of which larger ones stay. */
  squeeze(this: Tensor, dim?: number | readonly number[]): Tensor {
    const axes = normalizeAxes('squeeze', dim, this.ndim);
    return this.reshape(this.shape.filter((size, axis) => size !== 1 || !axes.includes(axis)));
  }

  /** With a new dimension of size 1 before dimension `dim`; -1 adds it at the end. */
  unsqueeze(this: Tensor, dim: number): Tensor {
    const axis = normalizeAxis('unsqueeze', dim, this.ndim + 1);
    return this.reshape(this.shape.toSpliced(axis, 0, 1));
  }

  /** Two dimensions swapped. */
  transpose(this: Tensor, dim0: number, dim1: number): Tensor {
    const [a, b] = [dim0, dim1].map((dim) => normalizeAxis('transpose', dim, this.ndim)) as [number, number];
    const axes = this.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis));
    return move(this, (node) => build.permute(node, axes));
  }

  /** The dimensions in another order: dimension i of the result is dimension `dims[i]`. */
  permute(this: Tensor, ...dims: Numbers): Tensor {
    const axes = listNumbers(dims).map((dim) => normalizeAxis('permute', dim, this.ndim));
    return move(this, (node) => build.permute(node, axes));
  }

  /** The transpose of a matrix; vectors and scalars stay as they are. */
  get T(): Tensor {
    const { node } = this;
    if (node.shape.length > 2) {
      throw new RangeError(
        `T: ${formatShape(node.shape)} has more than two dimensions; use mT for the last two, or permute().`,
      );
    }
    return wrapNode(node.shape.length === 2 ? build.transpose(node) : build.identity(node), this.device);
  }

  /** The last two dimensions swapped. */
  get mT(): Tensor {
    const { node } = this;
    if (node.shape.length < 2) {
      throw new RangeError(`mT: expected at least two dimensions, got shape ${formatShape(node.shape)}.`);
    }
    return wrapNode(build.transpose(node), this.device);
  }

  /** Dimensions of size 1 repeated to a larger size, new ones added in front; -1 keeps a size. */
  expand(this: Tensor, ...sizes: Numbers): Tensor {
    const wanted = listNumbers(sizes);
    const missing = wanted.length - this.ndim;
    return this.broadcastTo(
      wanted.map((size, axis) => (size === -1 ? (this.shape[axis - missing] ?? -1) : size)),
    );
  }

  /** Broadcast to `shape` by NumPy's rule. @throws RangeError if a size other than 1 would have to change. */
  broadcastTo(this: Tensor, ...shape: Numbers): Tensor {
    const wanted = listNumbers(shape);
    if (!sameShape(broadcastShapes('broadcastTo', this.shape, wanted), wanted)) {
      throw new RangeError(
        `broadcastTo: ${formatShape(this.shape)} cannot become ${formatShape(wanted)}; only sizes of 1 can grow.`,
      );
    }
    return move(this, (a) => broadcastNode(a, wanted));
  }

  /** The elements in reverse order along the dimensions. */
  flip(this: Tensor, ...dims: Numbers): Tensor {
    return move(this, (a) => build.flip(a, normalizeAxes('flip', listNumbers(dims), a.shape.length)));
  }

  /**
   * Surrounded by `value`: one pair [before, after] for each dimension, outermost first (the order of NumPy; PyTorch
   * counts from the last).
   */
  pad(this: Tensor, pads: readonly (readonly [number, number])[], value = 0): Tensor {
    checkPads(this.shape, pads);
    checkPadValue(value, this.dtype);
    return move(this, (a) =>
      padNode(
        a,
        pads.map(([before]) => before),
        pads.map(([, after]) => after),
        value,
      ),
    );
  }

  /** Repeated `counts[i]` times along dimension i; counts beyond the dimensions add new ones in front. */
  repeat(this: Tensor, ...counts: Numbers): Tensor {
    const list = listNumbers(counts);
    for (const count of list) checkWhole('repeat', 'a count', count, 0);
    if (list.length < this.ndim) {
      throw new RangeError(
        `repeat: ${list.length} counts for the ${this.ndim} dimensions of ${formatShape(this.shape)}; ` +
          'give one for each, or use tile().',
      );
    }
    return this.tile(...counts);
  }

  /** As `repeat`, where missing counts in front are 1. */
  tile(this: Tensor, ...counts: Numbers): Tensor {
    const list = listNumbers(counts);
    for (const count of list) checkWhole('tile', 'a count', count, 0);
    const rank = Math.max(list.length, this.ndim);
    const repeats = [...Array<number>(rank - list.length).fill(1), ...list];
    const sizes = [...Array<number>(rank - this.ndim).fill(1), ...this.shape];
    const pairs = (of: (axis: number) => [number, number]) => sizes.flatMap((_, axis) => of(axis));
    return move(this, (a) => {
      const apart = build.reshape(
        a,
        pairs((axis) => [1, sizes[axis] as number]),
      );
      const repeated = build.expand(
        apart,
        pairs((axis) => [repeats[axis] as number, sizes[axis] as number]),
      );
      return build.reshape(
        repeated,
        sizes.map((size, axis) => size * (repeats[axis] as number)),
      );
    });
  }

  /** The lower triangle of matrices [.., rows, columns], zeros elsewhere; `diagonal` moves the border to the right. */
  tril(this: Tensor, diagonal = 0): Tensor {
    return triangle('tril', this, diagonal, true);
  }

  /** The upper triangle of matrices [.., rows, columns], zeros elsewhere; `diagonal` moves the border to the right. */
  triu(this: Tensor, diagonal = 0): Tensor {
    return triangle('triu', this, diagonal, false);
  }

  /** The diagonal of matrices [.., rows, columns]; `offset` > 0 takes one above it, < 0 one below. */
  diagonal(this: Tensor, offset = 0): Tensor {
    checkWhole('diagonal', 'offset', offset, Number.NEGATIVE_INFINITY);
    const { shape } = this;
    if (shape.length < 2) {
      throw new RangeError(
        `diagonal: expected a matrix [.., rows, columns], got shape ${formatShape(shape)}.`,
      );
    }
    const batch = shape.slice(0, -2);
    const [rows, columns] = shape.slice(-2) as [number, number];
    const length = Math.max(0, Math.min(rows - Math.max(-offset, 0), columns - Math.max(offset, 0)));
    const start = length === 0 ? 0 : offset >= 0 ? offset : -offset * columns;
    // In row-major order neighbours on a diagonal are one row and one column apart.
    return move(this, (a) =>
      build.shrink(
        build.reshape(a, [...batch, rows * columns]),
        [...batch.map(() => 0), start],
        [...batch, length],
        [...batch.map(() => 1), columns + 1],
      ),
    );
  }

  /** Elements `start` to `start + length` of dimension `dim`. @throws RangeError if they do not all exist. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    const axis = normalizeAxis('narrow', dim, this.ndim);
    const size = this.shape[axis] as number;
    const first = start < 0 ? start + size : start;
    checkWhole('narrow', 'length', length, 0);
    if (!Number.isInteger(start) || first < 0 || first + length > size) {
      throw new RangeError(
        `narrow: ${length} elements from ${start} do not lie within dimension ${dim} of ${formatShape(this.shape)}.`,
      );
    }
    return move(this, (a) => narrowNode(a, axis, first, length));
  }

  /** Element `index` of dimension `dim`, which disappears; negative indices count from the end. */
  select(this: Tensor, dim: number, index: number): Tensor {
    const axis = normalizeAxis('select', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (!Number.isInteger(index) || index < -size || index >= size) {
      throw new RangeError(
        `select: index ${index} is out of range for dimension ${dim} of ${formatShape(this.shape)}; ` +
          (size === 0 ? 'it has no elements.' : `expected an integer from ${-size} to ${size - 1}.`),
      );
    }
    return this.narrow(axis, index < 0 ? index + size : index, 1).squeeze(axis);
  }

  /** Parts along dimension `dim`: each of size `size` (the last may be smaller), or of the sizes given. */
  split(this: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
    const axis = normalizeAxis('split', dim, this.ndim);
    const total = this.shape[axis] as number;
    if (typeof size === 'number') checkWhole('split', 'size', size, 1);
    const sizes =
      typeof size === 'number'
        ? Array.from({ length: Math.max(1, Math.ceil(total / size)) }, (_, i) =>
            Math.min(size, total - i * size),
          )
        : size;
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sum !== total) {
      throw new RangeError(
        `split: sizes ${formatShape(sizes)} add up to ${sum}; dimension ${dim} of ${formatShape(this.shape)} has ${total}.`,
      );
    }
    let start = 0;
    return sizes.map((length) => {
      start += length;
      return this.narrow(axis, start - length, length);
    });
  }

  /** Up to `chunks` parts of equal size along dimension `dim`; the last may be smaller. */
  chunk(this: Tensor, chunks: number, dim = 0): Tensor[] {
    checkWhole('chunk', 'the number of chunks', chunks, 1);
    const axis = normalizeAxis('chunk', dim, this.ndim);
    return this.split(Math.max(1, Math.ceil((this.shape[axis] as number) / chunks)), axis);
  }

  /** Every element of dimension `dim`, which disappears. */
  unbind(this: Tensor, dim = 0): Tensor[] {
    const axis = normalizeAxis('unbind', dim, this.ndim);
    return Array.from({ length: this.shape[axis] as number }, (_, index) => this.select(axis, index));
  }
}
