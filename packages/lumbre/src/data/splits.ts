import { Generator } from '../tensor/generator.ts';
import { type DatasetLike, Subset } from './dataset.ts';
import { permutation, range, shuffle } from './shuffle.ts';

export interface SplitOptions {
  /** What to shuffle with; one of an arbitrary seed unless given. */
  readonly generator?: Generator;
  /** The class of each example: each part gets its share of every class. */
  readonly stratify?: ArrayLike<unknown>;
}

/**
 * How many examples each part gets. Fractions are rounded down, and what is left goes to the first parts, one each, as in
 * PyTorch.
 */
function partLengths(parts: readonly number[], count: number): number[] {
  const sum = parts.reduce((total, part) => total + part, 0);
  const isLengths = parts.every((part) => Number.isInteger(part)) && sum === count;
  if (isLengths && parts.every((part) => part >= 0)) return [...parts];
  if (parts.length === 0 || parts.some((part) => !(part >= 0 && part <= 1)) || Math.abs(sum - 1) > 1e-6) {
    throw new RangeError(
      `randomSplit: parts ${JSON.stringify(parts)} are neither lengths that sum to ${count} nor fractions that sum to 1.`,
    );
  }
  const lengths = parts.map((part) => Math.floor(part * count + 1e-9));
  let left = count - lengths.reduce((total, length) => total + length, 0);
  for (let i = 0; left > 0; i = (i + 1) % lengths.length, left--) lengths[i] = (lengths[i] as number) + 1;
  return lengths;
}

/** The examples of each class, in order. */
function classesOf(operation: string, labels: ArrayLike<unknown>, count: number): number[][] {
  if (labels.length !== count) {
    throw new RangeError(
      `${operation}: stratify has ${labels.length} classes for ${count} examples; expected one for each.`,
    );
  }
  const classes = new Map<unknown, number[]>();
  for (let i = 0; i < count; i++) {
    const members = classes.get(labels[i]);
    if (members) members.push(i);
    else classes.set(labels[i], [i]);
  }
  return [...classes.values()];
}

/** Class after class, each in random order: who takes turns along it gets a share of every class. */
const stratifiedOrder = (
  operation: string,
  labels: ArrayLike<unknown>,
  count: number,
  generator: Generator,
) => classesOf(operation, labels, count).flatMap((members) => shuffle(members, generator));

const orderOf = (
  operation: string,
  count: number,
  { generator = new Generator(), stratify }: SplitOptions,
) => (stratify ? stratifiedOrder(operation, stratify, count, generator) : [...permutation(count, generator)]);

/**
 * Cuts a dataset at random: `randomSplit(dataset, [0.8, 0.2], { generator })`.
 * @param parts fractions that sum to 1, or lengths that sum to the number of examples
 * @throws RangeError for other parts, or when `stratify` has another length.
 */
export function randomSplit<E>(
  dataset: DatasetLike<E>,
  parts: readonly number[],
  options: SplitOptions | Generator = {},
): Subset<E>[] {
  const chosen = options instanceof Generator ? { generator: options } : options;
  const lengths = partLengths(parts, dataset.length);
  const order = orderOf('randomSplit', dataset.length, chosen);
  if (chosen.stratify) return stratifiedParts(dataset, order, lengths, chosen);
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return new Subset(dataset, order.slice(start - length, start));
  });
}

/** Each part takes from the order what it is due by then, so that it too has its share of each class. */
function stratifiedParts<E>(
  dataset: DatasetLike<E>,
  order: readonly number[],
  lengths: readonly number[],
  { generator = new Generator() }: SplitOptions,
): Subset<E>[] {
  const taken: number[][] = lengths.map(() => []);
  order.forEach((index, position) => {
    const due = lengths.map((length, part) =>
      (taken[part] as number[]).length >= length
        ? Number.NEGATIVE_INFINITY
        : (length * (position + 1)) / order.length - (taken[part] as number[]).length,
    );
    (taken[due.indexOf(Math.max(...due))] as number[]).push(index);
  });
  return taken.map((indices) => new Subset(dataset, shuffle(indices, generator)));
}

export interface TrainTestOptions extends SplitOptions {
  /** A fraction, or a number of examples. Default 0.25. */
  readonly testSize?: number;
  /** Whether to shuffle first; else the last examples are the test's. Default true. */
  readonly shuffle?: boolean;
}

/**
 * A part to learn from and a part to test on, as scikit-learn's `train_test_split`: the test's size is rounded up.
 * @throws RangeError when a part would be empty.
 */
export function trainTestSplit<E>(
  dataset: DatasetLike<E>,
  { testSize = 0.25, shuffle: shuffled = true, ...options }: TrainTestOptions = {},
): { readonly train: Subset<E>; readonly test: Subset<E> } {
  const count = dataset.length;
  const testLength = testSize < 1 ? Math.ceil(testSize * count - 1e-9) : testSize;
  if (!Number.isInteger(testLength) || testLength < 1 || testLength >= count) {
    throw new RangeError(
      `trainTestSplit: testSize ${testSize} of ${count} examples leaves a part empty; expected a fraction between 0 and 1, ` +
        'or a number of examples.',
    );
  }
  const lengths = [count - testLength, testLength];
  if (!shuffled) {
    const all = range(count);
    return {
      train: new Subset(dataset, all.subarray(0, lengths[0])),
      test: new Subset(dataset, all.subarray(lengths[0])),
    };
  }
  const [train, test] = randomSplit(dataset, lengths, options) as [Subset<E>, Subset<E>];
  return { train, test };
}

export interface KFoldOptions extends SplitOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Whether to shuffle first. Default true. */
  readonly shuffle?: boolean;
}

/**
 * Cuts a dataset into folds and gives, for each of them, the others to learn from and it to validate on. The first folds
 * are one longer where the number of examples is no multiple.
 */
export function kFold<E>(
  dataset: DatasetLike<E>,
  { folds = 5, shuffle: shuffled = true, ...options }: KFoldOptions = {},
): { readonly train: Subset<E>; readonly validation: Subset<E> }[] {
  const count = dataset.length;
  if (!Number.isInteger(folds) || folds < 2 || folds > count) {
    throw new RangeError(`kFold: ${folds} folds of ${count} examples; expected from 2 to ${count}.`);
  }
  const order = shuffled ? orderOf('kFold', count, options) : [...range(count)];
  // A stratified order is dealt like cards, so that each fold has its share; another one is cut.
  const starts = Array.from(
    { length: folds + 1 },
    (_, fold) => fold * Math.floor(count / folds) + Math.min(fold, count % folds),
  );
  const foldOf = (position: number): number =>
    options.stratify && shuffled ? position % folds : starts.findLastIndex((start) => start <= position);
  const places = order.map((_, position) => foldOf(position));
  return Array.from({ length: folds }, (_, fold) => ({
    train: new Subset(
      dataset,
      order.filter((_, position) => places[position] !== fold),
    ),
    validation: new Subset(
      dataset,
      order.filter((_, position) => places[position] === fold),
    ),
  }));
}
