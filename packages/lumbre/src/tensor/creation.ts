import * as build from '../graph/builder.ts';
import { arithmeticDtype, type DType, type NumericArray, toDType } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { checkShape, formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { defaultDevice } from '../runtime/devices.ts';
import { defaultDtype, supported } from './defaults.ts';
import { feedNode } from './feed.ts';
import { readData, type TensorData, toArray } from './nested.ts';
import { uploadNode } from './realize.ts';
import { Tensor } from './tensor.ts';

/** Where a new tensor lives and what it is. */
export interface TensorOptions {
  readonly dtype?: DType;
  /** The name of a device; the default device unless given. */
  readonly device?: string;
  /** Whether `backward` gives it a gradient. */
  readonly requiresGrad?: boolean;
}

/** A tensor over the node that `make` returns for a dtype that the device has. */
export function createTensor(
  operation: string,
  { dtype, device = defaultDevice(), requiresGrad = false }: TensorOptions,
  fallback: DType,
  make: (dtype: DType, device: string) => Node,
): Tensor {
  const result = new Tensor(make(supported(operation, dtype ?? fallback, device), device), device);
  if (requiresGrad) result.requiresGrad = true;
  return result;
}

/**
 * A tensor of the values in `data`: a number, nested arrays of numbers or booleans, or a typed array with its `shape`.
 *
 * The values are copied, once, to where the device keeps them. With `copy: false` a device that can do so keeps the
 * typed array itself, which must not be written to afterwards: `js` does if it is of the tensor's dtype (not a 16-bit
 * float, bool, or one that has to be converted). `wasm` has its own memory and always copies.
 *
 * JavaScript cannot tell 1 from 1.0, so numbers are of the default float dtype unless `dtype` says otherwise; booleans
 * are bool. Typed arrays keep theirs: Float32Array float32, Float64Array the default float dtype, Uint8Array uint8,
 * Int8Array int8, other integers int32.
 *
 * @throws RangeError for ragged arrays (the message says where), for a shape of another size, for numbers that the dtype
 *   cannot hold; TypeError for what is no number.
 */
export function tensor(
  data: TensorData,
  options: TensorOptions & { readonly shape?: Shape; readonly copy?: boolean } = {},
): Tensor {
  const { values, shape, dtype: suggested } = readData(data);
  const wanted = options.shape ?? shape;
  checkShape('tensor', wanted);
  if (sizeOf(wanted) !== values.length) {
    throw new RangeError(
      `tensor: ${values.length} values do not fill shape ${formatShape(wanted)}, which has ${sizeOf(wanted)} elements.`,
    );
  }
  return createTensor('tensor', options, suggested, (dtype, device) =>
    uploadNode(device, dtype, wanted, toArray(values, dtype), options.copy),
  );
}

/** A tensor of one value; of the default float dtype, or bool for a boolean, unless the options say otherwise. */
export function full(shape: Shape, value: number | boolean, options: TensorOptions = {}): Tensor {
  return filled('full', shape, value, options, typeof value === 'boolean' ? 'bool' : defaultDtype());
}

function filled(
  operation: string,
  shape: Shape,
  value: number | boolean,
  options: TensorOptions,
  fallback: DType,
): Tensor {
  checkShape(operation, shape);
  if (typeof value !== 'number' && typeof value !== 'boolean')
    throw new TypeError(`${operation}: expected a number or a boolean to fill with, got ${typeof value}.`);
  return createTensor(operation, options, fallback, (dtype) => {
    // Held to the same rules as data.
    const [checked] = toArray([Number(value)], dtype);
    return build.constant([...shape], dtype, checked as number);
  });
}

/** A tensor of zeros. */
export const zeros = (shape: Shape, options: TensorOptions = {}): Tensor =>
  filled('zeros', shape, 0, options, defaultDtype());

/** A tensor of ones. */
export const ones = (shape: Shape, options: TensorOptions = {}): Tensor =>
  filled('ones', shape, 1, options, defaultDtype());

/** A tensor of one value with the shape, dtype and device of another, unless the options say otherwise. */
export const fullLike = (like: Tensor, value: number | boolean, options: TensorOptions = {}): Tensor =>
  filled('fullLike', like.shape, value, { device: like.device, ...options }, like.dtype);

/** Zeros with the shape, dtype and device of another tensor. */
export const zerosLike = (like: Tensor, options: TensorOptions = {}): Tensor => fullLike(like, 0, options);

/** Ones with the shape, dtype and device of another tensor. */
export const onesLike = (like: Tensor, options: TensorOptions = {}): Tensor => fullLike(like, 1, options);

/** The matrix [rows, columns] with ones on the diagonal; square unless `columns` is given. */
export function eye(rows: number, columns: number = rows, options: TensorOptions = {}): Tensor {
  const shape = [rows, columns];
  checkShape('eye', shape);
  return createTensor('eye', options, defaultDtype(), (dtype) =>
    build.cast(build.eq(build.iota(shape, 0), build.iota(shape, 1)), dtype),
  );
}

/**
 * The numbers from `start` by `step` up to, and without, `stop`; `arange(n)` counts from 0. Int32 if all three are
 * integers, else of the default float dtype, unless the options say otherwise.
 * @throws RangeError for a step of 0 or an infinite range.
 */
export function arange(stop: number, options?: TensorOptions): Tensor;
export function arange(start: number, stop: number, step?: number, options?: TensorOptions): Tensor;
export function arange(
  first: number,
  second: number | TensorOptions = {},
  step = 1,
  options: TensorOptions = {},
): Tensor {
  if (typeof second !== 'number') return arange(0, first, 1, second);
  const count = Math.max(0, Math.ceil((second - first) / step));
  if (!Number.isSafeInteger(count)) {
    throw new RangeError(
      `arange: from ${first} to ${second} by ${step} is no finite range; the step must not be 0.`,
    );
  }
  const whole = [first, second, step].every((n) => Number.isInteger(n) && n === (n | 0));
  return createTensor('arange', options, whole ? 'int32' : defaultDtype(), (dtype) =>
    progression(count, dtype, first, step),
  );
}

/** start + i · step for i < count. */
function progression(count: number, dtype: DType, start: number, step: number): Node {
  const index = build.cast(build.iota([count], 0), arithmeticDtype(dtype));
  const number = (value: number) => build.full(index, toDType(value, index.dtype));
  return build.cast(build.add(number(start), build.mul(index, number(step))), dtype);
}

/** `steps` numbers at equal distances from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  checkShape('linspace', [steps]);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  return createTensor('linspace', options, defaultDtype(), (dtype) => {
    // From both ends to the middle, so that both ends are exact.
    const forward = progression(steps, dtype, start, step);
    const backward = build.flip(progression(steps, dtype, end, -step), [0]);
    const index = build.iota([steps], 0);
    const inFirstHalf = build.lt(index, build.full(index, Math.ceil(steps / 2)));
    return build.where(inFirstHalf, forward, backward);
  });
}

/** `base` to the power of `steps` numbers at equal distances from `start` to `end`, both included. */
export function logspace(
  start: number,
  end: number,
  steps: number,
  { base = 10, ...options }: TensorOptions & { readonly base?: number } = {},
): Tensor {
  checkShape('logspace', [steps]);
  const step = steps > 1 ? (end - start) / (steps - 1) : 0;
  // Powers are taken in double precision, on the host: an error in an exponent is multiplied.
  const powers = Array.from(
    { length: steps },
    (_, i) => base ** (i === steps - 1 && steps > 1 ? end : start + i * step),
  );
  return createTensor('logspace', options, defaultDtype(), (dtype, device) =>
    uploadNode(device, dtype, [steps], toArray(powers, dtype)),
  );
}

/**
 * A tensor of what `fn` returns for the indices of each element: `fromFunction((row, column) => row - column, [3, 3])`.
 * Of the default float dtype, or bool for booleans, unless the options say otherwise.
 */
export function fromFunction(
  fn: (...indices: number[]) => number | boolean,
  shape: Shape,
  options: TensorOptions = {},
): Tensor {
  checkShape('fromFunction', shape);
  const indices = shape.map(() => 0);
  let isBool = sizeOf(shape) > 0;
  const values = Array.from({ length: sizeOf(shape) }, () => {
    const value = fn(...indices);
    if (typeof value !== 'number' && typeof value !== 'boolean') {
      throw new TypeError(
        `fromFunction: the function returned ${value} at ${formatShape(indices)}; expected a number or a boolean.`,
      );
    }
    isBool &&= typeof value === 'boolean';
    // The next index: the last dimension counts fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      indices[axis] = (indices[axis] as number) + 1;
      if ((indices[axis] as number) < (shape[axis] as number)) break;
      indices[axis] = 0;
    }
    return Number(value);
  });
  return createTensor('fromFunction', options, isBool ? 'bool' : defaultDtype(), (dtype, device) =>
    uploadNode(device, dtype, shape, toArray(values, dtype)),
  );
}

/** The int32 [2, count] rows and columns of the elements of a matrix on and below a diagonal, in row-major order. */
export const trilIndices = (
  rows: number,
  columns: number,
  offset = 0,
  options: Pick<TensorOptions, 'device'> = {},
): Tensor => triangleIndices('trilIndices', rows, columns, (row, column) => column - row <= offset, options);

/** The same of the elements on and above a diagonal. */
export const triuIndices = (
  rows: number,
  columns: number,
  offset = 0,
  options: Pick<TensorOptions, 'device'> = {},
): Tensor => triangleIndices('triuIndices', rows, columns, (row, column) => column - row >= offset, options);

function triangleIndices(
  operation: string,
  rows: number,
  columns: number,
  inside: (row: number, column: number) => boolean,
  { device }: Pick<TensorOptions, 'device'>,
): Tensor {
  checkShape(operation, [rows, columns]);
  const found: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (!inside(row, column)) continue;
      found[0].push(row);
      found[1].push(column);
    }
  }
  const shape = [2, found[0].length];
  return createTensor(operation, device === undefined ? {} : { device }, 'int32', (dtype, on) =>
    uploadNode(on, dtype, shape, Int32Array.from(found.flat())),
  );
}

/**
 * A tensor whose values the host supplies: `refresh` is called now, and again at every replay of a compiled function
 * that contains it. So it is the place for what the host counts: a learning rate, a step number, a batch.
 *
 * @param undo takes back what `refresh` counted; called where a run of a compiled function fails, which then has no effect
 * @throws RangeError when `refresh` gives another number of elements than `shape` has.
 */
export function feed(
  refresh: () => NumericArray,
  shape: Shape,
  dtype: DType,
  device: string = defaultDevice(),
  undo?: () => void,
): Tensor {
  return new Tensor(feedNode(refresh, shape, supported('feed', dtype, device), device, undo), device);
}
