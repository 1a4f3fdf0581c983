export { makeBreather } from '../platform/breathe.ts';
export * from './classical/index.ts';
export * from './classifiers/index.ts';
export { type GenerateOptions, generate, generateMany } from './generate.ts';
export { GPT, type GPTContext } from './gpt.ts';
export { completeGPTConfig, type GPTConfig } from './gptConfig.ts';
export { GPTDecoder } from './gptDecoder.ts';
export * from './images/index.ts';
export {
  completePianoRollGANConfig,
  NOTE_VOCAB_SIZE,
  NoteTokenizer,
  PianoRollGAN,
  type PianoRollGANConfig,
} from './music/index.ts';
export { checkSampling, type SamplingOptions, sampleToken } from './sampling.ts';
export * from './text/index.ts';
export type { DecoderOptions, TokenDecoder, TokenWriter } from './tokenDecoder.ts';
