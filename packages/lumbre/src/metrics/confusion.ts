import { distinct, pairOf, type Values } from './values.ts';

/** How often each class was taken for each. */
export interface ConfusionMatrix {
  /** The classes, rising. */
  readonly labels: readonly number[];
  /** Row i, column j: how many samples of class i were predicted as class j. */
  readonly matrix: readonly (readonly number[])[];
  /** As a table: one row for each true class. */
  toString(): string;
}

/** The counts [classes, classes] in one array: rows are true, columns predicted classes. */
export function confusionCounts(
  operation: string,
  yTrue: Values,
  yPred: Values,
  wanted?: readonly number[],
): { labels: readonly number[]; counts: Int32Array } {
  const [truth, predicted] = pairOf(operation, yTrue, yPred);
  const labels = wanted ?? distinct(truth, predicted);
  const place = new Map(labels.map((label, i) => [label, i]));
  const counts = new Int32Array(labels.length ** 2);
  for (let s = 0; s < truth.length; s++) {
    const [i, j] = [place.get(truth[s] as number), place.get(predicted[s] as number)];
    if (i === undefined || j === undefined) continue;
    const at = i * labels.length + j;
    counts[at] = (counts[at] as number) + 1;
  }
  return { labels, counts };
}

/**
 * As sklearn's confusion_matrix; `String(…)` of it is a table.
 * @param options.labels the classes that count, in this order; all that occur, rising, unless given
 * @param options.names what the table calls them
 */
export function confusionMatrix(
  yTrue: Values,
  yPred: Values,
  options: { readonly labels?: readonly number[]; readonly names?: readonly string[] } = {},
): ConfusionMatrix {
  const { labels, counts } = confusionCounts('confusionMatrix', yTrue, yPred, options.labels);
  const n = labels.length;
  const matrix = labels.map((_, i) => Array.from(counts.subarray(i * n, (i + 1) * n)));
  if (options.names && options.names.length !== n) {
    throw new RangeError(
      `confusionMatrix: ${options.names.length} names for ${n} classes; expected one for each.`,
    );
  }
  const names = options.names ?? labels.map(String);
  return { labels, matrix, toString: () => table(names, matrix) };
}

function table(names: readonly string[], matrix: readonly (readonly number[])[]): string {
  const head = 'true \\ predicted';
  const first = Math.max(head.length, ...names.map((name) => name.length));
  const widths = names.map((name, j) => Math.max(name.length, ...matrix.map((row) => `${row[j]}`.length)));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(first), ...cells.map((cell, j) => cell.padStart(widths[j] as number))].join('  ');
  return [line(head, names), ...matrix.map((row, i) => line(names[i] as string, row.map(String)))].join('\n');
}
