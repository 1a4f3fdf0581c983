export { AdamW, type AdamWSettings } from './adamw.ts';
export { clipGradNorm } from './clipGradNorm.ts';
export {
  type GroupSettings,
  Optimizer,
  type OptimizerInput,
  type OptimizerState,
  type ParameterGroup,
  type Update,
} from './optimizer.ts';
export { type CosineScheduleOptions, cosineSchedule } from './schedule.ts';
export { SGD, type SGDSettings } from './sgd.ts';
