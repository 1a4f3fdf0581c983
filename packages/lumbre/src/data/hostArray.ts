import { type DType, makeArray } from '../graph/dtype.ts';
import { formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { Tensor } from '../tensor/tensor.ts';

/** The typed arrays that examples are made of. */
export type HostData =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/** Values with a shape that lie in plain memory, row by row: what examples are made of before they become tensors. */
export interface HostArray {
  readonly data: HostData;
  readonly shape: Shape;
  /** What the tensor shall be; what `tensor()` makes of `data` unless given. */
  readonly dtype?: DType;
}

export const isHostData = (value: unknown): value is HostData =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView) &&
  !(value instanceof BigInt64Array) &&
  !(value instanceof BigUint64Array);

export const isHostArray = (value: unknown): value is HostArray =>
  typeof value === 'object' &&
  value !== null &&
  isHostData((value as HostArray).data) &&
  Array.isArray((value as HostArray).shape);

/**
 * Values with a shape, of one dimension unless `shape` says otherwise.
 * @throws RangeError when the values do not fill the shape.
 */
export function hostArray(data: HostData, shape: Shape = [data.length], dtype?: DType): HostArray {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `hostArray: ${data.length} values do not fill shape ${formatShape(shape)}, which has ${sizeOf(shape)} elements.`,
    );
  }
  return { data, shape, ...(dtype && { dtype }) };
}

/**
 * One number with a dtype, for an example: `scalar(7, 'int32')` is a label. Plain numbers become floats in a batch, since
 * JavaScript cannot tell 1 from 1.0.
 */
export const scalar = (value: number, dtype: DType = 'int32'): HostArray => ({
  data: makeArray(dtype, [value]),
  shape: [],
  dtype,
});

/** An array, a typed array or a tensor as values with a shape. A tensor is read, which computes it. */
export function toHost(value: HostData | HostArray | Tensor): HostArray {
  if (value instanceof Tensor) return { data: value.dataSync(), shape: value.shape, dtype: value.dtype };
  return isHostData(value) ? { data: value, shape: [value.length] } : value;
}

/** An array of zeros of the same kind. */
export const sameKind = <T extends HostData>(data: T, length: number): T =>
  new (data.constructor as new (length: number) => T)(length);

/** Element `index` along the first dimension, as a view of the same memory. */
export function rowOf({ data, shape, dtype }: HostArray, index: number): HostArray {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  const row = data.subarray(index * size, (index + 1) * size);
  return { data: row, shape: rest, ...(dtype && { dtype }) };
}

/** The elements `indices` along the first dimension, copied: [indices.length, …]. */
export function gatherRows({ data, shape, dtype }: HostArray, indices: ArrayLike<number>): HostArray {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  const gathered = sameKind(data, indices.length * size);
  if (size === 1) for (let i = 0; i < indices.length; i++) gathered[i] = data[indices[i] as number] as number;
  else {
    for (let i = 0; i < indices.length; i++) {
      const start = (indices[i] as number) * size;
      gathered.set(data.subarray(start, start + size), i * size);
    }
  }
  return { data: gathered, shape: [indices.length, ...rest], ...(dtype && { dtype }) };
}
