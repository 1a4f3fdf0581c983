export { AddedToken, type AddedTokenOptions } from './addedToken.ts';
export type { Decoder } from './decoders/index.ts';
export * as decoders from './decoders/index.ts';
export { DecodeStream } from './decodeStream.ts';
export { type Direction, Encoding } from './encoding.ts';
export type { Model } from './models/index.ts';
export * as models from './models/index.ts';
export type { Normalizer } from './normalizers/index.ts';
export * as normalizers from './normalizers/index.ts';
export type { PaddingOptions } from './padding.ts';
export type { Pattern } from './patterns/pattern.ts';
export type { SplitBehavior } from './patterns/splitBehavior.ts';
export { Regex } from './patterns/storedPattern.ts';
export type { PostProcessor } from './postProcessors/index.ts';
export * as postProcessors from './postProcessors/index.ts';
export type { PreTokenizer } from './preTokenizers/index.ts';
export * as preTokenizers from './preTokenizers/index.ts';
export { AutoTokenizer } from './pretrained/autoTokenizer.ts';
export type { EncodedBatch, EncodedTensors, EncodedText } from './pretrained/batchEncoding.ts';
export type { TokenizeOptions } from './pretrained/callOptions.ts';
export type { ChatMessage, ChatTemplateOptions } from './pretrained/chatTemplate.ts';
export {
  BertTokenizer,
  DistilBertTokenizer,
  GPT2Tokenizer,
  LlamaTokenizer,
  Qwen2Tokenizer,
  RobertaTokenizer,
} from './pretrained/families.ts';
export {
  type ApplyChatTemplateOptions,
  type PreTrainedDecodeOptions,
  PreTrainedTokenizer,
  type TokenIds,
} from './pretrained/preTrainedTokenizer.ts';
export type { SpecialTokenName, SpecialTokens } from './pretrained/specialTokens.ts';
export { NormalizedString, type Offsets } from './text/normalizedString.ts';
export { PreTokenizedString, type Token } from './text/preTokenizedString.ts';
export { type DecodeOptions, type EncodeOptions, Tokenizer, type TokenizerInput } from './tokenizer.ts';
export { TokenizerError } from './tokenizerError.ts';
export type { Trainer, TrainingProgress, TrainingTexts } from './trainers/index.ts';
export * as trainers from './trainers/index.ts';
export type { TruncationOptions, TruncationStrategy } from './truncation.ts';
