/** Hugging Face's models, by its names: `lumbre/transformers`. */
export { type ActivationName, activation } from './activations.ts';
export * from './auto/index.ts';
export * from './causal/index.ts';
export type { ConfigKind, LanguageConfig, PretrainedConfig } from './config/pretrainedConfig.ts';
export * from './encoders/index.ts';
export * from './endpoint/index.ts';
export * from './finetuning/index.ts';
export * from './generation/index.ts';
export type { FromPretrainedOptions, PreTrainedClass } from './loading/fromPretrained.ts';
export { CheckpointError, type LoadingReport, type WeightDType } from './loading/loadWeights.ts';
export * from './peft/index.ts';
export * from './pipelines/index.ts';
export { PreTrainedModel } from './preTrainedModel.ts';
export type { SavePretrainedOptions } from './saving/savePretrained.ts';
