import type { Shape } from '../graph/shape.ts';
import type { TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Distribution, type SampleOptions } from './distribution.ts';
import { gumbelNoise, uniformNoise } from './noise.ts';
import { broadcastParameters, positive, real, valueBeside } from './parameters.ts';

/** Euler's constant γ. */
export const EULER = 0.5772156649015329;

const { NEGATIVE_INFINITY } = Number;

/** Evenly distributed over [low, high). */
export class Uniform extends Distribution {
  readonly low: Tensor;
  readonly high: Tensor;

  /** @throws RangeError for numbers low ≥ high. */
  constructor(low: TensorLike, high: TensorLike) {
    if (typeof low === 'number' && typeof high === 'number' && !(low < high)) {
      throw new RangeError(`Uniform: low must be less than high, got ${low} and ${high}.`);
    }
    const { tensors, shape, checked } = broadcastParameters('Uniform', {
      low: [low, real],
      high: [high, real],
    });
    const [from, to] = tensors as [Tensor, Tensor];
    const range = { name: 'high - low', tensor: to.sub(from), constraint: positive };
    super('Uniform', { batch: shape }, [...checked, range]);
    [this.low, this.high] = [from, to];
  }

  get mean(): Tensor {
    return this.low.add(this.high).mul(0.5);
  }

  /** NaN: all values are as probable. */
  get mode(): Tensor {
    return this.high.mul(Number.NaN);
  }

  get #range(): Tensor {
    return this.high.sub(this.low);
  }

  get variance(): Tensor {
    return this.#range.square().div(12);
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return uniformNoise(this.low, this.extend(shape), options).mul(this.#range).add(this.low);
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.low);
    const inside = x.ge(this.low).logicalAnd(x.lt(this.high));
    return this.#range.log().neg().where(inside, NEGATIVE_INFINITY);
  }

  override cdf(value: TensorLike): Tensor {
    return valueBeside(value, this.low).sub(this.low).div(this.#range).clamp({ min: 0, max: 1 });
  }

  override icdf(probability: TensorLike): Tensor {
    return this.#range.mul(valueBeside(probability, this.low)).add(this.low);
  }

  override entropy(): Tensor {
    return this.#range.log();
  }
}

/** The exponential distribution with density rate · e^(-rate · x) for x ≥ 0. */
export class Exponential extends Distribution {
  readonly rate: Tensor;

  /** @throws RangeError for a number `rate` ≤ 0. */
  constructor(rate: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Exponential', { rate: [rate, positive] });
    super('Exponential', { batch: shape }, checked);
    [this.rate] = tensors as [Tensor];
  }

  get mean(): Tensor {
    return this.rate.reciprocal();
  }

  get mode(): Tensor {
    return this.rate.detach().mul(0);
  }

  get variance(): Tensor {
    return this.rate.square().reciprocal();
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return uniformNoise(this.rate, this.extend(shape), options).log().neg().div(this.rate);
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.rate);
    return this.rate.log().sub(this.rate.mul(x)).where(x.ge(0), NEGATIVE_INFINITY);
  }

  override cdf(value: TensorLike): Tensor {
    return this.rate
      .mul(valueBeside(value, this.rate).clamp({ min: 0 }))
      .neg()
      .expm1()
      .neg();
  }

  override icdf(probability: TensorLike): Tensor {
    return valueBeside(probability, this.rate).neg().log1p().neg().div(this.rate);
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }
}

/** Laplace's distribution with density e^(-|x - loc| / scale) / (2 scale). */
export class Laplace extends Distribution {
  readonly loc: Tensor;
  readonly scale: Tensor;

  /** @throws RangeError for a number `scale` ≤ 0. */
  constructor(loc: TensorLike, scale: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Laplace', {
      loc: [loc, real],
      scale: [scale, positive],
    });
    super('Laplace', { batch: shape }, checked);
    [this.loc, this.scale] = tensors as [Tensor, Tensor];
  }

  get mean(): Tensor {
    return this.loc;
  }

  get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    return this.scale.square().mul(2);
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return this.icdf(uniformNoise(this.loc, this.extend(shape), options));
  }

  logProb(value: TensorLike): Tensor {
    const distance = valueBeside(value, this.loc).sub(this.loc).abs().div(this.scale);
    return distance.neg().sub(this.scale.mul(2).log());
  }

  override cdf(value: TensorLike): Tensor {
    const x = valueBeside(value, this.loc).sub(this.loc).div(this.scale);
    const tail = x.abs().neg().exp().mul(0.5);
    return tail.where(x.lt(0), tail.neg().add(1));
  }

  override icdf(probability: TensorLike): Tensor {
    const centered = valueBeside(probability, this.loc).sub(0.5);
    const magnitude = centered.abs().mul(-2).log1p();
    return this.loc.sub(this.scale.mul(centered.sign()).mul(magnitude));
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}

/** Gumbel's distribution of largest values, with distribution function exp(-e^(-(x - loc) / scale)). */
export class Gumbel extends Distribution {
  readonly loc: Tensor;
  readonly scale: Tensor;

  /** @throws RangeError for a number `scale` ≤ 0. */
  constructor(loc: TensorLike, scale: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Gumbel', {
      loc: [loc, real],
      scale: [scale, positive],
    });
    super('Gumbel', { batch: shape }, checked);
    [this.loc, this.scale] = tensors as [Tensor, Tensor];
  }

  get mean(): Tensor {
    return this.loc.add(this.scale.mul(EULER));
  }

  get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    return this.scale.square().mul(Math.PI ** 2 / 6);
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return gumbelNoise(this.loc, this.extend(shape), options).mul(this.scale).add(this.loc);
  }

  logProb(value: TensorLike): Tensor {
    const y = this.loc.sub(valueBeside(value, this.loc)).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }

  override cdf(value: TensorLike): Tensor {
    return this.loc.sub(valueBeside(value, this.loc)).div(this.scale).exp().neg().exp();
  }

  override icdf(probability: TensorLike): Tensor {
    return this.loc.sub(this.scale.mul(valueBeside(probability, this.loc).log().neg().log()));
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + EULER);
  }
}
