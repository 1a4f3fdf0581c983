export type { DType, NumericArray } from './graph/dtype.ts';
export type { Shape } from './graph/shape.ts';
export type { KernelReport, MemoryUse, ProgramReport } from './runtime/device.ts';
export { defaultDevice, deviceNames, setDefaultDevice } from './runtime/devices.ts';
export { cat, stack, where } from './tensor/combine.ts';
export { type CompiledFunction, type CompileOptions, compile } from './tensor/compile.ts';
export type { NestedArray } from './tensor/core.ts';
export {
  arange,
  eye,
  feed,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from './tensor/creation.ts';
export {
  type BackwardContext,
  type CustomFunctionOptions,
  customFunction,
  stopGradient,
} from './tensor/custom.ts';
export { defaultDtype, setDefaultDtype } from './tensor/defaults.ts';
export { explain, memory } from './tensor/explain.ts';
export { defaultGenerator, Generator, type GeneratorState, manualSeed } from './tensor/generator.ts';
export { type GradientOf, type GradOptions, grad, valueAndGrad } from './tensor/grad.ts';
export type { NestedValues, NumbersView, TensorData } from './tensor/nested.ts';
export type { CrossEntropyOptions } from './tensor/neural.ts';
export type { TensorLike } from './tensor/operands.ts';
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
export type { Axes, ReduceOptions } from './tensor/reduce.ts';
export { keep, noGrad, scope } from './tensor/scope.ts';
export type { SliceIndex } from './tensor/slicing.ts';
export { Tensor } from './tensor/tensor.ts';
export { guard } from './tensor/trace.ts';
