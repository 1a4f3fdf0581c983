import { Dropout, LayerNorm, type LayerOptions, Linear, Module } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type RobertaConfig, type RobertaOptions, robertaConfig } from './encoderConfig.ts';
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
import { RobertaModel, robertaLayout } from './roberta.ts';

/** Heads on RoBERTa's encoder, with transformers' names; for XLM-RoBERTa and CamemBERT too. */

class RobertaLMHead extends Module {
  readonly dense: Linear;
  readonly layer_norm: LayerNorm;
  readonly bias: Tensor;
  readonly decoder: Linear;

  constructor({ config, embeddings }: RobertaModel, options: LayerOptions) {
    super();
    const { hiddenSize, vocabSize, layerNormEps, tieWordEmbeddings } = config;
    const tied = tieWordEmbeddings ? { ...options, weight: embeddings.word_embeddings.weight } : options;
    this.dense = new Linear(hiddenSize, hiddenSize, options);
    this.layer_norm = new LayerNorm(hiddenSize, { ...options, eps: layerNormEps });
    this.decoder = new Linear(hiddenSize, vocabSize, tied);
    this.bias = this.decoder.bias as Tensor;
  }

  /** Its activation is GELU whatever the configuration says, as in fairseq. */
  forward(hidden: Tensor): Tensor {
    return this.decoder.forward(this.layer_norm.forward(this.dense.forward(hidden).gelu()));
  }
}

/** Predicts tokens from those on both sides (the "cloze" task). */
export class RobertaForMaskedLM extends MaskedLanguageModel<RobertaConfig> {
  static readonly configKind = robertaConfig;
  static readonly layout = robertaLayout;
  readonly roberta: RobertaModel;
  readonly lm_head: RobertaLMHead;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super(robertaConfig.complete(config));
    this.roberta = new RobertaModel(this.config, { ...options, addPoolingLayer: false });
    this.lm_head = new RobertaLMHead(this.roberta, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, { positions, ...context }: MaskedContext): Scores {
    const output = this.roberta.forward(ids, context);
    const logits = this.lm_head.forward(chosen(output.lastHiddenState, positions));
    return { logits, seen: seenIn(output) };
  }
}

/** From the first token's vector to labels. */
class RobertaClassificationHead extends Module {
  readonly dense: Linear;
  readonly dropout: Dropout;
  readonly out_proj: Linear;

  constructor(config: RobertaConfig, options: LayerOptions) {
    super();
    const { hiddenSize, numLabels, hiddenDropoutProb, classifierDropout } = config;
    this.dense = new Linear(hiddenSize, hiddenSize, options);
    this.dropout = new Dropout(classifierDropout ?? hiddenDropoutProb, options);
    this.out_proj = new Linear(hiddenSize, numLabels, options);
  }

  forward(hidden: Tensor): Tensor {
    const first = this.dropout.forward(hidden.select(1, 0));
    return this.out_proj.forward(this.dropout.forward(this.dense.forward(first).tanh()));
  }
}

/** Puts whole texts into classes. */
export class RobertaForSequenceClassification extends SequenceClassifier<RobertaConfig> {
  static readonly configKind = robertaConfig;
  static readonly layout = robertaLayout;
  readonly roberta: RobertaModel;
  readonly classifier: RobertaClassificationHead;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super(robertaConfig.complete(config));
    this.roberta = new RobertaModel(this.config, { ...options, addPoolingLayer: false });
    this.classifier = new RobertaClassificationHead(this.config, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.roberta.forward(ids, context);
    return { logits: this.classifier.forward(output.lastHiddenState), seen: seenIn(output) };
  }
}

/** Puts each token into a class: names of persons, say. */
export class RobertaForTokenClassification extends TokenClassifier<RobertaConfig> {
  static readonly configKind = robertaConfig;
  static readonly layout = robertaLayout;
  readonly roberta: RobertaModel;
  readonly dropout: Dropout;
  readonly classifier: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super(robertaConfig.complete(config));
    this.roberta = new RobertaModel(this.config, { ...options, addPoolingLayer: false });
    const { hiddenDropoutProb, classifierDropout, hiddenSize, numLabels } = this.config;
    this.dropout = new Dropout(classifierDropout ?? hiddenDropoutProb, options);
    this.classifier = new Linear(hiddenSize, numLabels, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.roberta.forward(ids, context);
    const logits = this.classifier.forward(this.dropout.forward(output.lastHiddenState));
    return { logits, seen: seenIn(output) };
  }
}

/** Finds where in a text the answer to a question stands. */
export class RobertaForQuestionAnswering extends QuestionAnswerer<RobertaConfig> {
  static readonly configKind = robertaConfig;
  static readonly layout = robertaLayout;
  readonly roberta: RobertaModel;
  readonly qa_outputs: Linear;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: RobertaOptions = {}, options: LayerOptions = {}) {
    super(robertaConfig.complete(config));
    this.roberta = new RobertaModel(this.config, { ...options, addPoolingLayer: false });
    this.qa_outputs = new Linear(this.config.hiddenSize, 2, options);
    initializeEncoder(this, this.config, options);
  }

  protected scores(ids: Tensor, context: EncoderContext): Scores {
    const output = this.roberta.forward(ids, context);
    return { logits: this.qa_outputs.forward(output.lastHiddenState), seen: seenIn(output) };
  }
}
