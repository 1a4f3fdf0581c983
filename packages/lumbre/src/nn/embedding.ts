import { formatShape, sameShape } from '../graph/shape.ts';
import { where } from '../tensor/combine.ts';
import { arange } from '../tensor/creation.ts';
import { randn } from '../tensor/random.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { isParameter, parameter } from './parameter.ts';

export interface EmbeddingOptions extends LayerOptions {
  /** The id that stands for nothing: its vector starts as zeros and looking it up gives no gradient. May be negative. */
  readonly paddingIdx?: number;
  /** A parameter of another layer to use as the table (weight tying), `[numEmbeddings, embeddingDim]`. */
  readonly weight?: Tensor;
}

export interface PretrainedOptions extends Pick<EmbeddingOptions, 'paddingIdx'> {
  /** Whether training leaves the vectors as they are. Default true. */
  readonly freeze?: boolean;
}

/**
 * A table of vectors, looked up by their numbers. They start normally distributed with variance 1, as PyTorch's.
 *
 * A language model's head may share the table (Press and Wolf, arXiv:1608.05859): `new Linear(d, n, { bias: false, weight:
 * embedding.weight })`. Both names are in the state dict; parameters are counted, trained and saved once.
 */
export class Embedding extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  /** The id that stands for nothing, not negative. */
  readonly paddingIdx: number | null;
  /** `[numEmbeddings, embeddingDim]` */
  readonly weight: Tensor;

  /** @throws RangeError for a padding that is no id, or when a weight that is given has another shape. */
  constructor(
    numEmbeddings: number,
    embeddingDim: number,
    { paddingIdx, weight, ...options }: EmbeddingOptions = {},
  ) {
    super();
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.paddingIdx = paddingIdx === undefined ? null : wrapped(paddingIdx, numEmbeddings);
    const shape = [numEmbeddings, embeddingDim];
    if (weight && !sameShape(weight.shape, shape)) {
      throw new RangeError(
        `Embedding: the weight to share is ${formatShape(weight.shape)}, expected ${formatShape(shape)}.`,
      );
    }
    this.weight = weight ?? parameter(scope(() => this.#drawn(shape, options)));
  }

  /** Makes a layer of vectors that are known. They are copied, but for a parameter, which is shared. */
  static fromPretrained(vectors: Tensor, { freeze = true, paddingIdx }: PretrainedOptions = {}): Embedding {
    if (vectors.ndim !== 2) {
      throw new RangeError(
        `Embedding.fromPretrained: expected vectors [numEmbeddings, embeddingDim], got ${formatShape(vectors.shape)}.`,
      );
    }
    const shared: boolean = isParameter(vectors);
    const weight = shared ? vectors : parameter(vectors.detach().clone());
    const [numEmbeddings, embeddingDim] = vectors.shape as readonly [number, number];
    const options = paddingIdx === undefined ? { weight } : { weight, paddingIdx };
    const layer = new Embedding(numEmbeddings, embeddingDim, options);
    return freeze ? layer.freeze() : layer;
  }

  #drawn(shape: readonly number[], options: LayerOptions): Tensor {
    return noGrad(() => {
      const drawn = randn(shape, options);
      if (this.paddingIdx === null) return drawn;
      const rows = arange(this.numEmbeddings, { device: drawn.device }).unsqueeze(1);
      return drawn.maskedFill(rows.eq(this.paddingIdx), 0);
    });
  }

  /**
   * int32 or uint8 ids `[..]` to vectors `[.., embeddingDim]`.
   * @throws RangeError, once the value is computed, for an id that is not in [0, numEmbeddings).
   */
  forward(ids: Tensor): Tensor {
    const vectors = this.weight.indexSelect(0, ids);
    if (this.paddingIdx === null || !vectors.requiresGrad) return vectors;
    return where(ids.ne(this.paddingIdx).unsqueeze(-1), vectors, vectors.detach());
  }
}

function wrapped(paddingIdx: number, count: number): number {
  const id = paddingIdx < 0 ? paddingIdx + count : paddingIdx;
  if (Number.isInteger(id) && id >= 0 && id < count) return id;
  throw new RangeError(`Embedding: the padding ${paddingIdx} is no id of ${count} vectors.`);
}
