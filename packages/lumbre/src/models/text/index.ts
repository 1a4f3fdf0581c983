export { Bert, type BertContext, type BertOutput } from './bert.ts';
export { type BertConfig, bertSizes, type CompleteBertConfig, completeBertConfig } from './bertConfig.ts';
export {
  BertForMaskedLM,
  BertForNextSentencePrediction,
  BertForPreTraining,
  BertForSequenceClassification,
  IGNORED,
  type MaskedContext,
  type PreTrainingLabels,
  type PreTrainingLosses,
  type PreTrainingOutput,
} from './bertHeads.ts';
export { type GPTSize, gptParameterCount, gptSizes } from './gptSizes.ts';
export { KneserNey } from './kneserNey.ts';
export {
  completeMLPLanguageModelConfig,
  MLPLanguageModel,
  type MLPLanguageModelConfig,
} from './mlpLanguageModel.ts';
export { completeNGramConfig, NGram, type NGramConfig } from './nGram.ts';
export { NGramCounts, type NGramLevel } from './nGramCounts.ts';
export { RecurrentDecoder } from './recurrentDecoder.ts';
export {
  completeRecurrentLanguageModelConfig,
  type RecurrentCell,
  RecurrentLanguageModel,
  type RecurrentLanguageModelConfig,
  type RecurrentState,
} from './recurrentLanguageModel.ts';
export {
  completeTextGANConfig,
  gumbelSoftmax,
  TextDiscriminator,
  TextGAN,
  type TextGANConfig,
  type TextGANOptions,
  TextGenerator,
} from './textGan.ts';
export { WindowDecoder, type WindowModel } from './windowDecoder.ts';
