export { Dropout } from './dropout.ts';
export { Embedding } from './embedding.ts';
export { KeyValueCache } from './keyValueCache.ts';
export { LayerNorm, type LayerNormOptions } from './layerNorm.ts';
export { type LayerOptions, Linear, type LinearOptions } from './linear.ts';
export { crossEntropy } from './loss.ts';
export { type LoadOptions, type LoadReport, Module, type StateDict } from './module.ts';
export { type BufferOptions, buffer, isBuffer, isParameter, parameter } from './parameter.ts';
export { QuantizedLinear, quantizeLinears } from './quantize.ts';
export {
  type AttentionContext,
  type Observer,
  observerOf,
  SelfAttention,
  type SelfAttentionOptions,
} from './selfAttention.ts';
