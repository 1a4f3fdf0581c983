import { arithmeticDtype } from '../../graph/dtype.ts';
import { attendInHeads, type EncoderObserver } from '../../models/text/bertLayers.ts';
import { Dropout, Embedding, LayerNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import {
  DISTILBERT_NORM_EPS,
  type DistilBertConfig,
  type DistilBertOptions,
  distilBertConfig,
} from './encoderConfig.ts';
import { checkInputs, encoderLayout, initializeEncoder, keyMask, Watch } from './encoderModel.ts';
import type { BaseModelOutput, EncoderContext } from './outputs.ts';

/** DistilBERT in one file: read it from the bottom. It is BERT with half of the layers and without segments. */

/** Token and place, each a vector, added up. */
class DistilBertEmbeddings extends Module {
  readonly word_embeddings: Embedding;
  readonly position_embeddings: Embedding;
  readonly LayerNorm: LayerNorm;
  readonly dropout: Dropout;

  constructor(config: DistilBertConfig, options: LayerOptions) {
    super();
    const { vocabSize, hiddenSize, maxPositionEmbeddings, padTokenId } = config;
    this.word_embeddings = new Embedding(vocabSize, hiddenSize, { ...options, paddingIdx: padTokenId ?? 0 });
    this.position_embeddings = new Embedding(maxPositionEmbeddings, hiddenSize, options);
    this.LayerNorm = new LayerNorm(hiddenSize, { ...options, eps: DISTILBERT_NORM_EPS });
    this.dropout = new Dropout(config.hiddenDropoutProb, options);
  }

  forward(ids: Tensor, positionIds?: Tensor): Tensor {
    const places = positionIds
      ? this.position_embeddings.forward(positionIds)
      : this.position_embeddings.weight.narrow(0, 0, ids.shape[1] as number);
    const sum = this.word_embeddings.forward(ids).add(places);
    return this.dropout.forward(this.LayerNorm.forward(sum.to(arithmeticDtype(sum.dtype))));
  }
}

class DistilBertAttention extends Module {
  readonly q_lin: Linear;
  readonly k_lin: Linear;
  readonly v_lin: Linear;
  readonly out_lin: Linear;
  readonly dropout: Dropout;
  readonly #heads: number;

  constructor(config: DistilBertConfig, options: LayerOptions) {
    super();
    const { hiddenSize } = config;
    this.#heads = config.numAttentionHeads;
    this.q_lin = new Linear(hiddenSize, hiddenSize, options);
    this.k_lin = new Linear(hiddenSize, hiddenSize, options);
    this.v_lin = new Linear(hiddenSize, hiddenSize, options);
    this.out_lin = new Linear(hiddenSize, hiddenSize, options);
    this.dropout = new Dropout(config.attentionProbsDropoutProb, options);
  }

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    const { dropout } = this;
    const mixed = attendInHeads(this.q_lin.forward(x), this.k_lin.forward(x), this.v_lin.forward(x), {
      heads: this.#heads,
      mask,
      dropout,
      observe,
    });
    return this.out_lin.forward(mixed);
  }
}

class DistilBertFeedForward extends Module {
  readonly lin1: Linear;
  readonly lin2: Linear;
  readonly dropout: Dropout;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(config: DistilBertConfig, options: LayerOptions) {
    super();
    const { hiddenSize, intermediateSize, hiddenAct, hiddenDropoutProb } = config;
    this.lin1 = new Linear(hiddenSize, intermediateSize, options);
    this.lin2 = new Linear(intermediateSize, hiddenSize, options);
    this.dropout = new Dropout(hiddenDropoutProb, options);
    this.#activation = activation(hiddenAct);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.lin2.forward(this.#activation(this.lin1.forward(x))));
  }
}

class DistilBertLayer extends Module {
  readonly attention: DistilBertAttention;
  readonly sa_layer_norm: LayerNorm;
  readonly ffn: DistilBertFeedForward;
  readonly output_layer_norm: LayerNorm;

  constructor(config: DistilBertConfig, options: LayerOptions) {
    super();
    const norm = { ...options, eps: DISTILBERT_NORM_EPS };
    this.attention = new DistilBertAttention(config, options);
    this.sa_layer_norm = new LayerNorm(config.hiddenSize, norm);
    this.ffn = new DistilBertFeedForward(config, options);
    this.output_layer_norm = new LayerNorm(config.hiddenSize, norm);
  }

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    const attended = this.sa_layer_norm.forward(this.attention.forward(x, mask, observe).add(x));
    return this.output_layer_norm.forward(this.ffn.forward(attended).add(attended));
  }
}

class DistilBertLayers extends Module {
  readonly layer: readonly DistilBertLayer[];

  constructor(config: DistilBertConfig, options: LayerOptions) {
    super();
    this.layer = Array.from({ length: config.numHiddenLayers }, () => new DistilBertLayer(config, options));
  }

  forward(x: Tensor, mask?: Tensor, observe?: EncoderObserver): Tensor {
    observe?.hidden?.(x);
    return this.layer.reduce((hidden, layer) => {
      const next = layer.forward(hidden, mask, observe);
      observe?.hidden?.(next);
      return next;
    }, x);
  }
}

/** How checkpoints of DistilBERT differ. */
export const distilBertLayout = encoderLayout('distilbert');

/** DistilBERT's encoder without a head (Sanh et al., DistilBERT, a distilled version of BERT, arXiv:1910.01108). */
export class DistilBertModel extends PreTrainedModel<DistilBertConfig> {
  static readonly configKind = distilBertConfig;
  static readonly layout = distilBertLayout;
  readonly embeddings: DistilBertEmbeddings;
  readonly transformer: DistilBertLayers;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DistilBertOptions = {}, options: LayerOptions = {}) {
    super(distilBertConfig.complete(config));
    this.embeddings = new DistilBertEmbeddings(this.config, options);
    this.transformer = new DistilBertLayers(this.config, options);
    initializeEncoder(this, this.config, options);
  }

  /**
   * @param ids int32 `[batch, time]`
   * @param context `tokenTypeIds` are not looked at: there are no segments
   * @throws RangeError for more tokens than `maxPositionEmbeddings`, and, once the value is computed, for an unknown id.
   */
  forward(ids: Tensor, context: EncoderContext = {}): BaseModelOutput {
    checkInputs('DistilBertModel', ids, context, this.config.maxPositionEmbeddings);
    const watch = new Watch(context);
    const lastHiddenState = this.transformer.forward(
      this.embeddings.forward(ids, context.positionIds),
      keyMask(context.attentionMask),
      watch.observer,
    );
    return { lastHiddenState, ...watch.seen };
  }
}
