import { mean, numbersOf, present, std } from './statistics.ts';
import { type Filling, fillingValue, type Table } from './table.ts';
import { compareValues, TableError, type Value } from './values.ts';

/**
 * What is learned from training data and then done to any: fit on the one, transform all. `toJSON` is what must be kept
 * with a model, and `loadPreparation` brings it back.
 */
export interface Preparation {
  transform(table: Table): Table;
  toJSON(): PreparationState;
}

interface Scaling {
  /** (x - shift) / scale */
  readonly shift: number;
  readonly scale: number;
}

/** What a preparation knows, as JSON. */
export type PreparationState =
  | { readonly kind: 'scaler'; readonly columns: Readonly<Record<string, Scaling>> }
  | { readonly kind: 'imputer'; readonly columns: Readonly<Record<string, Value>> }
  | { readonly kind: 'labelEncoder'; readonly column: string; readonly classes: readonly Value[] }
  | {
      readonly kind: 'oneHotEncoder';
      readonly columns: Readonly<Record<string, readonly Value[]>>;
      readonly dropFirst: boolean;
      readonly unknown: 'error' | 'zeros';
    };

/** Columns moved and scaled. Missing values stay missing. */
export class Scaler implements Preparation {
  readonly #columns: Readonly<Record<string, Scaling>>;

  constructor(columns: Readonly<Record<string, Scaling>>) {
    this.#columns = columns;
  }

  transform(table: Table): Table {
    return this.#map(table, (value, { shift, scale }) => (value - shift) / scale);
  }

  /** Back to the values before. */
  inverse(table: Table): Table {
    return this.#map(table, (value, { shift, scale }) => value * scale + shift);
  }

  toJSON(): PreparationState {
    return { kind: 'scaler', columns: this.#columns };
  }

  #map(table: Table, fn: (value: number, scaling: Scaling) => number): Table {
    const columns = Object.entries(this.#columns).map(([name, scaling]) => {
      const values = table.column(name).map((value) => {
        if (value === null) return null;
        if (typeof value === 'number') return fn(value, scaling);
        throw new TableError(`Scaler: column '${name}' has ${JSON.stringify(value)}, no number.`);
      });
      return [name, values] as const;
    });
    return table.derive(Object.fromEntries(columns));
  }
}

const numericColumns = (table: Table): string[] =>
  Object.entries(table.types).flatMap(([name, type]) => (type === 'number' ? [name] : []));

function fitScaler(
  table: Table,
  columns: readonly string[],
  fit: (values: readonly number[]) => Scaling,
): Scaler {
  const fitted = columns.map((name) => {
    const values = numbersOf(table.column(name), 'scaling');
    if (values.length === 0) throw new TableError(`Scaler: column '${name}' has no values to learn from.`);
    return [name, fit(values)] as const;
  });
  return new Scaler(Object.fromEntries(fitted));
}

/** A column of one value only is moved and not scaled. */
const orOne = (scale: number): number => (scale === 0 ? 1 : scale);

/** Mean 0 and standard deviation 1 (with n, as scikit-learn's `StandardScaler`), by default of all columns of numbers. */
export const standardize = (table: Table, columns: readonly string[] = numericColumns(table)): Scaler =>
  fitScaler(table, columns, (values) => ({
    shift: mean(values) as number,
    scale: orOne(std(values, 0) as number),
  }));

/** From 0 to 1. */
export const minMax = (table: Table, columns: readonly string[] = numericColumns(table)): Scaler =>
  fitScaler(table, columns, (values) => {
    const [least, most] = values.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    return { shift: least, scale: orOne(most - least) };
  });

/** Fills missing values with what the training data has. */
export class Imputer implements Preparation {
  readonly #columns: Readonly<Record<string, Value>>;

  constructor(columns: Readonly<Record<string, Value>>) {
    this.#columns = columns;
  }

  static fit(table: Table, fillings: Readonly<Record<string, Filling>>): Imputer {
    const fitted = Object.entries(fillings).map(([name, filling]) => [
      name,
      fillingValue(name, table.column(name), filling),
    ]);
    return new Imputer(Object.fromEntries(fitted));
  }

  transform(table: Table): Table {
    const fillings = Object.entries(this.#columns).map(([name, value]) => [name, { value }]);
    return table.fillMissing(Object.fromEntries(fillings));
  }

  toJSON(): PreparationState {
    return { kind: 'imputer', columns: this.#columns };
  }
}

/** The different values of a column, sorted. */
function classesOf(table: Table, name: string): Value[] {
  const values = new Set(present(table.column(name)));
  if (values.size === 0) throw new TableError(`Column '${name}' has no values to learn classes from.`);
  return [...values].sort(compareValues);
}

function unknownClass(name: string, value: Value, classes: readonly Value[]): TableError {
  const shown = classes.slice(0, 10).map(String).join(', ');
  return new TableError(
    value === null
      ? `Column '${name}' has missing values; fillMissing() or dropMissing() first.`
      : `Column '${name}' has ${JSON.stringify(value)}, which was not among the ${classes.length} classes learned: ${shown}.`,
  );
}

/** Classes as numbers from 0, in sorted order, as scikit-learn's `LabelEncoder`. */
export class LabelEncoder implements Preparation {
  readonly column: string;
  readonly classes: readonly Value[];

  constructor(column: string, classes: readonly Value[]) {
    this.column = column;
    this.classes = classes;
  }

  static fit(table: Table, column: string): LabelEncoder {
    return new LabelEncoder(column, classesOf(table, column));
  }

  /** @throws TableError for a class that was not learned, and for missing values. */
  transform(table: Table): Table {
    const numbers = new Map(this.classes.map((value, i) => [value, i]));
    const encoded = table.column(this.column).map((value) => {
      const number = numbers.get(value);
      if (number === undefined) throw unknownClass(this.column, value, this.classes);
      return number;
    });
    return table.derive({ [this.column]: encoded });
  }

  inverse(table: Table): Table {
    const decoded = table.column(this.column).map((value) => {
      const name = this.classes[value as number];
      if (name === undefined)
        throw new TableError(`LabelEncoder: ${value} is no class from 0 to ${this.classes.length - 1}.`);
      return name;
    });
    return table.derive({ [this.column]: decoded });
  }

  toJSON(): PreparationState {
    return { kind: 'labelEncoder', column: this.column, classes: this.classes };
  }
}

export interface OneHotOptions {
  /** Whether the first class has no column: then none of them follows from the others. Default false. */
  readonly dropFirst?: boolean;
  /** What becomes of a class that was not learned. Default 'error'. */
  readonly unknown?: 'error' | 'zeros';
}

/**
 * Columns of classes as columns of 0 and 1, one for each class, named `column_class`, at the end: pandas' `get_dummies`,
 * the same columns for all data. A missing value is 0 in all of them.
 */
export class OneHotEncoder implements Preparation {
  readonly #columns: Readonly<Record<string, readonly Value[]>>;
  readonly #dropFirst: boolean;
  readonly #unknown: 'error' | 'zeros';

  constructor(
    columns: Readonly<Record<string, readonly Value[]>>,
    { dropFirst = false, unknown = 'error' }: OneHotOptions = {},
  ) {
    this.#columns = columns;
    this.#dropFirst = dropFirst;
    this.#unknown = unknown;
  }

  static fit(table: Table, columns: readonly string[], options: OneHotOptions = {}): OneHotEncoder {
    const classes = columns.map((name) => [name, classesOf(table, name)]);
    return new OneHotEncoder(Object.fromEntries(classes), options);
  }

  /** @throws TableError for a class that was not learned, unless `unknown` says otherwise. */
  transform(table: Table): Table {
    const dummies = Object.entries(this.#columns).flatMap(([name, classes]) => {
      const values = table.column(name);
      const other = values.find((value) => value !== null && !classes.includes(value));
      if (other !== undefined && this.#unknown === 'error') throw unknownClass(name, other, classes);
      return classes
        .slice(Number(this.#dropFirst))
        .map((own) => [`${name}_${own}`, values.map((value) => Number(value === own))] as const);
    });
    return table.drop(...Object.keys(this.#columns)).derive(Object.fromEntries(dummies));
  }

  toJSON(): PreparationState {
    return {
      kind: 'oneHotEncoder',
      columns: this.#columns,
      dropFirst: this.#dropFirst,
      unknown: this.#unknown,
    };
  }
}

/** What `JSON.stringify(preparation)` wrote, read again. @throws TableError for what is none. */
export function loadPreparation(state: PreparationState): Scaler | Imputer | LabelEncoder | OneHotEncoder {
  switch (state.kind) {
    case 'scaler':
      return new Scaler(state.columns);
    case 'imputer':
      return new Imputer(state.columns);
    case 'labelEncoder':
      return new LabelEncoder(state.column, state.classes);
    case 'oneHotEncoder':
      return new OneHotEncoder(state.columns, state);
    default:
      throw new TableError(`loadPreparation: unknown kind '${(state as { kind?: unknown }).kind}'.`);
  }
}
