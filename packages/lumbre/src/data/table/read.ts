import { gunzipSync } from 'fflate';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { type CSVOptions, parseCSV } from './csv.ts';
import { Table } from './table.ts';
import { TableError } from './values.ts';

/**
 * A table of CSV text, or of the bytes of a file in UTF-8.
 * @throws TableError, which names the line, for rows of another length, quotes that are not closed, columns of one name,
 *   or a field that is not of the type that `types` says; TextError for bytes that are empty or no UTF-8.
 */
export const readCSV = (source: string | Uint8Array, options: CSVOptions = {}): Table =>
  Table.from(parseCSV(source, options));

/**
 * A table of JSON: an array of records, or an object of columns; as text or already parsed.
 * @throws TableError for anything else.
 */
export function fromJSON(source: unknown): Table {
  let data = source;
  if (typeof source === 'string') {
    try {
      data = JSON.parse(source);
    } catch (cause) {
      throw new TableError(`fromJSON: this is no JSON: ${(cause as Error).message}`, undefined, { cause });
    }
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (Array.isArray(data)) {
    const other = data.findIndex((record) => !isRecord(record));
    if (other < 0) return Table.fromRecords(data as Record<string, unknown>[]);
    throw new TableError(`fromJSON: element ${other} is ${JSON.stringify(data[other])}; expected a record.`);
  }
  if (isRecord(data) && Object.values(data).every(Array.isArray)) {
    return Table.from(data as Record<string, unknown[]>);
  }
  throw new TableError('fromJSON: expected an array of records, or an object of columns.');
}

export interface ParquetOptions {
  /** The columns to read; all unless given. */
  readonly columns?: readonly string[];
  /** What to call the file in messages. Default 'Parquet'. */
  readonly name?: string;
}

/**
 * A table of the bytes of a Parquet file, uncompressed or compressed by Snappy or gzip.
 * @throws TableError for what is none, is damaged, is compressed otherwise, or has no such column.
 */
export async function fromParquet(
  bytes: Uint8Array,
  { columns, name = 'Parquet' }: ParquetOptions = {},
): Promise<Table> {
  const buffer = bytes.slice().buffer;
  try {
    const metadata = parquetMetadata(buffer);
    const { num_children: children = 0 } = metadata.schema[0] ?? {};
    const all = topLevelNames(metadata.schema, children);
    const wanted = columns ?? all;
    const absent = wanted.find((column) => !all.includes(column));
    if (absent !== undefined)
      throw new TableError(`${name}: no column '${absent}'; there are: ${all.join(', ')}.`);
    let rows: Record<string, unknown>[] = [];
    await parquetRead({
      file: buffer,
      metadata,
      columns: [...wanted],
      rowFormat: 'object',
      compressors: { GZIP: (input, length) => gunzipSync(input, { out: new Uint8Array(length) }) },
      onComplete: (complete) => {
        rows = complete;
      },
    });
    return Table.from(wanted.map((column) => [column, rows.map((row) => row[column])] as const));
  } catch (cause) {
    if (cause instanceof TableError) throw cause;
    throw new TableError(`${name} cannot be read: ${(cause as Error).message}`, undefined, { cause });
  }
}

/** The names of the schema's first level: it is written depth first. */
function topLevelNames(
  schema: readonly { readonly name: string; readonly num_children?: number }[],
  count: number,
): string[] {
  const names: string[] = [];
  let at = 1;
  const pass = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let i = 0; i < children; i++) pass();
  };
  while (names.length < count && at < schema.length) {
    names.push((schema[at] as { name: string }).name);
    pass();
  }
  return names;
}
