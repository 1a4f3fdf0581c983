import { decodeHalf, encodeHalf, type HalfFloat, roundToHalf, roundToHalves } from './halfFloat.ts';

/**
 * Element types of tensors. `float64` lives on the `js` device only. `float16` and `bfloat16` are kept in 16 bits and
 * computed in float32; int8 is there for quantized weights.
 */
export type DType = 'float64' | 'float32' | HalfFloat | 'int32' | 'int8' | 'uint8' | 'bool';

/** Values as the host reads and writes them: 16-bit floats in a Float32Array. */
export type NumericArray = Float64Array | Float32Array | Int32Array | Int8Array | Uint8Array;

/** Values as memory and files hold them: 16-bit floats as their bits. */
export type MemoryArray = NumericArray | Uint16Array;

interface DTypeInfo {
  readonly bytes: number;
  readonly float: boolean;
  /** Position in the promotion order: of two dtypes, the one with the higher rank wins. */
  readonly rank: number;
  /** What this and another dtype of the same rank promote to. */
  readonly beyond?: DType;
  readonly make: (source: number | ArrayLike<number>) => NumericArray;
  readonly view: (buffer: ArrayBufferLike, byteOffset: number, length: number) => MemoryArray;
}

// One constructor call per row keeps TypeScript's overloads apart.
const info: Record<DType, DTypeInfo> = {
  bool: {
    bytes: 1,
    float: false,
    rank: 0,
    make: (s) => new Uint8Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Uint8Array(buffer, at, length),
  },
  uint8: {
    bytes: 1,
    float: false,
    rank: 1,
    beyond: 'int32',
    make: (s) => new Uint8Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Uint8Array(buffer, at, length),
  },
  int8: {
    bytes: 1,
    float: false,
    rank: 1,
    beyond: 'int32',
    make: (s) => new Int8Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Int8Array(buffer, at, length),
  },
  int32: {
    bytes: 4,
    float: false,
    rank: 2,
    make: (s) => new Int32Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Int32Array(buffer, at, length),
  },
  float16: {
    bytes: 2,
    float: true,
    rank: 3,
    beyond: 'float32',
    make: (s) => makeHalf(s, 'float16'),
    view: (buffer, at, length) => new Uint16Array(buffer, at, length),
  },
  bfloat16: {
    bytes: 2,
    float: true,
    rank: 3,
    beyond: 'float32',
    make: (s) => makeHalf(s, 'bfloat16'),
    view: (buffer, at, length) => new Uint16Array(buffer, at, length),
  },
  float32: {
    bytes: 4,
    float: true,
    rank: 4,
    make: (s) => new Float32Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Float32Array(buffer, at, length),
  },
  float64: {
    bytes: 8,
    float: true,
    rank: 5,
    make: (s) => new Float64Array(s as ArrayLike<number>),
    view: (buffer, at, length) => new Float64Array(buffer, at, length),
  },
};

function makeHalf(source: number | ArrayLike<number>, type: HalfFloat): Float32Array {
  if (typeof source === 'number') return new Float32Array(source);
  return roundToHalves(source, type);
}

export const dtypes = Object.keys(info) as DType[];

export const isDType = (name: string): name is DType => Object.hasOwn(info, name);
export const bytesPerElement = (dtype: DType): number => info[dtype].bytes;
export const isFloat = (dtype: DType): boolean => info[dtype].float;

/** Whether this is a 16-bit float, in which nothing is computed. */
export const isHalf = (dtype: DType): dtype is HalfFloat => dtype === 'float16' || dtype === 'bfloat16';

/** The smallest value of a dtype, which is less than all others or equal to them. */
export function lowestOf(dtype: DType): number {
  if (isFloat(dtype)) return Number.NEGATIVE_INFINITY;
  return dtype === 'int32' ? -(2 ** 31) : dtype === 'int8' ? -128 : 0;
}

/** The dtype in which arithmetic on `dtype` is done, before the result is rounded to it. */
export const arithmeticDtype = (dtype: DType): DType => (isHalf(dtype) ? 'float32' : dtype);

/** A new typed array for values of `dtype`: of a length (zeros), or copied from numbers and rounded or wrapped. */
export const makeArray = (dtype: DType, source: number | ArrayLike<number>): NumericArray =>
  info[dtype].make(source);

/** A typed array over memory that holds elements of `dtype`. */
export const viewMemory = (
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): MemoryArray => info[dtype].view(buffer, byteOffset, length);

/** Rounds or wraps numbers to `dtype` and writes them as memory holds them. */
export function writeMemory(dtype: DType, values: ArrayLike<number>, memory: MemoryArray): void {
  if (isHalf(dtype)) encodeHalf(values, dtype, memory as Uint16Array);
  // Typed arrays wrap and round numbers as `toDType` does, but know no bool.
  else if (dtype === 'bool') for (let i = 0; i < values.length; i++) memory[i] = values[i] !== 0 ? 1 : 0;
  else memory.set(values);
}

/** The values that memory holds, copied. */
export const readMemory = (dtype: DType, memory: MemoryArray): NumericArray =>
  isHalf(dtype) ? decodeHalf(memory as Uint16Array, dtype) : info[dtype].make(memory);

/**
 * The dtype that holds the values of both, as PyTorch promotes: bool < uint8, int8 < int32 < float16, bfloat16 < float32
 * < float64. Of two on one step neither holds the other's values: the bytes give int32, the 16-bit floats float32.
 */
export function promote(a: DType, b: DType): DType {
  const [rankA, rankB] = [info[a].rank, info[b].rank];
  if (rankA !== rankB) return rankA > rankB ? a : b;
  return a === b ? a : (info[a].beyond ?? a);
}

/** Rounds or wraps a JavaScript number to what `dtype` can hold (bool as 0 or 1). */
export function toDType(value: number, dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'float16':
    case 'bfloat16':
      return roundToHalf(value, dtype);
    case 'int32':
      return value | 0;
    case 'int8':
      return (value << 24) >> 24;
    case 'uint8':
      return value & 255;
    case 'bool':
      return value !== 0 ? 1 : 0;
  }
}
