import type { Module } from '../../nn/index.ts';
import { AdamW, clipGradNorm, type ExponentialMovingAverage } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator, GeneratorState } from '../../tensor/generator.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  type Metrics,
  ownTensors,
  type Parts,
  type Progress,
  type Sample,
  type Task,
  type Unit,
  type Watched,
} from '../../train/index.ts';
import { evenlyInOrder, ShuffledBatches } from './epochs.ts';
import { MeanFigures, runStep } from './figures.ts';
import { warmupThenCosine } from './schedule.ts';
import { stream } from './streams.ts';

/** The settings of `batchSettings` and `loopSettings`. */
export interface BatchTaskSettings {
  readonly steps: number;
  readonly batchSize: number;
  readonly lr: number;
  readonly minLr: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  readonly gradClip: number;
  readonly seed: number;
}

export interface BatchTaskOptions {
  readonly model: Module;
  readonly device: string;
  readonly settings: BatchTaskSettings;
  /** What the losses draw from, and other state that a checkpoint has to keep. */
  readonly parts?: Parts;
  /** How many examples there are to learn from, and to measure by. */
  readonly examples: number;
  readonly heldOut: number;
  /** The figures of a batch, by the examples' numbers, int32 [batch]; `loss` is what is made smaller. */
  readonly loss: (ids: Tensor) => { readonly loss: Tensor } & Readonly<Record<string, Tensor>>;
  /** The figures of held-out examples, means over the batch; as `loss` unless given. Its draws have to be its own. */
  readonly measure: (ids: Tensor) => Readonly<Record<string, Tensor>>;
  /** What `measure` draws from: the same numbers at each evaluation. */
  readonly measuring?: Generator;
  /** A running mean of the weights: it is what is measured, shown and published, and the task's to dispose of. */
  readonly average?: ExponentialMovingAverage;
  readonly sample?: (progress: Progress) => Promise<Sample>;
  readonly watched?: Watched;
  readonly unit?: Unit;
  readonly fingerprint: string;
  /** How many held-out examples are measured at a time. Default: as many as a batch has. */
  readonly evalBatchSize?: number;
  /** What else is to be given back. */
  readonly dispose?: () => void;
}

/** Trains one model by one loss, on examples that are picked by number. */
export class BatchTask implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched: Watched;
  readonly fingerprint: string;
  readonly sample?: (progress: Progress) => Promise<Sample>;
  readonly #options: BatchTaskOptions;
  readonly #optimizer: AdamW;
  readonly #batches: ShuffledBatches;
  readonly #schedule: (progress: Progress) => number;
  readonly #measuringFrom: GeneratorState | undefined;

  readonly #train = compile((ids: Tensor): Record<string, Tensor> => {
    const { model, settings, loss: lossOf, average } = this.#options;
    const figures: Record<string, Tensor> = { ...lossOf(ids) };
    (figures.loss as Tensor).backward();
    if (settings.gradClip > 0) figures.gradNorm = clipGradNorm(model.parameters(), settings.gradClip);
    this.#optimizer.step();
    this.#optimizer.zeroGrad();
    average?.update();
    return figures;
  });

  readonly #measure = compile((ids: Tensor) => ({ ...this.#options.measure(ids) }));

  constructor(options: BatchTaskOptions) {
    const { model, settings, examples, sample, watched, unit = 'images', average, measuring } = options;
    const { seed, batchSize, lr, betas, weightDecay } = settings;
    this.#options = options;
    try {
      this.#batches = new ShuffledBatches(examples, batchSize, stream(seed, 'data').seed);
    } catch (error) {
      // They are this task's from here on: nobody else would give them back.
      model.dispose();
      average?.dispose();
      throw error;
    }
    this.#optimizer = new AdamW(decayGroups(model, weightDecay), { lr, betas });
    this.#schedule = warmupThenCosine(settings);
    this.#measuringFrom = measuring?.state();
    const own = { model, optimizer: this.#optimizer, batches: this.#batches };
    this.parts = { ...own, ...(average && { average }), ...options.parts };
    this.pace = { count: batchSize, unit };
    this.watched = watched ?? { metric: 'loss', mode: 'min' };
    this.fingerprint = options.fingerprint;
    if (sample) {
      this.sample = (progress) => {
        model.eval();
        return this.#averaged(() => noGrad(() => sample(progress)));
      };
    }
  }

  #ids(ids: Int32Array): Tensor {
    return tensor(ids, { dtype: 'int32', device: this.#options.device });
  }

  /** Runs something with the mean of the weights in their place, where there is one. */
  #averaged<T>(fn: () => T): T {
    const { average } = this.#options;
    return average ? average.averaged(fn) : fn();
  }

  published(): ReadonlyMap<string, Tensor> {
    const { model, average } = this.#options;
    const own = ownTensors(model);
    const means = average?.averages();
    return means ? new Map([...own].map(([name, value]) => [name, means.get(name) ?? value])) : own;
  }

  async step(progress: Progress): Promise<Metrics> {
    this.#optimizer.lr = this.#schedule(progress);
    this.#options.model.train();
    return { ...(await runStep(this.#train, this.#ids(this.#batches.next()))), lr: this.#optimizer.lr };
  }

  /** The means over all held-out examples. */
  async evaluate(): Promise<Metrics> {
    const { model, heldOut, settings, evalBatchSize = settings.batchSize, measuring } = this.#options;
    model.eval();
    if (this.#measuringFrom) measuring?.setState(this.#measuringFrom);
    const mean = new MeanFigures();
    await this.#averaged(async () => {
      for (const ids of evenlyInOrder(heldOut, Math.min(evalBatchSize, heldOut))) {
        mean.add(await noGrad(() => runStep(this.#measure, this.#ids(ids))), ids.length);
      }
    });
    return mean.get();
  }

  dispose(): void {
    this.#train.dispose();
    this.#measure.dispose();
    this.#optimizer.dispose();
    this.#options.average?.dispose();
    this.#options.model.dispose();
    this.#options.dispose?.();
  }
}

/** Matrices and kernels decay, biases and scales do not. */
function decayGroups(model: Module, weightDecay: number): { params: Tensor[]; weightDecay: number }[] {
  const all = model.parameters();
  const groups = [
    { params: all.filter(({ ndim }) => ndim >= 2), weightDecay },
    { params: all.filter(({ ndim }) => ndim < 2), weightDecay: 0 },
  ];
  return groups.filter(({ params }) => params.length > 0);
}
