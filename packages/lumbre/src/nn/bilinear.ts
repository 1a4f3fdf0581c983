import { formatShape, sameShape } from '../graph/shape.ts';
import { uniform } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

export interface BilinearOptions extends LayerOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

/** a · weight[k] · bᵀ + bias[k] for each output k. Weights and bias start uniform in ±1/√in1Features, as PyTorch's. */
export class Bilinear extends Module {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  /** `[outFeatures, in1Features, in2Features]` */
  readonly weight: Tensor;
  /** `[outFeatures]` */
  readonly bias: Tensor | null;

  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    { bias = true, ...options }: BilinearOptions = {},
  ) {
    super();
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    const bound = in1Features > 0 ? 1 / Math.sqrt(in1Features) : 0;
    this.weight = parameter(uniform(-bound, bound, [outFeatures, in1Features, in2Features], options));
    this.bias = bias ? parameter(uniform(-bound, bound, [outFeatures], options)) : null;
  }

  /** `[.., in1Features]` and `[.., in2Features]` to `[.., outFeatures]`. */
  forward(a: Tensor, b: Tensor): Tensor {
    const { in1Features: m, in2Features: n, outFeatures } = this;
    const outer = a.shape.slice(0, -1);
    if (a.shape.at(-1) !== m || b.shape.at(-1) !== n || !sameShape(outer, b.shape.slice(0, -1))) {
      throw new RangeError(
        `Bilinear: expected inputs [.., ${m}] and [.., ${n}] that agree but in the last dimension, got ` +
          `${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
      );
    }
    // One product with all outputs side by side: [rows, m] · [m, out · n].
    const sides = this.weight.permute(1, 0, 2).reshape(m, outFeatures * n);
    const left = a.reshape(-1, m).matmul(sides).reshape(-1, outFeatures, n);
    const product = left.matmul(b.reshape(-1, n, 1)).reshape(...outer, outFeatures);
    return this.bias ? product.add(this.bias) : product;
  }
}
