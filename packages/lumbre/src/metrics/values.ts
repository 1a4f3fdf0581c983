import { formatShape } from '../graph/shape.ts';
import { Tensor } from '../tensor/tensor.ts';

/** Numbers, one for each sample: a tensor of one dimension, or any array. */
export type Values = Tensor | ArrayLike<number>;

/** Rows of numbers, one for each sample: a tensor [n, d], arrays of equal length, or values with their shape. */
export type Rows =
  | Tensor
  | readonly ArrayLike<number>[]
  | { readonly data: ArrayLike<number>; readonly shape: readonly number[] };

/** Rows on the host, in double precision. */
export interface HostRows {
  /** [rows, columns], in row-major order. */
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** The numbers of one dimension. @throws RangeError for tensors of more, and for NaN. */
export function valuesOf(operation: string, name: string, values: Values): ArrayLike<number> {
  if (values instanceof Tensor && values.ndim !== 1) {
    throw new RangeError(
      `${operation}: ${name} has shape ${formatShape(values.shape)}, expected one number for each sample, [n].`,
    );
  }
  const read = values instanceof Tensor ? values.dataSync() : values;
  for (let i = 0; i < read.length; i++) {
    if (Number.isNaN(read[i])) throw new RangeError(`${operation}: ${name} is NaN at position ${i}.`);
  }
  return read;
}

/** Two lists of equal length, of at least one element. */
export function pairOf(
  operation: string,
  yTrue: Values,
  yPred: Values,
  names: readonly [string, string] = ['yTrue', 'yPred'],
): [ArrayLike<number>, ArrayLike<number>] {
  const [a, b] = [valuesOf(operation, names[0], yTrue), valuesOf(operation, names[1], yPred)];
  if (a.length !== b.length) {
    throw new RangeError(
      `${operation}: ${names[0]} has ${a.length} elements and ${names[1]} ${b.length}; expected one of each for ` +
        'every sample.',
    );
  }
  if (a.length === 0) throw new RangeError(`${operation}: there are no samples.`);
  return [a, b];
}

/** @throws RangeError for what is no matrix of finite numbers. */
export function rowsOf(operation: string, name: string, rows: Rows): HostRows {
  const [data, shape] = readRows(operation, name, rows);
  const [n, d] = shape;
  if (shape.length !== 2 || n === undefined || d === undefined || n * d !== data.length) {
    throw new RangeError(
      `${operation}: ${name} has shape ${formatShape([...shape])} and ${data.length} values, expected one row for each ` +
        'sample, [n, d]; flatten what has more dimensions.',
    );
  }
  if (n === 0 || d === 0) throw new RangeError(`${operation}: ${name} is empty, ${formatShape([n, d])}.`);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `${operation}: ${name} has ${data[bad]} in row ${Math.floor(bad / d)}, column ${bad % d}; all must be finite.`,
    );
  }
  return { data, rows: n, columns: d };
}

function readRows(operation: string, name: string, rows: Rows): [Float64Array, readonly number[]] {
  if (rows instanceof Tensor) return [Float64Array.from(rows.dataSync()), rows.shape];
  if ('shape' in rows) return [Float64Array.from(rows.data), rows.shape];
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) {
      throw new RangeError(
        `${operation}: row ${i} of ${name} has ${row.length} numbers, expected ${columns} as the first has.`,
      );
    }
    data.set(row, i * columns);
  });
  return [data, [rows.length, columns]];
}

/** Two sets of rows with the same number of columns. */
export function rowsPairOf(
  operation: string,
  a: Rows,
  b: Rows,
  names: readonly [string, string],
): [HostRows, HostRows] {
  const [first, second] = [rowsOf(operation, names[0], a), rowsOf(operation, names[1], b)];
  if (first.columns !== second.columns) {
    throw new RangeError(
      `${operation}: ${names[0]} has ${first.columns} columns and ${names[1]} ${second.columns}; expected features of one ` +
        'kind.',
    );
  }
  return [first, second];
}

/** The different values of several lists, rising. */
export const distinct = (...lists: readonly ArrayLike<number>[]): number[] =>
  [...new Set(lists.flatMap((list) => Array.from(list)))].sort((a, b) => a - b);

/** The mean of each column. */
export function columnMeans({ data, rows, columns }: HostRows): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) means[j] = (means[j] as number) + (data[i * columns + j] as number);
  return means.map((sum) => sum / rows);
}
