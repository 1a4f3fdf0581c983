import { type DType, makeArray, type NumericArray, toDType } from '../graph/dtype.ts';
import { formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { defaultDtype } from './defaults.ts';

/** Arrays in arrays, of one length at each depth. */
export type NestedValues = readonly (number | boolean | NestedValues | NumbersView)[];

/** Typed arrays. */
export type NumbersView =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | BigInt64Array
  | BigUint64Array;

/** What `tensor` makes a tensor of. */
export type TensorData = number | boolean | NestedValues | NumbersView;

/** The values of a tensor, its shape, and the dtype that the data suggests. */
interface Values {
  readonly values: ArrayLike<number>;
  readonly shape: Shape;
  readonly dtype: DType;
}

const isView = (data: unknown): data is NumbersView =>
  ArrayBuffer.isView(data) && !(data instanceof DataView);

/** bigints are ids in practice: they become int32 where they fit. */
function narrowed(values: BigInt64Array | BigUint64Array): Int32Array {
  return Int32Array.from(values as ArrayLike<unknown> as ArrayLike<bigint>, (value, i) => {
    const number = Number(value);
    if (number !== (number | 0)) {
      throw new RangeError(`tensor: ${value} at position ${i} does not fit int32, the widest integer dtype.`);
    }
    return number;
  });
}

function fromView(view: NumbersView): Values {
  const shape = [view.length];
  if (view instanceof BigInt64Array || view instanceof BigUint64Array) {
    return { values: narrowed(view), shape, dtype: 'int32' };
  }
  if (view instanceof Float32Array) return { values: view, shape, dtype: 'float32' };
  if (view instanceof Float64Array) return { values: view, shape, dtype: defaultDtype() };
  if (view instanceof Uint8Array || view instanceof Uint8ClampedArray)
    return { values: view, shape, dtype: 'uint8' };
  if (view instanceof Int8Array) return { values: view, shape, dtype: 'int8' };
  return { values: view, shape, dtype: 'int32' };
}

const place = (position: readonly number[]): string =>
  position.length === 0 ? 'the data' : `element ${formatShape(position)}`;

const describe = (item: unknown): string =>
  Array.isArray(item) || isView(item)
    ? `an array of length ${item.length}`
    : item === null || typeof item === 'undefined'
      ? String(item)
      : `a ${typeof item}`;

function fromNested(data: NestedValues): Values {
  const shape: number[] = [];
  // The first element of each depth says what the others must be.
  for (let first: unknown = data; Array.isArray(first) || isView(first); first = first[0])
    shape.push(first.length);
  const values = new Array<number>(sizeOf(shape));
  let count = 0;
  let allBoolean = true;
  const visit = (item: unknown, position: readonly number[]): void => {
    const depth = position.length;
    if (Array.isArray(item) || isView(item)) {
      if (depth >= shape.length || item.length !== shape[depth]) {
        const expected = depth >= shape.length ? 'a number' : `an array of length ${shape[depth]}`;
        throw new RangeError(
          `tensor: ragged data: ${place(position)} is ${describe(item)}, expected ${expected} as before it; ` +
            'all arrays of one depth must have one length.',
        );
      }
      for (let i = 0; i < item.length; i++) visit(item[i], [...position, i]);
      return;
    }
    if (typeof item !== 'number' && typeof item !== 'boolean') {
      throw new TypeError(`tensor: ${place(position)} is ${describe(item)}; expected numbers or booleans.`);
    }
    if (depth < shape.length) {
      throw new RangeError(
        `tensor: ragged data: ${place(position)} is a number, expected an array of length ${shape[depth]} as before it.`,
      );
    }
    allBoolean &&= typeof item === 'boolean';
    values[count++] = Number(item);
  };
  visit(data, []);
  return { values, shape, dtype: allBoolean && count > 0 ? 'bool' : defaultDtype() };
}

/** Reads data of any kind. @throws RangeError for ragged arrays, TypeError for what is no number. */
export function readData(data: TensorData): Values {
  if (isView(data)) return fromView(data);
  if (typeof data === 'number') return { values: [data], shape: [], dtype: defaultDtype() };
  if (typeof data === 'boolean') return { values: [Number(data)], shape: [], dtype: 'bool' };
  if (Array.isArray(data)) return fromNested(data);
  throw new TypeError(
    `tensor: expected a number, a boolean, nested arrays of them, or a typed array, got ${describe(data)}.`,
  );
}

/** Typed arrays that hold values of one dtype and nothing else. */
const isExactly = (values: ArrayLike<number>, dtype: DType): values is NumericArray =>
  (dtype === 'float32' && values instanceof Float32Array) ||
  (dtype === 'float64' && values instanceof Float64Array) ||
  (dtype === 'int32' && values instanceof Int32Array) ||
  (dtype === 'int8' && values instanceof Int8Array) ||
  (dtype === 'uint8' && values instanceof Uint8Array);

/**
 * Numbers as an array of `dtype`: the array itself where it is one, else a new one. Fractions are dropped for an integer
 * dtype, as in NumPy.
 * @throws RangeError for a number that an integer dtype cannot hold.
 */
export function toArray(values: ArrayLike<number>, dtype: DType): NumericArray {
  if (isExactly(values, dtype)) return values;
  const array = makeArray(dtype, dtype === 'bool' ? values.length : values);
  if (dtype === 'bool')
    for (let i = 0; i < values.length; i++) array[i] = toDType(values[i] as number, dtype);
  if (dtype === 'int32' || dtype === 'int8' || dtype === 'uint8') {
    for (let i = 0; i < values.length; i++) {
      if (array[i] === Math.trunc(values[i] as number)) continue;
      throw new RangeError(
        `tensor: ${values[i]} at position ${i} does not fit ${dtype}; choose a dtype that can hold it.`,
      );
    }
  }
  return array;
}
