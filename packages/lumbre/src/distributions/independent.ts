import { formatShape, type Shape } from '../graph/shape.ts';
import type { TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Distribution, type SampleOptions } from './distribution.ts';

/** The sum over the last `count` dimensions. */
export const sumRightmost = (tensor: Tensor, count: number): Tensor =>
  count === 0 ? tensor : tensor.sum(Array.from({ length: count }, (_, i) => -1 - i));

/**
 * Another distribution whose last batch dimensions count as one event: log probabilities are summed over them. So
 * `new Independent(new Normal(loc, scale), 1)` is a normal distribution over vectors with a diagonal covariance.
 */
export class Independent extends Distribution {
  readonly base: Distribution;
  readonly reinterpretedBatchNdims: number;

  /** @throws RangeError if the base has fewer batch dimensions. */
  constructor(base: Distribution, reinterpretedBatchNdims: number) {
    const rank = base.batchShape.length;
    if (
      !Number.isInteger(reinterpretedBatchNdims) ||
      reinterpretedBatchNdims < 0 ||
      reinterpretedBatchNdims > rank
    ) {
      throw new RangeError(
        `Independent: ${base.name} has batch shape ${formatShape(base.batchShape)}; cannot count ` +
          `${reinterpretedBatchNdims} of its dimensions as the event.`,
      );
    }
    const cut = rank - reinterpretedBatchNdims;
    const event = [...base.batchShape.slice(cut), ...base.eventShape];
    super('Independent', { batch: base.batchShape.slice(0, cut), event }, [], base.hasRsample);
    this.base = base;
    this.reinterpretedBatchNdims = reinterpretedBatchNdims;
  }

  get mean(): Tensor {
    return this.base.mean;
  }

  get mode(): Tensor {
    return this.base.mode;
  }

  get variance(): Tensor {
    return this.base.variance;
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return this.hasRsample ? this.base.rsample(shape, options) : this.base.sample(shape, options);
  }

  logProb(value: TensorLike): Tensor {
    return sumRightmost(this.base.logProb(value), this.reinterpretedBatchNdims);
  }

  override entropy(): Tensor {
    return sumRightmost(this.base.entropy(), this.reinterpretedBatchNdims);
  }

  override async validate(): Promise<this> {
    await this.base.validate();
    return this;
  }
}
