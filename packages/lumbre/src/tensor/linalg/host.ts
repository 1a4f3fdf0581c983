import { isFloat } from '../../graph/dtype.ts';
import { broadcastShapes, formatShape, type Shape, sizeOf } from '../../graph/shape.ts';
import { wrapNode } from '../core.ts';
import { defaultDtype } from '../defaults.ts';
import { isTensor } from '../operands.ts';
import { uploadNode } from '../realize.ts';
import type { Tensor } from '../tensor.ts';
import { currentTrace } from '../trace.ts';

/** Matrices [.., rows, columns] on the host, in double precision, one after another in row-major order. */
export interface Matrices {
  readonly values: Float64Array;
  readonly batch: Shape;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/** A float tensor; integers and bools are converted to the default float dtype, as everywhere. */
export function floating(operation: string, x: Tensor): Tensor {
  if (!isTensor(x)) {
    const got = Array.isArray(x) ? 'an array' : typeof x;
    throw new TypeError(`${operation}: expected a tensor, got ${got}; wrap data in tensor(…).`);
  }
  return isFloat(x.dtype) ? x : x.to(defaultDtype());
}

/** Matrices of floats. @throws RangeError for fewer than two dimensions. */
export function floatMatrices(operation: string, x: Tensor): Tensor {
  const a = floating(operation, x);
  if (a.ndim < 2) {
    throw new RangeError(
      `${operation}: expected matrices [.., rows, columns], got shape ${formatShape(a.shape)}.`,
    );
  }
  return a;
}

/** Square matrices of floats. @throws RangeError for others. */
export function squareMatrices(operation: string, x: Tensor): Tensor {
  const a = floatMatrices(operation, x);
  if (a.shape.at(-1) !== a.shape.at(-2)) {
    throw new RangeError(
      `${operation}: expected square matrices [.., n, n], got shape ${formatShape(a.shape)}.`,
    );
  }
  return a;
}

/** Rows and columns of matrices. */
export const matrixSize = ({ shape }: Tensor): readonly [rows: number, columns: number] => [
  shape.at(-2) as number,
  shape.at(-1) as number,
];

export const batchOf = ({ shape }: Tensor): Shape => shape.slice(0, -2);

/** Two lists of matrices with their batch dimensions broadcast, whatever their rows and columns. */
export function broadcastBatches(operation: string, a: Tensor, b: Tensor): readonly [a: Tensor, b: Tensor] {
  const batch = broadcastShapes(operation, batchOf(a), batchOf(b));
  return [a.expand([...batch, ...matrixSize(a)]), b.expand([...batch, ...matrixSize(b)])];
}

/**
 * The values of matrices, as doubles of their own.
 * @throws Error inside `compile`, where there are no values.
 */
export function readMatrices(operation: string, x: Tensor): Matrices {
  if (currentTrace()) {
    throw new Error(
      `${operation}: computes on the host from values, which do not exist inside a compiled function; call it outside ` +
        'compile() and pass its result in.',
    );
  }
  const [rows, columns] = matrixSize(x);
  const batch = batchOf(x);
  return { values: Float64Array.from(x.dataSync()), batch, count: sizeOf(batch), rows, columns };
}

/** The values of one matrix, in place. */
export const matrixAt = ({ values, rows, columns }: Matrices, index: number): Float64Array =>
  values.subarray(index * rows * columns, (index + 1) * rows * columns);

/** Values from the host as a tensor like `like`, whose dtype they are rounded to. */
export const fromHost = (values: Float64Array, shape: Shape, like: Tensor, dtype = like.dtype): Tensor =>
  wrapNode(uploadNode(like.device, dtype, shape, values), like.device);

/** How messages call one matrix of a batch. */
export function nameOf(batch: Shape, index: number): string {
  if (batch.length === 0) return 'the matrix';
  const position = new Array<number>(batch.length);
  let rest = index;
  for (let axis = batch.length - 1; axis >= 0; axis--) {
    const size = batch[axis] as number;
    position[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return `matrix ${formatShape(position)} of the batch`;
}

/** @throws RangeError for a matrix with NaN or infinite elements, with which iterations would not come to an end. */
export function checkFinite(operation: string, matrices: Matrices): void {
  const size = matrices.rows * matrices.columns;
  const bad = matrices.values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new RangeError(
    `${operation}: ${nameOf(matrices.batch, Math.floor(bad / size))} has an element ${matrices.values[bad]}; all ` +
      'elements must be finite. Look with isfinite() for where it comes from.',
  );
}

/** The matrix with rows and columns exchanged. */
export function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j] as number;
  return result;
}
