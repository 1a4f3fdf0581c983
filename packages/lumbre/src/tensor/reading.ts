import { makeArray, type NumericArray } from '../graph/dtype.ts';
import { broadcastShapes, formatShape, rowMajorStrides, type Shape, sameShape } from '../graph/shape.ts';
import type { IndexEntry } from './advancedIndexing.ts';
import type { CloseOptions } from './comparison.ts';
import { wrapNode } from './core.ts';
import { commonDevice, isTensor } from './operands.ts';
import { uploadNode } from './realize.ts';
import { SortingTensor } from './sorting.ts';
import { takeNode } from './taking.ts';
import type { Tensor } from './tensor.ts';

/** What `unique` and `uniqueConsecutive` find. */
export interface Unique {
  /** Each value once. */
  readonly values: Tensor;
  /** For each element of the tensor, in its shape, the int32 position of its value in `values`. */
  readonly inverse: Tensor;
  /** How often each value occurs, int32. */
  readonly counts: Tensor;
}

const ints = (values: ArrayLike<number>, shape: Shape, device: string): Tensor =>
  wrapNode(uploadNode(device, 'int32', shape, values), device);

/** Row-major positions of the elements that are not 0; NaN is not 0. */
function positionsOf(values: NumericArray): Int32Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) count++;
  const positions = new Int32Array(count);
  let next = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) positions[next++] = i;
  return positions;
}

/** The index along each dimension of row-major positions. */
function coordinates(positions: Int32Array, shape: Shape): Int32Array[] {
  const strides = rowMajorStrides(shape);
  return shape.map((size, axis) =>
    positions.map((position) => Math.floor(position / (strides[axis] as number)) % size),
  );
}

function checkMask(operation: string, mask: Tensor): void {
  if (mask.dtype === 'bool') return;
  throw new TypeError(
    `${operation}: the mask must be bool, got ${mask.dtype}; make it with a comparison or with .bool().`,
  );
}

/** A mask of the dimensions from `axis` on, as one index for each of them. */
async function maskIndices(mask: Tensor, axis: number, shape: Shape): Promise<Tensor[]> {
  const covered = shape.slice(axis, axis + mask.ndim);
  if (!sameShape(mask.shape, covered)) {
    throw new RangeError(
      `maskedIndex: mask ${formatShape(mask.shape)} does not fit dimensions ${axis} and following of ${formatShape(shape)}; ` +
        `expected ${formatShape(covered)}.`,
    );
  }
  const positions = positionsOf(await mask.data());
  return coordinates(positions, mask.shape).map((along) => ints(along, [along.length], mask.device));
}

/** Equal, or both NaN: one value. */
const isSame = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** Runs of equal values, in the order in which `order` visits them. */
function findUnique(tensor: Tensor, values: NumericArray, order: Int32Array): Unique {
  const inverse = new Int32Array(values.length);
  const found: number[] = [];
  const counts: number[] = [];
  for (const position of order) {
    const value = values[position] as number;
    if (found.length === 0 || !isSame(value, found[found.length - 1] as number)) {
      found.push(value);
      counts.push(0);
    }
    inverse[position] = found.length - 1;
    counts[counts.length - 1] = (counts[counts.length - 1] as number) + 1;
  }
  const { dtype, device, shape } = tensor;
  return {
    values: wrapNode(uploadNode(device, dtype, [found.length], makeArray(dtype, found)), device),
    inverse: ints(inverse, shape, device),
    counts: ints(counts, [counts.length], device),
  };
}

const inOrder = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

/** NaN comes last. */
function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}

/**
 * What must read values to know its answer, or the shape of it: all of it asynchronous, and not for compiled functions,
 * whose shapes are fixed.
 */
export abstract class ReadingTensor extends SortingTensor {
  /** Where the elements are that are not 0 (or false): int32 [count, dimensions], in row-major order. */
  async nonzero(this: Tensor): Promise<Tensor> {
    const { shape, device } = this;
    const positions = positionsOf(await this.data());
    const along = coordinates(positions, shape);
    const table = new Int32Array(positions.length * shape.length);
    along.forEach((column, axis) => {
      column.forEach((index, row) => {
        table[row * shape.length + axis] = index;
      });
    });
    return ints(table, [positions.length, shape.length], device);
  }

  /**
   * The elements where a bool mask is true, in row-major order, as a vector; the two broadcast. Gradients flow back to
   * where the elements were.
   */
  async maskedSelect(this: Tensor, mask: Tensor): Promise<Tensor> {
    checkMask('maskedSelect', mask);
    const device = commonDevice('maskedSelect', [this, mask]);
    const shape = broadcastShapes('maskedSelect', this.shape, mask.shape);
    const positions = positionsOf(await mask.broadcastTo(shape).data());
    const flat = this.broadcastTo(shape).ravel();
    const index = uploadNode(device, 'int32', [positions.length], positions);
    return wrapNode(takeNode(flat.node, index, 0), device);
  }

  /**
   * As `index`, with bool masks among the entries, as NumPy has them: a mask stands for as many dimensions as it has, and
   * for the indices at which it is true. `await x.maskedIndex(x.sum(1).gt(0))` takes rows.
   */
  async maskedIndex(this: Tensor, ...indices: readonly IndexEntry[]): Promise<Tensor> {
    const isMask = (entry: IndexEntry): entry is Tensor => isTensor(entry) && entry.dtype === 'bool';
    const masks = indices.filter(isMask);
    commonDevice('maskedIndex', [this, ...masks]);
    if (masks.some((mask) => mask.ndim === 0)) {
      throw new RangeError('maskedIndex: a mask needs at least one dimension; got a scalar.');
    }
    const named = indices.filter((entry) => entry !== null && entry !== '...').length;
    const dimensions = named + masks.reduce((sum, mask) => sum + mask.ndim - 1, 0);
    const entries: IndexEntry[] = [];
    let axis = 0;
    for (const entry of indices) {
      entries.push(...(isMask(entry) ? await maskIndices(entry, axis, this.shape) : [entry]));
      if (entry === '...') axis += Math.max(this.ndim - dimensions, 0);
      else if (entry !== null) axis += isMask(entry) ? entry.ndim : 1;
    }
    return this.index(...entries);
  }

  /**
   * The different values in ascending order, where each element's value is among them, and how often each occurs. All NaN
   * count as one value, the last, as in NumPy.
   */
  async unique(this: Tensor): Promise<Unique> {
    const values = await this.data();
    const order = inOrder(values.length).sort((i, j) =>
      compareValues(values[i] as number, values[j] as number),
    );
    return findUnique(this, values, order);
  }

  /** As `unique`, but only neighbours, in row-major order, count as one: 1, 1, 2, 1 gives 1, 2, 1. */
  async uniqueConsecutive(this: Tensor): Promise<Unique> {
    const values = await this.data();
    return findUnique(this, values, inOrder(values.length));
  }

  /** Whether both have one shape and equal elements; NaN equals nothing. */
  async equal(this: Tensor, other: Tensor): Promise<boolean> {
    commonDevice('equal', [this, other]);
    if (!sameShape(this.shape, other.shape)) return false;
    return (await this.eq(other).all().item()) !== 0;
  }

  /** Whether all elements are close, as `isclose` says; the shapes broadcast. */
  async allclose(this: Tensor, other: Tensor | number, options: CloseOptions = {}): Promise<boolean> {
    return (await this.isclose(other, options).all().item()) !== 0;
  }
}
