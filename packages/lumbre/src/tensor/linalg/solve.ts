import { formatShape, sameShape } from '../../graph/shape.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import {
  batchOf,
  broadcastBatches,
  floating,
  fromHost,
  matrixAt,
  matrixSize,
  nameOf,
  readMatrices,
  squareMatrices,
} from './host.ts';
import { luFactor, luSolve } from './lu.ts';

/** Whether B counts as a vector, or a batch of them, beside matrices A: by PyTorch's rule. */
export const isVectorBeside = (a: Tensor, b: Tensor): boolean =>
  b.ndim === 1 || (a.ndim - 1 === b.ndim && sameShape(b.shape, a.shape.slice(0, -1)));

/** A X = B for [.., n, n] and [.., n, k] of equal batches. */
function solveMatrices(operation: string, a: Tensor, b: Tensor): Tensor {
  return customFunction({
    name: operation,
    forward: (left: Tensor, right: Tensor) => {
      const [matrices, result] = [readMatrices(operation, left), readMatrices(operation, right)];
      for (let i = 0; i < matrices.count; i++) {
        const lu = luFactor(matrixAt(matrices, i), matrices.rows);
        if (lu.singularAt >= 0) throw singular(operation, nameOf(matrices.batch, i), lu.singularAt);
        luSolve(lu, matrixAt(result, i), result.columns);
      }
      return fromHost(result.values, right.shape, right);
    },
    // Giles 2008, 2.3.1
    backward: (dy, { inputs: [left], output }) => {
      const gradient = solveMatrices(operation, left.mT, dy);
      return [gradient.matmul(output.mT).neg(), gradient];
    },
  })(a, b);
}

const singular = (operation: string, name: string, step: number) =>
  new RangeError(
    `${operation}: ${name} is singular: elimination found only zeros for the diagonal element ${step}, so there is no ` +
      'unique solution. linalg.lstsq() and linalg.pinv() give the one of least norm.',
  );

export interface SolveOptions {
  /** Whether A stands on the left, A X = B, or on the right, X A = B. Default true. */
  readonly left?: boolean;
}

/**
 * The solution X of A X = B, as torch.linalg.solve: A is [.., n, n], B [.., n, k] or vectors [.., n], and batch dimensions
 * broadcast. As in PyTorch, B counts as vectors if it has one dimension, or the shape of A without its last. Gradients
 * flow to both, of any order. It computes on the host in double precision.
 *
 * @throws RangeError when shapes do not fit, or for a singular matrix, which the message names.
 */
export function solve(A: Tensor, B: Tensor, { left = true }: SolveOptions = {}): Tensor {
  const a = squareMatrices('linalg.solve', A);
  const b = floating('linalg.solve', B);
  const vector = b.ndim > 0 && isVectorBeside(a, b);
  const columns = vector ? b.unsqueeze(-1) : b;
  const [n] = matrixSize(a);
  const fits = b.ndim > 0 && columns.shape.at(left || vector ? -2 : -1) === n;
  if (!fits) {
    throw new RangeError(
      `linalg.solve: A ${formatShape(a.shape)} and B ${formatShape(b.shape)} do not fit; expected [.., n, n] and ` +
        `${left ? '[.., n, k]' : '[.., k, n]'}, or vectors [.., n].`,
    );
  }
  const transpose = !left && !vector;
  const [first, second] = broadcastBatches('linalg.solve', left ? a : a.mT, transpose ? columns.mT : columns);
  const solution = solveMatrices('linalg.solve', first, second);
  return vector ? solution.squeeze(-1) : transpose ? solution.mT : solution;
}

/** The inverse; where there is none, all infinite or an error. */
export function inverse(operation: string, a: Tensor, whenSingular: 'throw' | 'infinite'): Tensor {
  return customFunction({
    name: operation,
    forward: (x: Tensor) => {
      const matrices = readMatrices(operation, x);
      const n = matrices.rows;
      const result = new Float64Array(matrices.values.length);
      for (let i = 0; i < matrices.count; i++) {
        const lu = luFactor(matrixAt(matrices, i), n);
        const identity = result.subarray(i * n * n, (i + 1) * n * n);
        if (lu.singularAt < 0) {
          for (let k = 0; k < n; k++) identity[k * n + k] = 1;
          luSolve(lu, identity, n);
        } else if (whenSingular === 'infinite') identity.fill(Number.POSITIVE_INFINITY);
        else throw singular(operation, nameOf(matrices.batch, i), lu.singularAt);
      }
      return fromHost(result, [...batchOf(x), n, n], x);
    },
    // Giles 2008, 2.2.3
    backward: (dy, { output }) => [output.mT.matmul(dy).matmul(output.mT).neg()],
  })(a);
}

/**
 * The inverse of matrices [.., n, n], as torch.linalg.inv. To solve equations, `solve` is faster and more accurate. It
 * computes on the host in double precision; gradients flow, of any order.
 *
 * @throws RangeError for matrices that are not square, or for a singular one, which the message names.
 */
export const inv = (A: Tensor): Tensor => inverse('linalg.inv', squareMatrices('linalg.inv', A), 'throw');
