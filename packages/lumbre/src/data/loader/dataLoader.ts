import { defaultGenerator, Generator } from '../../tensor/generator.ts';
import { type Collated, collate as defaultCollate, type Tensors, toTensors } from '../collate.ts';
import type { DatasetLike } from '../dataset.ts';
import { isStream, type StreamLike } from '../iterableDataset.ts';
import { derivedSeed } from '../shuffle.ts';
import {
  BatchSampler,
  type BatchSamplerLike,
  RandomSampler,
  type Sampler,
  SequentialSampler,
} from './sampler.ts';
import { type BatchSource, DatasetSource, type ReadBatch, StreamSource } from './source.ts';
import { isWorkerDataset, OpenWorkers, openHere, type WorkerDataset, WorkerSource } from './workerDataset.ts';

export interface DataLoaderOptions<E, C = Collated<E>> {
  /** How many examples a batch has. Default 1. */
  readonly batchSize?: number;
  /** Whether each epoch has another order. Default false. */
  readonly shuffle?: boolean;
  /** Whether a last batch that is not full is left out: all batches have one shape then. Default false. */
  readonly dropLast?: boolean;
  /** Decides about all chance: orders, and what `map` draws. Default: drawn from `generator`. */
  readonly seed?: number;
  /** What the seed is drawn from, once, unless it is given. Default: the default generator (see `manualSeed`). */
  readonly generator?: Generator;
  /** The order of examples, instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** The batches, instead of `batchSize`, `shuffle`, `dropLast` and `sampler`. */
  readonly batchSampler?: BatchSamplerLike;
  /** Makes a batch of examples; arrays in it become tensors. Default: `collate`. It runs on the calling thread. */
  readonly collate?: (examples: E[]) => C;
  /** How many workers read the dataset, which must be a `workerDataset`. Default 0: the calling thread reads it. */
  readonly workers?: number;
  /** How many batches are read ahead; with workers, by each of them. Default 2 with workers, else 0. */
  readonly prefetch?: number;
  /** The device of the tensors; the default device unless given. */
  readonly device?: string;
  /** Whether batches stay alive, to be disposed of by whoever iterates. Default false. */
  readonly keepBatches?: boolean;
  /** Ends iterations, with its reason as the error. */
  readonly signal?: AbortSignal;
}

/** Where a loader is: all that is needed to go on with the same batches. */
export interface DataLoaderState {
  readonly seed: number;
  readonly epoch: number;
  /** How many batches of the epoch have been handed out. */
  readonly position: number;
}

type AnyDataset<E> = DatasetLike<E> | StreamLike<E> | WorkerDataset<E>;

/** Batch numbers are counted to here where nobody knows the end. */
const ENDLESS = Number.MAX_SAFE_INTEGER;

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

/**
 * Batches of a dataset, as tensors: `for await (const { image, label } of loader) …`. Each loop is an epoch.
 *
 * **What is the same.** The batches are a function of the seed and the epoch: neither the number of workers, nor
 * prefetching, nor resuming changes one of them.
 *
 * **Who disposes.** The loader does: of a batch when the next one is asked for, or the loop ends. What has been computed
 * from it, by compiled functions or not, stays good. Keep a batch longer with `keepBatches`, and dispose of it yourself.
 *
 * **Going on.** `state()` after a step, kept in a checkpoint, and `setState` on a loader made alike: the next loop begins
 * with the batch after that step. A loop that was left by `break` is over; the next one is the next epoch.
 */
export class DataLoader<E, C = Collated<E>> implements AsyncIterable<Tensors<C>> {
  readonly batchSize: number;
  readonly #dataset: AnyDataset<E>;
  readonly #options: DataLoaderOptions<E, C>;
  readonly #workers: number;
  #length: number | undefined;
  #state: DataLoaderState;
  /** Whether the next loop begins where the state is, rather than with the next epoch. */
  #fresh = true;

  /** @throws RangeError or TypeError for options that do not go together. */
  constructor(dataset: AnyDataset<E>, options: DataLoaderOptions<E, C> = {}) {
    const { batchSize = 1, workers = 0, prefetch = 0, generator = defaultGenerator } = options;
    if (!isCount(batchSize, 1)) {
      throw new RangeError(`DataLoader: batchSize is a whole number from 1, not ${batchSize}.`);
    }
    if (!isCount(workers, 0) || !isCount(prefetch, 0)) {
      throw new RangeError(
        `DataLoader: workers and prefetch are whole numbers from 0, not ${workers} and ${prefetch}.`,
      );
    }
    if (workers > 0 && !isWorkerDataset(dataset)) {
      throw new TypeError(
        'DataLoader: workers cannot see a dataset of this thread; name it by its module, workerDataset(url, args), or ' +
          'leave `workers` out.',
      );
    }
    if (options.sampler && options.shuffle) {
      throw new TypeError('DataLoader: `sampler` decides about the order; leave `shuffle` out.');
    }
    if (
      options.batchSampler &&
      (options.sampler || options.shuffle || options.dropLast || options.batchSize)
    ) {
      throw new TypeError(
        'DataLoader: `batchSampler` decides about the batches; leave out batchSize, shuffle, dropLast and sampler.',
      );
    }
    this.#dataset = dataset;
    this.#options = options;
    this.#workers = workers;
    this.batchSize = batchSize;
    if (isStream(dataset)) this.#checkStream();
    else if (!isWorkerDataset(dataset)) this.#length = this.#batchSampler(dataset.length).length;
    this.#state = { seed: options.seed ?? derivedSeed(...seedOf(generator)), epoch: 0, position: 0 };
  }

  /**
   * The number of batches in an epoch.
   * @throws Error of a stream, and of a `workerDataset` before the first loop has begun.
   */
  get length(): number {
    if (this.#length !== undefined) return this.#length;
    throw new Error(
      'DataLoader: nobody knows how many batches a stream has, nor a workerDataset before the first loop over it.',
    );
  }

  state(): DataLoaderState {
    return this.#state;
  }

  /** Goes on from a state: the next loop begins there. @throws RangeError for what is none. */
  setState(state: DataLoaderState): this {
    const { seed, epoch, position } = state;
    if (![seed, epoch, position].every((value) => Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`DataLoader: expected a state of whole numbers, got ${JSON.stringify(state)}.`);
    }
    this.#state = { seed, epoch, position };
    this.#fresh = true;
    return this;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Tensors<C>, void, undefined> {
    const { keepBatches = false, device, collate, signal } = this.#options;
    signal?.throwIfAborted();
    if (!this.#fresh) this.#state = { ...this.#state, epoch: this.#state.epoch + 1, position: 0 };
    this.#fresh = false;
    const { seed, epoch, position: start } = this.#state;
    const { source, request, count } = await this.#open();
    const aborted = abortion(signal, source);
    const ahead =
      this.#workers > 0 ? (this.#options.prefetch ?? 2) * this.#workers : (this.#options.prefetch ?? 0);
    const queue: Promise<ReadBatch | null>[] = [];
    let next = start;
    try {
      for (let number = start; number < count; number++) {
        while (next < count && next <= number + ahead) {
          const reading = source.read(request(next++));
          // Its error is told when its turn comes, if it comes.
          reading.catch(() => {});
          queue.push(reading);
        }
        const read = await Promise.race([queue.shift() as Promise<ReadBatch | null>, aborted.promise]);
        signal?.throwIfAborted();
        if (!read || this.#isShort(read)) break;
        const collated =
          'batch' in read ? read.batch : (collate ?? defaultCollate)([...read.examples] as E[]);
        const { batch, tensors } = toTensors(collated as C, {
          ...(device !== undefined && { device }),
          // What this loader has collated is seen by nobody else.
          copy: collate !== undefined,
        });
        this.#state = { seed, epoch, position: number + 1 };
        try {
          yield batch;
        } finally {
          if (!keepBatches) for (const tensor of tensors) tensor.dispose();
        }
        signal?.throwIfAborted();
      }
      this.#state = { seed, epoch: epoch + 1, position: 0 };
      this.#fresh = true;
    } finally {
      aborted.stop();
      await source.close();
    }
  }

  /** Of a stream nobody knows which batch is the last before it comes. */
  #isShort(read: ReadBatch): boolean {
    return (
      this.#options.dropLast === true &&
      'examples' in read &&
      read.examples.length < this.batchSize &&
      !this.#options.batchSampler
    );
  }

  #checkStream(): void {
    const { shuffle, sampler, batchSampler } = this.#options;
    if (!shuffle && !sampler && !batchSampler) return;
    throw new TypeError(
      'DataLoader: a stream comes in its own order; leave out shuffle, sampler and batchSampler, and shuffle where the ' +
        'stream is made.',
    );
  }

  #batchSampler(length: number): BatchSamplerLike {
    const { shuffle = false, dropLast = false, sampler, batchSampler } = this.#options;
    if (batchSampler) return batchSampler;
    const order = sampler ?? (shuffle ? new RandomSampler(length) : new SequentialSampler(length));
    return new BatchSampler(order, this.batchSize, dropLast);
  }

  /** Opens the dataset for an epoch, here or in workers. */
  async #open() {
    const { seed, epoch, position } = this.#state;
    const epochSeed = derivedSeed(seed, epoch);
    // A collate of the caller's own is given examples.
    const whole = this.#options.collate === undefined;
    const dataset = this.#dataset;
    let source: BatchSource;
    let length: number;
    if (this.#workers > 0) {
      const workers = await OpenWorkers.open(dataset as WorkerDataset<E>, this.#workers);
      length = workers.length;
      source = new WorkerSource(workers.pool, whole);
      if (workers.isStream) await this.#beginStreams(workers, epochSeed);
    } else {
      const opened = isWorkerDataset(dataset) ? await openHere(dataset) : dataset;
      if (isStream(opened)) {
        this.#checkStream();
        length = -1;
        source = new StreamSource(opened, this.batchSize, position, { epoch, seed: epochSeed });
      } else {
        length = opened.length;
        source = new DatasetSource(opened as DatasetLike<unknown>, whole);
      }
    }
    if (length < 0) {
      return {
        source,
        count: ENDLESS,
        request: (number: number) => ({ number, indices: [], seeds: () => [] }),
      };
    }
    try {
      return { source, ...this.#plan(length, epochSeed) };
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  async #beginStreams({ pool }: OpenWorkers, seed: number): Promise<void> {
    const { epoch, position } = this.#state;
    const common = {
      type: 'begin',
      workers: this.#workers,
      epoch,
      seed,
      batchSize: this.batchSize,
      first: position,
    };
    try {
      this.#checkStream();
      await pool.askAll((worker) => ({ ...common, worker }));
    } catch (error) {
      await pool.terminate();
      throw error;
    }
  }

  /** The batches of an epoch. Offset 0 of its seed is the order's; each example has one of those after it. */
  #plan(length: number, epochSeed: number) {
    const sampler = this.#batchSampler(length);
    const batches = sampler.batches(new Generator(epochSeed));
    this.#length = sampler.length;
    const starts: number[] = [];
    let total = 0;
    for (const batch of batches) {
      starts.push(total);
      total += batch.length;
    }
    const request = (number: number) => {
      const indices = batches[number] as readonly number[];
      const first = 1 + (starts[number] as number);
      return { number, indices, seeds: () => indices.map((_, i) => derivedSeed(epochSeed, first + i)) };
    };
    return { count: batches.length, request };
  }
}

/** A draw of a generator as a seed and an offset; the generator goes on. */
function seedOf(generator: Generator): [number, number] {
  const { seed, offset } = generator.state();
  generator.hostWords();
  return [seed, offset];
}

/** A promise that fails when a signal says so, and ends the source at once: nobody may ask for the next batch. */
function abortion(signal: AbortSignal | undefined, source: BatchSource) {
  const { promise, reject } = withReject();
  const onAbort = () => {
    reject(signal?.reason);
    void source.close();
  };
  if (signal?.aborted) onAbort();
  else signal?.addEventListener('abort', onAbort);
  return { promise, stop: () => signal?.removeEventListener('abort', onAbort) };
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  promise.catch(() => {});
  return { promise, reject };
}
