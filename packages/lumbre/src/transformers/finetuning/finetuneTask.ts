import { AdamW, clipGradNorm, cosineSchedule, GradientAccumulator } from '../../optim/index.ts';
import { compile } from '../../tensor/compile.ts';
import { full, tensor } from '../../tensor/creation.ts';
import { defaultGenerator } from '../../tensor/generator.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  fingerprint,
  type Metrics,
  type PartState,
  type Parts,
  type Progress,
  type Sample,
  type Stateful,
  type Task,
  type Unit,
  type Watched,
} from '../../train/index.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import { FinetuneError } from './finetuneError.ts';
import { EpochOrder, type Split } from './order.ts';
import { type FinetuneSettings, learningRate } from './settings.ts';

/** The parameters that learn: all that a checkpoint has to keep of a model that is there already. */
class TrainedParameters implements Stateful {
  readonly #parameters: ReadonlyMap<string, Tensor>;

  constructor(parameters: ReadonlyMap<string, Tensor>) {
    this.#parameters = parameters;
  }

  partState(): PartState {
    return { tensors: this.#parameters, values: null };
  }

  loadPartState({ tensors }: PartState): void {
    const own = [...this.#parameters];
    const wrong = own.find(([name, value]) => String(tensors.get(name)?.shape) !== String(value.shape));
    if (wrong || tensors.size !== own.length) {
      throw new Error(`the parameters that learned are others${wrong ? `: ${wrong[0]}` : ''}`);
    }
    scope(() =>
      noGrad(() => {
        for (const [name, value] of own) value.assign((tensors.get(name) as Tensor).detach().to(value.dtype));
      }),
    );
  }
}

/** A batch as it goes to the device, and how much its loss counts: tokens that are learned, or texts. */
export interface FinetuneBatch {
  readonly inputs: readonly Tensor[];
  readonly weight: number;
}

/** What differs between kinds of models. */
export interface Objective<Item> {
  readonly model: PreTrainedModel;
  readonly data: Split<Item>;
  /** Items as tensors of few shapes, so that few programs are compiled. */
  batch(items: readonly Item[]): FinetuneBatch;
  /** The sum of the losses over what counts, and further sums. Called while a program is traced. */
  sums(...inputs: Tensor[]): Readonly<Record<string, Tensor>> & { readonly loss: Tensor };
  /** Figures that follow from the means. */
  derived?(means: Metrics): Metrics;
  readonly unit: Unit;
  readonly watched: Watched;
  /** What tells these data from others. */
  readonly numbers: ArrayLike<number>;
  sample?(progress: Progress): Promise<Sample>;
  dispose?(): void;
}

/**
 * Fine-tunes a model: AdamW, a warm-up and half a cosine, gradients clipped. The loss of a step is the mean over all that
 * counts in all of its batches, so that accumulation is exactly one large batch, however uneven the batches are.
 */
export class FinetuneTask<Item> implements Task {
  readonly parts: Parts;
  readonly pace: Task['pace'];
  readonly watched: Watched;
  readonly fingerprint: string;
  readonly sample?: (progress: Progress) => Promise<Sample>;
  readonly evaluate?: () => Promise<Metrics>;
  /** How many steps the settings ask for. */
  readonly steps: number;
  readonly #objective: Objective<Item>;
  readonly #settings: FinetuneSettings;
  readonly #parameters: readonly Tensor[];
  readonly #optimizer: AdamW;
  readonly #accumulator: GradientAccumulator | null;
  readonly #order: EpochOrder;
  readonly #rate: (progress: Progress) => number;

  readonly #collect = compile((scale: Tensor, ...inputs: Tensor[]): Record<string, Tensor> => {
    const sums = this.#objective.sums(...inputs);
    sums.loss.mul(scale).backward();
    if (this.#accumulator) {
      this.#accumulator.add();
      return { ...sums };
    }
    return { ...sums, ...this.#apply() };
  });

  readonly #update = compile((): Record<string, Tensor> => {
    this.#accumulator?.apply();
    return this.#apply();
  });

  readonly #measure = compile(
    (...inputs: Tensor[]): Record<string, Tensor> => ({ ...this.#objective.sums(...inputs) }),
  );

  /** @throws FinetuneError when nothing learns, or there are no examples */
  constructor(objective: Objective<Item>, settings: FinetuneSettings) {
    const { model, data, sample, unit, watched, numbers } = objective;
    this.#objective = objective;
    this.#settings = settings;
    const trained = new Map([...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad));
    this.#parameters = [...trained.values()];
    if (trained.size === 0)
      throw new FinetuneError('All parameters are frozen, and nothing would be learned.');
    if (data.train.length === 0) throw new FinetuneError('There is no example to learn from.');
    const {
      weightDecay,
      betas,
      seed,
      batchSize,
      gradientAccumulation,
      epochs,
      minLr,
      warmupRatio,
      gradClip,
    } = settings;
    const lr = learningRate(settings);
    // Matrices decay, biases and scales do not.
    const groups = [
      { params: this.#parameters.filter(({ ndim }) => ndim >= 2), weightDecay },
      { params: this.#parameters.filter(({ ndim }) => ndim < 2), weightDecay: 0 },
    ].filter(({ params }) => params.length > 0);
    this.#optimizer = new AdamW(groups, { lr, betas });
    this.#accumulator = gradientAccumulation > 1 ? new GradientAccumulator(this.#parameters, 1) : null;
    this.#order = new EpochOrder(data.train.length, batchSize, seed);
    const stepsAnEpoch = this.#order.batchesAnEpoch / gradientAccumulation;
    this.steps = settings.steps ?? Math.max(1, Math.ceil(epochs * stepsAnEpoch));
    const schedule = cosineSchedule({
      lr,
      minLr: Math.min(minLr, lr),
      warmupSteps: Math.floor(warmupRatio * this.steps),
      decaySteps: this.steps,
    });
    this.#rate = ({ step, fraction }) => schedule(Math.max(step, fraction * this.steps));
    // Layers draw their dropout from the default generator.
    this.parts = {
      trained: new TrainedParameters(trained),
      optimizer: this.#optimizer,
      order: this.#order,
      generator: defaultGenerator,
    };
    this.pace = { count: this.#order.batchSize * gradientAccumulation, unit };
    this.watched = watched;
    this.fingerprint = fingerprint(numbers);
    this.#apply = () => {
      const norm: Record<string, Tensor> =
        gradClip > 0 ? { gradNorm: clipGradNorm(this.#parameters, gradClip) } : {};
      this.#optimizer.step();
      this.#optimizer.zeroGrad();
      return norm;
    };
    if (data.heldOut.length > 0) this.evaluate = () => this.#evaluate();
    if (sample) {
      this.sample = async (progress) => {
        model.eval();
        // Writing draws from a stream of its own.
        return await sample.call(objective, progress);
      };
    }
  }

  readonly #apply: () => Record<string, Tensor>;

  /** Nothing beside the checkpoint: a model is written in its own format by whoever runs the training. */
  published(): ReadonlyMap<string, Tensor> {
    return new Map();
  }

  async step(progress: Progress): Promise<Metrics> {
    const { model, data } = this.#objective;
    this.#optimizer.lr = this.#rate(progress);
    model.train();
    const batches = Array.from({ length: this.#settings.gradientAccumulation }, () =>
      this.#objective.batch(this.#order.next().map((i) => data.train[i] as Item)),
    );
    const total = batches.reduce((sum, { weight }) => sum + weight, 0);
    const sums = new Sums();
    let gradNorm: Metrics = {};
    for (const { inputs } of batches) {
      const scale = full([], 1 / total, { device: model.device });
      const { gradNorm: norm, ...figures } = await run(this.#collect, [scale, ...inputs]);
      sums.add(figures);
      if (norm !== undefined) gradNorm = { gradNorm: norm };
    }
    if (this.#accumulator) gradNorm = await run(this.#update, []);
    const means = sums.over(total);
    return { ...means, ...this.#objective.derived?.(means), ...gradNorm, lr: this.#optimizer.lr };
  }

  async #evaluate(): Promise<Metrics> {
    const { model, data } = this.#objective;
    model.eval();
    const sums = new Sums();
    let total = 0;
    const size = this.#settings.batchSize;
    for (let i = 0; i < data.heldOut.length; i += size) {
      const { inputs, weight } = this.#objective.batch(data.heldOut.slice(i, i + size));
      sums.add(await noGrad(() => run(this.#measure, [...inputs])));
      total += weight;
    }
    const means = sums.over(total);
    return { ...means, ...this.#objective.derived?.(means) };
  }

  dispose(): void {
    this.#collect.dispose();
    this.#update.dispose();
    this.#measure.dispose();
    this.#optimizer.dispose();
    this.#accumulator?.dispose();
    this.#objective.dispose?.();
    this.#objective.model.dispose();
  }
}

/** Figures that are added up. */
class Sums {
  readonly #sums = new Map<string, number>();

  add(figures: Metrics): void {
    for (const [name, value] of Object.entries(figures)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    }
  }

  over(total: number): Metrics {
    return Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / total]));
  }
}

type Step = { async(...args: Tensor[]): Promise<Record<string, Tensor>> };

/** Runs a step and reads its figures; its arguments are given back. */
async function run(step: Step, inputs: readonly Tensor[]): Promise<Metrics> {
  try {
    const figures = await step.async(...inputs);
    try {
      const read = Object.entries(figures).map(async ([name, value]) => [name, await value.item()] as const);
      return Object.fromEntries(await Promise.all(read));
    } finally {
      for (const value of Object.values(figures)) value.dispose();
    }
  } finally {
    for (const input of inputs) input.dispose();
  }
}

/** int32 `[rows, length]`, rows filled up at the end. */
export function rowsTensor(
  rows: readonly (readonly number[])[],
  length: number,
  filling: number,
  device: string,
): Tensor {
  const flat = new Int32Array(rows.length * length).fill(filling);
  for (const [i, row] of rows.entries()) flat.set(row, i * length);
  return tensor(flat, { shape: [rows.length, length], device });
}

/** The length that rows are filled up to: one of four, so that as many programs are compiled at most. */
export function paddedLength(longest: number, most: number): number {
  const quarter = Math.ceil(most / 4);
  return Math.min(most, Math.max(2, Math.ceil(longest / quarter) * quarter));
}
