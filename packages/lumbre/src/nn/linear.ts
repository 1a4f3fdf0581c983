import { formatShape } from '../graph/shape.ts';
import { type RandomOptions, uniform } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

/** What is common to the making of layers: where parameters live, and what draws their first values. */
export type LayerOptions = Pick<RandomOptions, 'dtype' | 'device' | 'generator'>;

export interface LinearOptions extends LayerOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
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

  constructor(inFeatures: number, outFeatures: number, { bias = true, ...options }: LinearOptions = {}) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const bound = inFeatures > 0 ? 1 / Math.sqrt(inFeatures) : 0;
    this.weight = parameter(uniform(-bound, bound, [outFeatures, inFeatures], options));
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
