import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, sizeOf } from '../graph/shape.ts';
import { AdvancedIndexingTensor } from './advancedIndexing.ts';
import { notNode } from './comparison.ts';
import { wrapNode } from './core.ts';
import { checkWhole, narrowNode } from './movement.ts';
import type { ReduceOptions } from './reduce.ts';
import type { Tensor } from './tensor.ts';

export interface SortOptions {
  /** From the largest to the smallest. Default false. */
  readonly descending?: boolean;
  /** Whether equal elements keep their order; they always do. */
  readonly stable?: boolean;
}

/** Elements, and where along the dimension they were: int32. */
export interface Sorted {
  readonly values: Tensor;
  readonly indices: Tensor;
}

export interface TopkOptions {
  /** The largest, or, if false, the smallest. Default true. */
  readonly largest?: boolean;
  /** Whether they come in order; they always do. */
  readonly sorted?: boolean;
}

/** A scalar sorts as a vector of one element. */
const asVector = (a: Node): Node => (a.shape.length === 0 ? build.reshape(a, [1]) : a);

const axisOf = (operation: string, tensor: Tensor, dim: number): number =>
  normalizeAxis(operation, dim, Math.max(tensor.ndim, 1));

/** The elements that `indices` names along an axis, and the indices. */
function sorted(tensor: Tensor, indices: Node, axis: number, shapeOf: (a: Node) => Node): Sorted {
  const values = build.gather(asVector(tensor.node), indices, axis);
  return {
    values: wrapNode(shapeOf(values), tensor.device),
    indices: wrapNode(shapeOf(indices), tensor.device),
  };
}

/** Sorting. NaN counts as larger than any number, as in NumPy and PyTorch, and equal elements keep their order. */
export abstract class SortingTensor extends AdvancedIndexingTensor {
  /** The int32 indices that sort along one dimension, the last unless given. */
  argsort(this: Tensor, dim = -1, { descending = false }: SortOptions = {}): Tensor {
    const axis = axisOf('argsort', this, dim);
    const order = build.argsort(asVector(this.node), axis, descending);
    return wrapNode(build.reshape(order, this.shape), this.device);
  }

  /**
   * The elements in order along one dimension, the last unless given, and their indices. Gradients flow back to where the
   * elements were. `const { values, indices } = x.sort(0, { descending: true })`.
   */
  sort(this: Tensor, dim = -1, { descending = false }: SortOptions = {}): Sorted {
    const axis = axisOf('sort', this, dim);
    const order = build.argsort(asVector(this.node), axis, descending);
    return sorted(this, order, axis, (a) => build.reshape(a, this.shape));
  }

  /**
   * The `k` largest elements along one dimension, the last unless given, from the largest on, and their indices.
   * @throws RangeError if there are not so many.
   */
  topk(this: Tensor, k: number, dim = -1, { largest = true }: TopkOptions = {}): Sorted {
    const axis = axisOf('topk', this, dim);
    checkWhole('topk', 'k', k, 0);
    const size = this.shape[axis] ?? 1;
    if (k > size) {
      throw new RangeError(
        `topk: k = ${k} is more than the ${size} elements of dimension ${dim} of ${formatShape(this.shape)}.`,
      );
    }
    const order = build.argsort(asVector(this.node), axis, largest);
    const shape = this.ndim === 0 ? (a: Node) => (k === 1 ? build.reshape(a, []) : a) : (a: Node) => a;
    return sorted(this, narrowNode(order, axis, 0, k), axis, shape);
  }

  /**
   * The `k`-th smallest element along one dimension, the last unless given, counting from 1, and its index.
   * @throws RangeError if there is none.
   */
  kthvalue(this: Tensor, k: number, dim = -1, { keepdim = false }: ReduceOptions = {}): Sorted {
    const axis = axisOf('kthvalue', this, dim);
    checkWhole('kthvalue', 'k', k, 1);
    const size = this.shape[axis] ?? 1;
    if (k > size) {
      throw new RangeError(
        `kthvalue: k = ${k} is more than the ${size} elements of dimension ${dim} of ${formatShape(this.shape)}.`,
      );
    }
    const order = build.argsort(asVector(this.node), axis, false);
    const kept = keepdim ? this.shape.map((n, i) => (i === axis ? 1 : n)) : this.shape.toSpliced(axis, 1);
    return sorted(this, narrowNode(order, axis, k - 1, 1), axis, (a) => build.reshape(a, kept));
  }

  /**
   * The median along one dimension, or of all elements: of an even number the lower of the two in the middle, as in
   * PyTorch, so that it is one of the elements. NaN if any is NaN.
   * @throws RangeError for no elements.
   */
  median(this: Tensor, dim?: number | null, { keepdim = false }: ReduceOptions = {}): Tensor {
    if (dim === undefined || dim === null) {
      const all = this.ravel().median(0);
      return keepdim ? all.reshape(this.shape.map(() => 1)) : all;
    }
    const axis = axisOf('median', this, dim);
    const size = this.shape[axis] ?? 1;
    const kept = keepdim ? this.shape.map((n, i) => (i === axis ? 1 : n)) : this.shape.toSpliced(axis, 1);
    if (size === 0 && sizeOf(kept) > 0) {
      throw new RangeError(
        `median: ${formatShape(this.shape)} has no elements along dimension ${dim}; the median of nothing is undefined.`,
      );
    }
    const a = asVector(this.node);
    if (sizeOf(a.shape) === 0) return wrapNode(build.constant(kept, a.dtype, 0), this.device);
    const order = build.argsort(a, axis, false);
    const at = (position: number) => build.gather(a, narrowNode(order, axis, position, 1), axis);
    const middle = at(Math.floor((size - 1) / 2));
    if (!isFloat(a.dtype)) return wrapNode(build.reshape(middle, kept), this.device);
    const last = at(size - 1);
    const result = build.where(notNode(build.eq(last, last)), last, middle);
    return wrapNode(build.reshape(result, kept), this.device);
  }
}
