import { formatShape, sameShape } from '../graph/shape.ts';
import { ones, zeros } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

export interface LayerNormOptions extends Omit<LayerOptions, 'generator'> {
  /** Added to the variance before the root. Default 1e-5. */
  readonly eps?: number;
  /** Whether values are scaled and shifted by what is learned. Default true. */
  readonly elementwiseAffine?: boolean;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** The last dimensions of `x`, which must be `normalizedShape`. @throws RangeError if they are not. */
export function lastAxes(layer: string, x: Tensor, normalizedShape: readonly number[]): number[] {
  const count = normalizedShape.length;
  if (x.ndim < count || !sameShape(x.shape.slice(x.ndim - count), normalizedShape)) {
    throw new RangeError(
      `${layer}: expected an input [.., ${normalizedShape.join(', ')}], got ${formatShape(x.shape)}.`,
    );
  }
  return normalizedShape.map((_, i) => i - count);
}

/** A size or a shape as a shape. @throws RangeError unless it has sizes of at least 1. */
export function normalizedShapeOf(layer: string, shape: number | readonly number[]): readonly number[] {
  const sizes = typeof shape === 'number' ? [shape] : [...shape];
  if (sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size >= 1)) return sizes;
  throw new RangeError(
    `${layer}: normalizedShape must be a size or sizes of at least 1, not ${formatShape(sizes)}.`,
  );
}

/**
 * The values of the last dimension, or dimensions, with mean 0 and variance 1, then scaled and shifted by what is learned
 * (Ba et al., arXiv:1607.06450): `new LayerNorm(64)`, `new LayerNorm([8, 8])`.
 */
export class LayerNorm extends Module {
  /** The sizes of the last dimensions. */
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  /** Of the normalized shape, or null if not affine. */
  readonly weight: Tensor | null;
  /** Of the normalized shape, or null if not wanted. */
  readonly bias: Tensor | null;

  constructor(
    normalizedShape: number | readonly number[],
    { eps = 1e-5, elementwiseAffine = true, bias = true, ...options }: LayerNormOptions = {},
  ) {
    super();
    const shape = normalizedShapeOf('LayerNorm', normalizedShape);
    this.normalizedShape = shape;
    this.eps = eps;
    this.weight = elementwiseAffine ? parameter(ones(shape, options)) : null;
    this.bias = elementwiseAffine && bias ? parameter(zeros(shape, options)) : null;
  }

  /** `[.., normalizedShape]` to the same shape. */
  forward(x: Tensor): Tensor {
    const axes = lastAxes('LayerNorm', x, this.normalizedShape);
    const centered = x.sub(x.mean(axes, { keepdim: true }));
    const variance = centered.square().mean(axes, { keepdim: true });
    const normal = centered.mul(variance.add(this.eps).rsqrt());
    const scaled = this.weight ? normal.mul(this.weight) : normal;
    return this.bias ? scaled.add(this.bias) : scaled;
  }
}
