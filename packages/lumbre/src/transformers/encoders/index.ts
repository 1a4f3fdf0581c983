export { BertModel, type EncoderOptions } from './bert.ts';
export {
  BertForMaskedLM,
  BertForNextSentencePrediction,
  BertForPreTraining,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  type PreTrainingContext,
  type PreTrainingOutput,
} from './bertHeads.ts';
export {
  CamembertForMaskedLM,
  CamembertForQuestionAnswering,
  CamembertForSequenceClassification,
  CamembertForTokenClassification,
  CamembertModel,
} from './camembert.ts';
export { DistilBertModel } from './distilBert.ts';
export {
  DistilBertForMaskedLM,
  DistilBertForQuestionAnswering,
  DistilBertForSequenceClassification,
  DistilBertForTokenClassification,
} from './distilBertHeads.ts';
export {
  type BertConfig,
  type BertOptions,
  bertConfig,
  type DistilBertConfig,
  type DistilBertOptions,
  distilBertConfig,
  type EncoderConfig,
  type ProblemType,
  problemTypes,
  type RobertaConfig,
  type RobertaOptions,
  robertaConfig,
} from './encoderConfig.ts';
export { MaskedLanguageModel, QuestionAnswerer, SequenceClassifier, TokenClassifier } from './heads.ts';
export type {
  BaseModelOutput,
  BaseModelOutputWithPooling,
  EncoderContext,
  LogitsOutput,
  MaskedContext,
  QuestionAnsweringOutput,
  SequenceContext,
  SpanContext,
  TokenContext,
  WithLoss,
} from './outputs.ts';
export { type Pooling, pool } from './pooling.ts';
export { RobertaModel, robertaPositions } from './roberta.ts';
export {
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
} from './robertaHeads.ts';
export {
  XLMRobertaForMaskedLM,
  XLMRobertaForQuestionAnswering,
  XLMRobertaForSequenceClassification,
  XLMRobertaForTokenClassification,
  XLMRobertaModel,
} from './xlmRoberta.ts';
