import type { DType } from '../graph/dtype.ts';
import { ones } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { lastAxes, normalizedShapeOf } from './layerNorm.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

export interface RMSNormOptions extends Omit<LayerOptions, 'generator'> {
  /** Added to the mean square before the root; unless given, the distance from 1 to the next number of the dtype. */
  readonly eps?: number | null;
  /** Whether values are scaled by what is learned. Default true. */
  readonly elementwiseAffine?: boolean;
}

const epsilons: Partial<Record<DType, number>> = {
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
};

/**
 * The values of the last dimension, or dimensions, divided by the root of their mean square, then scaled by what is
 * learned (Zhang and Sennrich, arXiv:1910.07467).
 */
export class RMSNorm extends Module {
  /** The sizes of the last dimensions. */
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  /** Of the normalized shape, or null if not affine. */
  readonly weight: Tensor | null;

  constructor(
    normalizedShape: number | readonly number[],
    { eps = null, elementwiseAffine = true, ...options }: RMSNormOptions = {},
  ) {
    super();
    this.normalizedShape = normalizedShapeOf('RMSNorm', normalizedShape);
    this.eps = eps;
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape, options)) : null;
  }

  /** `[.., normalizedShape]` to the same shape. */
  forward(x: Tensor): Tensor {
    const axes = lastAxes('RMSNorm', x, this.normalizedShape);
    const eps = this.eps ?? epsilons[x.dtype] ?? 2 ** -23;
    const normal = x.mul(x.square().mean(axes, { keepdim: true }).add(eps).rsqrt());
    return this.weight ? normal.mul(this.weight) : normal;
  }
}
