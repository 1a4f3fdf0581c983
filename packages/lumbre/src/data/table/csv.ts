import { decodeText } from '../text.ts';
import { TableError, type Value } from './values.ts';

/** What stands for a missing value: pandas' list. */
export const missingWords: readonly string[] = [
  ...['', 'NA', 'N/A', 'n/a', '<NA>', '#N/A', '#NA', '#N/A N/A', 'NaN', 'nan', '-NaN', '-nan'],
  ...['NULL', 'null', 'None', '1.#IND', '-1.#IND', '1.#QNAN', '-1.#QNAN'],
];

export interface CSVOptions {
  /** One character. Default ','. */
  readonly delimiter?: string;
  /** Whether the first line names the columns, or their names. Default true. */
  readonly header?: boolean | readonly string[];
  /** How many lines to pass over before anything else. Default 0. */
  readonly skipRows?: number;
  /** What columns hold; the others' types are found out. `string` keeps the zeros of '00123'. */
  readonly types?: Readonly<Record<string, 'number' | 'string' | 'boolean'>>;
  /** The words that stand for a missing value. Default `missingWords`. */
  readonly missing?: readonly string[];
  /** What to call the table in messages: its file name. Default 'CSV'. */
  readonly name?: string;
}

/** A record: its fields and the line on which it begins. */
interface CSVRow {
  readonly fields: readonly string[];
  readonly line: number;
}

/** The records of RFC 4180: fields in quotes may hold delimiters, line ends, and quotes written twice. */
function* rowsOf(text: string, delimiter: string, name: string): Generator<CSVRow> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const begin = line;
    const isQuoted = text[at] === '"';
    const fields: string[] = [];
    for (;;) {
      if (text[at] === '"') {
        let field = '';
        const opened = line;
        for (;;) {
          const close = text.indexOf('"', at + 1);
          if (close < 0) {
            throw new TableError(`${name}, line ${opened}: a quote is opened and never closed.`, opened);
          }
          const part = text.slice(at + 1, close);
          for (let end = part.indexOf('\n'); end >= 0; end = part.indexOf('\n', end + 1)) line++;
          field += part;
          at = close + 1;
          if (text[at] !== '"') break;
          field += '"';
        }
        if (at < text.length && text[at] !== delimiter && text[at] !== '\n') {
          throw new TableError(
            `${name}, line ${line}: there is ${JSON.stringify(text[at])} after a closing quote; write quotes within a ` +
              'field twice.',
            line,
          );
        }
        fields.push(field);
      } else {
        let end = at;
        while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
        fields.push(text.slice(at, end));
        at = end;
      }
      if (text[at] !== delimiter) break;
      at++;
    }
    at++;
    line++;
    // An empty line is no record.
    if (fields.length > 1 || fields[0] !== '' || isQuoted) yield { fields, line: begin };
  }
}

const numberPattern = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;
const infinityPattern = /^\s*([+-]?)inf(inity)?\s*$/i;

function parseNumber(text: string): number | undefined {
  if (numberPattern.test(text)) return Number(text);
  const infinity = infinityPattern.exec(text);
  if (!infinity) return undefined;
  return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function parseBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

const parsers = {
  number: parseNumber,
  boolean: parseBoolean,
  string: (text: string): string => text,
} as const;

/** The first of number, boolean and string that all fields are. */
function guess(fields: readonly string[], isMissingWord: (field: string) => boolean): keyof typeof parsers {
  const given = fields.filter((field) => !isMissingWord(field));
  for (const type of ['number', 'boolean'] as const) {
    if (given.length > 0 && given.every((field) => parsers[type](field) !== undefined)) return type;
  }
  return 'string';
}

function columnNames(first: CSVRow, header: boolean | readonly string[], name: string): readonly string[] {
  const names =
    header === true ? first.fields : header === false ? first.fields.map((_, i) => `column${i}`) : header;
  const line = header === true ? first.line : undefined;
  const where = line === undefined ? name : `${name}, line ${line}`;
  names.forEach((column, i) => {
    const before = names.indexOf(column);
    if (before !== i) {
      throw new TableError(
        `${where}: columns ${before + 1} and ${i + 1} are both called '${column}'; rename one, or give names: header: [...].`,
        line,
      );
    }
    if (column.trim() === '') {
      throw new TableError(
        `${where}: column ${i + 1} has no name; name it, or give names: header: [...].`,
        line,
      );
    }
  });
  return names;
}

/**
 * The columns of a CSV text (RFC 4180).
 * @throws TableError, which names the line, for rows of another length, a quote that is not closed, columns of one name,
 *   or a field that is not of the type that `types` says.
 */
export function parseCSV(source: string | Uint8Array, options: CSVOptions = {}): [string, Value[]][] {
  const { delimiter = ',', header = true, skipRows = 0, types = {}, name = 'CSV' } = options;
  if (delimiter.length !== 1 || delimiter === '"' || delimiter === '\n') {
    throw new RangeError(`readCSV: a delimiter is one character, not ${JSON.stringify(delimiter)}.`);
  }
  const text =
    typeof source === 'string'
      ? source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
      : decodeText(source, name);
  const rows = [...rowsOf(text, delimiter, name)].filter(({ line }) => line > skipRows);
  const first = rows[0];
  if (!first) throw new TableError(`${name} is empty: there is no line with something on it.`);
  const names = columnNames(first, header, name);
  const records = header === true ? rows.slice(1) : rows;
  for (const { fields, line } of records) {
    if (fields.length === names.length) continue;
    throw new TableError(
      `${name}, line ${line}: ${fields.length} fields, expected ${names.length} as the columns are; is a field with ` +
        `'${delimiter}' in it written without quotes, or another delimiter used?`,
      line,
    );
  }
  for (const column of Object.keys(types)) {
    if (names.includes(column)) continue;
    throw new TableError(`${name}: types names column '${column}', but there are: ${names.join(', ')}.`);
  }
  const words = new Set(options.missing ?? missingWords);
  const isMissingWord = (field: string): boolean => words.has(field.trim());
  return names.map((column, i): [string, Value[]] => {
    const fields = records.map((row) => row.fields[i] as string);
    const type = types[column] ?? guess(fields, isMissingWord);
    const values = fields.map((field, row): Value => {
      if (isMissingWord(field)) return null;
      const value = parsers[type](field);
      if (value !== undefined) return value;
      const { line } = records[row] as CSVRow;
      throw new TableError(
        `${name}, line ${line}: '${field}' in column '${column}' is no ${type}, as types says it is.`,
        line,
      );
    });
    return [column, values];
  });
}

/** A cell as text that `parseCSV` reads again. */
function formatField(value: Value, delimiter: string): string {
  if (value === null) return '';
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.includes(delimiter) || /["\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Columns as CSV; missing values are empty. */
export function formatCSV(
  columns: readonly (readonly [string, readonly Value[]])[],
  delimiter = ',',
): string {
  const count = columns[0]?.[1].length ?? 0;
  const lines = [columns.map(([name]) => formatField(name, delimiter)).join(delimiter)];
  for (let row = 0; row < count; row++) {
    const fields = columns.map(([, values]) => formatField(values[row] as Value, delimiter));
    // An empty line would be passed over.
    lines.push(fields.length === 1 && fields[0] === '' ? '""' : fields.join(delimiter));
  }
  return `${lines.join('\n')}\n`;
}
