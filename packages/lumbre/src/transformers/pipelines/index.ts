export type {
  FeatureExtractionPipeline,
  FillMaskPipeline,
  PipelineParts,
  QuestionAnsweringPipeline,
  TextClassificationPipeline,
  TextGenerationPipeline,
  TokenClassificationPipeline,
} from './callables.ts';
export type { AggregationStrategy, TokenEntity } from './entities.ts';
export type { FeatureExtractionOptions } from './featureExtraction.ts';
export type { Filling, FillMaskOptions } from './fillMask.ts';
export {
  type PipelineModel,
  type PipelineOptions,
  type PipelineTask,
  pipeline,
  pipelineTask,
  pipelineTasks,
} from './pipeline.ts';
export type { Answer, Question, QuestionAnsweringOptions } from './questionAnswering.ts';
export type {
  Classification,
  ScoreFunction,
  TextClassificationOptions,
  TextPair,
} from './textClassification.ts';
export type { Chat, GeneratedChat, GeneratedText, TextGenerationOptions } from './textGeneration.ts';
export type { TokenClassificationOptions } from './tokenClassification.ts';
