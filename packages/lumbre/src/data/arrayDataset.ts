import { formatShape } from '../graph/shape.ts';
import type { Collated } from './collate.ts';
import { checkIndex, Dataset } from './dataset.ts';
import { gatherRows, type HostArray, type HostData, hostArray, rowOf, toHost } from './hostArray.ts';

/** Arrays by name whose first dimension counts the examples. */
export type Columns = Readonly<Record<string, HostData | HostArray>>;

/**
 * Examples in columns: `new ArrayDataset({ image: { data, shape: [60000, 28, 28] }, label: labels })`. An example is a
 * record of `HostArray`s, views of the columns; a batch is gathered from the columns at once, without making examples.
 *
 * @throws RangeError when columns are of different lengths.
 */
export class ArrayDataset<C extends Columns> extends Dataset<{ [K in keyof C]: HostArray }> {
  readonly columns: { readonly [K in keyof C]: HostArray };
  readonly length: number;

  constructor(columns: C) {
    super();
    const arrays = Object.entries(columns).map(([name, column]) => {
      const { data, shape, dtype } = toHost(column);
      if (shape.length === 0) {
        throw new RangeError(`ArrayDataset: column '${name}' is a single number; expected [examples, …].`);
      }
      return [name, hostArray(data, shape, dtype)] as const;
    });
    const [first] = arrays;
    if (!first) throw new RangeError('ArrayDataset: expected at least one column.');
    this.length = first[1].shape[0] as number;
    for (const [name, { shape }] of arrays) {
      if (shape[0] === this.length) continue;
      throw new RangeError(
        `ArrayDataset: column '${name}' has shape ${formatShape(shape)}, but '${first[0]}' has ${this.length} examples; ` +
          'the first dimension of all columns must be the same.',
      );
    }
    this.columns = Object.fromEntries(arrays) as { [K in keyof C]: HostArray };
  }

  get(index: number): { [K in keyof C]: HostArray } {
    checkIndex('ArrayDataset', index, this.length);
    return this.#map((column) => rowOf(column, index));
  }

  getBatch(indices: readonly number[]): Collated<{ [K in keyof C]: HostArray }> {
    for (const index of indices) checkIndex('ArrayDataset', index, this.length);
    return this.#map((column) => gatherRows(column, indices)) as Collated<{ [K in keyof C]: HostArray }>;
  }

  #map(fn: (column: HostArray) => HostArray): { [K in keyof C]: HostArray } {
    const entries = Object.entries<HostArray>(this.columns).map(([name, column]) => [name, fn(column)]);
    return Object.fromEntries(entries);
  }
}
