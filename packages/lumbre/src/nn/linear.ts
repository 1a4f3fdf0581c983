import { formatShape, sameShape } from '../graph/shape.ts';
import { type RandomOptions, uniform } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

/** What is common to the making of layers: where parameters live, and what draws their first values. */
export type LayerOptions = Pick<RandomOptions, 'dtype' | 'device' | 'generator'>;

export interface LinearOptions extends LayerOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** A parameter of another layer to use as the weight (weight tying), `[outFeatures, inFeatures]`. */
  readonly weight?: Tensor;
}

/**
 * x · weightᵀ + bias. Weights and bias start uniform in ±1/√inFeatures, as PyTorch's (He et al., arXiv:1502.01852, with
 * a = √5).
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  readonly weight: Tensor;
  /** `[outFeatures]` */
  readonly bias: Tensor | null;

  /** @throws RangeError when a weight that is given has another shape. */
  constructor(
    inFeatures: number,
    outFeatures: number,
    { bias = true, weight, ...options }: LinearOptions = {},
  ) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const shape = [outFeatures, inFeatures];
    if (weight && !sameShape(weight.shape, shape)) {
      throw new RangeError(
        `Linear: the weight to share is ${formatShape(weight.shape)}, expected ${formatShape(shape)}.`,
      );
    }
    const bound = inFeatures > 0 ? 1 / Math.sqrt(inFeatures) : 0;
    this.weight = weight ?? parameter(uniform(-bound, bound, shape, options));
    this.bias = bias ? parameter(uniform(-bound, bound, [outFeatures], options)) : null;
  }

  /** `[.., inFeatures]` to `[.., outFeatures]`. */
  forward(x: Tensor): Tensor {
    if (x.shape.at(-1) !== this.inFeatures) {
      throw new RangeError(
        `Linear: expected an input [.., ${this.inFeatures}], got ${formatShape(x.shape)}; ` +
          'its last dimension holds the features.',
      );
    }
    const product = x.matmul(this.weight.T);
    return this.bias ? product.add(this.bias) : product;
  }
}
