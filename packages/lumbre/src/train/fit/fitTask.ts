import type { DataLoader } from '../../data/index.ts';
import type { Module } from '../../nn/index.ts';
import { clipGradNorm, type LRScheduler, type Optimizer } from '../../optim/index.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { defaultGenerator } from '../../tensor/generator.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ownTensors, type Parts } from '../state.ts';
import type { Metrics, Task } from '../task.ts';

type Figures = Readonly<Record<string, Tensor>>;

/** What an optimizer has, whatever its settings. */
export type AnyOptimizer = Pick<
  Optimizer<{ lr: number }>,
  'step' | 'zeroGrad' | 'lr' | 'stateDict' | 'loadStateDict'
>;

export interface FitTaskOptions<Batch> {
  readonly model: Module;
  readonly optimizer: AnyOptimizer;
  readonly train: DataLoader<never, Batch>;
  readonly validation?: AsyncIterable<Batch>;
  /** The figures of a batch: `loss`, which is made smaller, and what else is to be seen; means over the batch. */
  readonly figures: (batch: Batch) => { readonly loss: Tensor } & Figures;
  /** How many examples a batch has. */
  readonly sizeOf: (batch: Batch) => number;
  readonly clipNorm?: number;
  readonly scheduler?: Pick<LRScheduler, 'step' | 'state' | 'setState'>;
  readonly parts?: Parts;
}

async function read(figures: Figures): Promise<Metrics> {
  try {
    const numbers = Object.entries(figures).map(async ([name, value]) => [name, await value.item()] as const);
    return Object.fromEntries(await Promise.all(numbers)) as Metrics;
  } finally {
    for (const value of Object.values(figures)) value.dispose();
  }
}

/** A training by epochs as a task: one step is one batch of the loader. */
export class FitTask<Batch> implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched: Task['watched'] = { metric: 'loss', mode: 'min' };
  readonly fingerprint = 'fit';
  readonly evaluate?: () => Promise<Metrics>;
  readonly #options: FitTaskOptions<Batch>;
  readonly #train: CompiledFunction<[Batch], Figures>;
  readonly #measure: CompiledFunction<[Batch], Figures>;
  #batches: AsyncGenerator<Batch, void, undefined> | null = null;

  constructor(options: FitTaskOptions<Batch>) {
    const { model, optimizer, train, validation, figures, clipNorm, scheduler, parts = {} } = options;
    this.#options = options;
    this.#train = compile((batch: Batch) => {
      const made: Record<string, Tensor> = { ...figures(batch) };
      (made.loss as Tensor).backward();
      if (clipNorm !== undefined) made.gradNorm = clipGradNorm(model.parameters(), clipNorm);
      optimizer.step();
      optimizer.zeroGrad();
      return made;
    });
    this.#measure = compile((batch: Batch) => ({ ...figures(batch) }));
    this.parts = {
      model,
      optimizer,
      batches: train,
      // What draws dropout and the like, unless the model has a generator of its own.
      random: defaultGenerator,
      ...(scheduler && { scheduler }),
      ...parts,
    };
    this.pace = { count: train.batchSize, unit: 'examples' };
    if (validation) this.evaluate = () => this.#evaluate(validation);
  }

  published(): ReadonlyMap<string, Tensor> {
    return ownTensors(this.#options.model);
  }

  async #next(): Promise<Batch> {
    for (;;) {
      this.#batches ??= this.#options.train[Symbol.asyncIterator]() as AsyncGenerator<Batch, void, undefined>;
      const { value, done } = await this.#batches.next();
      if (!done) return value;
      this.#batches = null;
    }
  }

  async step(): Promise<Metrics> {
    const { model, optimizer, scheduler } = this.#options;
    model.train();
    const batch = await this.#next();
    const figures = await read(await this.#train.async(batch));
    const { lr } = optimizer;
    scheduler?.step();
    return { ...figures, lr };
  }

  /** The means over all examples. */
  async #evaluate(validation: AsyncIterable<Batch>): Promise<Metrics> {
    const { model, sizeOf } = this.#options;
    model.eval();
    const sums = new Map<string, number>();
    let total = 0;
    for await (const batch of validation) {
      const size = sizeOf(batch);
      total += size;
      for (const [name, value] of Object.entries(await read(noGrad(() => this.#measure(batch))))) {
        sums.set(name, (sums.get(name) ?? 0) + size * value);
      }
    }
    if (total === 0) throw new Error('fit: the validation data have no batch.');
    return Object.fromEntries([...sums].map(([name, sum]) => [name, sum / total]));
  }

  /** Ends the loop over the loader: with the next step another one begins where its state says. */
  async close(): Promise<void> {
    await this.#batches?.return();
    this.#batches = null;
  }

  /** Gives back the programs; the model and the optimizer are the caller's. */
  dispose(): void {
    this.#train.dispose();
    this.#measure.dispose();
  }
}
