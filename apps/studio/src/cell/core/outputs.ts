import type { Tensor } from 'lumbre';
import { MOST_NUMBERS, MOST_TEXT, type OutputOf } from '../output.ts';
import { clip, clipTitle } from './clip.ts';
import { print } from './print.ts';
import { type ArqueroTable, Table } from './values.ts';

const MOST_ROWS = 200;
const MOST_COLUMNS = 60;

const product = (shape: readonly number[]): number => shape.reduce((size, side) => size * side, 1);

/** The first elements of a tensor, as they leave the sandbox. */
export function tensorOutput(tensor: Tensor, id: number, title: string | null): OutputOf<'tensor'> {
  const size = product(tensor.shape);
  const values = Array.from(tensor.dataSync().slice(0, MOST_NUMBERS), Number);
  return {
    kind: 'tensor',
    id,
    title: clipTitle(title),
    shape: [...tensor.shape],
    dtype: tensor.dtype,
    values,
    cut: size > MOST_NUMBERS,
  };
}

type Scalar = string | number | boolean | null;

/** A value as a table can hold it: what is no number or text is written out. */
function scalarOf(value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return clip(typeof value === 'string' ? value : print(value), 400);
}

/** Rows as a table: those of a table, or a list of objects. */
export function tableOutput(
  value: Table | ArqueroTable | readonly Readonly<Record<string, unknown>>[],
  title: string | null,
): OutputOf<'table'> {
  const [columns, records, total] = rowsOf(value);
  const shown = columns.slice(0, MOST_COLUMNS);
  return {
    kind: 'table',
    title: clipTitle(title),
    columns: shown.map((name) => clip(name, 100)),
    rows: records.slice(0, MOST_ROWS).map((record) => shown.map((name) => scalarOf(record[name]))),
    total,
  };
}

type Records = readonly Readonly<Record<string, unknown>>[];

function rowsOf(value: Table | ArqueroTable | Records): [string[], Records, number] {
  if (value instanceof Table) return [[...value.columnNames], value.head(MOST_ROWS).records(), value.numRows];
  if (Array.isArray(value)) {
    const names = new Set((value as Records).slice(0, MOST_ROWS).flatMap((record) => Object.keys(record)));
    return [[...names], value as Records, value.length];
  }
  const table = value as ArqueroTable;
  return [table.columnNames(), table.objects({ limit: MOST_ROWS }), table.numRows()];
}

export const textOutput = (text: string, stream: OutputOf<'text'>['stream'] = 'log'): OutputOf<'text'> => ({
  kind: 'text',
  stream,
  text: clip(text, MOST_TEXT),
});
