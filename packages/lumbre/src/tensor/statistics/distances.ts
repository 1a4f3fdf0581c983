import { formatShape, normalizeAxis } from '../../graph/shape.ts';
import { meshgrid, stack } from '../combine.ts';
import type { ReduceOptions } from '../reduce.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor, floats } from './floats.ts';

/**
 * The distances of all pairs of points, as torch.cdist: of a [.., p, m] and b [.., r, m] [.., p, r]; batch dimensions
 * broadcast. Differences are subtracted and not multiplied out, so that close points keep their distance. The gradient at
 * distance 0 is 0.
 *
 * @param options.p the norm, from 0 to ∞; 2 unless given
 */
export function cdist(a: Tensor, b: Tensor, { p = 2 }: { readonly p?: number } = {}): Tensor {
  const { operands, dtype } = floats('cdist', a, b);
  const [x, y] = operands as [Tensor, Tensor];
  if (x.ndim < 2 || y.ndim < 2 || x.shape.at(-1) !== y.shape.at(-1)) {
    throw new RangeError(
      `cdist: points of shapes ${formatShape(x.shape)} and ${formatShape(y.shape)} do not fit; expected [.., p, m] and ` +
        '[.., r, m].',
    );
  }
  if (!(p >= 0)) throw new RangeError(`cdist: p must not be negative, got ${p}.`);
  return x.unsqueeze(-2).sub(y.unsqueeze(-3)).norm(-1, { p }).to(dtype);
}

export interface PairwiseDistanceOptions extends ReduceOptions {
  /** The norm. Default 2. */
  readonly p?: number;
  /** What is added to each difference. Default 1e-6. */
  readonly eps?: number;
}

/** The distances |a - b + ε| of points along the last dimension, which broadcast, as PyTorch's pairwise_distance. */
export function pairwiseDistance(
  a: Tensor,
  b: Tensor,
  { p = 2, eps = 1e-6, keepdim = false }: PairwiseDistanceOptions = {},
): Tensor {
  const { operands, dtype } = floats('pairwiseDistance', a, b);
  const [x, y] = operands as [Tensor, Tensor];
  return x.sub(y).add(eps).norm(-1, { p, keepdim }).to(dtype);
}

export interface CosineSimilarityOptions {
  /** The dimension of the vectors, after broadcasting. Default 1. */
  readonly dim?: number;
  /** The least that a length counts for. Default 1e-8. */
  readonly eps?: number;
}

/** The cosine of the angle between vectors along `dim`, a · b / (max(|a|, ε) max(|b|, ε)), as PyTorch's cosine_similarity. */
export function cosineSimilarity(
  a: Tensor,
  b: Tensor,
  { dim = 1, eps = 1e-8 }: CosineSimilarityOptions = {},
): Tensor {
  const { operands, dtype } = floats('cosineSimilarity', a, b);
  const [x, y] = operands as [Tensor, Tensor];
  const product = x.mul(y);
  const axis = normalizeAxis('cosineSimilarity', dim, product.ndim) - product.ndim;
  const unit = (v: Tensor): Tensor => v.div(v.norm(axis, { keepdim: true }).clamp({ min: eps }));
  const [left, right] = [x, y].map((v) => unit(v.expand(product.shape))) as [Tensor, Tensor];
  return left.mul(right).sum(axis).to(dtype);
}

/** All combinations of the elements of vectors, one a row, the last changing fastest, as torch.cartesian_prod. */
export function cartesianProd(...tensors: readonly Tensor[]): Tensor {
  for (const x of tensors) checkTensor('cartesianProd', x);
  const columns = meshgrid(tensors).map((grid) => grid.ravel());
  return columns.length === 1 ? (columns[0] as Tensor) : stack(columns, 1);
}
