import { broadcastShapes, formatShape, normalizeAxis } from '../../graph/shape.ts';
import { stack } from '../combine.ts';
import { eye } from '../creation.ts';
import { isTensor } from '../operands.ts';
import type { Tensor } from '../tensor.ts';
import { batchOf, matrixSize } from './host.ts';
import { inv } from './solve.ts';

/**
 * The sum of the diagonal of matrices [.., m, n], as numpy.linalg.trace; `offset` > 0 takes a diagonal above the main one,
 * < 0 one below. Integers give int32.
 */
export const trace = (A: Tensor, offset = 0): Tensor => A.diagonal(offset).sum(-1);

/**
 * The Kronecker product, as numpy.kron and torch.kron: each element of A times the whole of B, in blocks. Of two tensors
 * of different rank, the smaller one gets dimensions of size 1 in front.
 */
export function kron(A: Tensor, B: Tensor): Tensor {
  const rank = Math.max(A.ndim, B.ndim);
  const padded = ({ shape }: Tensor) => [...Array<number>(rank - shape.length).fill(1), ...shape];
  const [outer, inner] = [padded(A), padded(B)];
  const product = A.reshape(outer.flatMap((size) => [size, 1])).mul(
    B.reshape(inner.flatMap((size) => [1, size])),
  );
  return product.reshape(outer.map((size, axis) => size * (inner[axis] as number)));
}

/**
 * The cross product of vectors of three elements along `dim`, as torch.linalg.cross; other dimensions broadcast.
 * @throws RangeError when dimension `dim` is not 3 in both.
 */
export function cross(A: Tensor, B: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  const axis = normalizeAxis('linalg.cross', dim, Math.max(A.ndim, B.ndim)) - Math.max(A.ndim, B.ndim);
  if (A.shape.at(axis) !== 3 || B.shape.at(axis) !== 3) {
    throw new RangeError(
      `linalg.cross: shapes ${formatShape(A.shape)} and ${formatShape(B.shape)} must both have size 3 in dimension ${dim}.`,
    );
  }
  const shape = broadcastShapes('linalg.cross', A.shape, B.shape);
  const [a, b] = [A, B].map((x) => x.expand(shape).unbind(axis)) as [Tensor[], Tensor[]];
  const part = (i: number, j: number) =>
    (a[i] as Tensor).mul(b[j] as Tensor).sub((a[j] as Tensor).mul(b[i] as Tensor));
  return stack([part(1, 2), part(2, 0), part(0, 1)], axis);
}

/**
 * A square matrix to the power of an integer, as torch.linalg.matrix_power: by repeated squaring, of the inverse if `n` is
 * negative, and the identity for 0.
 * @throws RangeError for matrices that are not square, or an `n` that is not an integer.
 */
export function matrixPower(A: Tensor, n: number): Tensor {
  const [rows, columns] = matrixSize(A);
  if (A.ndim < 2 || rows !== columns) {
    throw new RangeError(
      `linalg.matrixPower: expected square matrices [.., n, n], got shape ${formatShape(A.shape)}.`,
    );
  }
  if (!Number.isSafeInteger(n)) {
    throw new RangeError(`linalg.matrixPower: the exponent must be an integer, not ${n}.`);
  }
  if (n < 0) return matrixPower(inv(A), -n);
  if (n === 0) {
    const { dtype, device } = A;
    return eye(rows, rows, { dtype, device }).expand([...batchOf(A), rows, rows]);
  }
  let result: Tensor | null = null;
  let square = A;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result ? result.matmul(square) : square;
    if (rest > 1) square = square.matmul(square);
  }
  return result as Tensor;
}

/** Where to split the product of matrices i to j, with `sizes[i]` rows and `sizes[i + 1]` columns, at the least cost. */
function bestSplits(sizes: readonly number[]): number[][] {
  const count = sizes.length - 1;
  const cost = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const split = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let span = 1; span < count; span++) {
    for (let i = 0; i + span < count; i++) {
      const j = i + span;
      let best = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const [left, right] = [cost[i]?.[k] as number, cost[k + 1]?.[j] as number];
        const here = (sizes[i] as number) * (sizes[k + 1] as number) * (sizes[j + 1] as number);
        if (left + right + here >= best) continue;
        best = left + right + here;
        (split[i] as number[])[j] = k;
      }
      (cost[i] as number[])[j] = best;
    }
  }
  return split;
}

/**
 * The product of two or more matrices in the order that costs least (the matrix chain), as torch.linalg.multi_dot. The
 * first and the last may be vectors: a row and a column, whose dimension disappears.
 * @throws RangeError when sizes do not fit.
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  const operation = 'linalg.multiDot';
  if (!Array.isArray(tensors) || tensors.length < 2 || !tensors.every(isTensor)) {
    throw new TypeError(`${operation}: expected a list of two or more tensors.`);
  }
  const last = tensors.length - 1;
  const matrices = tensors.map((t, i) => {
    if (t.ndim === 1 && i === 0) return t.unsqueeze(0);
    if (t.ndim === 1 && i === last) return t.unsqueeze(1);
    if (t.ndim === 2) return t;
    throw new RangeError(
      `${operation}: tensor ${i} has shape ${formatShape(t.shape)}; expected a matrix, or a vector at either end.`,
    );
  });
  const sizes = matrices.map((t, i) => {
    const [rows] = matrixSize(t);
    if (i > 0 && matrices[i - 1]?.shape[1] !== rows) {
      throw new RangeError(
        `${operation}: tensors ${i - 1} and ${i} have shapes ${formatShape((tensors[i - 1] as Tensor).shape)} and ` +
          `${formatShape((tensors[i] as Tensor).shape)}, which do not fit.`,
      );
    }
    return rows;
  });
  const splits = bestSplits([...sizes, matrixSize(matrices[last] as Tensor)[1]]);
  const multiply = (i: number, j: number): Tensor => {
    if (i === j) return matrices[i] as Tensor;
    const k = splits[i]?.[j] as number;
    return multiply(i, k).matmul(multiply(k + 1, j));
  };
  const product = multiply(0, last);
  const row = tensors[0]?.ndim === 1 ? product.squeeze(0) : product;
  return tensors[last]?.ndim === 1 ? row.squeeze(-1) : row;
}
