import { BertPredictions } from '../../models/text/bertHeads.ts';
import { crossEntropy, Dropout, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { BertModel, bertLayout } from './bert.ts';
import { type BertConfig, type BertOptions, bertConfig, layersConfig } from './encoderConfig.ts';
import { initializeEncoder, seenIn } from './encoderModel.ts';
import {
  MaskedLanguageModel,
  QuestionAnswerer,
  type Scores,
  SequenceClassifier,
  TokenClassifier,
} from './heads.ts';
import { tokenLoss } from './losses.ts';
import type { EncoderContext, LogitsOutput, MaskedContext, Seen, WithLoss } from './outputs.ts';

/** What BERT is trained for, and used for: heads on the encoder of `bert.ts`, with transformers' names. */

/** The heads that are kept under `cls`. */
class BertCls extends Module {
  readonly predictions?: BertPredictions;
  readonly seq_relationship?: Linear;

  constructor({ config, embeddings }: BertModel, options: LayerOptions, which: 'masked' | 'next' | 'both') {
    super();
    if (which !== 'next') {
      const weight = config.tieWordEmbeddings ? embeddings.word_embeddings.weight : undefined;
      this.predictions = new BertPredictions(layersConfig(config, config.padTokenId ?? 0), weight, {
        ...options,
        activation: activation(config.hiddenAct),
      });
    }
    if (which !== 'masked') this.seq_relationship = new Linear(config.hiddenSize, 2, options);
  }
}

/** Predicts tokens from those on both sides (the "cloze" task). */
export class BertForMaskedLM extends MaskedLanguageModel<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly cls: BertCls;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, { ...options, addPoolingLayer: false });
    this.cls = new BertCls(this.bert, options, 'masked');
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, { positions, ...context }: MaskedContext): Scores {
    const output = this.bert.forward(ids, context);
    const logits = (this.cls.predictions as BertPredictions).forward(output.lastHiddenState, positions);
    return { logits, seen: seenIn(output) };
  }
}

/** Tells whether one text follows another: 0 if it does, 1 if it was taken from elsewhere. */
export class BertForNextSentencePrediction extends PreTrainedModel<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly cls: BertCls;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, options);
    this.cls = new BertCls(this.bert, options, 'next');
    initializeEncoder(this, this.config, options);
  }

  /**
   * int32 ids `[batch, time]` to logits `[batch, 2]`.
   * @param context its `labels` are int32 `[batch]`
   */
  forward(ids: Tensor, context: EncoderContext & { readonly labels: Tensor }): WithLoss<LogitsOutput>;
  forward(ids: Tensor, context?: EncoderContext & { readonly labels?: Tensor }): LogitsOutput;
  forward(ids: Tensor, context: EncoderContext & { readonly labels?: Tensor } = {}): LogitsOutput {
    const output = this.bert.forward(ids, context);
    const logits = (this.cls.seq_relationship as Linear).forward(output.poolerOutput as Tensor);
    const { labels } = context;
    const loss = labels && crossEntropy(logits, labels.reshape(-1));
    return { ...(loss ? { loss } : {}), logits, ...seenIn(output) };
  }
}

export interface PreTrainingContext extends MaskedContext {
  /** int32 `[batch]`: 0 where the second text follows the first. */
  readonly nextSentenceLabel?: Tensor | undefined;
}

export interface PreTrainingOutput extends Seen {
  /** `[batch, time, vocabSize]`, or `[count, vocabSize]` of some positions. */
  readonly predictionLogits: Tensor;
  /** `[batch, 2]` */
  readonly seqRelationshipLogits: Tensor;
  /** The sum of both losses, where both labels were given. */
  readonly loss?: Tensor;
}

/** Both at once: how BERT was trained. */
export class BertForPreTraining extends PreTrainedModel<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly cls: BertCls;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, options);
    this.cls = new BertCls(this.bert, options, 'both');
    initializeEncoder(this, this.config, options);
  }

  /** @param ids int32 `[batch, time]` */
  forward(
    ids: Tensor,
    context: PreTrainingContext & { readonly labels: Tensor; readonly nextSentenceLabel: Tensor },
  ): WithLoss<PreTrainingOutput>;
  forward(ids: Tensor, context?: PreTrainingContext): PreTrainingOutput;
  forward(
    ids: Tensor,
    { positions, labels, nextSentenceLabel, ...context }: PreTrainingContext = {},
  ): PreTrainingOutput {
    const output = this.bert.forward(ids, context);
    const { predictions, seq_relationship } = this.cls;
    const predictionLogits = (predictions as BertPredictions).forward(output.lastHiddenState, positions);
    const seqRelationshipLogits = (seq_relationship as Linear).forward(output.poolerOutput as Tensor);
    const loss =
      labels &&
      nextSentenceLabel &&
      tokenLoss(predictionLogits, labels).add(
        crossEntropy(seqRelationshipLogits, nextSentenceLabel.reshape(-1)),
      );
    return { ...(loss ? { loss } : {}), predictionLogits, seqRelationshipLogits, ...seenIn(output) };
  }
}

/** Puts whole texts into classes. */
export class BertForSequenceClassification extends SequenceClassifier<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, options);
    const { hiddenDropoutProb, classifierDropout, hiddenSize, numLabels } = this.config;
    this.dropout = new Dropout(classifierDropout ?? hiddenDropoutProb, options);
    this.classifier = new Linear(hiddenSize, numLabels, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.bert.forward(ids, context);
    const logits = this.classifier.forward(this.dropout.forward(output.poolerOutput as Tensor));
    return { logits, seen: seenIn(output) };
  }
}

/** Puts each token into a class: names of persons, say. */
export class BertForTokenClassification extends TokenClassifier<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, { ...options, addPoolingLayer: false });
    const { hiddenDropoutProb, classifierDropout, hiddenSize, numLabels } = this.config;
    this.dropout = new Dropout(classifierDropout ?? hiddenDropoutProb, options);
    this.classifier = new Linear(hiddenSize, numLabels, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.bert.forward(ids, context);
    const logits = this.classifier.forward(this.dropout.forward(output.lastHiddenState));
    return { logits, seen: seenIn(output) };
  }
}

/** Finds where in a text the answer to a question stands. */
export class BertForQuestionAnswering extends QuestionAnswerer<BertConfig> {
  static readonly configKind = bertConfig;
  static readonly layout = bertLayout;
  readonly bert: BertModel;
  readonly qa_outputs: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: BertOptions = {}, options: LayerOptions = {}) {
    super(bertConfig.complete(config));
    this.bert = new BertModel(this.config, { ...options, addPoolingLayer: false });
    this.qa_outputs = new Linear(this.config.hiddenSize, 2, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.bert.forward(ids, context);
    return { logits: this.qa_outputs.forward(output.lastHiddenState), seen: seenIn(output) };
  }
}
