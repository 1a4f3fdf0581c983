import type { DType } from '../../graph/dtype.ts';
import { formatShape } from '../../graph/shape.ts';
import { zeros } from '../creation.ts';
import { customFunction } from '../custom.ts';
import type { Tensor } from '../tensor.ts';
import {
  broadcastBatches,
  checkFinite,
  floating,
  floatMatrices,
  fromHost,
  type Matrices,
  matrixAt,
  matrixSize,
  readMatrices,
} from './host.ts';
import { type HostSvd, hostSvd } from './jacobi.ts';
import { isVectorBeside } from './solve.ts';

/** Which singular values count as 0. */
export interface ToleranceOptions {
  /** Those up to this; default 0. */
  readonly atol?: number;
  /** Those up to this part of the largest; default max(m, n) · ε of the dtype, or 0 if `atol` is given. */
  readonly rtol?: number;
}

/** The distance from 1 to the next number: how exactly the elements of a matrix are known. */
const epsilonOf = (dtype: DType): number => {
  if (dtype === 'float16') return 2 ** -10;
  if (dtype === 'bfloat16') return 2 ** -7;
  return dtype === 'float64' ? 2 ** -52 : 2 ** -23;
};

/** The limit for the singular values S of a matrix [rows, columns] of `dtype`. */
function limitOf(
  S: Float64Array,
  rows: number,
  columns: number,
  dtype: DType,
  { atol = 0, rtol = atol > 0 ? 0 : Math.max(rows, columns) * epsilonOf(dtype) }: ToleranceOptions,
): number {
  return Math.max(atol, rtol * (S[0] ?? 0));
}

function checkTolerances(operation: string, { atol = 0, rtol = 0 }: ToleranceOptions): void {
  if (atol >= 0 && rtol >= 0) return;
  throw new RangeError(`${operation}: atol and rtol must not be negative, got ${atol} and ${rtol}.`);
}

function decompositions(operation: string, matrices: Matrices): HostSvd[] {
  checkFinite(operation, matrices);
  return Array.from({ length: matrices.count }, (_, i) =>
    hostSvd(matrixAt(matrices, i), matrices.rows, matrices.columns, false),
  );
}

/** V diag(1/S) Uᵀ B over the singular values above the limit, for B [m, width]; gives [n, width]. */
function applyInverse(
  { U, S, Vh }: HostSvd,
  limit: number,
  [m, n]: readonly [number, number],
  b: Float64Array,
  width: number,
): Float64Array {
  const k = S.length;
  const result = new Float64Array(n * width);
  const part = new Float64Array(width);
  for (let r = 0; r < k && (S[r] as number) > limit; r++) {
    part.fill(0);
    for (let i = 0; i < m; i++) {
      const u = (U[i * k + r] as number) / (S[r] as number);
      for (let j = 0; j < width; j++) part[j] = (part[j] as number) + u * (b[i * width + j] as number);
    }
    for (let i = 0; i < n; i++) {
      const v = Vh[r * n + i] as number;
      for (let j = 0; j < width; j++)
        result[i * width + j] = (result[i * width + j] as number) + v * (part[j] as number);
    }
  }
  return result;
}

function identity(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}

/** The gradient of A from that of its pseudoinverse P (Golub and Pereyra 1973), as long as the rank stays. */
function pinvGradient(A: Tensor, P: Tensor, dP: Tensor): Tensor {
  const [T, dT] = [P.mT, dP.mT];
  const left = dT.sub(A.matmul(P.matmul(dT))).matmul(P.matmul(T));
  const right = T.matmul(P).matmul(dT.sub(dT.matmul(P).matmul(A)));
  return left.add(right).sub(T.matmul(dP).matmul(T));
}

function pseudoinverse(operation: string, a: Tensor, options: ToleranceOptions): Tensor {
  const [m, n] = matrixSize(a);
  return customFunction({
    name: operation,
    forward: (x: Tensor) => {
      const matrices = readMatrices(operation, x);
      const result = new Float64Array(matrices.count * n * m);
      decompositions(operation, matrices).forEach((found, i) => {
        const limit = limitOf(found.S, m, n, x.dtype, options);
        result.set(applyInverse(found, limit, [m, n], identity(m), m), i * n * m);
      });
      return fromHost(result, [...matrices.batch, n, m], x);
    },
    backward: (dy, { inputs: [x], output }) => [pinvGradient(x, output, dy)],
  })(a);
}

/**
 * The pseudoinverse of Moore and Penrose of matrices [.., m, n], as torch.linalg.pinv: [.., n, m]. Singular values up to
 * the tolerance count as 0. It computes on the host in double precision; gradients flow, of any order, and hold for
 * changes that keep the rank.
 *
 * @throws RangeError for fewer than two dimensions, and for elements that are NaN or infinite.
 */
export function pinv(A: Tensor, options: ToleranceOptions = {}): Tensor {
  checkTolerances('linalg.pinv', options);
  return pseudoinverse('linalg.pinv', floatMatrices('linalg.pinv', A), options);
}

/**
 * How many singular values of each matrix [.., m, n] are above the tolerance: int32 [..], as torch.linalg.matrix_rank.
 */
export function matrixRank(A: Tensor, options: ToleranceOptions = {}): Tensor {
  checkTolerances('linalg.matrixRank', options);
  const a = floatMatrices('linalg.matrixRank', A);
  const matrices = readMatrices('linalg.matrixRank', a);
  const ranks = decompositions('linalg.matrixRank', matrices).map(({ S }) =>
    rankOf(S, limitOf(S, matrices.rows, matrices.columns, a.dtype, options)),
  );
  return fromHost(Float64Array.from(ranks), matrices.batch, a, 'int32');
}

const rankOf = (S: Float64Array, limit: number): number => S.filter((s) => s > limit).length;

export interface LstsqOptions {
  /** Singular values up to this part of the largest count as 0; default max(m, n) · ε of the dtype. */
  readonly rcond?: number;
}

/**
 * Least squares, as numpy.linalg.lstsq and torch.linalg.lstsq with the driver `gelsd`: the X for which |A X - B| is
 * smallest, and of those the one of least norm. A is [.., m, n], B [.., m, k] or vectors [.., m]; batch dimensions
 * broadcast.
 *
 * `residuals` is the squared distance of each column, [.., k], or empty, [0], unless m > n and every matrix has rank n.
 * `rank` is int32 [..] and `singularValues` [.., min(m, n)], both without gradient. It computes on the host in double
 * precision; gradients flow to A and B, of any order, and hold for changes that keep the rank.
 *
 * @throws RangeError when shapes do not fit, and for elements of A that are NaN or infinite.
 */
export function lstsq(
  A: Tensor,
  B: Tensor,
  { rcond }: LstsqOptions = {},
): [solution: Tensor, residuals: Tensor, rank: Tensor, singularValues: Tensor] {
  const operation = 'linalg.lstsq';
  const options = rcond === undefined ? {} : { rtol: rcond };
  checkTolerances(operation, options);
  const a = floatMatrices(operation, A);
  const b = floating(operation, B);
  const [m, n] = matrixSize(a);
  const vector = b.ndim > 0 && isVectorBeside(a, b);
  const columns = vector ? b.unsqueeze(-1) : b;
  if (columns.ndim < 2 || columns.shape.at(-2) !== m) {
    throw new RangeError(
      `${operation}: A ${formatShape(a.shape)} and B ${formatShape(b.shape)} do not fit; expected [.., m, n] and ` +
        '[.., m, k], or vectors [.., m].',
    );
  }
  const [left, right] = broadcastBatches(operation, a, columns);
  const matrices = readMatrices(operation, left);
  const found = decompositions(operation, matrices);
  const limits = found.map(({ S }) => limitOf(S, m, n, left.dtype, options));
  const ranks = found.map(({ S }, i) => rankOf(S, limits[i] as number));
  const width = right.shape.at(-1) as number;

  const solution = customFunction({
    name: operation,
    forward: (_: Tensor, y: Tensor) => {
      const given = readMatrices(operation, y);
      const result = new Float64Array(matrices.count * n * width);
      found.forEach((svd, i) => {
        result.set(applyInverse(svd, limits[i] as number, [m, n], matrixAt(given, i), width), i * n * width);
      });
      return fromHost(result, [...matrices.batch, n, width], y);
    },
    // X = A⁺ B
    backward: (dy, { inputs: [x, y] }) => {
      const inverse = pseudoinverse(operation, x, options);
      return [pinvGradient(x, inverse, dy.matmul(y.mT)), inverse.mT.matmul(dy)];
    },
  })(left, right);

  const determined = m > n && ranks.every((rank) => rank === n);
  const residuals = determined
    ? left.matmul(solution).sub(right).square().sum(-2)
    : zeros([0], { dtype: left.dtype, device: left.device });
  const values = new Float64Array(matrices.count * Math.min(m, n));
  found.forEach(({ S }, i) => {
    values.set(S, i * S.length);
  });
  return [
    vector ? solution.squeeze(-1) : solution,
    vector && determined ? residuals.squeeze(-1) : residuals,
    fromHost(Float64Array.from(ranks), matrices.batch, left, 'int32'),
    fromHost(values, [...matrices.batch, Math.min(m, n)], left),
  ];
}
