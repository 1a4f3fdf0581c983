import type { Module } from '../../nn/index.ts';
import { keep, noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { RunFiles } from '../recorder.ts';
import { ownTensors } from '../state.ts';
import type { Metrics } from '../task.ts';
import type { History } from './history.ts';

/** A training as callbacks see it. */
export interface FitContext {
  readonly model: Module;
  readonly history: History;
  /** The learning rate of all groups. */
  lr: number;
  /** Ends the training after this epoch. */
  stop(): void;
  /** All that is needed to go on from here, as a file. */
  checkpoint(): Promise<Uint8Array>;
}

/** What happens along the way; each may return a promise, for which training waits. Keras's, with the same names. */
export interface Callback {
  onTrainBegin?(context: FitContext): void | Promise<void>;
  /** @param epoch counts from 1 */
  onEpochBegin?(epoch: number, context: FitContext): void | Promise<void>;
  /** @param figures of one batch */
  onBatchEnd?(step: number, figures: Metrics, context: FitContext): void | Promise<void>;
  /** @param figures the means of the epoch and, as `valLoss` and the like, those of the validation data */
  onEpochEnd?(epoch: number, figures: Metrics, context: FitContext): void | Promise<void>;
  onTrainEnd?(context: FitContext): void | Promise<void>;
}

export interface MonitorOptions {
  /** The figure of an epoch that is watched. Default `valLoss`. */
  readonly monitor?: string;
  /** Whether it should fall or rise. Default `max` for accuracies, else `min`. */
  readonly mode?: 'min' | 'max';
  /** A change of less is none. Default 0. */
  readonly minDelta?: number;
}

/** Remembers the best value of a figure. */
class Monitor {
  readonly #monitor: string;
  readonly #mode: 'min' | 'max';
  readonly #minDelta: number;
  best: number | null = null;

  constructor({ monitor = 'valLoss', mode, minDelta = 0 }: MonitorOptions) {
    this.#monitor = monitor;
    this.#mode = mode ?? (/acc/i.test(monitor) ? 'max' : 'min');
    this.#minDelta = minDelta;
  }

  /** Whether it got better. @throws Error when there is no such figure. */
  improved(figures: Metrics, who: string): boolean {
    const value = figures[this.#monitor];
    if (value === undefined) {
      throw new Error(
        `${who}: there is no '${this.#monitor}' to monitor; there are ${Object.keys(figures).join(', ')}. ` +
          'Give validation data, or another `monitor`.',
      );
    }
    const gain = this.best === null ? Infinity : this.#mode === 'min' ? this.best - value : value - this.best;
    if (!(gain > this.#minDelta)) return false;
    this.best = value;
    return true;
  }
}

export interface EarlyStoppingOptions extends MonitorOptions {
  /** So many epochs without getting better end the training. Default 0: the first one does. */
  readonly patience?: number;
  /** Whether the model gets back the weights of its best epoch. Default false. */
  readonly restoreBestWeights?: boolean;
}

/** Ends a training that no longer gets better (Prechelt, Early Stopping: But When?, 1998), as Keras's. */
export class EarlyStopping implements Callback {
  readonly #monitor: Monitor;
  readonly #patience: number;
  readonly #restore: boolean;
  #waited = 0;
  #weights: ReadonlyMap<string, Tensor> | null = null;
  /** The epoch that ended the training, 0 if none did. */
  stoppedEpoch = 0;

  constructor({ patience = 0, restoreBestWeights = false, ...monitor }: EarlyStoppingOptions = {}) {
    this.#monitor = new Monitor(monitor);
    this.#patience = patience;
    this.#restore = restoreBestWeights;
  }

  onEpochEnd(epoch: number, figures: Metrics, context: FitContext): void {
    if (this.#monitor.improved(figures, 'EarlyStopping')) {
      this.#waited = 0;
      if (this.#restore) this.#remember(context.model);
    } else if (++this.#waited > this.#patience) {
      this.stoppedEpoch = epoch;
      context.stop();
    }
  }

  #remember(model: Module): void {
    this.#forget();
    this.#weights = new Map(
      [...ownTensors(model)].map(([name, value]) => [
        name,
        keep(noGrad(() => value.detach().clone())).realize(),
      ]),
    );
  }

  #forget(): void {
    for (const value of this.#weights?.values() ?? []) value.dispose();
    this.#weights = null;
  }

  onTrainEnd({ model }: FitContext): void {
    if (this.#weights) model.loadStateDict(this.#weights);
    this.#forget();
  }
}

export interface ModelCheckpointOptions extends MonitorOptions {
  /** Where it is written to: a folder of a disk, or of a browser's storage. */
  readonly files: RunFiles;
  /** The file's name; `{epoch}` stands for the epoch. Default `checkpoint.safetensors`. */
  readonly name?: string;
  /** Whether only the best epochs are kept. Default false. */
  readonly saveBestOnly?: boolean;
}

/** Writes a checkpoint after each epoch, or after the best ones, from which `fit` goes on with `resume`. */
export class ModelCheckpoint implements Callback {
  readonly #options: ModelCheckpointOptions;
  readonly #monitor: Monitor;

  constructor(options: ModelCheckpointOptions) {
    this.#options = options;
    this.#monitor = new Monitor(options);
  }

  async onEpochEnd(epoch: number, figures: Metrics, context: FitContext): Promise<void> {
    const { files, name = 'checkpoint.safetensors', saveBestOnly = false } = this.#options;
    if (saveBestOnly && !this.#monitor.improved(figures, 'ModelCheckpoint')) return;
    await files.write(name.replace('{epoch}', String(epoch)), await context.checkpoint());
  }
}

/** Sets the learning rate of each epoch, which counts from 1, by what it was. */
export class LearningRateScheduler implements Callback {
  readonly #schedule: (epoch: number, lr: number) => number;

  constructor(schedule: (epoch: number, lr: number) => number) {
    this.#schedule = schedule;
  }

  onEpochBegin(epoch: number, context: FitContext): void {
    context.lr = this.#schedule(epoch, context.lr);
  }
}
