import {
  bytesPerElement,
  type DType,
  makeArray,
  type NumericArray,
  viewMemory,
  writeMemory,
} from '../graph/dtype.ts';
import { decodeHalf } from '../graph/halfFloat.ts';

/** An array as files keep it: row-major values with their shape. Values of 16-bit floats are in a Float32Array. */
export interface StoredArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: NumericArray;
}

/** What floats in a file become. */
export interface StoredFloatOptions {
  /** What 64-bit floats become; float64 lives on the `js` device only. Default 'float32'. */
  readonly float64?: 'float32' | 'float64';
  /** What IEEE 16-bit floats become. Default 'float16'. */
  readonly float16?: 'float16' | 'float32';
  /** What bfloat16 becomes. Default 'bfloat16'. */
  readonly bfloat16?: 'bfloat16' | 'float32';
}

/** Bytes of one element of each kind that files have, by the names of safetensors. */
export const elementBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
} as const;

export type ElementKind = keyof typeof elementBytes;

/** The dtype that holds each kind here. The integers of 32 and 64 bits must fit, or reading fails. */
const dtypeOf: Record<ElementKind, DType> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  I16: 'int32',
  U16: 'int32',
  I32: 'int32',
  U32: 'int32',
  I64: 'int32',
  U64: 'int32',
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float32',
};

/**
 * A copy of the bytes: on a boundary that typed arrays need, and independent of the file. Not by `slice`, with which a
 * Node Buffer shows its own memory instead of copying it.
 */
const copyBytes = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

const readers: Record<ElementKind, (bytes: Uint8Array) => ArrayLike<number | bigint>> = {
  BOOL: (bytes) => bytes,
  U8: (bytes) => new Uint8Array(bytes),
  I8: (bytes) => new Int8Array(copyBytes(bytes)),
  I16: (bytes) => new Int16Array(copyBytes(bytes)),
  U16: (bytes) => new Uint16Array(copyBytes(bytes)),
  I32: (bytes) => new Int32Array(copyBytes(bytes)),
  U32: (bytes) => new Uint32Array(copyBytes(bytes)),
  I64: (bytes) => new BigInt64Array(copyBytes(bytes)),
  U64: (bytes) => new BigUint64Array(copyBytes(bytes)),
  F16: (bytes) => decodeHalf(new Uint16Array(copyBytes(bytes)), 'float16'),
  BF16: (bytes) => decodeHalf(new Uint16Array(copyBytes(bytes)), 'bfloat16'),
  F32: (bytes) => new Float32Array(copyBytes(bytes)),
  F64: (bytes) => new Float64Array(copyBytes(bytes)),
};

function targetOf(kind: ElementKind, { float64, float16, bfloat16 }: StoredFloatOptions): DType {
  const chosen = kind === 'F64' ? float64 : kind === 'F16' ? float16 : kind === 'BF16' ? bfloat16 : null;
  return chosen ?? dtypeOf[kind];
}

/** Reports a value that the dtype cannot hold: it throws the error of the file's format. */
export type Refusal = (what: string) => never;

/** Reads little-endian elements, checking that integers and bools survive. */
export function readElements(
  kind: ElementKind,
  bytes: Uint8Array,
  options: StoredFloatOptions,
  refuse: Refusal,
): { readonly dtype: DType; readonly data: NumericArray } {
  const dtype = targetOf(kind, options);
  const values = readers[kind](bytes);
  const exact = values instanceof makeArray(dtype, 0).constructor && kind !== 'BOOL';
  return { dtype, data: exact ? (values as NumericArray) : converted(kind, values, dtype, refuse) };
}

function converted(
  kind: ElementKind,
  values: ArrayLike<number | bigint>,
  dtype: DType,
  refuse: Refusal,
): NumericArray {
  const array = makeArray(dtype, values.length);
  const checked = dtype === 'int32' || dtype === 'bool';
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    array[i] = value;
    if (checked && (array[i] !== value || (dtype === 'bool' && value > 1))) {
      refuse(`is ${kind} with the value ${values[i]} at ${i}, which ${dtype} cannot hold`);
    }
  }
  return array;
}

/** The values as elements of their dtype, whatever array they came in, little-endian as everywhere that this runs. */
export function elementsOf({ dtype, data }: StoredArray): Uint8Array {
  const buffer = new ArrayBuffer(data.length * bytesPerElement(dtype));
  writeMemory(dtype, data, viewMemory(dtype, buffer, 0, data.length));
  return new Uint8Array(buffer);
}
