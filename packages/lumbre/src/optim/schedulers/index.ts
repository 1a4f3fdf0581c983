export { ChainedScheduler } from './chainedScheduler.ts';
export { ConstantLR, type ConstantLROptions } from './constantLR.ts';
export { CosineAnnealingLR, type CosineAnnealingLROptions } from './cosineAnnealingLR.ts';
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from './cosineAnnealingWarmRestarts.ts';
export { ExponentialLR } from './exponentialLR.ts';
export { type Factor, LambdaLR } from './lambdaLR.ts';
export { LinearLR, type LinearLROptions } from './linearLR.ts';
export { type AnyOptimizer, LRScheduler, type SchedulerState } from './lrScheduler.ts';
export { MultiStepLR, type MultiStepLROptions } from './multiStepLR.ts';
export { OneCycleLR, type OneCycleLROptions } from './oneCycleLR.ts';
export { PolynomialLR, type PolynomialLROptions } from './polynomialLR.ts';
export { type PlateauState, ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduceLROnPlateau.ts';
export { SequentialLR } from './sequentialLR.ts';
export { StepLR, type StepLROptions } from './stepLR.ts';
export { type WarmupOptions, warmup } from './warmup.ts';
