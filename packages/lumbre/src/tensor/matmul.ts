import * as build from '../graph/builder.ts';
import { isFloat, promote } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { broadcastShapes, formatShape, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { broadcastNode, castOn, commonDevice, inDomain } from './operands.ts';
import { ReadingTensor } from './reading.ts';
import type { Tensor } from './tensor.ts';

/** The product of [.., m, k] and [.., k, n] where `dot` has none: integers, as a sum of products. */
function integerDot(a: Node, b: Node): Node {
  const batch = a.shape.slice(0, -2);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const whole = [...batch, m, k, n];
  const left = build.expand(build.reshape(a, [...batch, m, k, 1]), whole);
  const right = build.expand(build.reshape(b, [...batch, 1, k, n]), whole);
  const axis = whole.length - 2;
  return build.reshape(build.sum(build.mul(left, right), [axis]), [...batch, m, n]);
}

/** The batched matrix product in any dtype. */
export const dotOf = (a: Node, b: Node): Node => (isFloat(a.dtype) ? build.dot(a, b) : integerDot(a, b));

/** Matrices [.., m, k] and [.., k, n] whose batch dimensions broadcast. */
function batchedDot(a: Node, b: Node): Node {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1) as number;
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  if (batchB.length === 0 && batchA.length > 0) {
    // One matrix for the whole batch: all rows in one product, and its gradient in one product too.
    const rows = build.reshape(a, [sizeOf(batchA) * m, k]);
    return build.reshape(dotOf(rows, b), [...batchA, m, n]);
  }
  const batch = broadcastShapes('matmul', batchA, batchB);
  return dotOf(broadcastNode(a, [...batch, m, k]), broadcastNode(b, [...batch, k, n]));
}

function checkVectors(operation: string, a: Tensor, b: Tensor): void {
  if (a.ndim === 1 && b.ndim === 1) return;
  throw new RangeError(
    `${operation}: expected two vectors, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; ` +
      'flatten() them, or see matmul().',
  );
}

/** Products of vectors and matrices. */
export abstract class MatmulTensor extends ReadingTensor {
  /**
   * The matrix product, as NumPy's and PyTorch's matmul: [.., m, k] by [.., k, n] gives [.., m, n], with batch
   * dimensions broadcast. A vector counts as a row on the left and as a column on the right, and its dimension
   * disappears. Dtypes promote; bool counts as int32.
   * @throws RangeError when the inner sizes differ, or for scalars.
   */
  matmul(this: Tensor, other: Tensor): Tensor {
    const device = commonDevice('matmul', [this, other]);
    const inner = other.shape[Math.max(other.ndim - 2, 0)];
    if (this.ndim === 0 || other.ndim === 0 || this.shape.at(-1) !== inner) {
      throw new RangeError(
        `matmul: ${formatShape(this.shape)} by ${formatShape(other.shape)} do not fit; expected [.., m, k] by ` +
          '[.., k, n], with the last size on the left equal to the last but one on the right.',
      );
    }
    const dtype = inDomain(promote(this.dtype, other.dtype), 'number');
    const [a, b] = [this, other].map((t) => castOn('matmul', t.node, dtype, device)) as [Node, Node];
    const row = a.shape.length === 1 ? build.reshape(a, [1, ...a.shape]) : a;
    const column = b.shape.length === 1 ? build.reshape(b, [...b.shape, 1]) : b;
    const product = batchedDot(row, column);
    const shape = [...product.shape];
    if (b.shape.length === 1) shape.splice(-1, 1);
    if (a.shape.length === 1) shape.splice(b.shape.length === 1 ? -1 : -2, 1);
    return wrapNode(build.reshape(product, shape), device);
  }

  /** The sum of the products of two vectors of equal length. */
  dot(this: Tensor, other: Tensor): Tensor {
    checkVectors('dot', this, other);
    if (this.size !== other.size) {
      throw new RangeError(`dot: vectors of ${this.size} and ${other.size} elements; lengths must agree.`);
    }
    return this.matmul(other);
  }

  /**
   * Products summed over the last dimension of both, as NumPy's and PyTorch's inner: [.., k] and [.., k] give all other
   * dimensions of this tensor, then those of the other. With a scalar it is their product.
   * @throws RangeError when the last sizes differ.
   */
  inner(this: Tensor, other: Tensor): Tensor {
    if (this.ndim === 0 || other.ndim === 0) return this.mul(other);
    const size = this.shape.at(-1) as number;
    if (other.shape.at(-1) !== size) {
      throw new RangeError(
        `inner: ${formatShape(this.shape)} and ${formatShape(other.shape)} do not fit; the last sizes must be equal.`,
      );
    }
    const rows = (t: Tensor) => t.reshape([sizeOf(t.shape.slice(0, -1)), size]);
    return rows(this)
      .matmul(rows(other).mT)
      .reshape([...this.shape.slice(0, -1), ...other.shape.slice(0, -1)]);
  }

  /**
   * The sum of the products of all elements, whatever their shapes, as NumPy's vdot.
   * @throws RangeError when the numbers of elements differ.
   */
  vdot(this: Tensor, other: Tensor): Tensor {
    if (this.size !== other.size) {
      throw new RangeError(
        `vdot: ${formatShape(this.shape)} has ${this.size} elements and ${formatShape(other.shape)} ${other.size}; expected ` +
          'as many.',
      );
    }
    return this.reshape([this.size]).dot(other.reshape([other.size]));
  }

  /** All products of the elements of two vectors: [n] and [m] give [n, m]. */
  outer(this: Tensor, other: Tensor): Tensor {
    checkVectors('outer', this, other);
    return this.unsqueeze(1).mul(other);
  }
}
