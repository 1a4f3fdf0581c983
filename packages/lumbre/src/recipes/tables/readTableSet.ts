import { openTable, trainTestSplit } from '../../data/index.ts';
import {
  Imputer,
  loadPreparation,
  OneHotEncoder,
  type Preparation,
  readCSV,
  standardize,
  type Table,
  TableError,
} from '../../data/table/index.ts';
import { fingerprint } from '../../train/index.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import type { TableOptions, TablePreparation, TableRows, TableSet, TableSettings } from './tableSet.ts';

/** What needs Arquero, which takes its time to load: `openTableSet` loads it when it is needed. */

/** A column of texts with more different ones than this is a name or a remark, and is left out. */
const MOST_CATEGORIES = 20;

function check(table: Table, target: string, name: string): void {
  if (table.columnNames.includes(target)) return;
  throw new TableError(
    `${name}: there is no column '${target}' to predict; there are ${table.columnNames.join(', ')}. Name one, data.target.`,
  );
}

/** Learns how to make numbers of a table: missing values filled in, texts one-hot, numbers standardized. */
function learn(table: Table, target: string): { steps: Preparation[]; features: string[] } {
  const types = Object.entries(table.types).filter(([column]) => column !== target);
  const named = (...wanted: readonly string[]) =>
    types.flatMap(([column, type]) => (wanted.includes(type) ? [column] : []));
  const numbers = named('number');
  const texts = named('string').filter(
    (column) => new Set(table.column(column).filter((value) => value !== null)).size <= MOST_CATEGORIES,
  );
  const gaps = (columns: readonly string[]) =>
    columns.filter((column) => table.column(column).some((value) => value === null));
  // All columns of numbers are learned, for others may have gaps where these rows have none.
  const fillings = [
    ...numbers.map((column) => [column, 'median'] as const),
    ...gaps(texts).map((column) => [column, 'mode'] as const),
  ];
  const imputer = Imputer.fit(table, Object.fromEntries(fillings));
  const filled = imputer.transform(table);
  const scaler = standardize(filled, numbers);
  const encoder = OneHotEncoder.fit(filled, texts, { dropFirst: true, unknown: 'zeros' });
  const made = encoder.transform(table).columnNames.filter((column) => !table.columnNames.includes(column));
  return { steps: [imputer, scaler, encoder], features: [...numbers, ...named('boolean'), ...made] };
}

function numbersOf(table: Table, { steps, features, target }: TablePreparation): TableRows {
  const prepared = steps.map(loadPreparation).reduce((made, step) => step.transform(made), table);
  const rows = table.numRows;
  const x = new Float64Array(rows * features.length);
  for (const [j, column] of features.entries()) {
    for (const [i, value] of prepared.column(column).entries())
      x[i * features.length + j] = Number(value ?? 0);
  }
  return { x, rows, target: table.column(target) };
}

/** See `openTableSet`. */
export async function readTableSet(
  { name, target: wished, testSize }: TableSettings,
  seed: number,
  { data }: Workshop,
  { known, stratify = false }: TableOptions,
): Promise<TableSet> {
  const loaded = await openTable(data, name);
  const target = known?.target ?? wished ?? loaded.target;
  const read = readCSV(loaded.csv, { name: loaded.name });
  check(read, target, loaded.name);
  const table = read.dropMissing(target);
  const indices = { length: table.numRows, get: (index: number) => index };
  const { train, test } = trainTestSplit(indices, {
    testSize,
    generator: stream(seed, 'data'),
    ...(stratify && { stratify: table.column(target) }),
  });
  const rowsOf = (part: typeof train) =>
    table.take(Array.from({ length: part.length }, (_, i) => part.get(i) as number));
  const [learned, measured] = [rowsOf(train), rowsOf(test)];
  const { steps, features } = known
    ? { steps: known.steps, features: known.features }
    : (({ steps, features }) => ({ steps: steps.map((step) => step.toJSON()), features }))(
        learn(learned, target),
      );
  if (features.length === 0) {
    throw new TableError(
      `${loaded.name}: beside '${target}' there is no column of numbers or of a few kinds of text.`,
    );
  }
  const preparation = { target, features, steps };
  const numbers = numbersOf(learned, preparation);
  return {
    preparation,
    train: numbers,
    test: numbersOf(measured, preparation),
    fingerprint: fingerprint(numbers.x),
    about: {
      es: `${train.length} filas para aprender y ${test.length} aparte; «${target}» a partir de ${features.length} columnas`,
      en: `${train.length} rows to learn from and ${test.length} apart; '${target}' from ${features.length} columns`,
    },
  };
}
