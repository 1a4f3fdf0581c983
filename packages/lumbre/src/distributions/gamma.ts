import type { Shape } from '../graph/shape.ts';
import { arange } from '../tensor/creation.ts';
import type { TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Distribution, type SampleOptions } from './distribution.ts';
import { normalNoise } from './noise.ts';
import { asFloat, broadcastParameters, positive, real, valueBeside } from './parameters.ts';
import { logStandardGamma } from './standardGamma.ts';

/** The smallest normal float32: draws that would be 0 are this, so that their logarithm is finite. */
const TINY = 2 ** -126;

const { NEGATIVE_INFINITY } = Number;

/** The gamma distribution with density rate^a x^(a-1) e^(-rate · x) / Γ(a), a = `concentration`, x > 0. */
export class Gamma extends Distribution {
  readonly concentration: Tensor;
  readonly rate: Tensor;

  /** @throws RangeError for a number that is not positive. */
  constructor(concentration: TensorLike, rate: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Gamma', {
      concentration: [concentration, positive],
      rate: [rate, positive],
    });
    super('Gamma', { batch: shape }, checked);
    [this.concentration, this.rate] = tensors as [Tensor, Tensor];
  }

  get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp({ min: 0 });
  }

  get variance(): Tensor {
    return this.concentration.div(this.rate.square());
  }

  /** Implicitly reparameterized; see `logStandardGamma`. */
  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const logarithm = logStandardGamma(this.concentration, this.extend(shape), options);
    return logarithm.exp().div(this.rate).clamp({ min: TINY });
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.rate);
    const inside = x.ge(0);
    const safe = x.where(inside, 1);
    const { concentration: a, rate } = this;
    const density = a.xlogy(rate).add(a.sub(1).xlogy(safe)).sub(rate.mul(safe)).sub(a.lgamma());
    return density.where(inside, NEGATIVE_INFINITY);
  }

  override entropy(): Tensor {
    const a = this.concentration;
    return a.sub(this.rate.log()).add(a.lgamma()).add(a.neg().add(1).mul(a.digamma()));
  }
}

/**
 * Dirichlet's distribution over points of [.., n] that are positive and add up to 1, with density ∏ xᵢ^(aᵢ - 1) / B(a).
 */
export class Dirichlet extends Distribution {
  readonly concentration: Tensor;

  /** @param concentration [.., n], at least one dimension */
  constructor(concentration: Tensor) {
    if (concentration.ndim === 0) {
      throw new RangeError('Dirichlet: the concentration needs at least one dimension, [.., n].');
    }
    const a = asFloat(concentration);
    const shapes = { batch: a.shape.slice(0, -1), event: a.shape.slice(-1) };
    super('Dirichlet', shapes, [{ name: 'concentration', tensor: a, constraint: positive }]);
    this.concentration = a;
  }

  get #total(): Tensor {
    return this.concentration.sum(-1, { keepdim: true });
  }

  get mean(): Tensor {
    return this.concentration.div(this.#total);
  }

  /** Where no concentration is above 1 there is no one mode, but the corners of the largest. */
  get mode(): Tensor {
    const peak = this.concentration.sub(1).clamp({ min: 0 });
    const inner = peak.div(peak.sum(-1, { keepdim: true }));
    const largest = this.concentration.argmax(-1, { keepdim: true });
    const isCorner = this.concentration.lt(1).all(-1, { keepdim: true });
    const n = this.eventShape[0] as number;
    return oneHot(largest, n, inner).where(isCorner.expand([...inner.shape]), inner);
  }

  get variance(): Tensor {
    const total = this.#total;
    const a = this.concentration;
    return a.mul(total.sub(a)).div(total.square().mul(total.add(1)));
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return logStandardGamma(this.concentration, this.extend(shape), options).softmax(-1);
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.concentration);
    const a = this.concentration;
    return a.sub(1).xlogy(x).sum(-1).add(a.sum(-1).lgamma()).sub(a.lgamma().sum(-1));
  }

  override entropy(): Tensor {
    const a = this.concentration;
    const total = a.sum(-1);
    const k = this.eventShape[0] as number;
    const digammas = a.sub(1).mul(a.digamma()).sum(-1);
    return a.lgamma().sum(-1).sub(total.lgamma()).add(total.sub(k).mul(total.digamma())).sub(digammas);
  }
}

/** 1 at the index and 0 elsewhere along a last dimension of size n, as `like` in dtype. */
export function oneHot(index: Tensor, n: number, like: Tensor): Tensor {
  const positions = arange(n, { device: like.device });
  return index.eq(positions).to(like.dtype);
}

/** The beta distribution over (0, 1), with density x^(a-1) (1 - x)^(b-1) / B(a, b). */
export class Beta extends Distribution {
  /** a */
  readonly concentration1: Tensor;
  /** b */
  readonly concentration0: Tensor;

  /** @throws RangeError for a number that is not positive. */
  constructor(concentration1: TensorLike, concentration0: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Beta', {
      concentration1: [concentration1, positive],
      concentration0: [concentration0, positive],
    });
    super('Beta', { batch: shape }, checked);
    [this.concentration1, this.concentration0] = tensors as [Tensor, Tensor];
  }

  get #total(): Tensor {
    return this.concentration1.add(this.concentration0);
  }

  get mean(): Tensor {
    return this.concentration1.div(this.#total);
  }

  /** As that of the Dirichlet distribution [a, b]. */
  get mode(): Tensor {
    const [a, b] = [this.concentration1, this.concentration0];
    const [peakA, peakB] = [a.sub(1).clamp({ min: 0 }), b.sub(1).clamp({ min: 0 })];
    const isCorner = a.lt(1).logicalAnd(b.lt(1));
    return a
      .ge(b)
      .to(a.dtype)
      .where(isCorner, peakA.div(peakA.add(peakB)));
  }

  get variance(): Tensor {
    const total = this.#total;
    return this.concentration1.mul(this.concentration0).div(total.square().mul(total.add(1)));
  }

  /** X / (X + Y) of two gamma variables, each implicitly reparameterized. */
  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const extended = this.extend(shape);
    const x = logStandardGamma(this.concentration1, extended, options);
    const y = logStandardGamma(this.concentration0, extended, options);
    const epsilon = this.concentration1.dtype === 'float64' ? 2 ** -53 : 2 ** -24;
    return x
      .sub(y)
      .sigmoid()
      .clamp({ min: TINY, max: 1 - epsilon });
  }

  logProb(value: TensorLike): Tensor {
    const [a, b] = [this.concentration1, this.concentration0];
    const x = valueBeside(value, a);
    const inside = x.ge(0).logicalAnd(x.le(1));
    const safe = x.where(inside, 0.5);
    // (b - 1) log(1 - x), by log1p where it counts and 0 · log 0 = 0.
    const upper = b.sub(1).xlogy(safe.neg().add(1));
    const density = a.sub(1).xlogy(safe).add(upper).add(this.#total.lgamma()).sub(a.lgamma()).sub(b.lgamma());
    return density.where(inside, NEGATIVE_INFINITY);
  }

  override entropy(): Tensor {
    const [a, b, total] = [this.concentration1, this.concentration0, this.#total];
    const normalizer = a.lgamma().add(b.lgamma()).sub(total.lgamma());
    const digammas = a.sub(1).mul(a.digamma()).add(b.sub(1).mul(b.digamma()));
    return normalizer.sub(digammas).add(total.sub(2).mul(total.digamma()));
  }
}

/** Student's t distribution with `df` degrees of freedom, moved to `loc` and stretched by `scale`. */
export class StudentT extends Distribution {
  readonly df: Tensor;
  readonly loc: Tensor;
  readonly scale: Tensor;

  /** @throws RangeError for a number `df` or `scale` ≤ 0. */
  constructor(df: TensorLike, loc: TensorLike = 0, scale: TensorLike = 1) {
    const { tensors, shape, checked } = broadcastParameters('StudentT', {
      df: [df, positive],
      loc: [loc, real],
      scale: [scale, positive],
    });
    super('StudentT', { batch: shape }, checked);
    [this.df, this.loc, this.scale] = tensors as [Tensor, Tensor, Tensor];
  }

  /** NaN for df ≤ 1. */
  get mean(): Tensor {
    return this.loc.where(this.df.gt(1), Number.NaN);
  }

  get mode(): Tensor {
    return this.loc;
  }

  /** Infinite for 1 < df ≤ 2, NaN for df ≤ 1. */
  get variance(): Tensor {
    const { df, scale } = this;
    const above = df.gt(2);
    const finite = scale.square().mul(df).div(df.where(above, 3).sub(2));
    return finite.where(above, Number.POSITIVE_INFINITY).where(df.gt(1), Number.NaN);
  }

  /** A normal variable over the root of a chi-squared one per degree of freedom. */
  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const extended = this.extend(shape);
    const x = normalNoise(this.loc, extended, options);
    const half = this.df.mul(0.5);
    const logGamma = logStandardGamma(half, extended, options);
    return x.mul(logGamma.sub(half.log()).mul(-0.5).exp()).mul(this.scale).add(this.loc);
  }

  /** The log of the factor that makes the density integrate to 1, without the scale. */
  get #normalizer(): Tensor {
    const half = this.df.mul(0.5);
    return this.df.mul(Math.PI).log().mul(0.5).add(half.lgamma()).sub(half.add(0.5).lgamma());
  }

  logProb(value: TensorLike): Tensor {
    const y = valueBeside(value, this.loc).sub(this.loc).div(this.scale);
    const spread = y.square().div(this.df).log1p().mul(this.df.add(1).mul(-0.5));
    return spread.sub(this.scale.log()).sub(this.#normalizer);
  }

  override entropy(): Tensor {
    const half = this.df.mul(0.5);
    const upper = half.add(0.5);
    return this.scale
      .log()
      .add(upper.mul(upper.digamma().sub(half.digamma())))
      .add(this.#normalizer);
  }
}
