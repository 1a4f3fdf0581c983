import type { NumericArray } from '../../graph/dtype.ts';
import { makeBreather } from '../../platform/breathe.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { Estimator, type SavedEstimator } from './estimator.ts';

/** What is told of an iteration: its number, from 1, and figures. */
export interface Progress {
  readonly iteration: number;
}

export interface FitOptions<Step extends Progress> {
  /** Is told of every iteration. */
  readonly onIteration?: (progress: Step) => void;
  /** Ends the fitting early, with what has been found so far. */
  readonly signal?: AbortSignal;
}

/** How far a fitting has come: plain values, that JSON keeps exactly. */
export interface FittingState {
  readonly iteration: number;
  readonly converged: boolean;
  readonly found: Pick<SavedEstimator, 'estimator' | 'numbers' | 'tensors'>;
  /** What only the fitting itself needs; null when there is nothing left to do. */
  readonly work: unknown;
}

interface Disposable {
  dispose(): void;
}

/**
 * A model that is fitted in iterations. `fit` does all of it; `iterate` lets a loop watch; and a loop of one's own is
 *
 * ```ts
 * model.start(X);
 * while (!model.done) console.log(await model.step());
 * ```
 */
export abstract class IterativeEstimator<Step extends Progress, Data extends unknown[]> extends Estimator {
  readonly #workspace: Disposable[] = [];
  #iteration = 0;
  #running = false;
  #converged = false;

  /** Whether the last fitting came to rest before its iterations were used up. */
  get converged(): boolean {
    return this.#converged;
  }

  /** Whether there is nothing left to do: it has converged, has made all of its iterations, or never started. */
  get done(): boolean {
    return !this.#running;
  }

  /** Iterations made so far, in all runs. */
  get iteration(): number {
    return this.#iteration;
  }

  /** Looks at the data, takes first values and the memory that is needed until the end. */
  protected abstract prepare(...data: Data): void;

  /** One iteration. */
  protected abstract advance(): Promise<{
    progress: Omit<Step, 'iteration'>;
    converged: boolean;
    done: boolean;
  }>;

  /** What is left to do at the end, before the memory is given back. */
  protected abstract conclude(): Promise<void>;

  /** What `prepare` does not find again, as plain values: no typed arrays, no infinities. */
  protected abstract remember(): unknown;

  /** Goes on from there, after `prepare`. */
  protected abstract recall(work: never): void;

  /** Something that is disposed of when the fitting ends. */
  protected hold<T extends Disposable>(value: T): T {
    this.#workspace.push(value);
    return value;
  }

  /** Begins anew. @throws RangeError for data that do not fit. */
  start(...data: Data): this {
    this.#release();
    this.#iteration = 0;
    this.#converged = false;
    try {
      this.prepare(...data);
      this.#running = true;
    } catch (error) {
      this.#release();
      throw error;
    }
    return this;
  }

  /** What must be kept to go on later as if nothing had been interrupted; generators keep their own. */
  state(): FittingState {
    const { estimator, numbers, tensors } = this.toJSON();
    return {
      iteration: this.#iteration,
      converged: this.#converged,
      found: { estimator, numbers, tensors },
      work: this.#running ? this.remember() : null,
    };
  }

  /**
   * Goes on from a state, after `start` with the same data.
   * @throws Error when it has not been started, or the state is of another kind of model.
   */
  setState({ iteration, converged, found, work }: FittingState): this {
    if (work !== null && !this.#running)
      throw new Error(`${this.name}.setState: call start() with the data first.`);
    const device = this.#workspace.find((held) => held instanceof Tensor)?.device;
    this.loadJSON({ ...found, config: {} }, { device });
    this.#iteration = iteration;
    this.#converged = converged;
    if (work === null) this.#release();
    else this.recall(work as never);
    return this;
  }

  /** Makes one iteration; after the last one the memory that it needed is given back. @throws Error when done. */
  async step(): Promise<Step> {
    if (!this.#running)
      throw new Error(`${this.name}.step: there is nothing to do; call start() with data first.`);
    try {
      const { progress, converged, done } = await this.advance();
      this.#iteration++;
      this.#converged = converged;
      if (done) await this.stop();
      return { ...progress, iteration: this.#iteration } as Step;
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  /** Ends the fitting with what has been found so far. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    try {
      await this.conclude();
    } finally {
      this.#release();
    }
  }

  /** Fits and tells of every iteration: `for await (const { iteration } of model.iterate(X))`. */
  async *iterate(...data: Data): AsyncGenerator<Step, void, undefined> {
    this.start(...data);
    const breathe = makeBreather();
    try {
      while (!this.done) {
        yield await this.step();
        await breathe();
      }
    } finally {
      await this.stop();
    }
  }

  protected async run({ onIteration, signal }: FitOptions<Step>, ...data: Data): Promise<this> {
    for await (const progress of this.iterate(...data)) {
      onIteration?.(progress);
      if (signal?.aborted) break;
    }
    return this;
  }

  #release(): void {
    this.#running = false;
    for (const value of this.#workspace.splice(0)) value.dispose();
  }

  override dispose(): void {
    this.#release();
    super.dispose();
  }
}

/** The values of tensors, which are disposed of. */
export async function readAll<Names extends string>(
  tensors: Readonly<Record<Names, Tensor>>,
): Promise<Record<Names, NumericArray>> {
  const entries = Object.entries<Tensor>(tensors);
  try {
    const values: [string, NumericArray][] = [];
    for (const [name, value] of entries) values.push([name, await value.data()]);
    return Object.fromEntries(values) as Record<Names, NumericArray>;
  } finally {
    for (const [, value] of entries) value.dispose();
  }
}
