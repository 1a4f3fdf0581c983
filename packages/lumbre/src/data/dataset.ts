import { Generator } from '../tensor/generator.ts';
import type { Collated } from './collate.ts';
import { derivedSeed } from './shuffle.ts';

/** What the loader tells a dataset about one reading of an example. */
export interface ExampleContext {
  /** The seed of all chance in this example: another one in each epoch, the same when a run is repeated or resumed. */
  readonly seed: number;
}

/** All that a loader needs of a dataset: how many examples there are, and each by its number. */
export interface DatasetLike<E> {
  readonly length: number;
  get(index: number, context?: ExampleContext): E | Promise<E>;
  /** Many examples at once, collated, in new arrays (which may be transferred). Faster, where there is such a way. */
  getBatch?(indices: readonly number[]): Collated<E> | Promise<Collated<E>>;
}

/** What a function of `map` gets beside the example. */
export interface MapContext {
  readonly index: number;
  /** Seeded for this example and epoch: chance from it does not depend on workers, prefetching or resuming. */
  readonly generator: Generator;
}

/** @throws RangeError for what is no example's number. */
export function checkIndex(name: string, index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new RangeError(
    `${name}: there is no example ${index}; examples are numbered from 0 to ${length - 1}.`,
  );
}

/**
 * Examples that can be had by number. An example is a number, boolean, string, typed array, `HostArray`, tensor, or a
 * tuple or record of those. Extend it with `length` and `get`.
 */
export abstract class Dataset<E> implements DatasetLike<E> {
  abstract readonly length: number;

  /** Example `index`, from 0 to length - 1. */
  abstract get(index: number, context?: ExampleContext): E | Promise<E>;

  /** The examples as `fn` changes them, each time they are read. `fn` may return a promise. */
  map<R>(fn: (example: E, context: MapContext) => R | Promise<R>): MapDataset<E, R> {
    return new MapDataset(this, fn);
  }

  /** The examples `indices`, in that order. */
  subset(indices: ArrayLike<number>): Subset<E> {
    return new Subset(this, indices);
  }

  /** These examples, then those of others. */
  concat(...others: readonly DatasetLike<E>[]): ConcatDataset<E> {
    return new ConcatDataset([this, ...others]);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<E> {
    for (let i = 0; i < this.length; i++) yield await this.get(i);
  }
}

/** A dataset seen through a function. */
export class MapDataset<E, R> extends Dataset<R> {
  readonly #dataset: DatasetLike<E>;
  readonly #fn: (example: E, context: MapContext) => R | Promise<R>;

  constructor(dataset: DatasetLike<E>, fn: (example: E, context: MapContext) => R | Promise<R>) {
    super();
    this.#dataset = dataset;
    this.#fn = fn;
  }

  get length(): number {
    return this.#dataset.length;
  }

  get(index: number, context: ExampleContext = { seed: index }): R | Promise<R> {
    const { seed } = context;
    let generator: Generator | undefined;
    const mapContext: MapContext = {
      index,
      get generator() {
        generator ??= new Generator(seed);
        return generator;
      },
    };
    // What is mapped here may draw as well, and not the same numbers; the last offset is one that `fn` never gets to.
    const inner: ExampleContext = {
      get seed() {
        return derivedSeed(seed, 2 ** 32 - 1);
      },
    };
    const example = this.#dataset.get(index, inner);
    if (example instanceof Promise) return example.then((value) => this.#fn(value, mapContext));
    return this.#fn(example, mapContext);
  }
}

/** Some examples of a dataset, in an order of its own; an index may come more than once. */
export class Subset<E> extends Dataset<E> {
  readonly dataset: DatasetLike<E>;
  readonly indices: Int32Array;
  /** There where the dataset has it. */
  readonly getBatch?: (indices: readonly number[]) => Collated<E> | Promise<Collated<E>>;

  constructor(dataset: DatasetLike<E>, indices: ArrayLike<number>) {
    super();
    for (let i = 0; i < indices.length; i++) checkIndex('Subset', indices[i] as number, dataset.length);
    this.dataset = dataset;
    this.indices = Int32Array.from(indices);
    const getBatch = dataset.getBatch?.bind(dataset);
    if (getBatch) this.getBatch = (wanted) => getBatch(wanted.map((index) => this.#at(index)));
  }

  get length(): number {
    return this.indices.length;
  }

  get(index: number, context?: ExampleContext): E | Promise<E> {
    return this.dataset.get(this.#at(index), context);
  }

  #at(index: number): number {
    checkIndex('Subset', index, this.length);
    return this.indices[index] as number;
  }
}

/** Several datasets, one after another. */
export class ConcatDataset<E> extends Dataset<E> {
  readonly datasets: readonly DatasetLike<E>[];

  constructor(datasets: readonly DatasetLike<E>[]) {
    super();
    this.datasets = datasets;
  }

  get length(): number {
    return this.datasets.reduce((sum, { length }) => sum + length, 0);
  }

  get(index: number, context?: ExampleContext): E | Promise<E> {
    checkIndex('ConcatDataset', index, this.length);
    let start = 0;
    for (const dataset of this.datasets) {
      if (index < start + dataset.length) return dataset.get(index - start, context);
      start += dataset.length;
    }
    throw new RangeError('ConcatDataset: a dataset changed its length.');
  }
}
