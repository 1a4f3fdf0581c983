import type { NumericArray } from '../graph/dtype.ts';
import { sizeOf } from '../graph/shape.ts';

/** Whether elements lie in row-major order without gaps. Sizes of one may have any stride. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Elements from the first to the last, those between that are not of the tensor too. */
export const spanOf = (shape: readonly number[], strides: readonly number[]): number =>
  shape.reduce((span, size, axis) => span + (size - 1) * (strides[axis] as number), 1);

/** Elements in row-major order, from where their strides say. */
export function gatherStrided(
  from: NumericArray,
  shape: readonly number[],
  strides: readonly number[],
): NumericArray {
  const count = sizeOf(shape);
  const out = from.slice(0, count);
  const index = shape.map(() => 0);
  let source = 0;
  for (let i = 0; i < count; i++) {
    out[i] = from[source] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      source -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}
