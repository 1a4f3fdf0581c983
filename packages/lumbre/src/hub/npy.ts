import type { DType } from '../graph/dtype.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import { NpyError, parseNpyHeader } from './npyHeader.ts';
import {
  elementBytes,
  elementsOf,
  readElements,
  type StoredArray,
  type StoredFloatOptions,
} from './storedArray.ts';
import { gatherStrided } from './strided.ts';

export type NpyOptions = Pick<StoredFloatOptions, 'float64' | 'float16'>;

/**
 * Reads an array that numpy.save wrote: bools, integers of 8 to 64 bits, floats of 16 to 64, in either order of bytes and
 * of axes. i1 becomes int8 and all other signed integers int32, as do u2, u4 and u8; f2 becomes float16 and f8 float32,
 * unless the options say otherwise.
 * @throws NpyError for a damaged file, for integers that int32 cannot hold, and for arrays of Python objects, of records
 *   and of whatever else is no number.
 */
export function readNpy(bytes: Uint8Array, options: NpyOptions = {}): StoredArray {
  const { kind, bigEndian, fortranOrder, shape, dataStart } = parseNpyHeader(bytes);
  const width = elementBytes[kind];
  const stored = bytes.subarray(dataStart);
  const { dtype, data } = readElements(
    kind,
    bigEndian ? reversed(stored, width) : stored,
    options,
    (what) => {
      throw new NpyError(`npy: this array ${what}. Convert it with .astype() before it is saved.`);
    },
  );
  if (!fortranOrder || shape.length < 2) return { dtype, shape, data };
  // The first index changes fastest.
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  return { dtype, shape, data: gatherStrided(data, shape, strides) };
}

/** The bytes with those of each element the other way round. */
function reversed(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += width) {
    for (let i = 0; i < width; i++) out[start + i] = bytes[start + width - 1 - i] as number;
  }
  return out;
}

const descriptions: Partial<Record<DType, string>> = {
  float64: '<f8',
  float32: '<f4',
  float16: '<f2',
  int32: '<i4',
  int8: '|i1',
  uint8: '|u1',
  bool: '|b1',
};

/** NumPy leaves room for the first size to grow to this many digits. */
const GROWTH_DIGITS = 21;
const HEADER_ALIGNMENT = 64;

/** The header of an array in row-major order, byte by byte as NumPy writes it. */
function headerOf(description: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${description}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const growth = shape.length > 0 ? GROWTH_DIGITS - String(shape[0]).length : 0;
  const text = dictionary + ' '.repeat(growth);
  const unpadded = 10 + text.length + 1;
  const padding = HEADER_ALIGNMENT - (unpadded % HEADER_ALIGNMENT);
  const header = new TextEncoder().encode(`0NUMPY0000${text}${' '.repeat(padding)}\n`);
  header.set([0x93], 0);
  header.set([1, 0, (header.length - 10) & 255, (header.length - 10) >> 8], 6);
  return header;
}

/**
 * Writes an array as numpy.save does, for numpy.load.
 * @throws NpyError for bfloat16, which NumPy does not have, and when an array's length is not its shape's.
 */
export function writeNpy(array: StoredArray): Uint8Array {
  const { dtype, shape, data } = array;
  const description = descriptions[dtype];
  if (!description) {
    throw new NpyError(`npy: NumPy has no ${dtype}; convert the tensor with .to('float32') first.`);
  }
  if (data.length !== sizeOf(shape)) {
    throw new NpyError(
      `npy: an array has ${data.length} values and shape ${formatShape(shape)}, which needs ${sizeOf(shape)}.`,
    );
  }
  const header = headerOf(description, shape);
  const elements = elementsOf(array);
  const bytes = new Uint8Array(header.length + elements.length);
  bytes.set(header);
  bytes.set(elements, header.length);
  return bytes;
}
