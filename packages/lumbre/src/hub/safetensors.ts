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

/** What a header says of a tensor, before its values are needed. */
export type TensorShape = Pick<StoredArray, 'dtype' | 'shape'>;

export type SafetensorsMetadata = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

/** Bytes of a tensor in a file. */
export const bytesOf = ({ dtype, shape }: TensorShape): number =>
  sizeOf(shape) * elementBytes[storedAs[dtype]];

/**
 * Tensors in the order in which a file has them: by the width of their elements and then by name, as the reference
 * implementation does, so that each begins on a boundary of its own width and the same input gives the same bytes.
 */
export function inFileOrder<T extends TensorShape>(
  tensors: Iterable<readonly [name: string, tensor: T]>,
): (readonly [name: string, tensor: T])[] {
  const width = ({ dtype }: T) => elementBytes[storedAs[dtype]];
  return [...tensors].sort(
    ([nameA, a], [nameB, b]) => width(b) - width(a) || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
}

/**
 * All that comes before the tensors' bytes, which follow in the order that is given.
 * @throws SafetensorsError when a name is taken twice
 */
export function safetensorsHeader(
  inOrder: readonly (readonly [name: string, tensor: TensorShape])[],
  metadata: SafetensorsMetadata = {},
): { readonly header: Uint8Array<ArrayBuffer>; readonly dataBytes: number } {
  const pairs = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  // Written by hand, since an object would lose names such as `__proto__` and reorder those that look like numbers.
  const fields: string[] = [];
  if (pairs.length > 0) {
    const written = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    fields.push(`"__metadata__":{${written.join(',')}}`);
  }
  let position = 0;
  const names = new Set<string>(['__metadata__']);
  for (const [name, tensor] of inOrder) {
    if (names.has(name))
      throw new SafetensorsError(`safetensors: the name ${JSON.stringify(name)} is taken already.`);
    names.add(name);
    const end = position + bytesOf(tensor);
    const info = { dtype: storedAs[tensor.dtype], shape: tensor.shape, data_offsets: [position, end] };
    fields.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
    position = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const header = new Uint8Array(8 + headerBytes);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
  header.fill(0x20, 8);
  header.set(json, 8);
  return { header, dataBytes: position };
}

/** The bytes of a tensor as a file has them. @throws SafetensorsError when its length is not its shape's */
export function safetensorsElements(name: string, array: StoredArray): Uint8Array {
  if (array.data.length !== sizeOf(array.shape)) {
    throw new SafetensorsError(
      `safetensors: tensor ${JSON.stringify(name)} has ${array.data.length} values and shape ` +
        `${formatShape(array.shape)}, which needs ${sizeOf(array.shape)}.`,
    );
  }
  return elementsOf(array);
}

/**
 * Writes a safetensors file, in the order of `inFileOrder`.
 * @throws SafetensorsError when an array's length is not its shape's, or a name is taken twice.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, array: StoredArray]>,
  metadata: SafetensorsMetadata = {},
): Uint8Array {
  const inOrder = inFileOrder(tensors);
  const { header, dataBytes } = safetensorsHeader(inOrder, metadata);
  const bytes = new Uint8Array(header.length + dataBytes);
  bytes.set(header);
  let offset = header.length;
  for (const [name, array] of inOrder) {
    const elements = safetensorsElements(name, array);
    bytes.set(elements, offset);
    offset += elements.length;
  }
  return bytes;
}
