import type { PreparationState } from '../../data/table/index.ts';
import { runFileNames } from '../../train/index.ts';
import type { ModelFiles, Words } from '../recipe.ts';
import type { Workshop } from '../workshop.ts';

/** How a table is taken apart. */
export interface TableSettings {
  readonly name: string;
  /** The column that is predicted; the data set's own, or the last one, unless given. */
  readonly target?: string;
  /** The part of rows that is held out. */
  readonly testSize: number;
}

/** What must be kept with a model of a table, to make numbers of other rows. */
export interface TablePreparation {
  readonly target: string;
  /** The columns of numbers, in their order. */
  readonly features: readonly string[];
  /** What is done to a table before: filled in, one-hot, standardized. */
  readonly steps: readonly PreparationState[];
}

/** Rows as numbers. */
export interface TableRows {
  /** [rows, features], row by row. */
  readonly x: Float64Array;
  readonly rows: number;
  /** What is predicted, as the table has it. */
  readonly target: readonly unknown[];
}

export interface TableSet {
  readonly preparation: TablePreparation;
  readonly train: TableRows;
  readonly test: TableRows;
  readonly fingerprint: string;
  readonly about: Words;
}

export interface TableOptions {
  /** The preparation of a model that has been trained; learned from the first part unless given. */
  readonly known?: TablePreparation;
  /** Whether each part gets its share of every class. Default false. */
  readonly stratify?: boolean;
}

/**
 * A table in two parts, as numbers. Rows without a target are left out.
 * @throws DataSetError, TableError
 */
export async function openTableSet(
  settings: TableSettings,
  seed: number,
  workshop: Workshop,
  options: TableOptions = {},
): Promise<TableSet> {
  const { readTableSet } = await import('./readTableSet.ts');
  return readTableSet(settings, seed, workshop, options);
}

export const preparationFile = (preparation: TablePreparation): ModelFiles =>
  new Map([[runFileNames.preparation, `${JSON.stringify(preparation, null, 2)}\n`]]);

/** @throws Error when the file is missing or damaged. */
export function fromPreparationFile(files: ModelFiles): TablePreparation {
  const json = files.get(runFileNames.preparation);
  if (json === undefined) {
    throw new Error(`The model has no ${runFileNames.preparation}; bring back a copy, or train anew.`);
  }
  return JSON.parse(json) as TablePreparation;
}

/** Coefficients as text, the largest first: what a standard deviation more of each column, or a category, adds. */
export function coefficientsText(
  features: readonly string[],
  columns: readonly {
    readonly name: string;
    readonly values: ArrayLike<number>;
    readonly intercept: number;
  }[],
): string {
  const digits = (value: number) => value.toPrecision(4);
  const strength = (j: number) => Math.max(...columns.map(({ values }) => Math.abs(values[j] as number)));
  const order = features.map((_, j) => j).sort((a, b) => strength(b) - strength(a));
  const rows = [
    ['', ...columns.map(({ name }) => name)],
    ...order.map((j) => [features[j] as string, ...columns.map(({ values }) => digits(values[j] as number))]),
    ['(intercept)', ...columns.map(({ intercept }) => digits(intercept))],
  ];
  const widths = (rows[0] as string[]).map((_, c) =>
    Math.max(...rows.map((row) => (row[c] as string).length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
