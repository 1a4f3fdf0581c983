export {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  modelOf,
  type TrainingState,
} from './checkpoint.ts';
export type { TrainEnd, TrainEvent, TrainListener } from './events.ts';
export { type Metric, parseMetrics, type RunFiles, RunRecorder, runFileNames } from './recorder.ts';
export { completeTrainConfig, type TrainConfig } from './trainConfig.ts';
export { DivergedError, type TrainData, Trainer, type TrainerOptions } from './trainer.ts';
