import type { FittingState, Progress as Iteration } from '../../models/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics, Parts, Sample, Task, Watched } from '../../train/index.ts';

/** What is asked of a model that is fitted in iterations, and has been started. */
export interface Fitting<Step extends Iteration> {
  readonly done: boolean;
  step(): Promise<Step>;
  state(): FittingState;
  setState(state: FittingState): unknown;
  stateDict(): ReadonlyMap<string, Tensor>;
  dispose(): void;
}

export interface EstimatorTaskOptions<Step extends Iteration> {
  readonly model: Fitting<Step>;
  /** What an iteration is told by. */
  readonly figures: (step: Step) => Metrics;
  /** Samples that an iteration looks at. */
  readonly rows: number;
  readonly evaluate: () => Promise<Metrics>;
  readonly sample?: () => Promise<Sample>;
  readonly watched?: Watched;
  readonly parts?: Parts;
  readonly fingerprint: string;
  /** Default: the model's tensors. */
  readonly published?: () => ReadonlyMap<string, Tensor>;
  readonly dispose?: () => void;
}

/** Fits a model: a step is an iteration, and it ends when the model has come to rest. */
export class EstimatorTask<Step extends Iteration> implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched: Watched;
  readonly fingerprint: string;
  readonly evaluate: () => Promise<Metrics>;
  readonly sample?: () => Promise<Sample>;
  readonly #options: EstimatorTaskOptions<Step>;

  constructor(options: EstimatorTaskOptions<Step>) {
    const { model, rows, watched, parts = {}, evaluate, sample } = options;
    this.#options = options;
    // First what the model draws from: going on may draw again what had been drawn before.
    this.parts = { ...parts, fitting: model };
    this.pace = { count: rows, unit: 'examples' };
    this.watched = watched ?? { metric: 'loss', mode: 'min' };
    this.fingerprint = options.fingerprint;
    this.evaluate = evaluate;
    if (sample) this.sample = sample;
  }

  get done(): boolean {
    return this.#options.model.done;
  }

  published(): ReadonlyMap<string, Tensor> {
    const { model, published } = this.#options;
    return published?.() ?? model.stateDict();
  }

  async step(): Promise<Metrics> {
    return this.#options.figures(await this.#options.model.step());
  }

  dispose(): void {
    this.#options.model.dispose();
    this.#options.dispose?.();
  }
}
