import { escape as asItIs, type ColumnTable, table as makeTable, op } from 'arquero';
import type { DType } from '../../graph/dtype.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ArrayDataset } from '../arrayDataset.ts';
import { type HostArray, hostArray } from '../hostArray.ts';
import { formatCSV } from './csv.ts';
import { formatTable } from './print.ts';
import { type Aggregate, aggregates, counted, mean, numbersOf, quantile, std } from './statistics.ts';
import { type ColumnType, compareValues, TableError, toValue, typeOf, type Value } from './values.ts';

/** A row as functions see it. */
export type Row = Readonly<Record<string, Value>>;

/** What fills the place of a missing value: a statistic of the column, or a value. */
export type Filling = 'mean' | 'median' | 'mode' | number | boolean | { readonly value: Value };

export interface JoinOptions {
  /** The columns whose values must be equal, in both tables. Missing values equal nothing. */
  readonly on: string | readonly string[];
  /** Which rows stay that have no partner. Default 'inner': none. */
  readonly how?: 'inner' | 'left' | 'right' | 'outer';
  /** What is added to the names of other columns that both have. Default ['_x', '_y']. */
  readonly suffixes?: readonly [string, string];
}

export interface PivotOptions {
  /** The columns whose values name the rows. */
  readonly index: string | readonly string[];
  /** The column whose values name the new columns. */
  readonly columns: string;
  /** The column whose values fill the cells. */
  readonly values: string;
  /** What becomes of several values for one cell. Default 'mean'. */
  readonly aggregate?: Aggregate;
}

export interface TableTensorOptions {
  /** Default float32. */
  readonly dtype?: DType;
  readonly device?: string;
}

export interface TableDatasetOptions<T extends string | undefined = string | undefined> {
  /** The columns of `x`; all that are not the target's unless given. */
  readonly features?: readonly string[];
  /** The column of `y`. */
  readonly target?: T;
  /** Default float32. */
  readonly dtype?: DType;
  /** The dtype of `y`: 'int32' for classes. Default: that of `x`. */
  readonly targetDtype?: DType;
}

/** The name of a pivot's cells on the way: no column's. */
const CELL = '\0cell';

type DatasetColumns<T> = T extends string ? { x: HostArray; y: HostArray } : { x: HostArray };

const list = (names: string | readonly string[]): readonly string[] =>
  typeof names === 'string' ? [names] : names;

/** Arrays by column name: a record, or a `Map` or list of entries, where names that are numbers keep their place too. */
export type TableColumns =
  | Readonly<Record<string, ArrayLike<unknown>>>
  | Iterable<readonly [string, ArrayLike<unknown>]>;

const isArquero = (columns: ColumnTable | TableColumns): columns is ColumnTable =>
  'columnNames' in columns && typeof columns.columnNames === 'function';

/**
 * A table of named columns: what pandas' DataFrame is, over Arquero. Tables do not change; each verb returns a new one.
 * Missing values are null in every column. Rows have numbers, from 0, and no other index.
 */
export class Table {
  /** Arquero's table, for all of its verbs; `Table.from` goes back. */
  readonly arquero: ColumnTable;
  readonly #columns = new Map<string, Value[]>();

  private constructor(arquero: ColumnTable) {
    this.arquero = arquero;
  }

  /** A table of arrays of one length, by column name. @throws TableError for other lengths, and names that come twice. */
  static from(columns: ColumnTable | TableColumns): Table {
    if (isArquero(columns)) {
      return Table.from(
        columns.columnNames().map((name) => [name, columns.array(name) as ArrayLike<unknown>] as const),
      );
    }
    const entries = Symbol.iterator in columns ? [...columns] : Object.entries(columns);
    const count = entries[0]?.[1].length ?? 0;
    const values = new Map<string, Value[]>();
    for (const [name, column] of entries) {
      if (column.length !== count) {
        throw new TableError(
          `Table: column '${name}' has ${column.length} values, but '${entries[0]?.[0]}' has ${count}; columns are of one ` +
            'length.',
        );
      }
      if (values.has(name)) throw new TableError(`Table: two columns are called '${name}'.`);
      values.set(name, Array.from(column, toValue));
    }
    return new Table(makeTable(values, [...values.keys()]));
  }

  /** A table of records; a field that a record lacks is missing. */
  static fromRecords(records: readonly Readonly<Record<string, unknown>>[]): Table {
    const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
    return Table.from(names.map((name) => [name, records.map((record) => record[name])] as const));
  }

  get numRows(): number {
    return this.arquero.numRows();
  }

  get columnNames(): string[] {
    return this.arquero.columnNames();
  }

  /** The values of a column. @throws TableError when there is none of that name. */
  column(name: string): readonly Value[] {
    const known = this.#columns.get(name);
    if (known) return known;
    this.#check([name]);
    const values = Array.from(this.arquero.array(name) as ArrayLike<Value>);
    this.#columns.set(name, values);
    return values;
  }

  /** What each column holds. */
  get types(): Readonly<Record<string, ColumnType>> {
    return Object.fromEntries(this.columnNames.map((name) => [name, typeOf(this.column(name))]));
  }

  row(index: number): Row {
    return Object.fromEntries(this.columnNames.map((name) => [name, this.column(name)[index] ?? null]));
  }

  records(): Row[] {
    return Array.from({ length: this.numRows }, (_, i) => this.row(i));
  }

  // --- rows and columns ----------------------------------------------------------------------------------------------

  select(...names: readonly string[]): Table {
    this.#check(names);
    return new Table(this.arquero.select([...names]));
  }

  drop(...names: readonly string[]): Table {
    this.#check(names);
    return this.select(...this.columnNames.filter((name) => !names.includes(name)));
  }

  /** New names by old ones. */
  rename(names: Readonly<Record<string, string>>): Table {
    this.#check(Object.keys(names));
    const renamed = this.columnNames.map((name) => [names[name] ?? name, this.column(name)] as const);
    return Table.from(renamed);
  }

  /** With new columns, or other values for those that there are: of arrays, or computed row by row. */
  derive(
    columns: Readonly<Record<string, ArrayLike<unknown> | ((row: Row, index: number) => unknown)>>,
  ): Table {
    const all = new Map<string, ArrayLike<unknown>>(this.#all());
    for (const [name, make] of Object.entries(columns)) {
      all.set(name, typeof make === 'function' ? this.records().map((row, i) => make(row, i)) : make);
    }
    return Table.from(all);
  }

  /** The rows for which `keep` is true. */
  filter(keep: (row: Row) => boolean): Table {
    return new Table(this.arquero.filter(asItIs((row: Row) => keep(row))).reify());
  }

  /** The rows of these numbers, in that order. */
  take(indices: ArrayLike<number>): Table {
    const picked = this.columnNames.map((name) => {
      const values = this.column(name);
      return [name, Array.from(indices, (index) => values[index] ?? null)] as const;
    });
    return Table.from(picked);
  }

  slice(start: number, end: number = this.numRows): Table {
    return new Table(this.arquero.slice(start, end).reify());
  }

  head(count = 5): Table {
    return this.slice(0, count);
  }

  tail(count = 5): Table {
    return this.slice(Math.max(0, this.numRows - count));
  }

  /** Sorted by columns, the first decides first; rows that are equal stay in order, missing values come last. */
  sort(
    by: string | readonly string[],
    { descending = false }: { readonly descending?: boolean } = {},
  ): Table {
    const columns = list(by).map((name) => this.column(name));
    const order = Array.from({ length: this.numRows }, (_, i) => i).sort((a, b) => {
      for (const values of columns) {
        const [left, right] = [values[a] as Value, values[b] as Value];
        if (left === null || right === null) {
          if (left !== right) return left === null ? 1 : -1;
          continue;
        }
        const difference = compareValues(left, right);
        if (difference !== 0) return descending ? -difference : difference;
      }
      return a - b;
    });
    return this.take(order);
  }

  /** These rows, then those of others, which must have the same columns. */
  concat(...others: readonly Table[]): Table {
    for (const other of others) {
      if ([...other.columnNames].sort().join('\n') === [...this.columnNames].sort().join('\n')) continue;
      throw new TableError(
        `concat: the columns are ${this.columnNames.join(', ')} here and ${other.columnNames.join(', ')} there.`,
      );
    }
    return new Table(this.arquero.concat(...others.map(({ arquero }) => arquero)).reify());
  }

  /** The first row of each combination of values of some columns, or of all. */
  distinct(...names: readonly string[]): Table {
    this.#check(names);
    return new Table(this.arquero.dedupe([...(names.length > 0 ? names : this.columnNames)]).reify());
  }

  // --- summaries -----------------------------------------------------------------------------------------------------

  /** By the values of some columns, to be summed up. Rows in which one of them is missing belong to no group. */
  groupBy(...keys: readonly string[]): GroupedTable {
    this.#check(keys);
    return new GroupedTable(this, keys);
  }

  /** How often each value of a column comes, most often first: columns `name` and `count`. */
  valueCounts(name: string): Table {
    const counts = counted(this.column(name));
    return Table.from({ [name]: counts.map(([value]) => value), count: counts.map(([, count]) => count) });
  }

  /**
   * One row for each column: its type, how many values there are and how many are missing; of numbers the mean, standard
   * deviation (with n - 1), minimum, quartiles and maximum; of others the number of different ones, the most frequent, and
   * how often that comes.
   */
  describe(): Table {
    return Table.fromRecords(
      this.columnNames.map((name) => {
        const values = this.column(name);
        const type = typeOf(values);
        const count = values.filter((value) => value !== null).length;
        const common = { column: name, type, count, missing: values.length - count };
        if (type !== 'number') {
          const counts = counted(values);
          return {
            ...common,
            ...{ unique: counts.length, top: counts[0]?.[0] ?? null, freq: counts[0]?.[1] ?? null },
            ...{ mean: null, std: null, min: null, '25%': null, '50%': null, '75%': null, max: null },
          };
        }
        const numbers = numbersOf(values, 'describe');
        const at = (q: number) => quantile(numbers, q);
        return {
          ...{ ...common, unique: null, top: null, freq: null },
          ...{ mean: mean(numbers), std: std(numbers), min: at(0) },
          ...{ '25%': at(0.25), '50%': at(0.5), '75%': at(0.75), max: at(1) },
        };
      }),
    );
  }

  // --- several tables, other forms -----------------------------------------------------------------------------------

  /** Rows of this table beside those of another one that have the same values in some columns. */
  join(other: Table, { on, how = 'inner', suffixes = ['_x', '_y'] }: JoinOptions): Table {
    const keys = list(on);
    this.#check(keys);
    other.#check(keys);
    const joined = this.arquero.join(other.arquero, [[...keys], [...keys]], undefined, {
      left: how === 'left' || how === 'outer',
      right: how === 'right' || how === 'outer',
      suffix: [...suffixes],
    });
    return Table.from(joined);
  }

  /** The values of one column spread over columns of their own; rows and new columns are sorted. */
  pivot({ index, columns, values, aggregate = 'mean' }: PivotOptions): Table {
    const keys = list(index);
    const long = this.groupBy(...keys, columns).aggregate({ [CELL]: [values, aggregate] });
    const rows = long.groupBy(...keys).aggregate({});
    const places = new Map(rows.records().map((row, i) => [JSON.stringify(keys.map((key) => row[key])), i]));
    const cells = new Map<Value, Value[]>();
    for (const row of long.sort(columns).records()) {
      const key = row[columns] as Value;
      let cellsOfKey = cells.get(key);
      if (!cellsOfKey) {
        cellsOfKey = new Array<Value>(rows.numRows).fill(null);
        cells.set(key, cellsOfKey);
      }
      cellsOfKey[places.get(JSON.stringify(keys.map((name) => row[name]))) as number] = row[CELL] as Value;
    }
    return Table.from([...rows.#all(), ...[...cells].map(([key, column]) => [String(key), column] as const)]);
  }

  /** The opposite: some columns under one another, their names in `key`, their values in `value`. */
  melt(columns: readonly string[], { key = 'variable', value = 'value' } = {}): Table {
    this.#check(columns);
    const kept = this.columnNames.filter((name) => !columns.includes(name));
    const repeated = kept.map((name) => [name, columns.flatMap(() => this.column(name))] as const);
    return Table.from([
      ...repeated,
      [key, columns.flatMap((name) => new Array<string>(this.numRows).fill(name))],
      [value, columns.flatMap((name) => this.column(name))],
    ]);
  }

  // --- missing values ------------------------------------------------------------------------------------------------

  /** How many values each column lacks. */
  missing(): Readonly<Record<string, number>> {
    const lacking = (name: string) => this.column(name).filter((value) => value === null).length;
    return Object.fromEntries(this.columnNames.map((name) => [name, lacking(name)]));
  }

  /** Without the rows that lack a value, in some columns or in any. */
  dropMissing(...names: readonly string[]): Table {
    const columns = (names.length > 0 ? names : this.columnNames).map((name) => this.column(name));
    const whole = Array.from({ length: this.numRows }, (_, i) => i).filter((i) =>
      columns.every((values) => values[i] !== null),
    );
    return this.take(whole);
  }

  /**
   * With missing values filled in: `fillMissing({ age: 'median', city: { value: '?' } })`. What is learned of training data
   * and then used on others is an `Imputer`.
   * @throws TableError for the mean of a column without values.
   */
  fillMissing(fillings: Readonly<Record<string, Filling>>): Table {
    const all = this.#all();
    for (const [name, filling] of Object.entries(fillings)) {
      const values = this.column(name);
      const value = fillingValue(name, values, filling);
      all.set(
        name,
        values.map((own) => own ?? value),
      );
    }
    return Table.from(all);
  }

  // --- out -----------------------------------------------------------------------------------------------------------

  /** Numbers of some columns, row by row, [rows, columns]. */
  #numbers(names: readonly string[], what: string): Float64Array {
    const columns = names.map((name) => [name, this.column(name)] as const);
    const numbers = new Float64Array(this.numRows * names.length);
    columns.forEach(([name, values], column) => {
      values.forEach((value, row) => {
        if (typeof value === 'number' || typeof value === 'boolean') {
          numbers[row * names.length + column] = Number(value);
          return;
        }
        const why =
          value === null
            ? 'is missing; fillMissing() or dropMissing() first'
            : `is ${JSON.stringify(value)}, no number; oneHot() or a LabelEncoder makes numbers of it`;
        throw new TableError(`${what}: column '${name}' of row ${row} ${why}.`);
      });
    });
    return numbers;
  }

  /**
   * Columns of numbers and booleans as a tensor [rows, columns]; one name alone, not in an array, gives [rows].
   * @throws TableError for what is missing or no number.
   */
  toTensor(
    columns: string | readonly string[] = this.columnNames,
    { dtype = 'float32', ...options }: TableTensorOptions = {},
  ): Tensor {
    const names = list(columns);
    const shape = typeof columns === 'string' ? [this.numRows] : [this.numRows, names.length];
    return tensor(this.#numbers(names, 'toTensor'), { ...options, shape, dtype });
  }

  /**
   * Examples { x: [features], y: [] } to learn from, or { x } without a target.
   * @throws TableError for what is missing or no number.
   */
  toDataset<T extends string | undefined = undefined>({
    target,
    features = this.columnNames.filter((name) => name !== target),
    dtype = 'float32',
    targetDtype = dtype,
  }: TableDatasetOptions<T> = {}): ArrayDataset<DatasetColumns<T>> {
    const array = (names: readonly string[], shape: readonly number[], type: DType): HostArray => {
      const data = this.#numbers(names, 'toDataset');
      const rounded =
        type === 'float64'
          ? data
          : type.startsWith('float') || type === 'bfloat16'
            ? Float32Array.from(data)
            : Int32Array.from(data);
      return hostArray(rounded, shape, type);
    };
    const x = array(features, [this.numRows, features.length], dtype);
    const columns: Record<string, HostArray> = { x };
    if (target !== undefined) columns.y = array([target], [this.numRows], targetDtype);
    return new ArrayDataset(columns) as unknown as ArrayDataset<DatasetColumns<T>>;
  }

  toCSV({ delimiter = ',' }: { readonly delimiter?: string } = {}): string {
    return formatCSV([...this.#all()], delimiter);
  }

  /** The first and last rows as text, as pandas prints them, and how many there are. */
  toString({ maxRows = 10 }: { readonly maxRows?: number } = {}): string {
    const count = this.numRows;
    const all = count <= maxRows;
    const half = Math.floor(maxRows / 2);
    const numbers = Array.from({ length: all ? count : 2 * half }, (_, i) =>
      all || i < half ? i : count - 2 * half + i,
    );
    const shown = [...this.take(numbers).#all()];
    const lines = formatTable(shown, numbers).split('\n');
    if (!all) lines.splice(1 + half, 0, '…');
    return `${lines.join('\n')}\n\n[${count} rows x ${this.columnNames.length} columns]`;
  }

  #all(): Map<string, readonly Value[]> {
    return new Map(this.columnNames.map((name) => [name, this.column(name)]));
  }

  #check(names: readonly string[]): void {
    const there = this.columnNames;
    for (const name of names) {
      if (!there.includes(name)) {
        throw new TableError(`There is no column '${name}'; there are: ${there.join(', ')}.`);
      }
    }
  }
}

/** The value that fills a column. */
export function fillingValue(name: string, values: readonly Value[], filling: Filling): Value {
  if (typeof filling === 'object') return filling.value;
  if (typeof filling !== 'string') return filling;
  const value = aggregates[filling](values);
  if (value === null) {
    throw new TableError(`fillMissing: column '${name}' has no values, so that there is no ${filling}.`);
  }
  return value;
}

/** Rows in groups; `aggregate` makes a table with a row for each of them, sorted by the keys. */
export class GroupedTable {
  readonly #table: Table;
  readonly #keys: readonly string[];

  constructor(table: Table, keys: readonly string[]) {
    this.#table = table;
    this.#keys = keys;
  }

  /**
   * New columns, each what becomes of one column's values in a group:
   * `table.groupBy('species').aggregate({ mass: ['body_mass_g', 'mean'], n: ['species', 'size'] })`. Values that are missing
   * count for `size` alone.
   */
  aggregate(columns: Readonly<Record<string, readonly [column: string, aggregate: Aggregate]>>): Table {
    const whole = this.#table.dropMissing(...this.#keys);
    const entries = Object.entries(columns);
    // Named by what is no column's name: a result may be called as a key is.
    const gathered = entries.map(([, [column]], i) => {
      whole.column(column);
      return [`\0${i}`, op.array_agg(column)] as const;
    });
    const groups = whole.arquero
      .groupby([...this.#keys])
      .rollup({ ...Object.fromEntries(gathered), '\0rows': op.count() });
    const keys = this.#keys.map((key) => [key, groups.array(key) as ArrayLike<unknown>] as const);
    const results = entries.map(([name, [, aggregate]], i): [string, ArrayLike<unknown>] => [
      name,
      Array.from(groups.array(`\0${i}`) as ArrayLike<Value[]>, (values) => aggregates[aggregate](values)),
    ]);
    return Table.from([...keys, ...results]).sort(this.#keys);
  }
}
