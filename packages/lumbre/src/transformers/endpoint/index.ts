export type { EndpointOptions } from './endpoint.ts';
export { EndpointError, type EndpointErrorCode } from './endpointError.ts';
export {
  LocalEmbedder,
  type LocalEmbedderOptions,
  TextTooLongError,
  type VectorModel,
} from './localEmbedder.ts';
export { LocalGenerator, type LocalGeneratorOptions, PromptTooLongError } from './localGenerator.ts';
export {
  InputError,
  type LocalTokenizer,
  NoChatTemplateError,
  pretrainedLocalTokenizer,
} from './localTokenizer.ts';
export { OpenAIGenerator, type OpenAIGeneratorOptions } from './openaiGenerator.ts';
export {
  EngineClosedError,
  type EngineState,
  QueueFullError,
  TextEngine,
  type TextEngineOptions,
} from './textEngine.ts';
export type {
  ChatMessage,
  ChatRole,
  EmbeddedTexts,
  FinishReason,
  TextEmbedder,
  TextGenerator,
  TextInput,
  TextOptions,
  TextPiece,
  TextUsage,
  TokenLogprob,
  WrittenText,
} from './textGenerator.ts';
export { Turns } from './turns.ts';
