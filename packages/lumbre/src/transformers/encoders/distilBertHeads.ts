import { Dropout, LayerNorm, type LayerOptions, Linear } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activation } from '../activations.ts';
import { DistilBertModel, distilBertLayout } from './distilBert.ts';
import {
  DISTILBERT_NORM_EPS,
  type DistilBertConfig,
  type DistilBertOptions,
  distilBertConfig,
} from './encoderConfig.ts';
import { initializeEncoder, seenIn } from './encoderModel.ts';
import {
  chosen,
  MaskedLanguageModel,
  QuestionAnswerer,
  type Scores,
  SequenceClassifier,
  TokenClassifier,
} from './heads.ts';
import type { EncoderContext, MaskedContext } from './outputs.ts';

/** Heads on DistilBERT's encoder, with transformers' names. */

/** Predicts tokens from those on both sides (the "cloze" task). */
export class DistilBertForMaskedLM extends MaskedLanguageModel<DistilBertConfig> {
  static readonly configKind = distilBertConfig;
  static readonly layout = distilBertLayout;
  readonly distilbert: DistilBertModel;
  readonly vocab_transform: Linear;
  readonly vocab_layer_norm: LayerNorm;
  readonly vocab_projector: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DistilBertOptions = {}, options: LayerOptions = {}) {
    super(distilBertConfig.complete(config));
    this.distilbert = new DistilBertModel(this.config, options);
    const { hiddenSize, vocabSize, tieWordEmbeddings } = this.config;
    const { weight } = this.distilbert.embeddings.word_embeddings;
    this.vocab_transform = new Linear(hiddenSize, hiddenSize, options);
    this.vocab_layer_norm = new LayerNorm(hiddenSize, { ...options, eps: DISTILBERT_NORM_EPS });
    this.vocab_projector = new Linear(
      hiddenSize,
      vocabSize,
      tieWordEmbeddings ? { ...options, weight } : options,
    );
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, { positions, ...context }: MaskedContext): Scores {
    const output = this.distilbert.forward(ids, context);
    const hidden = this.vocab_transform.forward(chosen(output.lastHiddenState, positions));
    const activated = activation(this.config.hiddenAct)(hidden);
    const logits = this.vocab_projector.forward(this.vocab_layer_norm.forward(activated));
    return { logits, seen: seenIn(output) };
  }
}

/** Puts whole texts into classes. */
export class DistilBertForSequenceClassification extends SequenceClassifier<DistilBertConfig> {
  static readonly configKind = distilBertConfig;
  static readonly layout = distilBertLayout;
  readonly distilbert: DistilBertModel;
  readonly pre_classifier: Linear;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DistilBertOptions = {}, options: LayerOptions = {}) {
    super(distilBertConfig.complete(config));
    this.distilbert = new DistilBertModel(this.config, options);
    const { seqClassifDropout, hiddenSize, numLabels } = this.config;
    this.pre_classifier = new Linear(hiddenSize, hiddenSize, options);
    this.dropout = new Dropout(seqClassifDropout, options);
    this.classifier = new Linear(hiddenSize, numLabels, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.distilbert.forward(ids, context);
    const first = this.pre_classifier.forward(output.lastHiddenState.select(1, 0)).relu();
    return { logits: this.classifier.forward(this.dropout.forward(first)), seen: seenIn(output) };
  }
}

/** Puts each token into a class: names of persons, say. */
export class DistilBertForTokenClassification extends TokenClassifier<DistilBertConfig> {
  static readonly configKind = distilBertConfig;
  static readonly layout = distilBertLayout;
  readonly distilbert: DistilBertModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DistilBertOptions = {}, options: LayerOptions = {}) {
    super(distilBertConfig.complete(config));
    this.distilbert = new DistilBertModel(this.config, options);
    const { hiddenDropoutProb, hiddenSize, numLabels } = this.config;
    this.dropout = new Dropout(hiddenDropoutProb, options);
    this.classifier = new Linear(hiddenSize, numLabels, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.distilbert.forward(ids, context);
    const logits = this.classifier.forward(this.dropout.forward(output.lastHiddenState));
    return { logits, seen: seenIn(output) };
  }
}

/** Finds where in a text the answer to a question stands. */
export class DistilBertForQuestionAnswering extends QuestionAnswerer<DistilBertConfig> {
  static readonly configKind = distilBertConfig;
  static readonly layout = distilBertLayout;
  readonly distilbert: DistilBertModel;
  readonly dropout: Dropout;
  readonly qa_outputs: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: DistilBertOptions = {}, options: LayerOptions = {}) {
    super(distilBertConfig.complete(config));
    this.distilbert = new DistilBertModel(this.config, options);
    this.dropout = new Dropout(this.config.qaDropout, options);
    this.qa_outputs = new Linear(this.config.hiddenSize, 2, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.distilbert.forward(ids, context);
    const logits = this.qa_outputs.forward(this.dropout.forward(output.lastHiddenState));
    return { logits, seen: seenIn(output) };
  }
}
