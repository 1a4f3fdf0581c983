import { formatShape, normalizeAxes, normalizeAxis } from '../../graph/shape.ts';
import type { Axes, ReduceOptions } from '../reduce.ts';
import type { Tensor } from '../tensor.ts';
import { floating, squareMatrices } from './host.ts';
import { inverse } from './solve.ts';
import { svdvals } from './svd.ts';

/** A norm of matrices: Frobenius, nuclear, or by a number. */
export type MatrixNormOrder = 'fro' | 'nuc' | 1 | -1 | 2 | -2 | number;

const infinity = Number.POSITIVE_INFINITY;

/**
 * The vector norm (Σ |x|^p)^(1/p) along the axes, as torch.linalg.vector_norm: of all elements unless `dim` says
 * otherwise. `ord` is any number p; ∞ gives the largest magnitude, -∞ the smallest, 0 how many are not 0.
 */
export function vectorNorm(
  x: Tensor,
  ord = 2,
  dim: Axes = null,
  { keepdim = false }: ReduceOptions = {},
): Tensor {
  const a = floating('linalg.vectorNorm', x);
  if (Number.isNaN(ord)) throw new RangeError('linalg.vectorNorm: ord is NaN; expected a number.');
  if (ord === 0) return a.ne(0).to(a.dtype).sum(dim, { keepdim });
  if (ord === -infinity) return a.abs().min(dim, { keepdim });
  if (ord > 0) return a.norm(dim, { p: ord, keepdim });
  return a
    .abs()
    .pow(ord)
    .sum(dim, { keepdim })
    .pow(1 / ord);
}

/**
 * A norm of matrices, as torch.linalg.matrix_norm: Frobenius's ('fro', the default), the nuclear one ('nuc', the sum of
 * the singular values), the largest or smallest singular value (2, -2), or the largest or smallest sum of magnitudes of a
 * column (1, -1) or a row (∞, -∞). Those that need singular values compute them on the host.
 *
 * @param dim the dimensions of rows and columns
 * @throws RangeError for another `ord`, or fewer than two dimensions.
 */
export function matrixNorm(
  A: Tensor,
  ord: MatrixNormOrder = 'fro',
  dim: readonly [rows: number, columns: number] = [-2, -1],
  { keepdim = false }: ReduceOptions = {},
): Tensor {
  const operation = 'linalg.matrixNorm';
  const a = floating(operation, A);
  if (a.ndim < 2 || dim.length !== 2) {
    throw new RangeError(
      `${operation}: expected matrices and two dimensions, got shape ${formatShape(a.shape)} and ${formatShape(dim)}.`,
    );
  }
  const axes = dim.map((axis) => normalizeAxis(operation, axis, a.ndim));
  const [rows, columns] = axes as [number, number];
  normalizeAxes(operation, axes, a.ndim);
  if (ord === 'fro') return a.norm(axes, { keepdim });
  if (ord === 'nuc' || Math.abs(ord) === 2) {
    const others = a.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const S = svdvals(a.permute([...others, rows, columns]));
    const value = ord === 'nuc' ? S.sum(-1) : ord === 2 ? S.max(-1) : S.min(-1);
    return keepdim ? value.reshape(a.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))) : value;
  }
  if (Math.abs(ord) !== 1 && Math.abs(ord) !== infinity) {
    throw new RangeError(`${operation}: ord must be 'fro', 'nuc', ±1, ±2 or ±Infinity, not ${ord}.`);
  }
  const [summed, compared] = Math.abs(ord) === 1 ? [rows, columns] : [columns, rows];
  const sums = a.abs().sum(summed, { keepdim: true });
  const value = ord > 0 ? sums.max(compared, { keepdim: true }) : sums.min(compared, { keepdim: true });
  return keepdim ? value : value.squeeze(axes);
}

/**
 * A norm, as torch.linalg.norm and numpy.linalg.norm. Without `ord`: √Σ x², over the given axes or all. With it: the
 * norm of vectors if `dim` is one axis or the tensor has one dimension, of matrices if `dim` is two or the tensor has two.
 *
 * @throws RangeError when neither fits.
 */
export function norm(
  x: Tensor,
  ord: MatrixNormOrder | null = null,
  dim: Axes = null,
  options: ReduceOptions = {},
): Tensor {
  const a = floating('linalg.norm', x);
  if (ord === null) return vectorNorm(a, 2, dim, options);
  const axes = dim === null ? a.shape.map((_, axis) => axis) : typeof dim === 'number' ? [dim] : dim;
  if (axes.length === 2) return matrixNorm(a, ord, axes as readonly [number, number], options);
  if (axes.length === 1 && typeof ord === 'number') return vectorNorm(a, ord, axes, options);
  throw new RangeError(
    `linalg.norm: ord ${ord} over ${axes.length} dimensions of ${formatShape(a.shape)} is not defined; expected one ` +
      'dimension and a number, or two dimensions.',
  );
}

/**
 * The condition number |A| |A⁻¹| of matrices, as torch.linalg.cond, in the norm `p`: 2 (the default) or -2, the ratio of
 * the extreme singular values, for which matrices need not be square; or any that `matrixNorm` knows. Infinite for
 * singular matrices. It computes on the host in double precision.
 */
export function cond(A: Tensor, p: MatrixNormOrder = 2): Tensor {
  if (p === 2 || p === -2) {
    const S = svdvals(A);
    const count = S.shape.at(-1) as number;
    if (count === 0) {
      throw new RangeError(
        `linalg.cond: matrices of shape ${formatShape(A.shape)} are empty; they have no singular values.`,
      );
    }
    const [first, last] = [S.select(-1, 0), S.select(-1, count - 1)];
    return p === 2 ? first.div(last) : last.div(first);
  }
  const a = squareMatrices('linalg.cond', A);
  return matrixNorm(a, p).mul(matrixNorm(inverse('linalg.cond', a, 'infinite'), p));
}
