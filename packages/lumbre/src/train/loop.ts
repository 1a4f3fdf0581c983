import { writeSafetensors } from '../hub/index.ts';
import { makeBreather } from '../platform/breathe.ts';
import { type Checkpoint, CheckpointError, encodeCheckpoint } from './checkpoint.ts';
import type { TrainEnd, TrainListener } from './events.ts';
import { Pace } from './pace.ts';
import { restoreParts, storeParts, storeTensors } from './state.ts';
import type { Metrics, Progress, Task } from './task.ts';

export interface LoopConfig {
  /** How many steps to make. */
  readonly steps: number;
  /** Steps from one evaluation to the next; samples and checkpoints are made then too. */
  readonly evalInterval: number;
  /** Stop after this many seconds at the latest, with schedules hurried along. Not reproducible. Default: no limit. */
  readonly seconds?: number | null;
}

/** A figure is no number any more. */
export class DivergedError extends Error {
  override readonly name = 'DivergedError';
  readonly code = 'train.diverged';
  readonly values: { readonly step: number; readonly metric: string };

  constructor(step: number, metric: string) {
    super(
      `The figure '${metric}' at step ${step} is not a number: the weights have grown without bound. Go on from the last ` +
        'checkpoint with a smaller learning rate, or clip gradients more.',
    );
    this.values = { step, metric };
  }
}

/** Runs a task: steps, evaluations, samples and checkpoints in their turns, and tells of each. */
export class TrainingLoop {
  readonly task: Task;
  readonly config: LoopConfig;
  readonly #pace = new Pace();
  readonly #breathe = makeBreather();
  #step = 0;
  #seconds = 0;
  #best: number | null = null;
  #last: number | null = null;
  #stopping = false;

  constructor(task: Task, config: LoopConfig) {
    this.task = task;
    this.config = config;
  }

  /** Steps made. */
  get step(): number {
    return this.#step;
  }

  /** Seconds of training, those before a checkpoint included. */
  get seconds(): number {
    return this.#seconds;
  }

  /** The best value so far of the figure that is watched. */
  get best(): number | null {
    return this.#best;
  }

  /** Its value at the last evaluation. */
  get last(): number | null {
    return this.#last;
  }

  get #outOfTime(): boolean {
    const { seconds } = this.config;
    return seconds != null && this.#seconds >= seconds;
  }

  get finished(): boolean {
    return this.#step >= this.config.steps || this.#outOfTime || this.task.done === true;
  }

  /** Ends the run after the step that is being made, with a checkpoint. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Makes the steps that are left. `listen` hears of each; when it returns a promise, training waits for it.
   *
   * @throws DivergedError when a figure is no number any more, and whatever `listen` throws.
   */
  async run(listen: TrainListener = () => {}): Promise<TrainEnd> {
    this.#stopping = false;
    let saved = -1;
    while (!this.finished && !this.#stopping) {
      await this.#makeStep(listen);
      if (this.finished || this.#step % this.config.evalInterval === 0) {
        await this.#evaluate(listen);
        await this.#sample(listen);
        await this.#save(listen);
        saved = this.#step;
      }
      await this.#breathe();
    }
    if (this.finished) return 'finished';
    if (saved !== this.#step) await this.#save(listen);
    return 'stopped';
  }

  #progress(): Progress {
    const { steps, seconds } = this.config;
    const byClock = seconds == null ? 0 : this.#seconds / seconds;
    return { step: this.#step, steps, fraction: Math.min(1, Math.max(this.#step / steps, byClock)) };
  }

  async #makeStep(listen: TrainListener): Promise<void> {
    const started = performance.now();
    const { steps, seconds } = this.config;
    const { task } = this;
    const metrics = await task.step(this.#progress());
    this.#step++;
    const duration = (performance.now() - started) / 1000;
    this.#seconds += duration;
    this.#pace.add(duration);
    this.#checkFinite(metrics);
    const byPace = this.#pace.secondsFor(steps - this.#step);
    await listen({
      type: 'step',
      step: this.#step,
      steps,
      metrics,
      rate: this.#pace.perSecond(task.pace.count),
      unit: task.pace.unit,
      secondsLeft: seconds == null ? byPace : Math.max(0, Math.min(byPace, seconds - this.#seconds)),
    });
  }

  #checkFinite(metrics: Metrics): void {
    for (const [name, value] of Object.entries(metrics)) {
      if (!Number.isFinite(value)) throw new DivergedError(this.#step, name);
    }
  }

  async #evaluate(listen: TrainListener): Promise<void> {
    const { task } = this;
    if (!task.evaluate) return;
    const metrics = await task.evaluate();
    this.#checkFinite(metrics);
    const { metric, mode } = task.watched;
    const value = metrics[metric];
    if (value === undefined) {
      throw new Error(
        `TrainingLoop: '${metric}' is watched, but evaluate() gave ${Object.keys(metrics).join(', ')}.`,
      );
    }
    const best = this.#best === null || (mode === 'min' ? value < this.#best : value > this.#best);
    if (best) this.#best = value;
    this.#last = value;
    await listen({ type: 'validation', step: this.#step, metrics, best });
  }

  async #sample(listen: TrainListener): Promise<void> {
    const sample = await this.task.sample?.(this.#progress());
    if (sample) await listen({ type: 'sample', step: this.#step, sample });
  }

  async #save(listen: TrainListener): Promise<void> {
    await listen({
      type: 'checkpoint',
      step: this.#step,
      bytes: encodeCheckpoint(await this.checkpoint()),
      weights: writeSafetensors(await storeTensors(this.task.published())),
    });
  }

  /** All that is needed to go on from here. */
  async checkpoint(): Promise<Checkpoint> {
    const loop = { step: this.#step, seconds: this.#seconds, best: this.#best, last: this.#last };
    return { loop, fingerprint: this.task.fingerprint, parts: await storeParts(this.task.parts) };
  }

  /**
   * Goes back to a checkpoint.
   * @throws CheckpointError when it is of another model or other data; then nothing has been changed.
   */
  restore({ loop, fingerprint, parts }: Checkpoint): void {
    if (fingerprint !== this.task.fingerprint) {
      throw new CheckpointError(
        'The checkpoint was made with other data. Train on the same, unchanged, or begin a new run.',
      );
    }
    try {
      restoreParts(this.task.parts, parts);
    } catch (error) {
      throw new CheckpointError(`The checkpoint does not fit: ${(error as Error).message}`);
    }
    this.#step = loop.step;
    this.#seconds = loop.seconds;
    this.#best = loop.best;
    this.#last = loop.last;
  }
}
