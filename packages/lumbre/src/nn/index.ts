export {
  type Activation,
  CELU,
  ELU,
  GELU,
  type GELUOptions,
  GLU,
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  Identity,
  LeakyReLU,
  LogSigmoid,
  LogSoftmax,
  Mish,
  PReLU,
  type PReLUOptions,
  ReLU,
  ReLU6,
  SELU,
  Sigmoid,
  SiLU,
  Softmax,
  Softmin,
  Softplus,
  Softshrink,
  Softsign,
  Tanh,
  Tanhshrink,
  Threshold,
} from './activation.ts';
export { BatchNorm1d, BatchNorm2d } from './batchNorm.ts';
export { Bilinear, type BilinearOptions } from './bilinear.ts';
export {
  Conv1d,
  Conv2d,
  type ConvOptions,
  ConvTranspose1d,
  ConvTranspose2d,
  type ConvTransposeOptions,
} from './convolution.ts';
export { CosineSimilarity, PairwiseDistance } from './distances.ts';
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, type DropoutOptions } from './dropout.ts';
export { Embedding, type EmbeddingOptions, type PretrainedOptions } from './embedding.ts';
export { GroupNorm, type GroupNormOptions } from './groupNorm.ts';
export * as init from './init.ts';
export { InstanceNorm1d, InstanceNorm2d } from './instanceNorm.ts';
export { KeyValueCache } from './keyValueCache.ts';
export { LayerNorm, type LayerNormOptions } from './layerNorm.ts';
export { type LayerOptions, Linear, type LinearOptions } from './linear.ts';
export * from './losses/index.ts';
export { type LoadOptions, type LoadReport, Module, type StateDict } from './module.ts';
export { ModuleDict } from './moduleDict.ts';
export { ModuleList } from './moduleList.ts';
export {
  CircularPad1d,
  CircularPad2d,
  ConstantPad1d,
  ConstantPad2d,
  Padding,
  type PaddingSize,
  ReflectionPad1d,
  ReflectionPad2d,
  ReplicationPad1d,
  ReplicationPad2d,
  ZeroPad1d,
  ZeroPad2d,
} from './padding.ts';
export { type BufferOptions, buffer, isBuffer, isParameter, parameter } from './parameter.ts';
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AvgPool1d,
  type AvgPool1dOptions,
  AvgPool2d,
  MaxPool1d,
  MaxPool2d,
  type MaxPoolLayerOptions,
} from './pooling.ts';
export { QuantizedEmbedding, QuantizedLinear, quantizeLinears } from './quantize.ts';
export { Flatten, PixelShuffle, PixelUnshuffle, Unflatten, Upsample } from './rearrange.ts';
export {
  type CellOptions,
  GRUCell,
  LSTMCell,
  RNNCell,
  type RNNCellOptions,
} from './recurrent/cells.ts';
export {
  lstmFromTensorFlow,
  type TensorFlowLSTMCell,
  type TensorFlowLSTMOptions,
} from './recurrent/fromTensorFlow.ts';
export type { Lengths } from './recurrent/lengths.ts';
export {
  type RecurrentCall,
  RecurrentLayer,
  type RecurrentOptions,
} from './recurrent/recurrentLayer.ts';
export { GRU, LSTM, type LSTMOptions, type LSTMState, RNN, type RNNOptions } from './recurrent/rnn.ts';
export { RMSNorm, type RMSNormOptions } from './rmsNorm.ts';
export { RunningNorm, type RunningNormOptions } from './runningNorm.ts';
export {
  type AttentionContext,
  type Observer,
  observerOf,
  SelfAttention,
  type SelfAttentionOptions,
} from './selfAttention.ts';
export { type Layer, Sequential } from './sequential.ts';
export { type SpectralNormOptions, spectralNorm, type WeightedLayer } from './spectralNorm.ts';
export {
  type Summary,
  type SummaryInput,
  type SummaryOptions,
  type SummaryRow,
  summary,
} from './summary/summary.ts';
export {
  type DecoderLayerCall,
  TransformerDecoder,
  TransformerDecoderLayer,
} from './transformer/decoder.ts';
export {
  type EncoderLayerCall,
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
  type TransformerStackOptions,
} from './transformer/encoder.ts';
export type { AttentionMasks } from './transformer/masks.ts';
export {
  generateSquareSubsequentMask,
  MultiheadAttention,
  type MultiheadAttentionCall,
  type MultiheadAttentionOptions,
} from './transformer/multiheadAttention.ts';
export {
  type PositionalEncodingOptions,
  SinusoidalPositionalEncoding,
} from './transformer/positionalEncoding.ts';
export { Transformer, type TransformerCall, type TransformerOptions } from './transformer/transformer.ts';
export { type Quantized, VectorQuantizer, type VectorQuantizerOptions } from './vectorQuantizer.ts';
