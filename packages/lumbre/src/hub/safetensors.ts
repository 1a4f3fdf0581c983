import {
  bytesPerElement,
  type DType,
  makeArray,
  type NumericArray,
  viewMemory,
  writeMemory,
} from '../graph/dtype.ts';
import { decodeHalf } from '../graph/halfFloat.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import {
  parseSafetensorsHeader,
  type SafetensorsDtype,
  SafetensorsError,
  safetensorsBytes,
  type TensorInfo,
} from './safetensorsHeader.ts';

/** An array as files keep it: row-major values with their shape. Values of 16-bit floats are in a Float32Array. */
export interface StoredArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: NumericArray;
}

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface SafetensorsOptions {
  /** What F64 becomes; float64 lives on the `js` device only. Default 'float32'. */
  readonly float64?: 'float32' | 'float64';
  /** What F16 becomes. Default 'float16'. */
  readonly float16?: 'float16' | 'float32';
  /** What BF16 becomes. Default 'bfloat16'. */
  readonly bfloat16?: 'bfloat16' | 'float32';
}

/** The dtype that holds each stored dtype here. The integers of 32 and 64 bits must fit, or reading fails. */
const dtypeOf: Record<SafetensorsDtype, DType> = {
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

const readers: Record<SafetensorsDtype, (bytes: Uint8Array) => ArrayLike<number | bigint>> = {
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

/** Converts to `dtype`, checking that integers survive. */
function toArray(
  name: string,
  stored: SafetensorsDtype,
  values: ArrayLike<number | bigint>,
  dtype: DType,
): NumericArray {
  const array = makeArray(dtype, values.length);
  const checked = dtype === 'int32' || dtype === 'bool';
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    array[i] = value;
    if (checked && (array[i] !== value || (dtype === 'bool' && value > 1))) {
      throw new SafetensorsError(
        `safetensors: tensor ${JSON.stringify(name)} is ${stored} with the value ${values[i]} at ${i}, which ${dtype} ` +
          'cannot hold. Convert the file first.',
      );
    }
  }
  return array;
}

function targetOf(stored: SafetensorsDtype, { float64, float16, bfloat16 }: SafetensorsOptions): DType {
  const chosen =
    stored === 'F64' ? float64 : stored === 'F16' ? float16 : stored === 'BF16' ? bfloat16 : null;
  return chosen ?? dtypeOf[stored];
}

function readTensor(
  name: string,
  info: TensorInfo,
  bytes: Uint8Array,
  options: SafetensorsOptions,
): StoredArray {
  const dtype = targetOf(info.dtype, options);
  const values = readers[info.dtype](bytes);
  const exact = values instanceof makeArray(dtype, 0).constructor && info.dtype !== 'BOOL';
  const data = exact ? (values as NumericArray) : toArray(name, info.dtype, values, dtype);
  return { dtype, shape: info.shape, data };
}

/**
 * Reads a safetensors file. F16 and BF16 become float16 and bfloat16, F64 becomes float32, unless the options say
 * otherwise; I16, U16, U32, I64 and U64 become int32.
 * @throws SafetensorsError for a damaged file, an unknown dtype, or integers that int32 cannot hold.
 */
export function readSafetensors(bytes: Uint8Array, options: SafetensorsOptions = {}): SafetensorsFile {
  const { tensors, metadata, dataStart } = parseSafetensorsHeader(bytes);
  const read = new Map<string, StoredArray>();
  for (const [name, info] of tensors) {
    read.set(
      name,
      readTensor(name, info, bytes.subarray(dataStart + info.start, dataStart + info.end), options),
    );
  }
  return { tensors: read, metadata };
}

const storedAs: Record<DType, SafetensorsDtype> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int32: 'I32',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

/**
 * Writes a safetensors file. Tensors are sorted by the width of their elements and then by name, as the reference
 * implementation does, so that each begins on a boundary of its own width and the same input gives the same bytes.
 * @throws SafetensorsError when an array's length is not its shape's.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, array: StoredArray]>,
  metadata: Readonly<Record<string, string>> | ReadonlyMap<string, string> = {},
): Uint8Array {
  const width = (array: StoredArray) => safetensorsBytes[storedAs[array.dtype]];
  const inOrder = [...tensors].sort(
    ([nameA, a], [nameB, b]) => width(b) - width(a) || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  const pairs = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  // Written by hand, since an object would lose names such as `__proto__` and reorder those that look like numbers.
  const fields: string[] = [];
  if (pairs.length > 0) {
    const written = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    fields.push(`"__metadata__":{${written.join(',')}}`);
  }
  let position = 0;
  const names = new Set<string>(['__metadata__']);
  for (const [name, array] of inOrder) {
    if (names.has(name))
      throw new SafetensorsError(`safetensors: the name ${JSON.stringify(name)} is taken already.`);
    names.add(name);
    if (array.data.length !== sizeOf(array.shape)) {
      throw new SafetensorsError(
        `safetensors: tensor ${JSON.stringify(name)} has ${array.data.length} values and shape ` +
          `${formatShape(array.shape)}, which needs ${sizeOf(array.shape)}.`,
      );
    }
    const end = position + array.data.length * width(array);
    const info = { dtype: storedAs[array.dtype], shape: array.shape, data_offsets: [position, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    position = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + position);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(json, 8);
  let offset = 8 + headerBytes;
  for (const [, { dtype, data }] of inOrder) {
    // The values as their dtype, whatever array they came in; typed arrays are little-endian wherever this runs.
    const exact = viewMemory(dtype, new ArrayBuffer(data.length * bytesPerElement(dtype)), 0, data.length);
    writeMemory(dtype, data, exact);
    bytes.set(new Uint8Array(exact.buffer), offset);
    offset += exact.byteLength;
  }
  return bytes;
}
