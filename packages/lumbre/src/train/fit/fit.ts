import { DataLoader, TensorDataset } from '../../data/index.ts';
import type { Module } from '../../nn/index.ts';
import type { LRScheduler } from '../../optim/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../checkpoint.ts';
import { TrainingLoop } from '../loop.ts';
import type { Parts } from '../state.ts';
import type { Metrics } from '../task.ts';
import type { Callback, FitContext } from './callbacks.ts';
import { type AnyOptimizer, FitTask } from './fitTask.ts';
import { History } from './history.ts';

/** A batch as `fit` takes it: inputs and targets, [batch, …] each. */
export interface Pair {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** All examples in two tensors, or a loader whose batches have an `x` and a `y`. */
export type FitData = Pair | DataLoader<never, Pair> | DataLoader<{ x: unknown; y: unknown }, Pair>;

/** A figure of outputs and targets: a tensor of one element, the mean over the batch. */
export type Metric = (outputs: Tensor, targets: Tensor) => Tensor;

export interface FitOptions {
  readonly optimizer: AnyOptimizer;
  /** What is made smaller: the mean over the batch. */
  readonly loss: Metric;
  readonly epochs: number;
  /** Examples in a batch, for data in tensors. Default 32. */
  readonly batchSize?: number;
  /** Whether data in tensors are shuffled, each epoch anew. Default true. */
  readonly shuffle?: boolean;
  /** The same seed gives the same order. */
  readonly seed?: number;
  /** Data to measure by after each epoch. */
  readonly validation?: FitData;
  /** Or the share of data in tensors that is kept for that, from their end, as in Keras. */
  readonly validationSplit?: number;
  /** More figures by name: `{ accuracy }`. */
  readonly metrics?: Readonly<Record<string, Metric>>;
  readonly callbacks?: readonly Callback[];
  /** Stepped after each batch. */
  readonly scheduler?: Pick<LRScheduler, 'step' | 'state' | 'setState'>;
  /** The largest norm of the gradient. */
  readonly clipNorm?: number;
  /** More that a checkpoint has to keep: generators of the model's own. */
  readonly parts?: Parts;
  /** A checkpoint to go on from: what `FitContext.checkpoint` gave. */
  readonly resume?: Uint8Array;
  /** Ends the training after the step that is being made. */
  readonly signal?: AbortSignal;
}

/** A model whose `forward` takes a batch of inputs and gives outputs. */
export type FitModel = Module & { forward(x: Tensor): Tensor };

const isPair = (data: FitData): data is Pair => 'x' in data && 'y' in data;

type PairLoader = DataLoader<never, Pair>;

function loaderOf(
  data: FitData,
  { batchSize = 32, shuffle = true, seed }: FitOptions,
  training: boolean,
): PairLoader {
  if (!isPair(data)) return data as PairLoader;
  return new DataLoader(new TensorDataset(data.x, data.y), {
    batchSize,
    shuffle: training && shuffle,
    ...(seed !== undefined && { seed }),
    device: data.x.device,
  }) as unknown as PairLoader;
}

/** Takes `[x, y]`, as a `TensorDataset` gives them, and `{ x, y }` alike. */
const pairOf = (batch: Pair | readonly [Tensor, Tensor]): Pair =>
  Array.isArray(batch) ? { x: batch[0] as Tensor, y: batch[1] as Tensor } : (batch as Pair);

/** @throws RangeError unless the share leaves examples on both sides. */
function split(data: Pair, share: number): [train: Pair, validation: Pair] {
  const count = data.x.shape[0] as number;
  const kept = count - Math.floor(count * share);
  if (!(share > 0 && share < 1) || kept === count || kept === 0) {
    throw new RangeError(
      `fit: a validationSplit of ${share} leaves nothing on one side of ${count} examples; give a share between 0 and 1.`,
    );
  }
  const part = (start: number, length: number): Pair => ({
    x: data.x.narrow(0, start, length),
    y: data.y.narrow(0, start, length),
  });
  return [part(0, kept), part(kept, count - kept)];
}

const validationNames = (figures: Metrics): Metrics =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [
      `val${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );

/** The means of an epoch's batches; of the learning rate, what it was at last. */
class EpochMeans {
  #sums = new Map<string, number>();
  #steps = 0;
  #lr: number | undefined;

  add({ lr, ...figures }: Metrics): void {
    this.#steps++;
    this.#lr = lr;
    for (const [name, value] of Object.entries(figures)) {
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    }
  }

  take(): Metrics {
    const means = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#steps]));
    const figures = this.#lr === undefined ? means : { ...means, lr: this.#lr };
    this.#sums = new Map();
    this.#steps = 0;
    return figures;
  }
}

/**
 * Trains a model by epochs, with Keras's comfort: validation, metrics, callbacks, a history. Forward, backward and update
 * are one compiled program. With a seed, `resume` goes on to the last bit as if nothing had happened.
 *
 * @param data all examples in two tensors, or a loader
 * @returns what came of each epoch
 * @throws RangeError for options that make no sense; DivergedError when a figure is no number any more; CheckpointError
 *   for a checkpoint of another model.
 */
export async function fit(model: FitModel, data: FitData, options: FitOptions): Promise<History> {
  const { optimizer, loss, epochs, metrics = {}, callbacks = [], signal, validationSplit } = options;
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new RangeError(`fit: epochs must be a positive integer, not ${epochs}.`);
  }
  if (validationSplit !== undefined && (!isPair(data) || options.validation)) {
    throw new RangeError('fit: validationSplit is for data in tensors without `validation`.');
  }
  const [training, validation] =
    validationSplit !== undefined ? split(data as Pair, validationSplit) : [data, options.validation];
  const train = loaderOf(training, options, true);
  const task = new FitTask<Pair>({
    model,
    optimizer,
    train,
    ...(validation && { validation: loaderOf(validation, options, false) as AsyncIterable<Pair> }),
    figures: (batch) => {
      const { x, y } = pairOf(batch);
      const outputs = model.forward(x);
      const more = Object.entries(metrics).map(([name, metric]) => [name, metric(outputs, y)] as const);
      return { loss: loss(outputs, y), ...Object.fromEntries(more) };
    },
    sizeOf: (batch) => pairOf(batch).x.shape[0] as number,
    ...(options.clipNorm !== undefined && { clipNorm: options.clipNorm }),
    ...(options.scheduler && { scheduler: options.scheduler }),
    ...(options.parts && { parts: options.parts }),
  });
  const perEpoch = train.length;
  const loop = new TrainingLoop(task, { steps: epochs * perEpoch, evalInterval: perEpoch });
  const history = new History();
  const means = new EpochMeans();
  let held: Metrics = {};
  const context: FitContext = {
    model,
    history,
    get lr() {
      return optimizer.lr;
    },
    set lr(value) {
      optimizer.lr = value;
    },
    stop: () => loop.stop(),
    checkpoint: async () => encodeCheckpoint(await loop.checkpoint()),
  };
  const each = async (call: (callback: Callback) => void | Promise<void> | undefined) => {
    for (const callback of callbacks) await call(callback);
  };
  const stop = () => loop.stop();
  signal?.addEventListener('abort', stop);
  try {
    if (options.resume) loop.restore(decodeCheckpoint(options.resume));
    await each((callback) => callback.onTrainBegin?.(context));
    if (!loop.finished)
      await each((callback) => callback.onEpochBegin?.(Math.floor(loop.step / perEpoch) + 1, context));
    const running = loop.run(async (event) => {
      if (event.type === 'step') {
        means.add(event.metrics);
        await each((callback) => callback.onBatchEnd?.(event.step, event.metrics, context));
      } else if (event.type === 'validation') {
        held = validationNames(event.metrics);
      } else if (event.type === 'checkpoint' && event.step % perEpoch === 0) {
        const epoch = event.step / perEpoch;
        const figures = { ...means.take(), ...held };
        history.add(epoch, figures);
        await each((callback) => callback.onEpochEnd?.(epoch, figures, context));
        if (!loop.finished) await each((callback) => callback.onEpochBegin?.(epoch + 1, context));
      }
    });
    if (signal?.aborted) stop();
    await running;
    await each((callback) => callback.onTrainEnd?.(context));
    return history;
  } finally {
    signal?.removeEventListener('abort', stop);
    await task.close();
    task.dispose();
  }
}
