import type { Shape } from '../graph/shape.ts';
import type { TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Distribution, type SampleOptions } from './distribution.ts';
import { normalNoise } from './noise.ts';
import { broadcastParameters, positive, real, valueBeside } from './parameters.ts';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** The normal distribution with mean `loc` and standard deviation `scale`. */
export class Normal extends Distribution {
  readonly loc: Tensor;
  readonly scale: Tensor;

  /** @throws RangeError for a number `scale` ≤ 0. */
  constructor(loc: TensorLike, scale: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('Normal', {
      loc: [loc, real],
      scale: [scale, positive],
    });
    super('Normal', { batch: shape }, checked);
    [this.loc, this.scale] = tensors as [Tensor, Tensor];
  }

  get mean(): Tensor {
    return this.loc;
  }

  get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    return this.scale.square();
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return normalNoise(this.loc, this.extend(shape), options).mul(this.scale).add(this.loc);
  }

  /** How many standard deviations from the mean. */
  #standardized(value: TensorLike): Tensor {
    return valueBeside(value, this.loc).sub(this.loc).div(this.scale);
  }

  logProb(value: TensorLike): Tensor {
    return this.#standardized(value).square().mul(-0.5).sub(this.scale.log()).sub(HALF_LOG_TWO_PI);
  }

  override cdf(value: TensorLike): Tensor {
    return this.#standardized(value).mul(Math.SQRT1_2).erf().add(1).mul(0.5);
  }

  override icdf(probability: TensorLike): Tensor {
    const x = valueBeside(probability, this.loc).mul(2).sub(1).erfinv();
    return this.scale.mul(Math.SQRT2).mul(x).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + HALF_LOG_TWO_PI);
  }
}

/** What e^X is, where X is normal with mean `loc` and standard deviation `scale`. */
export class LogNormal extends Distribution {
  readonly loc: Tensor;
  readonly scale: Tensor;
  /** The distribution of the logarithm. */
  readonly base: Normal;

  /** @throws RangeError for a number `scale` ≤ 0. */
  constructor(loc: TensorLike, scale: TensorLike) {
    const { tensors, shape, checked } = broadcastParameters('LogNormal', {
      loc: [loc, real],
      scale: [scale, positive],
    });
    super('LogNormal', { batch: shape }, checked);
    [this.loc, this.scale] = tensors as [Tensor, Tensor];
    this.base = new Normal(this.loc, this.scale);
  }

  get mean(): Tensor {
    return this.loc.add(this.scale.square().mul(0.5)).exp();
  }

  get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  get variance(): Tensor {
    const square = this.scale.square();
    return square.expm1().mul(this.loc.mul(2).add(square).exp());
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return this.base.rsample(shape, options).exp();
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.loc);
    const inside = x.gt(0);
    const logarithm = x.where(inside, 1).log();
    return this.base.logProb(logarithm).sub(logarithm).where(inside, Number.NEGATIVE_INFINITY);
  }

  override cdf(value: TensorLike): Tensor {
    return this.base.cdf(valueBeside(value, this.loc).clamp({ min: 0 }).log());
  }

  override icdf(probability: TensorLike): Tensor {
    return this.base.icdf(probability).exp();
  }

  override entropy(): Tensor {
    return this.base.entropy().add(this.loc);
  }
}
