import { formatShape } from '../graph/shape.ts';
import { tensor } from '../tensor/creation.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Collated } from './collate.ts';
import { checkIndex, Dataset } from './dataset.ts';
import { type HostArray, rowOf, toHost } from './hostArray.ts';

/**
 * Tensors whose first dimension counts the examples: `new TensorDataset(x, y)` has the examples [x[i], y[i]]. Batches are
 * picked on the tensors' device. The tensors stay the caller's; do not dispose of them while the dataset is used.
 *
 * @throws RangeError when the tensors are of different lengths.
 */
export class TensorDataset<T extends readonly Tensor[]> extends Dataset<{ [K in keyof T]: HostArray }> {
  readonly tensors: T;
  readonly length: number;
  #arrays: readonly HostArray[] | undefined;

  constructor(...tensors: T) {
    super();
    const [first] = tensors;
    if (!first) throw new RangeError('TensorDataset: expected at least one tensor.');
    for (const { shape } of tensors) {
      if (shape.length > 0 && shape[0] === first.shape[0]) continue;
      throw new RangeError(
        `TensorDataset: tensors of shapes ${tensors.map(({ shape }) => formatShape(shape)).join(' and ')}; ` +
          'their first dimensions must be there, and the same.',
      );
    }
    this.tensors = tensors;
    this.length = first.shape[0] as number;
  }

  /** The tensors are read at the first call. */
  get(index: number): { [K in keyof T]: HostArray } {
    checkIndex('TensorDataset', index, this.length);
    this.#arrays ??= this.tensors.map(toHost);
    return this.#arrays.map((array) => rowOf(array, index)) as { [K in keyof T]: HostArray };
  }

  getBatch(indices: readonly number[]): Collated<{ [K in keyof T]: HostArray }> {
    for (const index of indices) checkIndex('TensorDataset', index, this.length);
    const pick = (from: Tensor): Tensor =>
      from.indexSelect(0, tensor(Int32Array.from(indices), { device: from.device }));
    return scope(() => noGrad(() => this.tensors.map(pick))) as unknown as Collated<{
      [K in keyof T]: HostArray;
    }>;
  }
}
