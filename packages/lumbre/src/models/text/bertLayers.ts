import { arithmeticDtype } from '../../graph/dtype.ts';
import { Dropout, Embedding, LayerNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import { scaledDotProductAttention } from '../../tensor/attention.ts';
import { arange, zerosLike } from '../../tensor/creation.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CompleteBertConfig } from './bertConfig.ts';

/** The parts of BERT's encoder: read from the bottom. Names of modules are Hugging Face's, so that checkpoints fit. */

export interface BertLayerOptions extends LayerOptions {
  /** What stands between the two layers of a layer's second half. Default GELU. */
  readonly activation?: (x: Tensor) => Tensor;
}

/** What to look at on the way through the layers. */
export interface EncoderObserver {
  /** Sees what goes into the first layer and what comes out of each, `[batch, time, hiddenSize]`. */
  readonly hidden?: (state: Tensor) => void;
  /** Sees how much each query looks at each key, `[batch, heads, time, time]`, layer by layer. */
  readonly attention?: (weights: Tensor) => void;
}

/** What is added to a token's vector. */
export interface EmbeddingContext {
  /** Which segment each token is of, int32 `[batch, time]`; all 0 unless given. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** The places of the tokens, int32 `[time]` or `[batch, time]`; 0, 1, 2, … unless given. */
  readonly positionIds?: Tensor | undefined;
}

export interface BertEmbeddingsOptions extends LayerOptions {
  /** The place that stands for none: RoBERTa's padding has one. */
  readonly positionPadding?: number;
}

/** Token, place and segment, each a vector, added up. */
export class BertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly token_type_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: CompleteBertConfig, { positionPadding, ...options }: BertEmbeddingsOptions) {
    super();
    const { vocabSize, hiddenSize, maxPositionEmbeddings, typeVocabSize, padTokenId } = config;
    this.word_embeddings = new Embedding(vocabSize, hiddenSize, { ...options, paddingIdx: padTokenId });
    this.position_embeddings = new Embedding(
      maxPositionEmbeddings,
      hiddenSize,
      positionPadding === undefined ? options : { ...options, paddingIdx: positionPadding },
    );
    this.token_type_embeddings = new Embedding(typeVocabSize, hiddenSize, options);
    this.LayerNorm = new LayerNorm(hiddenSize, { ...options, eps: config.layerNormEps });
    this.dropout = new Dropout(config.hiddenDropoutProb, options);
  }

  forward(ids: Tensor, { tokenTypeIds = zerosLike(ids), positionIds }: EmbeddingContext = {}): Tensor {
    const places = positionIds
      ? this.position_embeddings.forward(positionIds)
      : this.position_embeddings.weight.narrow(0, 0, ids.shape[1] as number);
    const sum = this.word_embeddings
      .forward(ids)
      .add(this.token_type_embeddings.forward(tokenTypeIds))
      .add(places);
    return this.dropout.forward(this.LayerNorm.forward(sum.to(arithmeticDtype(sum.dtype))));
  }
}

export interface HeadsContext {
  readonly heads: number;
  /** bool, of a shape that goes with `[batch, heads, time, time]`: true where a query may look at a key. */
  readonly mask?: Tensor | undefined;
  readonly dropout: Dropout;
  readonly observe?: EncoderObserver | undefined;
}

/** Attention in several heads, of queries, keys and values `[batch, time, width]`, to the same shape. */
export function attendInHeads(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { heads, mask, dropout, observe }: HeadsContext,
): Tensor {
  const [batch, time, width] = query.shape as readonly [number, number, number];
  const [q, k, v] = [query, key, value].map((x) =>
    x.reshape(batch, x.shape[1] as number, heads, width / heads).transpose(1, 2),
  ) as [Tensor, Tensor, Tensor];
  const written = (dropout.training && dropout.p > 0) || observe?.attention;
  const mixed = written
    ? writtenAttention(q, k, v, mask, dropout, observe)
    : scaledDotProductAttention(q, k, v, mask ? { attnMask: mask } : {});
  return mixed.transpose(1, 2).reshape(batch, time, width);
}

/** Step by step, for those who want to see the weights, or to drop some. */
function writtenAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | undefined,
  dropout: Dropout,
  observe: EncoderObserver | undefined,
): Tensor {
  const scores = q.matmul(k.mT).mul(1 / Math.sqrt(q.shape.at(-1) as number));
  const weights = (mask ? scores.maskedFill(mask.logicalNot(), Number.NEGATIVE_INFINITY) : scores).softmax(
    -1,
  );
  observe?.attention?.(weights);
  return dropout.forward(weights).matmul(v);
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

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    const { dropout } = this;
    return attendInHeads(this.query.forward(x), this.key.forward(x), this.value.forward(x), {
      heads: this.#heads,
      mask,
      dropout,
      observe,
    });
  }
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

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    return this.output.forward(this.self.forward(x, mask, observe), x);
  }
}

class BertIntermediate extends Module {
  readonly dense: Linear;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(
    { hiddenSize, intermediateSize }: CompleteBertConfig,
    { activation = (x) => x.gelu(), ...options }: BertLayerOptions,
  ) {
    super();
    this.dense = new Linear(hiddenSize, intermediateSize, options);
    this.#activation = activation;
  }

  forward(x: Tensor): Tensor {
    return this.#activation(this.dense.forward(x));
  }
}

class BertLayer extends Module {
  readonly attention: BertAttention;
  readonly intermediate: BertIntermediate;
  readonly output: BertResidual;

  constructor(config: CompleteBertConfig, { activation, ...options }: BertLayerOptions) {
    super();
    this.attention = new BertAttention(config, options);
    this.intermediate = new BertIntermediate(config, activation ? { ...options, activation } : options);
    this.output = new BertResidual(config.intermediateSize, config, options);
  }

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    const attended = this.attention.forward(x, mask, observe);
    return this.output.forward(this.intermediate.forward(attended), attended);
  }
}

export class BertEncoder extends Module {
  readonly layer: readonly BertLayer[];

  constructor(config: CompleteBertConfig, options: BertLayerOptions) {
    super();
    this.layer = Array.from({ length: config.numHiddenLayers }, () => new BertLayer(config, options));
  }

  /** @param mask bool `[batch, 1, 1, time]` */
  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    observe?.hidden?.(x);
    return this.layer.reduce((hidden, layer) => {
      const next = layer.forward(hidden, mask, observe);
      observe?.hidden?.(next);
      return next;
    }, x);
  }
}

/** The vector of the first token, once more through a layer. */
export class BertPooler extends Module {
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
export function initializeBert(
  model: Module,
  { initializerRange }: Pick<CompleteBertConfig, 'initializerRange'>,
  { generator }: LayerOptions,
): void {
  scope(() =>
    noGrad(() => {
      for (const [name, value] of model.namedParameters()) {
        const { shape, dtype, device } = value;
        if (name.endsWith('bias')) value.assign(zerosLike(value).realize());
        if (value.ndim < 2) continue;
        value.assign(normal(0, initializerRange, shape, { dtype, device, generator }).realize());
      }
      for (const [, module] of model.namedModules()) {
        if (!(module instanceof Embedding) || module.paddingIdx === null) continue;
        const { weight, numEmbeddings, paddingIdx } = module;
        const isPadding = arange(numEmbeddings, { device: weight.device }).eq(paddingIdx);
        weight.assign(weight.maskedFill(isPadding.unsqueeze(1), 0).realize());
      }
    }),
  );
}
