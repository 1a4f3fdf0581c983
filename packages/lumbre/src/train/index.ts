export {
  type Checkpoint,
  CheckpointError,
  decodeCheckpoint,
  encodeCheckpoint,
  type LoopState,
} from './checkpoint.ts';
export type { TrainEnd, TrainEvent, TrainListener } from './events.ts';
export { fingerprint } from './fingerprint.ts';
export {
  type Callback,
  EarlyStopping,
  type EarlyStoppingOptions,
  type FitContext,
  LearningRateScheduler,
  ModelCheckpoint,
  type ModelCheckpointOptions,
  type MonitorOptions,
} from './fit/callbacks.ts';
export { type FitData, type FitModel, type FitOptions, fit, type Pair } from './fit/fit.ts';
export { History } from './fit/history.ts';
export { TensorBoard, type TensorBoardOptions } from './fit/tensorBoard.ts';
export { DivergedError, type LoopConfig, TrainingLoop } from './loop.ts';
export {
  type Metric,
  parseMetrics,
  parseSamples,
  type RunFiles,
  RunRecorder,
  type RunRecorderOptions,
  runFileNames,
  sampleFile,
  type TextSample,
} from './recorder.ts';
export type { ReportCommand, ReportData, ReportSample, ReportSetting } from './report/data.ts';
export { makeReport } from './report/page.ts';
export {
  type Json,
  ownTensors,
  type Part,
  type PartState,
  type Parts,
  type PlainState,
  type Stateful,
  type StoredState,
  storeTensors,
  toTensors,
} from './state.ts';
export type { Metrics, Progress, Sample, Task, Unit, Watched } from './task.ts';
export { TensorBoardWriter, type TensorBoardWriterOptions } from './tensorboard/writer.ts';
