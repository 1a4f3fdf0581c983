/** Element types of tensors. `float64` lives on the `js` device only. */
export type DType = 'float64' | 'float32' | 'int32' | 'uint8' | 'bool';

export type NumericArray = Float64Array | Float32Array | Int32Array | Uint8Array;

interface DTypeInfo {
  readonly bytes: number;
  readonly float: boolean;
  /** Position in the promotion order: of two dtypes, the one with the higher rank wins. */
  readonly rank: number;
  readonly make: (source: number | ArrayLike<number> | ArrayBuffer) => NumericArray;
}

// One constructor call per row keeps TypeScript's overloads apart.
const info: Record<DType, DTypeInfo> = {
  bool: { bytes: 1, float: false, rank: 0, make: (s) => new Uint8Array(s as ArrayLike<number>) },
  uint8: { bytes: 1, float: false, rank: 1, make: (s) => new Uint8Array(s as ArrayLike<number>) },
  int32: { bytes: 4, float: false, rank: 2, make: (s) => new Int32Array(s as ArrayLike<number>) },
  float32: { bytes: 4, float: true, rank: 3, make: (s) => new Float32Array(s as ArrayLike<number>) },
  float64: { bytes: 8, float: true, rank: 4, make: (s) => new Float64Array(s as ArrayLike<number>) },
};

export const dtypes = Object.keys(info) as DType[];

export const isDType = (name: string): name is DType => Object.hasOwn(info, name);
export const bytesPerElement = (dtype: DType): number => info[dtype].bytes;
export const isFloat = (dtype: DType): boolean => info[dtype].float;

/** A new typed array for `dtype`: of a length (zeros), copied from numbers, or over a buffer. */
export const makeArray = (dtype: DType, source: number | ArrayLike<number> | ArrayBuffer): NumericArray =>
  info[dtype].make(source);

/** The dtype that holds the values of both, as PyTorch promotes: bool < uint8 < int32 < float32 < float64. */
export const promote = (a: DType, b: DType): DType => (info[a].rank >= info[b].rank ? a : b);

/** Rounds or wraps a JavaScript number to what `dtype` can hold (bool as 0 or 1). */
export function toDType(value: number, dtype: DType): number {
  switch (dtype) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'int32':
      return value | 0;
    case 'uint8':
      return value & 255;
    case 'bool':
      return value !== 0 ? 1 : 0;
  }
}
