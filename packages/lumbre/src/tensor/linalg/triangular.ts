import { formatShape } from '../../graph/shape.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import {
  broadcastBatches,
  floatMatrices,
  fromHost,
  matrixAt,
  nameOf,
  readMatrices,
  squareMatrices,
} from './host.ts';
import { substitute } from './lu.ts';

export interface SolveTriangularOptions {
  /** Whether the upper triangle of A is used, or the lower one. */
  readonly upper: boolean;
  /** Whether A stands on the left, A X = B, or on the right, X A = B. Default true. */
  readonly left?: boolean;
  /** Whether the diagonal of A counts as ones. Default false. */
  readonly unitriangular?: boolean;
}

interface Triangle {
  readonly upper: boolean;
  readonly unit: boolean;
}

function solveTriangles(a: Tensor, b: Tensor, triangle: Triangle): Tensor {
  const { upper, unit } = triangle;
  return customFunction({
    name: 'linalg.solveTriangular',
    forward: (left: Tensor, right: Tensor) => {
      const matrices = readMatrices('linalg.solveTriangular', left);
      const result = readMatrices('linalg.solveTriangular', right);
      const n = matrices.rows;
      for (let i = 0; i < matrices.count; i++) {
        const matrix = matrixAt(matrices, i);
        const zero = unit ? -1 : diagonalZero(matrix, n);
        if (zero >= 0) {
          throw new RangeError(
            `linalg.solveTriangular: ${nameOf(matrices.batch, i)} is singular: its diagonal element ${zero} is 0.`,
          );
        }
        substitute(matrix, matrixAt(result, i), n, result.columns, triangle);
      }
      return fromHost(result.values, right.shape, right);
    },
    backward: (dy, { inputs: [left], output }) => {
      const gradient = solveTriangles(left.mT, dy, { upper: !upper, unit });
      const whole = gradient.matmul(output.mT).neg();
      const offset = unit ? 1 : 0;
      return [upper ? whole.triu(offset) : whole.tril(-offset), gradient];
    },
  })(a, b);
}

function diagonalZero(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) if (a[i * n + i] === 0) return i;
  return -1;
}

/**
 * The solution X of A X = B for a triangular A, as torch.linalg.solve_triangular: A is [.., n, n], of which only the one
 * triangle is read, B [.., n, k]; batch dimensions broadcast. It computes on the host in double precision; gradients
 * flow, of any order.
 *
 * @throws RangeError when shapes do not fit, or for a 0 on the diagonal.
 */
export function solveTriangular(
  A: Tensor,
  B: Tensor,
  { upper, left = true, unitriangular: unit = false }: SolveTriangularOptions,
): Tensor {
  const a = squareMatrices('linalg.solveTriangular', A);
  const b = floatMatrices('linalg.solveTriangular', B);
  if (b.shape.at(left ? -2 : -1) !== a.shape.at(-1)) {
    throw new RangeError(
      `linalg.solveTriangular: A ${formatShape(a.shape)} and B ${formatShape(b.shape)} do not fit; expected ` +
        `[.., n, n] and ${left ? '[.., n, k]' : '[.., k, n]'}.`,
    );
  }
  if (!left) return solveTriangular(a.mT, b.mT, { upper: !upper, unitriangular: unit }).mT;
  const [first, second] = broadcastBatches('linalg.solveTriangular', a, b);
  return solveTriangles(first, second, { upper, unit });
}

/**
 * The solution X of A X = B from the Cholesky factor of A, as torch.cholesky_solve.
 * @param B [.., n, k]
 * @param L [.., n, n]: lower triangular with A = L Lᵀ, or with `upper` upper triangular and A = Lᵀ L
 */
export function choleskySolve(B: Tensor, L: Tensor, { upper = false }: { upper?: boolean } = {}): Tensor {
  const lower = upper ? floatMatrices('linalg.choleskySolve', L).mT : L;
  const half = solveTriangular(lower, B, { upper: false });
  return solveTriangular(lower.mT, half, { upper: true });
}
