import type { DatasetLike } from '../dataset.ts';
import { isStream, type StreamLike } from '../iterableDataset.ts';
import { type BatchRequest, type BatchSource, DataLoaderError, type ReadBatch } from './source.ts';
import { type Parcel, unpack, WorkerPool } from './workerPool.ts';

/** A dataset that is named rather than held, so that workers can open it. */
export interface WorkerDataset<E> {
  readonly kind: 'workerDataset';
  readonly url: string;
  readonly exportName: string;
  readonly args: readonly unknown[];
  /** Never there: it tells TypeScript of the examples. */
  readonly example?: E;
}

/**
 * Names a dataset by a module and what it exports: a dataset, or a function (sync or not) that makes one of `args`, which
 * must be values that can be sent to a worker. Each worker imports the module, so what it needs lies in it or is imported
 * by it. It must be a module that the platform can run: JavaScript, in Node 20.
 *
 * ```ts
 * const dataset = workerDataset<Face>(new URL('./faces.js', import.meta.url), [folder]);
 * const loader = new DataLoader(dataset, { batchSize: 32, workers: 2 });
 * ```
 *
 * @param exportName Default 'dataset'.
 */
export const workerDataset = <E = unknown>(
  url: URL | string,
  args: readonly unknown[] = [],
  { exportName = 'dataset' }: { readonly exportName?: string } = {},
): WorkerDataset<E> => ({ kind: 'workerDataset', url: String(url), exportName, args });

export const isWorkerDataset = (dataset: unknown): dataset is WorkerDataset<unknown> =>
  (dataset as WorkerDataset<unknown> | null)?.kind === 'workerDataset';

const openError = ({ url, exportName }: WorkerDataset<unknown>, cause: unknown): DataLoaderError =>
  new DataLoaderError(
    `DataLoader: the dataset '${exportName}' of ${url} could not be opened: ` +
      `${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );

/** Opens a named dataset on the calling thread. @throws DataLoaderError when there is none. */
export async function openHere(
  dataset: WorkerDataset<unknown>,
): Promise<DatasetLike<unknown> | StreamLike<unknown>> {
  const { url, exportName, args } = dataset;
  try {
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    if (!(exportName in module)) {
      throw new Error(`the module has no export '${exportName}', only: ${Object.keys(module).join(', ')}`);
    }
    const made = module[exportName];
    const opened = (await (typeof made === 'function' ? made(...args) : made)) as DatasetLike<unknown> | null;
    if (!isStream(opened) && !(typeof opened?.get === 'function' && Number.isInteger(opened.length))) {
      throw new Error(
        `export '${exportName}' gives no dataset: it needs length and get(index), or iterate(info)`,
      );
    }
    return opened;
  } catch (error) {
    throw openError(dataset, error);
  }
}

/** Workers that have opened a dataset. */
export class OpenWorkers {
  readonly pool: WorkerPool;
  readonly isStream: boolean;
  /** The number of examples; -1 of a stream. */
  readonly length: number;

  private constructor(pool: WorkerPool, { isStream, length }: { isStream: boolean; length: number }) {
    this.pool = pool;
    this.isStream = isStream;
    this.length = length;
  }

  /** @throws DataLoaderError when a worker cannot. */
  static async open(dataset: WorkerDataset<unknown>, workers: number): Promise<OpenWorkers> {
    const pool = new WorkerPool(workers);
    const { url, exportName, args } = dataset;
    try {
      const opened = await pool.askAll(() => ({ type: 'open', url, exportName, args }));
      return new OpenWorkers(pool, opened[0] as { isStream: boolean; length: number });
    } catch (error) {
      await pool.terminate();
      throw openError(dataset, error);
    }
  }
}

/** Batches from workers in turns: batch k is worker (k mod workers)'s. */
export class WorkerSource implements BatchSource {
  readonly #pool: WorkerPool;
  readonly #whole: boolean;

  constructor(pool: WorkerPool, whole: boolean) {
    this.#pool = pool;
    this.#whole = whole;
  }

  async read({ number, indices, seeds }: BatchRequest): Promise<ReadBatch | null> {
    const parcel = (await this.#pool.ask(number % this.#pool.size, {
      type: 'read',
      number,
      indices,
      seeds: seeds(),
      whole: this.#whole,
    })) as Parcel | null;
    if (parcel === null) return null;
    const values = unpack(parcel);
    return parcel.whole ? { batch: values[0] } : { examples: values };
  }

  close(): Promise<void> {
    return this.#pool.terminate();
  }
}
