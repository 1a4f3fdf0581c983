import { type QuantizedWeight, quantizedLinear, quantizeRows } from '../tensor/quantized.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Embedding } from './embedding.ts';
import { Linear } from './linear.ts';
import { Module } from './module.ts';
import { buffer } from './parameter.ts';

/** A weight in 8 bits. What is only on the way goes at once: it is as large as the weight. */
function quantized(weight: Tensor): QuantizedWeight {
  return scope(() => {
    const { values, scale } = noGrad(() => quantizeRows(weight));
    return { values: values.realize(), scale: scale.realize() };
  });
}

/** A `Linear` with its weight in 8 bits: for generating, not for training. */
export class QuantizedLinear extends Module implements QuantizedWeight {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** int8 `[outFeatures, inFeatures]` */
  readonly values: Tensor;
  /** What one is worth in each row, `[outFeatures]`. */
  readonly scale: Tensor;
  readonly bias: Tensor | null;

  /** @param weight the layer's weight in 8 bits where there is one already, such as a tied embedding's */
  constructor(linear: Linear, weight: QuantizedWeight = quantized(linear.weight)) {
    super();
    this.inFeatures = linear.inFeatures;
    this.outFeatures = linear.outFeatures;
    this.values = buffer(weight.values);
    this.scale = buffer(weight.scale);
    this.bias = linear.bias;
  }

  /** `[.., inFeatures]` to `[.., outFeatures]`. No gradient flows. */
  forward(x: Tensor): Tensor {
    const product = quantizedLinear(x, this);
    return this.bias ? product.add(this.bias) : product;
  }
}

/** An `Embedding` with its vectors in 8 bits: for generating, not for training. */
export class QuantizedEmbedding extends Module implements QuantizedWeight {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** int8 `[numEmbeddings, embeddingDim]` */
  readonly values: Tensor;
  /** What one is worth in each vector, `[numEmbeddings]`. */
  readonly scale: Tensor;

  constructor(embedding: Embedding, weight: QuantizedWeight = quantized(embedding.weight)) {
    super();
    this.numEmbeddings = embedding.numEmbeddings;
    this.embeddingDim = embedding.embeddingDim;
    this.values = buffer(weight.values);
    this.scale = buffer(weight.scale);
  }

  /**
   * int32 or uint8 ids `[..]` to vectors `[.., embeddingDim]`, in the dtype of `scale`.
   * @throws RangeError, once the value is computed, for an id that is not in [0, numEmbeddings).
   */
  forward(ids: Tensor): Tensor {
    const values = this.values.indexSelect(0, ids).to(this.scale.dtype);
    return values.mul(this.scale.indexSelect(0, ids).unsqueeze(-1));
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
