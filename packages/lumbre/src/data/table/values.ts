/** What a cell holds; null where a value is missing. */
export type Value = number | string | boolean | Date | null;

/** What a column holds beside missing values. `empty` has none, `mixed` several kinds or others. */
export type ColumnType = 'number' | 'string' | 'boolean' | 'date' | 'empty' | 'mixed';

/** Why a table cannot be read or used. */
export class TableError extends Error {
  override readonly name = 'TableError';
  /** Where in the file, counted from 1. */
  readonly line: number | undefined;

  constructor(message: string, line?: number, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
  }
}

export const isMissing = (value: unknown): value is null | undefined =>
  value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));

/** A cell as tables hold it. bigints, which files have for 64-bit integers, become numbers where those are exact. */
export function toValue(value: unknown): Value {
  if (isMissing(value)) return null;
  if (typeof value !== 'bigint') return value as Value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new TableError(`The integer ${value} is beyond 2^53, where numbers are no longer exact.`);
  }
  return number;
}

const kindOf = (value: Value): ColumnType => {
  if (value instanceof Date) return 'date';
  const kind = typeof value;
  return kind === 'number' || kind === 'string' || kind === 'boolean' ? kind : 'mixed';
};

export function typeOf(values: readonly Value[]): ColumnType {
  let type: ColumnType = 'empty';
  for (const value of values) {
    if (value === null) continue;
    const kind = kindOf(value);
    if (type === 'empty') type = kind;
    else if (type !== kind) return 'mixed';
  }
  return type;
}

/** Orders values of one kind; numbers before strings where they are mixed. */
export function compareValues(a: Exclude<Value, null>, b: Exclude<Value, null>): number {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
