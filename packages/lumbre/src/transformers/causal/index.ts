export { type GPT2Config, type GPT2Options, gpt2Config } from '../config/gpt2Config.ts';
export { type GPTNeoConfig, type GPTNeoOptions, gptNeoConfig } from '../config/gptNeoConfig.ts';
export {
  type LlamaConfig,
  type LlamaOptions,
  llamaConfig,
  mistralConfig,
  qwen2Config,
  qwen3Config,
} from '../config/llamaConfig.ts';
export type { RopeScaling } from '../config/ropeScaling.ts';
export {
  type CausalConfig,
  type CausalContext,
  type CausalLossContext,
  CausalModel,
  IGNORED_LABEL,
} from './causalModel.ts';
export { GPT2LMHeadModel, GPT2Model } from './gpt2.ts';
export { GPTNeoForCausalLM, GPTNeoModel } from './gptNeo.ts';
export {
  LlamaForCausalLM,
  LlamaModel,
  MistralForCausalLM,
  MistralModel,
  Qwen2ForCausalLM,
  Qwen2Model,
  Qwen3ForCausalLM,
  Qwen3Model,
} from './llama.ts';
