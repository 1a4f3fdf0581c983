export { Adadelta, type AdadeltaSettings } from './adadelta.ts';
export { Adagrad, type AdagradSettings } from './adagrad.ts';
export { Adam, type AdamSettings } from './adam.ts';
export { Adamax, type AdamaxSettings } from './adamax.ts';
export { AdamW, type AdamWSettings } from './adamw.ts';
export { type ClipGradNormOptions, clipGradNorm } from './clipGradNorm.ts';
export { clipGradValue } from './clipGradValue.ts';
export {
  type Averageable,
  type AverageState,
  ExponentialMovingAverage,
  type ExponentialMovingAverageOptions,
} from './exponentialMovingAverage.ts';
export { GradientAccumulator } from './gradientAccumulator.ts';
export { Lion, type LionSettings } from './lion.ts';
export { Muon, type MuonSettings } from './muon.ts';
export { NAdam, type NAdamSettings } from './nadam.ts';
export {
  type GroupInput,
  Optimizer,
  type OptimizerInput,
  type OptimizerState,
  type ParameterGroup,
  type Update,
} from './optimizer.ts';
export { RAdam, type RAdamSettings } from './radam.ts';
export { RMSprop, type RMSpropSettings } from './rmsprop.ts';
export { type CosineScheduleOptions, cosineSchedule } from './schedule.ts';
export * from './schedulers/index.ts';
export type { GroupSettings } from './settings.ts';
export { SGD, type SGDSettings } from './sgd.ts';
