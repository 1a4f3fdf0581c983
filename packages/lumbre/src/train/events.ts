import type { Metrics, Sample, Unit } from './task.ts';

/** What a training tells those who watch it. */
export type TrainEvent =
  | {
      readonly type: 'step';
      /** Steps made, this one included. */
      readonly step: number;
      readonly steps: number;
      /** The figures of this step's batch. */
      readonly metrics: Metrics;
      /** How much it gets through in a second, in `unit`; 0 until that is known. */
      readonly rate: number;
      readonly unit: Unit;
      readonly secondsLeft: number;
    }
  | {
      readonly type: 'validation';
      readonly step: number;
      readonly metrics: Metrics;
      /** Whether the figure that is watched is the best so far. */
      readonly best: boolean;
    }
  | { readonly type: 'sample'; readonly step: number; readonly sample: Sample }
  | {
      readonly type: 'checkpoint';
      readonly step: number;
      /** All that is needed to go on: a file. */
      readonly bytes: Uint8Array;
      /** What is published of the model: a safetensors file. */
      readonly weights: Uint8Array;
    };

export type TrainListener = (event: TrainEvent) => void | Promise<void>;

/** Why a training ended: all steps made, or stopped before. */
export type TrainEnd = 'finished' | 'stopped';
