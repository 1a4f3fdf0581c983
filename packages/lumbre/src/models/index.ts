export { makeBreather } from './breathe.ts';
export { type GenerateOptions, generate, generateMany } from './generate.ts';
export { GPT, type GPTContext } from './gpt.ts';
export { completeGPTConfig, type GPTConfig } from './gptConfig.ts';
export { GPTDecoder } from './gptDecoder.ts';
export { checkSampling, type SamplingOptions, sampleToken } from './sampling.ts';
