import type { DType } from '../graph/dtype.ts';
import { tensor } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { readNpy, writeNpy } from './npy.ts';
import { readNpz, writeNpz } from './npz.ts';
import type { StoredArray } from './storedArray.ts';

/** Where the tensors of a file shall live, and what they shall be. */
export interface LoadNpyOptions {
  /** The name of a device; the default device unless given. */
  readonly device?: string;
  /** The dtype of the tensors; that of the file unless given, but float32 for 64-bit floats. */
  readonly dtype?: DType;
}

/** Floats are read as they are where a dtype is asked for, so that they are rounded once. */
const readingFor = ({ dtype }: LoadNpyOptions) => (dtype ? ({ float64: 'float64' } as const) : {});

const toTensor = ({ data, shape, dtype }: StoredArray, options: LoadNpyOptions): Tensor =>
  tensor(data, { shape, dtype, ...options });

const toStored = async (value: Tensor): Promise<StoredArray> => ({
  dtype: value.dtype,
  shape: value.shape,
  data: await value.data(),
});

/**
 * The tensor in a .npy file (see `readNpy` for what becomes of NumPy's dtypes).
 * @throws NpyError for a file that cannot be read; RangeError for values that an integer `dtype` cannot hold; TypeError
 *   for a `dtype` that the device does not have, such as float64 on `wasm`.
 */
export const loadNpy = (bytes: Uint8Array, options: LoadNpyOptions = {}): Tensor =>
  toTensor(readNpy(bytes, readingFor(options)), options);

/**
 * The tensors of a .npz archive by name.
 * @param options.maximumBytes the most that they may unpack to. Default 2^31.
 * @throws as `loadNpy`
 */
export function loadNpz(
  bytes: Uint8Array,
  { maximumBytes, ...options }: LoadNpyOptions & { readonly maximumBytes?: number } = {},
): Map<string, Tensor> {
  const arrays = readNpz(bytes, { ...readingFor(options), maximumBytes });
  return new Map([...arrays].map(([name, array]) => [name, toTensor(array, options)]));
}

/** A tensor as a .npy file for numpy.load. @throws NpyError for bfloat16, which NumPy does not have. */
export const saveNpy = async (value: Tensor): Promise<Uint8Array> => writeNpy(await toStored(value));

/**
 * Tensors by name as a .npz archive for numpy.load.
 * @param options.compress whether to deflate. Default false.
 * @throws NpyError for bfloat16, which NumPy does not have, and for names that are empty or taken twice.
 */
export async function saveNpz(
  tensors: Readonly<Record<string, Tensor>> | Iterable<readonly [name: string, tensor: Tensor]>,
  options: { readonly compress?: boolean } = {},
): Promise<Uint8Array> {
  const named = Symbol.iterator in tensors ? [...tensors] : Object.entries(tensors);
  const arrays: [string, StoredArray][] = [];
  for (const [name, value] of named) arrays.push([name, await toStored(value)]);
  return writeNpz(arrays, options);
}
