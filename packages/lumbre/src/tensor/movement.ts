import * as build from '../graph/builder.ts';
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

export const move = (tensor: Tensor, compute: (a: Node) => Node): Tensor =>
  wrapNode(compute(tensor.node), tensor.device);

function broadcastTo(operation: string, tensor: Tensor, wanted: readonly number[]): Tensor {
  const { shape } = tensor;
  checkShape(operation, wanted);
  if (!sameShape(broadcastShapes(operation, shape, wanted), wanted)) {
    throw new RangeError(
      `${operation}: ${formatShape(shape)} cannot become ${formatShape(wanted)}; only sizes of 1 can grow.`,
    );
  }
  return move(tensor, (a) => broadcastNode(a, wanted));
}

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

/** @throws RangeError unless `value` is an integer of at least `least`. */
export function checkWhole(operation: string, what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  const wanted = Number.isFinite(least) ? `an integer of at least ${least}` : 'an integer';
  throw new RangeError(`${operation}: ${what} must be ${wanted}, not ${value}.`);
}

/** Elements `start` to `start + length` of one axis. */
export function narrowNode(a: Node, axis: number, start: number, length: number): Node {
  const zeros = a.shape.map(() => 0);
  return build.shrink(a, zeros.with(axis, start), a.shape.with(axis, length));
}

function moveAxes(
  operation: string,
  tensor: Tensor,
  source: number | readonly number[],
  destination: number | readonly number[],
): Tensor {
  const [from, to] = [source, destination].map((dims) => {
    const axes = [dims].flat().map((dim) => normalizeAxis(operation, dim as number, tensor.ndim));
    if (new Set(axes).size === axes.length) return axes;
    throw new RangeError(`${operation}: [${[dims].flat().join(', ')}] names a dimension twice.`);
  }) as [number[], number[]];
  if (from.length !== to.length) {
    throw new RangeError(
      `${operation}: ${from.length} dimensions cannot go to ${to.length} positions; give one for each.`,
    );
  }
  const axes = tensor.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  const moved = to.map((position, i) => [position, from[i] as number] as const).sort(([a], [b]) => a - b);
  for (const [position, axis] of moved) axes.splice(position, 0, axis);
  return move(tensor, (a) => build.permute(a, axes));
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

  /** All elements in one dimension, in row-major order. */
  ravel(this: Tensor): Tensor {
    return this.reshape(-1);
  }

  /** Dimension `dim` as several of the given sizes, of which one may be -1: the reverse of `flatten`. */
  unflatten(this: Tensor, dim: number, sizes: readonly number[]): Tensor {
    const axis = normalizeAxis('unflatten', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (sizes.length === 0) throw new RangeError('unflatten: expected at least one size, got none.');
    return this.reshape(this.shape.toSpliced(axis, 1, ...inferSize([size], sizes)));
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

  /** As `transpose`. */
  swapaxes(this: Tensor, axis0: number, axis1: number): Tensor {
    return this.transpose(axis0, axis1);
  }

  /** The dimensions `source` at the positions `destination`; the others keep their order around them. */
  movedim(this: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
    return moveAxes('movedim', this, source, destination);
  }

  /** As `movedim`. */
  moveaxis(
    this: Tensor,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): Tensor {
    return moveAxes('moveaxis', this, source, destination);
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
    return broadcastTo(
      'expand',
      this,
      wanted.map((size, axis) => (size === -1 ? (this.shape[axis - missing] ?? -1) : size)),
    );
  }

  /** Broadcast to `shape` by NumPy's rule. @throws RangeError if a size other than 1 would have to change. */
  broadcastTo(this: Tensor, ...shape: Numbers): Tensor {
    return broadcastTo('broadcastTo', this, listNumbers(shape));
  }
}
