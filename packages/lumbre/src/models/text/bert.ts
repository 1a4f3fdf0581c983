import { formatShape } from '../../graph/shape.ts';
import { Dropout, Embedding, LayerNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import { scaledDotProductAttention } from '../../tensor/attention.ts';
import { arange, zerosLike } from '../../tensor/creation.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type BertConfig, type CompleteBertConfig, completeBertConfig } from './bertConfig.ts';

/** BERT's encoder, in one file: read it from the bottom. Names of modules are Hugging Face's, so that checkpoints fit. */

/** What goes in beside the tokens. */
export interface BertContext {
  /** Which segment each token is of, int32 `[batch, time]`; all 0 unless given. */
  readonly tokenTypeIds?: Tensor;
  /** Which tokens may be looked at, `[batch, time]`: not 0, or true. All unless given. */
  readonly attentionMask?: Tensor;
}

/** What the encoder makes of tokens. */
export interface BertOutput {
  /** A vector for each token, `[batch, time, hiddenSize]`. */
  readonly lastHiddenState: Tensor;
  /** A vector for the whole, from the first token's, `[batch, hiddenSize]`. */
  readonly poolerOutput: Tensor;
}

/** Token, place and segment, each a vector, added up. */
class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: CompleteBertConfig, options: LayerOptions) {
    super();
    const { vocabSize, hiddenSize, maxPositionEmbeddings, typeVocabSize, padTokenId } = config;
    this.word_embeddings = new Embedding(vocabSize, hiddenSize, { ...options, paddingIdx: padTokenId });
    this.position_embeddings = new Embedding(maxPositionEmbeddings, hiddenSize, options);
    this.token_type_embeddings = new Embedding(typeVocabSize, hiddenSize, options);
    this.LayerNorm = new LayerNorm(hiddenSize, { ...options, eps: config.layerNormEps });
    this.dropout = new Dropout(config.hiddenDropoutProb, options);
  }

  forward(ids: Tensor, tokenTypeIds: Tensor = zerosLike(ids)): Tensor {
    const places = this.position_embeddings.weight.narrow(0, 0, ids.shape[1] as number);
    const sum = this.word_embeddings
      .forward(ids)
      .add(this.token_type_embeddings.forward(tokenTypeIds))
      .add(places);
    return this.dropout.forward(this.LayerNorm.forward(sum));
  }
}

/** Every token looks at every other, in several ways at once. */
class BertSelfAttention extends Module {
  readonly query: Linear;
  readonly key: Linear;
  readonly value: Linear;
  readonly dropout: Dropout;
  readonly #heads: number;

  constructor(
    { hiddenSize, numAttentionHeads, attentionProbsDropoutProb }: CompleteBertConfig,
    options: LayerOptions,
  ) {
    super();
    this.#heads = numAttentionHeads;
    this.query = new Linear(hiddenSize, hiddenSize, options);
    this.key = new Linear(hiddenSize, hiddenSize, options);
    this.value = new Linear(hiddenSize, hiddenSize, options);
    this.dropout = new Dropout(attentionProbsDropoutProb, options);
  }

  /** @param mask bool `[batch, 1, 1, time]` */
  forward(x: Tensor, mask?: Tensor): Tensor {
    const [batch, time, width] = x.shape as readonly [number, number, number];
    const size = width / this.#heads;
    const [q, k, v] = [this.query, this.key, this.value].map((layer) =>
      layer.forward(x).reshape(batch, time, this.#heads, size).transpose(1, 2),
    ) as [Tensor, Tensor, Tensor];
    const mixed =
      this.training && this.dropout.p > 0
        ? this.dropout.forward(weightsOf(q, k, mask)).matmul(v)
        : scaledDotProductAttention(q, k, v, mask ? { attnMask: mask } : {});
    return mixed.transpose(1, 2).reshape(batch, time, width);
  }
}

/** How much each query looks at each key, `[batch, heads, time, time]`. */
function weightsOf(q: Tensor, k: Tensor, mask: Tensor | undefined): Tensor {
  const scores = q.matmul(k.mT).mul(1 / Math.sqrt(q.shape.at(-1) as number));
  return (mask ? scores.maskedFill(mask.logicalNot(), Number.NEGATIVE_INFINITY) : scores).softmax(-1);
}

/** A layer back to the width, added to what was there before, and normalized after that. */
class BertResidual extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(inFeatures: number, config: CompleteBertConfig, options: LayerOptions) {
    super();
    this.dense = new Linear(inFeatures, config.hiddenSize, options);
    this.LayerNorm = new LayerNorm(config.hiddenSize, { ...options, eps: config.layerNormEps });
    this.dropout = new Dropout(config.hiddenDropoutProb, options);
  }

  forward(x: Tensor, before: Tensor): Tensor {
    return this.LayerNorm.forward(this.dropout.forward(this.dense.forward(x)).add(before));
  }
}

class BertAttention extends Module {
  readonly self: BertSelfAttention;
  readonly output: BertResidual;

  constructor(config: CompleteBertConfig, options: LayerOptions) {
    super();
    this.self = new BertSelfAttention(config, options);
    this.output = new BertResidual(config.hiddenSize, config, options);
  }

  forward(x: Tensor, mask?: Tensor): Tensor {
    return this.output.forward(this.self.forward(x, mask), x);
  }
}

class BertIntermediate extends Module {
  readonly dense: Linear;

  constructor({ hiddenSize, intermediateSize }: CompleteBertConfig, options: LayerOptions) {
    super();
    this.dense = new Linear(hiddenSize, intermediateSize, options);
  }

  forward(x: Tensor): Tensor {
    return this.dense.forward(x).gelu();
  }
}

class BertLayer extends Module {
  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: CompleteBertConfig, options: LayerOptions) {
    super();
    this.attention = new BertAttention(config, options);
    this.intermediate = new BertIntermediate(config, options);
    this.output = new BertResidual(config.intermediateSize, config, options);
  }

  forward(x: Tensor, mask?: Tensor): Tensor {
    const attended = this.attention.forward(x, mask);
    return this.output.forward(this.intermediate.forward(attended), attended);
  }
}

class BertEncoder extends Module {
  readonly layer: readonly BertLayer[];

  constructor(config: CompleteBertConfig, options: LayerOptions) {
    super();
    this.layer = Array.from({ length: config.numHiddenLayers }, () => new BertLayer(config, options));
  }

  forward(x: Tensor, mask?: Tensor): Tensor {
    return this.layer.reduce((hidden, layer) => layer.forward(hidden, mask), x);
  }
}

class BertPooler extends Module {
  readonly dense: Linear;

  constructor({ hiddenSize }: CompleteBertConfig, options: LayerOptions) {
    super();
    this.dense = new Linear(hiddenSize, hiddenSize, options);
  }

  forward(hidden: Tensor): Tensor {
    return this.dense.forward(hidden.select(1, 0)).tanh();
  }
}

/** Weights normal with `initializerRange`, the padding's vector and biases zero, norms one. */
export function initializeBert(model: Module, config: CompleteBertConfig, { generator }: LayerOptions): void {
  scope(() =>
    noGrad(() => {
      for (const [name, value] of model.namedParameters()) {
        const { shape, dtype, device } = value;
        if (name.endsWith('bias')) value.assign(zerosLike(value).realize());
        if (value.ndim < 2) continue;
        value.assign(normal(0, config.initializerRange, shape, { dtype, device, generator }).realize());
      }
      for (const [name, module] of model.namedModules()) {
        if (!name.endsWith('word_embeddings') || !(module instanceof Embedding)) continue;
        const { weight } = module;
        const isPadding = arange(config.vocabSize, { device: weight.device }).eq(config.padTokenId);
        weight.assign(weight.maskedFill(isPadding.unsqueeze(1), 0).realize());
      }
    }),
  );
}

/**
 * A transformer that reads in both directions (Devlin et al., BERT: Pre-training of Deep Bidirectional Transformers for
 * Language Understanding, arXiv:1810.04805): norms come after each half of a layer, as in the first transformer.
 */
export class Bert extends Module {
  readonly config: CompleteBertConfig;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, options: LayerOptions = {}) {
    super();
    this.config = completeBertConfig(config);
    this.embeddings = new BertEmbeddings(this.config, options);
    this.encoder = new BertEncoder(this.config, options);
    this.pooler = new BertPooler(this.config, options);
    initializeBert(this, this.config, options);
  }

  get device(): string {
    return this.embeddings.word_embeddings.weight.device;
  }

  /**
   * @param ids int32 `[batch, time]`
   * @throws RangeError for more tokens than `maxPositionEmbeddings`, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, { tokenTypeIds, attentionMask }: BertContext = {}): BertOutput {
    const { maxPositionEmbeddings } = this.config;
    if (ids.ndim !== 2 || (ids.shape[1] as number) > maxPositionEmbeddings) {
      throw new RangeError(
        `Bert: expected ids [batch, time] with at most ${maxPositionEmbeddings} tokens (maxPositionEmbeddings), got ` +
          `${formatShape(ids.shape)}.`,
      );
    }
    const mask = attentionMask?.ne(0).unsqueeze(1).unsqueeze(1);
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(ids, tokenTypeIds), mask);
    return { lastHiddenState, poolerOutput: this.pooler.forward(lastHiddenState) };
  }
}
