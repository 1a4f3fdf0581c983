import { formatShape, type Shape } from '../graph/shape.ts';
import type { Generator } from '../tensor/generator.ts';
import type { TensorLike } from '../tensor/operands.ts';
import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Checked } from './parameters.ts';

export interface SampleOptions {
  /** What to draw from; the default generator (see `manualSeed`) unless given. */
  readonly generator?: Generator;
}

/**
 * A probability distribution over tensors, as `torch.distributions` has them. Parameters broadcast; their common shape is
 * `batchShape`, one distribution for each element, and `eventShape` is the shape of one draw of one of them.
 *
 * Everything is computed lazily and can be differentiated by the parameters. For that reason the values of parameters
 * that are tensors are not looked at, only those that are plain numbers; `await distribution.validate()` looks at all.
 * Densities are -∞ outside the support.
 *
 * A distribution holds tensors: one that outlives a `scope` must be made outside it.
 */
export abstract class Distribution {
  readonly name: string;
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  /** Whether `rsample` passes gradients to the parameters. */
  readonly hasRsample: boolean;
  readonly #checked: readonly Checked[];

  constructor(
    name: string,
    shapes: { readonly batch: Shape; readonly event?: Shape },
    checked: readonly Checked[],
    hasRsample = true,
  ) {
    this.name = name;
    this.batchShape = shapes.batch;
    this.eventShape = shapes.event ?? [];
    this.hasRsample = hasRsample;
    this.#checked = checked;
  }

  /** The expected value [batch.., event..]. */
  abstract get mean(): Tensor;

  /** The variance of each element [batch.., event..]. */
  abstract get variance(): Tensor;

  /** A most probable value. */
  abstract get mode(): Tensor;

  /** The log of the density, or of the probability, at `value` [.., batch.., event..]: [.., batch..]. */
  abstract logProb(value: TensorLike): Tensor;

  /** Draws as `rsample`, whether or not gradients can pass. */
  protected abstract draw(shape: Shape, options: SampleOptions): Tensor;

  /** √variance */
  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Draws of shape [shape.., batch.., event..], through which no gradient flows. */
  sample(shape: Shape = [], options: SampleOptions = {}): Tensor {
    return noGrad(() => this.draw(shape, options)).detach();
  }

  /**
   * Draws as a differentiable function of the parameters and of numbers that do not depend on them (Kingma and Welling,
   * arXiv:1312.6114).
   * @throws Error if the distribution cannot be written so.
   */
  rsample(shape: Shape = [], options: SampleOptions = {}): Tensor {
    if (!this.hasRsample) {
      throw new Error(
        `${this.name}: rsample() is not possible for a discrete distribution; use sample(), and logProb() for gradients.`,
      );
    }
    return this.draw(shape, options);
  }

  /** The probability of a value of at most `value`. @throws Error where it has no closed form here. */
  cdf(_value: TensorLike): Tensor {
    return this.missing('cdf');
  }

  /** The inverse of `cdf`. @throws Error where it has no closed form here. */
  icdf(_probability: TensorLike): Tensor {
    return this.missing('icdf');
  }

  /** The expected value of -logProb, in nats [batch..]. */
  entropy(): Tensor {
    return this.missing('entropy');
  }

  /**
   * Reads the parameters and checks them.
   * @throws RangeError that names the parameter and the first value that is not allowed.
   */
  async validate(): Promise<this> {
    for (const { name, tensor, constraint } of this.#checked) {
      const bad = (await tensor.data()).find((value) => !constraint.holds(value));
      if (bad !== undefined) {
        throw new RangeError(
          `${this.name}: ${name} must be ${constraint.description}, but has the value ${bad}.`,
        );
      }
    }
    return this;
  }

  toString(): string {
    return `${this.name}(batchShape ${formatShape(this.batchShape)}, eventShape ${formatShape(this.eventShape)})`;
  }

  /** The shape of what `sample(shape)` gives. */
  protected extend(shape: Shape): Shape {
    return [...shape, ...this.batchShape, ...this.eventShape];
  }

  protected missing(what: string): never {
    throw new Error(
      `${this.name}: ${what}() has no closed form that is implemented; estimate it from samples.`,
    );
  }
}
