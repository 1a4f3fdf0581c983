import { randn } from '../tensor/random.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { parameter } from './parameter.ts';

/** A table of vectors, looked up by their numbers. They start normally distributed with variance 1, as PyTorch's. */
export class Embedding extends Module {
  /** `[numEmbeddings, embeddingDim]` */
  readonly weight: Tensor;

  constructor(numEmbeddings: number, embeddingDim: number, options: LayerOptions = {}) {
    super();
    this.weight = parameter(randn([numEmbeddings, embeddingDim], options));
  }

  /**
   * int32 or uint8 ids `[..]` to vectors `[.., embeddingDim]`.
   * @throws RangeError, once the value is computed, for an id that is not in [0, numEmbeddings).
   */
  forward(ids: Tensor): Tensor {
    return this.weight.indexSelect(0, ids);
  }
}
