import { formatShape } from '../graph/shape.ts';
import { ones, zeros } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

export interface LayerNormOptions extends Omit<LayerOptions, 'generator'> {
  /** Added to the variance before the root. Default 1e-5. */
  readonly eps?: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/**
 * Each vector of the last dimension with mean 0 and variance 1, then scaled and shifted by what is learned (Ba et al.,
 * arXiv:1607.06450).
 */
export class LayerNorm extends Module {
  readonly features: number;
  readonly eps: number;
  /** `[features]` */
  readonly weight: Tensor;
  /** `[features]` */
  readonly bias: Tensor | null;

  constructor(features: number, { eps = 1e-5, bias = true, ...options }: LayerNormOptions = {}) {
    super();
    this.features = features;
    this.eps = eps;
    this.weight = parameter(ones([features], options));
    this.bias = bias ? parameter(zeros([features], options)) : null;
  }

  /** `[.., features]` to the same shape. */
  forward(x: Tensor): Tensor {
    if (x.shape.at(-1) !== this.features) {
      throw new RangeError(
        `LayerNorm: expected an input [.., ${this.features}], got ${formatShape(x.shape)}.`,
      );
    }
    const centered = x.sub(x.mean(-1, { keepdim: true }));
    const variance = centered.square().mean(-1, { keepdim: true });
    const scaled = centered.mul(variance.add(this.eps).rsqrt()).mul(this.weight);
    return this.bias ? scaled.add(this.bias) : scaled;
  }
}
