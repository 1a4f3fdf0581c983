import { type LoadedImages, type LoadedTable, type Picture, picturesOf, toBytes } from '../../data/index.ts';
import { fingerprint } from '../../train/index.ts';
import type { Words } from '../recipe.ts';
import type { Workshop } from '../workshop.ts';

/** Samples, one a row, as models without layers take them. */
export interface SampleSet {
  /** [rows, columns], row by row. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** What each sample is, where that is known: to measure by, not to learn from. */
  readonly labels: Int32Array | null;
  readonly labelNames: readonly string[];
  /** What pictures they are, with values from 0 to 1; null when they are none. */
  readonly picture: Picture['shape'] | null;
  readonly fingerprint: string;
  readonly about: Words;
}

/** Up to so many different whole numbers are taken for classes. */
const MOST_CLASSES = 30;
const PIXEL = /^pixel_(\d+)_(\d+)$/;

type Bare = Omit<SampleSet, 'fingerprint' | 'about'>;

/** The classes of a column, or null when it measures something. */
function classesOf(values: readonly unknown[]): Pick<SampleSet, 'labels' | 'labelNames'> | null {
  const names = [...new Set(values.map(String))];
  const whole = values.every((value) => typeof value !== 'number' || Number.isInteger(value));
  if (!whole || names.length > MOST_CLASSES || names.length < 2) return null;
  const numeric = values.every((value) => typeof value === 'number');
  names.sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  const numbers = new Map(names.map((name, i) => [name, i]));
  return {
    labels: Int32Array.from(values, (value) => numbers.get(String(value)) as number),
    labelNames: names,
  };
}

/** The columns of numbers, each standardized unless they are pixels; rows with something missing are left out. */
async function tableSamples({ csv, name, target }: LoadedTable): Promise<Bare> {
  const { readCSV, standardize, TableError } = await import('../../data/table/index.ts');
  const read = readCSV(csv, { name });
  const numeric = Object.entries(read.types).flatMap(([column, type]) => (type === 'number' ? [column] : []));
  const whole = read.select(...new Set([...numeric, target])).dropMissing();
  const classes = classesOf(whole.column(target));
  const features = numeric.filter((column) => column !== target || !classes);
  if (features.length === 0 || whole.numRows === 0) {
    throw new TableError(`${name}: there are no columns of numbers, or no rows without missing values.`);
  }
  const pixels = features.map((column) => PIXEL.exec(column));
  const isPicture = pixels.every((match) => match !== null);
  const table = isPicture ? whole : standardize(whole, features).transform(whole);
  const columns = features.map((column) => table.column(column) as readonly number[]);
  const most = isPicture ? columns.reduce((m, c) => c.reduce((a, b) => Math.max(a, b), m), 1) : 1;
  const values = new Float32Array(table.numRows * features.length);
  for (const [j, column] of columns.entries()) {
    for (const [i, value] of column.entries()) values[i * features.length + j] = value / most;
  }
  const size = (part: 1 | 2) => 1 + Math.max(...pixels.map((match) => Number(match?.[part] ?? 0)));
  return {
    values,
    rows: table.numRows,
    columns: features.length,
    ...(classes ?? { labels: null, labelNames: [] }),
    picture: isPicture ? [size(1), size(2), 1] : null,
  };
}

function imageSamples({ train, labelNames = [] }: LoadedImages): Bare {
  const [rows, height, width, channels] = train.shape;
  return {
    values: Float32Array.from(train.images, (value) => value / 255),
    rows,
    columns: height * width * channels,
    labels: train.labels ?? null,
    labelNames,
    picture: [height, width, channels],
  };
}

/** Some rows of a set, by their numbers. */
export function takeRows(set: SampleSet, numbers: readonly number[]): SampleSet {
  const { columns } = set;
  const values = new Float32Array(numbers.length * columns);
  for (const [i, row] of numbers.entries()) {
    values.set(set.values.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  const labels = set.labels && Int32Array.from(numbers, (row) => set.labels?.[row] as number);
  return { ...set, values, labels, rows: numbers.length };
}

/** Every tenth sample is held out. */
export function splitRows(set: SampleSet): { readonly train: SampleSet; readonly heldOut: SampleSet } {
  const all = Array.from({ length: set.rows }, (_, i) => i);
  return {
    train: takeRows(
      set,
      all.filter((i) => i % 10 !== 9),
    ),
    heldOut: takeRows(
      set,
      all.filter((i) => i % 10 === 9),
    ),
  };
}

/**
 * A table or pictures as samples.
 * @param most how many are taken at most, evenly from the whole
 * @throws DataSetError, TableError; TypeError for a text or music
 */
export async function openSamples(
  name: string,
  { data }: Workshop,
  most = Number.POSITIVE_INFINITY,
): Promise<SampleSet> {
  const loaded = await data.open(name);
  if (loaded.kind !== 'table' && loaded.kind !== 'image') {
    throw new TypeError(`The data set '${name}' is of kind ${loaded.kind}; a table or images were expected.`);
  }
  const bare = loaded.kind === 'table' ? await tableSamples(loaded) : imageSamples(loaded);
  const whole: SampleSet = { ...bare, fingerprint: '', about: { es: '', en: '' } };
  const step = bare.rows / Math.min(bare.rows, most);
  const numbers = Array.from({ length: Math.min(bare.rows, most) }, (_, i) => Math.floor(i * step));
  const set = numbers.length < bare.rows ? takeRows(whole, numbers) : whole;
  const known = set.labelNames.length;
  return {
    ...set,
    fingerprint: fingerprint(set.values),
    about: {
      es: `${set.rows} muestras de ${set.columns} números${known ? `, de ${known} clases que no se le dicen` : ''}`,
      en: `${set.rows} samples of ${set.columns} numbers${known ? `, of ${known} classes that it is not told` : ''}`,
    },
  };
}

/** Rows as pictures. @param range of their values: `signed` from -1 to 1 */
export function rowPictures(
  values: ArrayLike<number>,
  [height, width, channels]: Picture['shape'],
  range: 'unit' | 'signed' = 'unit',
): Picture[] {
  const data = Float32Array.from(values);
  const shape = [data.length / (height * width * channels), height, width, channels] as const;
  return picturesOf(toBytes({ data, shape, range }));
}

/** Rows of numbers as text, for samples that are no pictures. */
export function rowsText(title: string, values: ArrayLike<number>, columns: number): string {
  const lines = Array.from({ length: values.length / columns }, (_, row) => {
    const numbers = Array.from({ length: columns }, (_, j) =>
      (values[row * columns + j] as number).toFixed(2).padStart(7),
    );
    return `${String(row + 1).padStart(3)} ${numbers.join(' ')}`;
  });
  return [title, ...lines].join('\n');
}
