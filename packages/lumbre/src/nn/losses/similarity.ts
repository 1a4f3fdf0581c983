import { formatShape, sameShape } from '../../graph/shape.ts';
import { where } from '../../tensor/combine.ts';
import { pairwiseDistance } from '../../tensor/statistics/distances.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkTarget, type LossOptions, reduce, type Target } from './reduction.ts';

export interface MarginOptions extends LossOptions {
  /** Default 0. */
  readonly margin?: number;
}

/** What PyTorch adds to the squares of lengths: a float32. */
const LENGTH_EPS = Math.fround(1e-12);

/**
 * 1 - cos(a, b) where the target is 1 (alike), and by how much the cosine exceeds `margin` where it is -1.
 *
 * @param a vectors `[.., features]`
 * @param b of the same shape
 * @param target 1 or -1, `[..]`, or one number for all
 * @throws RangeError when the shapes do not fit.
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Target,
  { margin = 0, reduction }: MarginOptions = {},
): Tensor {
  checkTarget('cosineEmbeddingLoss', a, b, 'other input');
  const lengths = a.square().sum(-1).add(LENGTH_EPS).mul(b.square().sum(-1).add(LENGTH_EPS)).sqrt();
  const cosine = a.mul(b).sum(-1).div(lengths);
  checkTarget('cosineEmbeddingLoss', cosine, target);
  const alike = cosine.neg().add(1);
  const unlike = cosine.sub(margin).clamp({ min: 0 });
  if (typeof target === 'number') {
    return reduce('cosineEmbeddingLoss', target === 1 ? alike : unlike, reduction);
  }
  const losses = where(target.eq(1), alike, 0).add(where(target.eq(-1), unlike, 0));
  return reduce('cosineEmbeddingLoss', losses, reduction);
}

/**
 * max(0, -target · (a - b) + margin): the target is 1 where `a` is to be larger, -1 where `b` is.
 * @throws RangeError when the shapes differ.
 */
export function marginRankingLoss(
  a: Tensor,
  b: Tensor,
  target: Target,
  { margin = 0, reduction }: MarginOptions = {},
): Tensor {
  checkTarget('marginRankingLoss', a, b, 'other input');
  checkTarget('marginRankingLoss', a, target);
  return reduce('marginRankingLoss', a.sub(b).neg().mul(target).add(margin).clamp({ min: 0 }), reduction);
}

export interface TripletMarginLossOptions extends LossOptions {
  /** How much nearer the positive is to be than the negative. Default 1. */
  readonly margin?: number;
  /** The norm of distances. Default 2. */
  readonly p?: number;
  /** What is added to differences. Default 1e-6. */
  readonly eps?: number;
  /** Whether the negative's distance to the positive counts where it is smaller (Balntas et al., 2016). Default false. */
  readonly swap?: boolean;
}

/**
 * max(0, |anchor - positive| - |anchor - negative| + margin) (Schroff et al., arXiv:1503.03832). All three are vectors
 * `[.., features]` of one shape.
 * @throws RangeError when the shapes differ.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: TripletMarginLossOptions = {},
): Tensor {
  const { margin = 1, p = 2, eps = 1e-6, swap = false, reduction } = options;
  for (const other of [positive, negative]) {
    if (sameShape(anchor.shape, other.shape)) continue;
    throw new RangeError(
      `tripletMarginLoss: an anchor ${formatShape(anchor.shape)} and another point ${formatShape(other.shape)} do not fit; ` +
        'all three must be [.., features] of one shape.',
    );
  }
  const near = pairwiseDistance(anchor, positive, { p, eps });
  const far = pairwiseDistance(anchor, negative, { p, eps });
  const farther = swap ? far.minimum(pairwiseDistance(positive, negative, { p, eps })) : far;
  return reduce('tripletMarginLoss', near.sub(farther).add(margin).clamp({ min: 0 }), reduction);
}
