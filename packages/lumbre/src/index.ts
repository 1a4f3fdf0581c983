export type { DType, NumericArray } from './graph/dtype.ts';
export type { Shape } from './graph/shape.ts';
export { TensorSizeError } from './graph/shape.ts';
export type { DeviceStatistics, KernelReport, MemoryUse, ProgramReport } from './runtime/device.ts';
export { defaultDevice, deviceNames, setDefaultDevice, withMetaDevice } from './runtime/devices.ts';
export { type MetaDevice, MetaReadError } from './runtime/meta/device.ts';
export {
  type AdaptiveSize,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
} from './tensor/adaptivePooling.ts';
export type { IndexEntry, Indices } from './tensor/advancedIndexing.ts';
export { type AnomalyOptions, detectAnomaly, NaNError } from './tensor/anomaly.ts';
export { type AttentionOptions, scaledDotProductAttention } from './tensor/attention.ts';
export { checkpoint } from './tensor/checkpoint.ts';
export {
  atleast1d,
  atleast2d,
  atleast3d,
  broadcastTensors,
  cat,
  columnStack,
  concatenate,
  dstack,
  hstack,
  type MeshgridOptions,
  meshgrid,
  stack,
  vstack,
  where,
} from './tensor/combine.ts';
export type { CloseOptions } from './tensor/comparison.ts';
export { type CompiledFunction, type CompileOptions, compile } from './tensor/compile.ts';
export {
  type ConvolutionOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type TransposedConvolutionOptions,
} from './tensor/convolution.ts';
export type { HookHandle, NestedArray } from './tensor/core.ts';
export {
  arange,
  eye,
  feed,
  fromFunction,
  full,
  fullLike,
  linspace,
  logspace,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  trilIndices,
  triuIndices,
  zeros,
  zerosLike,
} from './tensor/creation.ts';
export type { DiffOptions } from './tensor/cumulative.ts';
export {
  type BackwardContext,
  type CustomFunctionOptions,
  customFunction,
  stopGradient,
} from './tensor/custom.ts';
export { defaultDtype, setDefaultDtype } from './tensor/defaults.ts';
export { type ContractedAxes, einsum, inner, tensordot, vdot } from './tensor/einsum.ts';
export {
  type ExplainedNode,
  type Explanation,
  explain,
  explanation,
  memory,
  statistics,
} from './tensor/explain.ts';
export * as fft from './tensor/fft/index.ts';
export type { PrintOptions } from './tensor/formatting.ts';
export { defaultGenerator, Generator, type GeneratorState, manualSeed } from './tensor/generator.ts';
export { type GradientOf, type GradOptions, grad, gradients, valueAndGrad } from './tensor/grad.ts';
export { type InterpolateOptions, interpolate } from './tensor/interpolate.ts';
export * as linalg from './tensor/linalg/index.ts';
export { multinomial } from './tensor/multinomial.ts';
export type { NestedValues, NumbersView, TensorData } from './tensor/nested.ts';
export type { CrossEntropyOptions } from './tensor/neural.ts';
export { type FunctionObserver, observeFunctions } from './tensor/observer.ts';
export type { TensorLike } from './tensor/operands.ts';
export { multiplyAdds } from './tensor/operations.ts';
export type { PadOptions, PadPair } from './tensor/padding.ts';
export { pixelShuffle, pixelUnshuffle } from './tensor/pixelShuffle.ts';
export {
  type AveragePoolOptions,
  avgPool1d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  type PoolOptions,
} from './tensor/pooling.ts';
export { setPrintOptions } from './tensor/printing.ts';
export { type QuantizedWeight, quantizedLinear, quantizeRows } from './tensor/quantized.ts';
export {
  bernoulli,
  normal,
  type RandomOptions,
  rand,
  randint,
  randn,
  randperm,
  uniform,
} from './tensor/random.ts';
export {
  exponential,
  gumbel,
  randintLike,
  randLike,
  randnLike,
  truncatedNormal,
} from './tensor/randomLike.ts';
export type { Unique } from './tensor/reading.ts';
export type { Axes, ReduceOptions, VarianceOptions } from './tensor/reduce.ts';
export { type ScanOptions, scan } from './tensor/scan.ts';
export { keep, noGrad, scope } from './tensor/scope.ts';
export { bucketize, type SearchOptions, searchsorted } from './tensor/searching.ts';
export type { SliceIndex } from './tensor/slicing.ts';
export type { Sorted, SortOptions, TopkOptions } from './tensor/sorting.ts';
export type { PerDimension } from './tensor/spatial.ts';
export {
  type AverageOptions,
  average,
  type NanToNumOptions,
  nanToNum,
  ptp,
  type TrapezoidOptions,
  trapezoid,
} from './tensor/statistics/average.ts';
export { type CovarianceOptions, corrcoef, cov } from './tensor/statistics/covariance.ts';
export {
  type CosineSimilarityOptions,
  cartesianProd,
  cdist,
  cosineSimilarity,
  type PairwiseDistanceOptions,
  pairwiseDistance,
} from './tensor/statistics/distances.ts';
export {
  type BincountLength,
  type BincountOptions,
  bincount,
  type HistogramOptions,
  histogram,
} from './tensor/statistics/histogram.ts';
export {
  type ConvolveMode,
  convolve,
  correlate,
  type InterpOptions,
  interp,
} from './tensor/statistics/interp.ts';
export {
  type Interpolation,
  percentile,
  type QuantileOptions,
  quantile,
} from './tensor/statistics/quantile.ts';
export type { TensorSummary } from './tensor/summary.ts';
export { Tensor } from './tensor/tensor.ts';
export { guard, isTracing } from './tensor/trace.ts';
export { hessian, hvp, type JacobianOptions, jacobian, jvp, vjp } from './tensor/transforms.ts';
export { fold, unfold, type WindowOptions } from './tensor/windows.ts';
