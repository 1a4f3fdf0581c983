import { crossEntropy, Dropout, LayerNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { Bert, type BertContext } from './bert.ts';
import type { BertConfig, CompleteBertConfig } from './bertConfig.ts';
import { type BertLayerOptions, initializeBert } from './bertLayers.ts';

/** What BERT is trained for, and used for: heads on the encoder of `bert.ts`, with Hugging Face's names. */

/** Labels of this value are not to be predicted. */
export const IGNORED = -100;

/** To predict only some tokens. */
export interface MaskedContext extends BertContext {
  /** Which tokens, counted through all rows, int32 `[count]`; all unless given. Scores are then `[count, vocabSize]`. */
  readonly positions?: Tensor;
}

class Transform extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(
    { hiddenSize, layerNormEps }: CompleteBertConfig,
    { activation = (x) => x.gelu(), ...options }: BertLayerOptions,
  ) {
    super();
    this.#activation = activation;
    this.dense = new Linear(hiddenSize, hiddenSize, options);
    this.LayerNorm = new LayerNorm(hiddenSize, { ...options, eps: layerNormEps });
  }

  forward(x: Tensor): Tensor {
    return this.LayerNorm.forward(this.#activation(this.dense.forward(x)));
  }
}

/** Vectors of tokens to scores of all tokens. */
export class BertPredictions extends Module {
  readonly bias: Tensor;
  readonly transform: Transform;
  /** Tied to the word embeddings. */
  readonly decoder: Linear;

  /** @param weight of the word embeddings; a weight of its own unless given */
  constructor(config: CompleteBertConfig, weight: Tensor | undefined, options: BertLayerOptions) {
    super();
    const { vocabSize, hiddenSize } = config;
    this.transform = new Transform(config, options);
    this.decoder = new Linear(hiddenSize, vocabSize, weight ? { ...options, weight } : options);
    this.bias = this.decoder.bias as Tensor;
  }

  /** `[batch, time, hiddenSize]` to `[batch, time, vocabSize]`, or, of some, to `[count, vocabSize]`. */
  forward(hidden: Tensor, positions?: Tensor): Tensor {
    const width = hidden.shape.at(-1) as number;
    const chosen = positions ? hidden.reshape(-1, width).indexSelect(0, positions) : hidden;
    return this.decoder.forward(this.transform.forward(chosen));
  }
}

/** The heads that Hugging Face keeps under `cls`. */
class Heads extends Module {
  readonly predictions?: BertPredictions;
  readonly seq_relationship?: Linear;

  constructor(bert: Bert, options: LayerOptions, which: 'masked' | 'next' | 'both') {
    super();
    const { weight } = bert.embeddings.word_embeddings;
    if (which !== 'next') this.predictions = new BertPredictions(bert.config, weight, options);
    if (which !== 'masked') this.seq_relationship = new Linear(bert.config.hiddenSize, 2, options);
  }
}

/** A BERT with something on top. */
abstract class BertModel extends Module {
  readonly bert: Bert;

  constructor(config: BertConfig, options: LayerOptions) {
    super();
    this.bert = new Bert(config, options);
  }

  get config(): CompleteBertConfig {
    return this.bert.config;
  }

  get device(): string {
    return this.bert.device;
  }
}

/** Predicts tokens from those on both sides (the "cloze" task). */
export class BertForMaskedLM extends BertModel {
  readonly cls: Heads;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, options: LayerOptions = {}) {
    super(config, options);
    this.cls = new Heads(this.bert, options, 'masked');
    initializeBert(this, this.config, options);
  }

  /** int32 ids `[batch, time]` to logits `[batch, time, vocabSize]`, or `[count, vocabSize]` of some positions. */
  forward(ids: Tensor, { positions, ...context }: MaskedContext = {}): Tensor {
    const { lastHiddenState } = this.bert.forward(ids, context);
    return (this.cls.predictions as BertPredictions).forward(lastHiddenState, positions);
  }

  /** @param labels int32 `[batch, time]`, or `[count]`: the right tokens, or -100 */
  loss(ids: Tensor, labels: Tensor, context: MaskedContext = {}): Tensor {
    return crossEntropy(this.forward(ids, context), labels, { ignoreIndex: IGNORED });
  }
}

/** Tells whether one text follows another: 0 if it does, 1 if it was taken from elsewhere. */
export class BertForNextSentencePrediction extends BertModel {
  readonly cls: Heads;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, options: LayerOptions = {}) {
    super(config, options);
    this.cls = new Heads(this.bert, options, 'next');
    initializeBert(this, this.config, options);
  }

  /** int32 ids `[batch, time]` to logits `[batch, 2]`. */
  forward(ids: Tensor, context: BertContext = {}): Tensor {
    return (this.cls.seq_relationship as Linear).forward(this.bert.forward(ids, context).poolerOutput);
  }

  /** @param labels int32 `[batch]` */
  loss(ids: Tensor, labels: Tensor, context: BertContext = {}): Tensor {
    return crossEntropy(this.forward(ids, context), labels);
  }
}

/** What `BertForPreTraining` gives. */
export interface PreTrainingOutput {
  /** `[batch, time, vocabSize]`, or `[count, vocabSize]` of some positions. */
  readonly predictionLogits: Tensor;
  /** `[batch, 2]` */
  readonly seqRelationshipLogits: Tensor;
}

export interface PreTrainingLabels {
  /** int32 `[batch, time]`, or `[count]`: the right tokens, or -100. */
  readonly labels: Tensor;
  /** int32 `[batch]`: 0 where the second text follows the first. */
  readonly nextSentenceLabel: Tensor;
}

export interface PreTrainingLosses {
  /** The sum of both. */
  readonly loss: Tensor;
  readonly maskedLM: Tensor;
  readonly nextSentence: Tensor;
}

/** Both at once: how BERT was trained. */
export class BertForPreTraining extends BertModel {
  readonly cls: Heads;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, options: LayerOptions = {}) {
    super(config, options);
    this.cls = new Heads(this.bert, options, 'both');
    initializeBert(this, this.config, options);
  }

  /** @param ids int32 `[batch, time]` */
  forward(ids: Tensor, { positions, ...context }: MaskedContext = {}): PreTrainingOutput {
    const { lastHiddenState, poolerOutput } = this.bert.forward(ids, context);
    return {
      predictionLogits: (this.cls.predictions as BertPredictions).forward(lastHiddenState, positions),
      seqRelationshipLogits: (this.cls.seq_relationship as Linear).forward(poolerOutput),
    };
  }

  /** @param ids int32 `[batch, time]` */
  loss(
    ids: Tensor,
    { labels, nextSentenceLabel }: PreTrainingLabels,
    context: MaskedContext = {},
  ): PreTrainingLosses & PreTrainingOutput {
    const output = this.forward(ids, context);
    const maskedLM = crossEntropy(output.predictionLogits, labels, { ignoreIndex: IGNORED });
    const nextSentence = crossEntropy(output.seqRelationshipLogits, nextSentenceLabel);
    return { ...output, loss: maskedLM.add(nextSentence), maskedLM, nextSentence };
  }
}

/** Puts whole texts into classes: for fine-tuning. */
export class BertForSequenceClassification extends BertModel {
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertConfig, numLabels: number, options: LayerOptions = {}) {
    super(config, options);
    this.dropout = new Dropout(this.config.hiddenDropoutProb, options);
    this.classifier = new Linear(this.config.hiddenSize, numLabels, options);
    initializeBert(this, this.config, options);
  }

  /** int32 ids `[batch, time]` to logits `[batch, numLabels]`. */
  forward(ids: Tensor, context: BertContext = {}): Tensor {
    return this.classifier.forward(this.dropout.forward(this.bert.forward(ids, context).poolerOutput));
  }

  /** @param labels int32 `[batch]` */
  loss(ids: Tensor, labels: Tensor, context: BertContext = {}): Tensor {
    return crossEntropy(this.forward(ids, context), labels);
  }
}
