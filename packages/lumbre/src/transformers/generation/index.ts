export { type BeamResult, type BeamSettings, searchBeams } from './beamSearch.ts';
export { CachedDecoder, type CachedDecoderOptions } from './cachedDecoder.ts';
export { CachedSlots } from './cachedSlots.ts';
export { DecoderSlots } from './decoderSlots.ts';
export type { BatchDecoder, Prompts } from './decoding.ts';
export { generate, streamTokens } from './generate.ts';
export { GenerationCache } from './generationCache.ts';
export { type CompleteSettings, GenerationConfig } from './generationConfig.ts';
export { GENERATION_CONFIG_FILE, readGenerationConfig } from './generationConfigFile.ts';
export type { GenerationSettings, SequenceBias } from './generationSettings.ts';
export type { InputIds } from './inputs.ts';
export type { GeneratedIds, GenerateOutput } from './output.ts';
export type { GenerateOptions, Streamer } from './prepare.ts';
export {
  ExponentialDecayLengthPenalty,
  ForcedBOSTokenLogitsProcessor,
  ForcedEOSTokenLogitsProcessor,
  MinLengthLogitsProcessor,
  MinNewTokensLengthLogitsProcessor,
  SuppressTokensAtBeginLogitsProcessor,
  SuppressTokensLogitsProcessor,
} from './processors/lengths.ts';
export {
  type LogitsFunction,
  type LogitsProcessor,
  LogitsProcessorList,
  RowProcessor,
} from './processors/logitsProcessor.ts';
export { NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor } from './processors/repetition.ts';
export {
  NoBadWordsLogitsProcessor,
  type PrefixAllowedTokensFn,
  PrefixConstrainedLogitsProcessor,
  SequenceBiasLogitsProcessor,
} from './processors/sequences.ts';
export {
  EpsilonLogitsWarper,
  EtaLogitsWarper,
  InfNanRemoveLogitsProcessor,
  LogitNormalization,
  MinPLogitsWarper,
  TemperatureLogitsWarper,
  TopHLogitsWarper,
  TopKLogitsWarper,
  TopPLogitsWarper,
  TypicalLogitsWarper,
} from './processors/warpers.ts';
export { type Step, type Writing, writeTexts } from './sampling.ts';
export type { EnteringText, SlotDecoder, SlotToken } from './slotDecoder.ts';
export {
  EosTokenCriteria,
  MaxLengthCriteria,
  MaxTimeCriteria,
  type StoppingCriteria,
  StoppingCriteriaList,
  type StoppingFunction,
  StopStringCriteria,
} from './stoppingCriteria.ts';
export { type StreamOptions, streamGenerate, TextStreamer, type TextStreamerOptions } from './streaming.ts';
export { TextStream } from './textStream.ts';
export type { TextTokenizer } from './textTokenizer.ts';
export { UncachedDecoder } from './uncachedDecoder.ts';
export { releaseWindows } from './windows.ts';
