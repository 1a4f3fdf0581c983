import type { DatasetLike } from '../dataset.ts';
import type { StreamInfo, StreamLike } from '../iterableDataset.ts';

/** An example that could not be read, or a dataset that could not be opened. */
export class DataLoaderError extends Error {
  override readonly name = 'DataLoaderError';
  /** The number of the example in the dataset or stream, where it is one example's failure. */
  readonly index: number | undefined;
  /** The worker in which it happened. */
  readonly worker: number | undefined;

  constructor(
    message: string,
    { index, worker, cause }: { index?: number | undefined; worker?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.index = index;
    this.worker = worker;
  }
}

export function exampleError(index: number, cause: unknown, worker?: number): DataLoaderError {
  const where = worker === undefined ? '' : ` in worker ${worker}`;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new DataLoaderError(`DataLoader: example ${index} failed${where}: ${message}`, {
    index,
    worker,
    cause,
  });
}

/** What is asked of a dataset for one batch. */
export interface BatchRequest {
  /** The number of the batch in its epoch. */
  readonly number: number;
  readonly indices: readonly number[];
  /** For each example its seed. */
  readonly seeds: () => readonly number[];
}

/** The examples of a batch, or, where the dataset can do that itself, the batch. */
export type ReadBatch = { readonly examples: readonly unknown[] } | { readonly batch: unknown };

/** Where batches come from: this thread, or workers. */
export interface BatchSource {
  /** The batch; null after the end of a stream. Requests are made in order. */
  read(request: BatchRequest): Promise<ReadBatch | null>;
  close(): Promise<void>;
}

/** Reads a dataset on the calling thread; where `get` returns promises, all examples of a batch at a time. */
export class DatasetSource implements BatchSource {
  readonly #dataset: DatasetLike<unknown>;
  readonly #whole: boolean;

  /** @param whole whether the dataset may collate its batches itself */
  constructor(dataset: DatasetLike<unknown>, whole: boolean) {
    this.#dataset = dataset;
    this.#whole = whole;
  }

  async read({ indices, seeds }: BatchRequest): Promise<ReadBatch> {
    const dataset = this.#dataset;
    if (this.#whole && dataset.getBatch) return { batch: await dataset.getBatch(indices) };
    const drawn = seeds();
    const get = (index: number, i: number): unknown => {
      try {
        const example = dataset.get(index, { seed: drawn[i] as number });
        if (!(example instanceof Promise)) return example;
        return example.catch((error: unknown) => {
          throw exampleError(index, error);
        });
      } catch (error) {
        throw exampleError(index, error);
      }
    };
    return { examples: await Promise.all(indices.map(get)) };
  }

  async close(): Promise<void> {}
}

/** Reads a stream on the calling thread. */
export class StreamSource implements BatchSource {
  readonly #examples: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #stream: StreamLike<unknown>;
  readonly #batchSize: number;
  readonly #first: number;
  /** How many examples `iterate` has given. */
  #count = 0;
  /** The read before: batches that are read ahead take their examples one after another. */
  #before: Promise<unknown> = Promise.resolve();
  #reading = 0;

  /** @param first the number of the first batch that is wanted: the examples before it are passed over */
  constructor(
    stream: StreamLike<unknown>,
    batchSize: number,
    first: number,
    { epoch, seed }: Pick<StreamInfo, 'epoch' | 'seed'>,
  ) {
    this.#stream = stream;
    this.#batchSize = batchSize;
    this.#first = first;
    const mine = (index: number): boolean => index >= first * batchSize;
    const examples = stream.iterate({ worker: 0, workers: 1, epoch, seed, mine });
    this.#examples =
      Symbol.asyncIterator in examples ? examples[Symbol.asyncIterator]() : examples[Symbol.iterator]();
  }

  read({ number }: BatchRequest): Promise<ReadBatch | null> {
    this.#reading++;
    const read = this.#before.then(() => this.#read(number)).finally(() => this.#reading--);
    this.#before = read.catch(() => {});
    return read;
  }

  async #read(number: number): Promise<ReadBatch | null> {
    const examples: unknown[] = [];
    while (examples.length < this.#batchSize) {
      let next: IteratorResult<unknown>;
      try {
        next = await this.#examples.next();
      } catch (error) {
        throw exampleError(number * this.#batchSize + examples.length, error);
      }
      if (next.done) break;
      const passed = !this.#stream.sharded && this.#count++ < this.#first * this.#batchSize;
      if (!passed) examples.push(next.value);
    }
    return examples.length === 0 ? null : { examples };
  }

  async close(): Promise<void> {
    const returned = this.#examples.return?.();
    // A stream that is waiting for its next example would let us wait as well.
    if (this.#reading === 0) await returned;
  }
}
