import type { DType } from '../graph/dtype.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import { parseSafetensorsHeader, SafetensorsError, type TensorInfo } from './safetensorsHeader.ts';
import {
  type ElementKind,
  elementBytes,
  elementsOf,
  readElements,
  type StoredArray,
  type StoredFloatOptions,
} from './storedArray.ts';

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

export type SafetensorsOptions = StoredFloatOptions;

/** The tensor that its bytes hold. @throws SafetensorsError for integers that int32 cannot hold */
export function readTensor(
  name: string,
  info: TensorInfo,
  bytes: Uint8Array,
  options: SafetensorsOptions,
): StoredArray {
  const elements = readElements(info.dtype, bytes, options, (what) => {
    throw new SafetensorsError(
      `safetensors: tensor ${JSON.stringify(name)} ${what}. Convert the file first.`,
    );
  });
  return { ...elements, shape: info.shape };
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

const storedAs: Record<DType, ElementKind> = {
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
  const width = (array: StoredArray) => elementBytes[storedAs[array.dtype]];
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
  for (const [, array] of inOrder) {
    const elements = elementsOf(array);
    bytes.set(elements, offset);
    offset += elements.length;
  }
  return bytes;
}
