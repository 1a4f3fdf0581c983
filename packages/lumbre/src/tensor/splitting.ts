import { formatShape, normalizeAxis } from '../graph/shape.ts';
import { checkWhole, move, narrowNode } from './movement.ts';
import { PaddingTensor } from './padding.ts';
import type { Tensor } from './tensor.ts';

/** Parts along one dimension. */
export abstract class SplittingTensor extends PaddingTensor {
  /** Elements `start` to `start + length` of dimension `dim`. @throws RangeError if they do not all exist. */
  narrow(this: Tensor, dim: number, start: number, length: number): Tensor {
    const axis = normalizeAxis('narrow', dim, this.ndim);
    const size = this.shape[axis] as number;
    const first = start < 0 ? start + size : start;
    checkWhole('narrow', 'length', length, 0);
    if (!Number.isInteger(start) || first < 0 || first + length > size) {
      throw new RangeError(
        `narrow: ${length} elements from ${start} do not lie within dimension ${dim} of ${formatShape(this.shape)}.`,
      );
    }
    return move(this, (a) => narrowNode(a, axis, first, length));
  }

  /** Element `index` of dimension `dim`, which disappears; negative indices count from the end. */
  select(this: Tensor, dim: number, index: number): Tensor {
    const axis = normalizeAxis('select', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (!Number.isInteger(index) || index < -size || index >= size) {
      throw new RangeError(
        `select: index ${index} is out of range for dimension ${dim} of ${formatShape(this.shape)}; ` +
          (size === 0 ? 'it has no elements.' : `expected an integer from ${-size} to ${size - 1}.`),
      );
    }
    return this.narrow(axis, index < 0 ? index + size : index, 1).squeeze(axis);
  }

  /** Parts along dimension `dim`: each of size `size` (the last may be smaller), or of the sizes given. */
  split(this: Tensor, size: number | readonly number[], dim = 0): Tensor[] {
    const axis = normalizeAxis('split', dim, this.ndim);
    const total = this.shape[axis] as number;
    if (typeof size === 'number') checkWhole('split', 'size', size, 1);
    const sizes =
      typeof size === 'number'
        ? Array.from({ length: Math.max(1, Math.ceil(total / size)) }, (_, i) =>
            Math.min(size, total - i * size),
          )
        : size;
    for (const part of sizes) checkWhole('split', 'a size', part, 0);
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sum !== total) {
      throw new RangeError(
        `split: sizes ${formatShape(sizes)} add up to ${sum}; dimension ${dim} of ${formatShape(this.shape)} has ${total}.`,
      );
    }
    let start = 0;
    return sizes.map((length) => {
      start += length;
      return this.narrow(axis, start - length, length);
    });
  }

  /** Up to `chunks` parts of equal size along dimension `dim`; the last may be smaller. */
  chunk(this: Tensor, chunks: number, dim = 0): Tensor[] {
    checkWhole('chunk', 'the number of chunks', chunks, 1);
    const axis = normalizeAxis('chunk', dim, this.ndim);
    return this.split(Math.max(1, Math.ceil((this.shape[axis] as number) / chunks)), axis);
  }

  /**
   * As many parts along dimension `dim` as asked for, of sizes that differ by at most 1; or the parts between the given
   * positions, by the rules of slices. NumPy's `array_split`.
   */
  tensorSplit(this: Tensor, indicesOrSections: number | readonly number[], dim = 0): Tensor[] {
    const axis = normalizeAxis('tensorSplit', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (typeof indicesOrSections === 'number') {
      const count = indicesOrSections;
      checkWhole('tensorSplit', 'the number of parts', count, 1);
      const larger = size % count;
      const small = Math.floor(size / count);
      return this.split(
        Array.from({ length: count }, (_, i) => (i < larger ? small + 1 : small)),
        axis,
      );
    }
    for (const index of indicesOrSections) {
      checkWhole('tensorSplit', 'an index', index, Number.NEGATIVE_INFINITY);
    }
    const place = (index: number) => Math.min(Math.max(index < 0 ? index + size : index, 0), size);
    const edges = [0, ...indicesOrSections.map(place), size];
    return edges.slice(1).map((end, i) => {
      const start = edges[i] as number;
      return this.narrow(axis, start, Math.max(end - start, 0));
    });
  }

  /** Every element of dimension `dim`, which disappears. */
  unbind(this: Tensor, dim = 0): Tensor[] {
    const axis = normalizeAxis('unbind', dim, this.ndim);
    return Array.from({ length: this.shape[axis] as number }, (_, index) => this.select(axis, index));
  }

  /** The parts along the first dimension, one after another: `for (const row of matrix)`. */
  *[Symbol.iterator](this: Tensor): Generator<Tensor, void, undefined> {
    if (this.ndim === 0) throw new TypeError('A scalar tensor cannot be iterated over; read it with item().');
    for (let i = 0; i < (this.shape[0] as number); i++) yield this.select(0, i);
  }
}
