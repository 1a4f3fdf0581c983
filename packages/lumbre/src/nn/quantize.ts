import { type QuantizedWeight, quantizedLinear, quantizeRows } from '../tensor/quantized.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import { buffer } from './parameter.ts';

/** A `Linear` with its weight in 8 bits: for generating, not for training. */
export class QuantizedLinear extends Module implements QuantizedWeight {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** int8 `[outFeatures, inFeatures]` */
  readonly values: Tensor;
  /** What one is worth in each row, `[outFeatures]`. */
  readonly scale: Tensor;
  readonly bias: Tensor | null;

  constructor(linear: Linear) {
    super();
    this.inFeatures = linear.inFeatures;
    this.outFeatures = linear.outFeatures;
    // What is only on the way goes at once: it is as large as the weight.
    const { values, scale } = scope(() => {
      const quantized = noGrad(() => quantizeRows(linear.weight));
      return { values: quantized.values.realize(), scale: quantized.scale.realize() };
    });
    this.values = buffer(values);
    this.scale = buffer(scale);
    this.bias = linear.bias;
  }

  /** `[.., inFeatures]` to `[.., outFeatures]`. No gradient flows. */
  forward(x: Tensor): Tensor {
    const product = quantizedLinear(x, this);
    return this.bias ? product.add(this.bias) : product;
  }
}

/**
 * Puts a `QuantizedLinear` in the place of every `Linear` of a model, in place, and gives the memory of their weights
 * back, but for those that another layer shares (an embedding, say). int8 with a scale for each row.
 */
export function quantizeLinears<Model extends Module>(model: Model): Model {
  const replaced: Linear[] = [];
  const visit = (module: Module) =>
    module.replaceChildren((child) => {
      if (!(child instanceof Linear)) {
        visit(child);
        return child;
      }
      replaced.push(child);
      return new QuantizedLinear(child);
    });
  visit(model);
  const used = new Set(model.parameters());
  for (const { weight } of replaced) if (!used.has(weight)) weight.dispose();
  return model;
}
