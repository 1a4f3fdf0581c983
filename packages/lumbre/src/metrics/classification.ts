import { confusionCounts } from './confusion.ts';
import { pairOf, type Rows, rowsOf, type Values, valuesOf } from './values.ts';

/** The part of predictions that are right, as sklearn's accuracy_score. */
export function accuracy(yTrue: Values, yPred: Values): number {
  const [truth, predicted] = pairOf('accuracy', yTrue, yPred);
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === predicted[i]) right++;
  return right / truth.length;
}

/**
 * The part of samples whose class, from 0, is among the `k` with the highest scores, as sklearn's top_k_accuracy_score.
 * Of equal scores, the one of the higher class counts as higher, as there.
 *
 * @param scores [n, classes]
 */
export function topKAccuracy(yTrue: Values, scores: Rows, { k = 2 }: { readonly k?: number } = {}): number {
  const truth = valuesOf('topKAccuracy', 'yTrue', yTrue);
  const { data, rows, columns } = rowsOf('topKAccuracy', 'scores', scores);
  if (truth.length !== rows) {
    throw new RangeError(`topKAccuracy: yTrue has ${truth.length} elements and scores ${rows} rows.`);
  }
  if (!(Number.isInteger(k) && k >= 1 && k <= columns)) {
    throw new RangeError(`topKAccuracy: k must be an integer from 1 to the ${columns} classes, not ${k}.`);
  }
  let right = 0;
  for (let i = 0; i < rows; i++) {
    const label = classAt('topKAccuracy', truth, i, columns);
    const own = data[i * columns + label] as number;
    let above = 0;
    for (let j = 0; j < columns; j++) {
      const other = data[i * columns + j] as number;
      if (other > own || (other === own && j > label)) above++;
    }
    if (above < k) right++;
  }
  return right / rows;
}

function classAt(operation: string, labels: ArrayLike<number>, i: number, classes: number): number {
  const label = labels[i] as number;
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new RangeError(
    `${operation}: yTrue is ${label} at position ${i}, expected a class from 0 to ${classes - 1}, a column of the scores.`,
  );
}

/**
 * The mean of -log p(class), as sklearn's log_loss: the cross-entropy of predicted probabilities. Probabilities are held
 * at least ε of double precision away from 0 and 1.
 *
 * @param yProb [n, classes], or [n] with the probability of class 1 of two
 */
export function logLoss(yTrue: Values, yProb: Rows | Values): number {
  const truth = valuesOf('logLoss', 'yTrue', yTrue);
  if (truth.length === 0) throw new RangeError('logLoss: there are no samples.');
  const { data, rows, columns } = probabilityRows(yProb);
  if (truth.length !== rows) {
    throw new RangeError(`logLoss: yTrue has ${truth.length} elements and yProb ${rows} rows.`);
  }
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const outside = row.find((p) => p < 0 || p > 1);
    if (outside !== undefined) {
      throw new RangeError(`logLoss: yProb is ${outside} in row ${i}; expected probabilities from 0 to 1.`);
    }
    const sum = row.reduce((a, b) => a + b, 0);
    const p = (row[classAt('logLoss', truth, i, columns)] as number) / sum;
    total -= Math.log(Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON));
  }
  return total / rows;
}

function probabilityRows(yProb: Rows | Values) {
  const isVector =
    'ndim' in yProb
      ? yProb.ndim === 1
      : 'length' in yProb && (yProb.length === 0 || typeof yProb[0] === 'number');
  if (!isVector) return rowsOf('logLoss', 'yProb', yProb as Rows);
  const ones = valuesOf('logLoss', 'yProb', yProb as Values);
  const pairs = Array.from(ones, (p) => [1 - p, p]);
  return rowsOf('logLoss', 'yProb', pairs);
}

/** How the figures of the classes become one. */
export interface AverageOptions {
  /**
   * `binary` (default): the figure of `posLabel`, where there are two classes. `macro`: the mean over classes. `weighted`:
   * the mean weighted by the samples of each class. `micro`: over all decisions together.
   */
  readonly average?: 'binary' | 'macro' | 'micro' | 'weighted';
  /** The class that `binary` looks at. Default 1. */
  readonly posLabel?: number;
  /** What counts where nothing was predicted, or nothing was there. Default 0. */
  readonly zeroDivision?: number;
}

/** Figures of one class. */
export interface ClassFigures {
  readonly label: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
}

function figuresOf(
  label: number,
  hits: number,
  predicted: number,
  support: number,
  zero: number,
): ClassFigures {
  const ratio = (a: number, b: number) => (b === 0 ? zero : a / b);
  return {
    label,
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, predicted + support),
    support,
  };
}

/** Precision, recall, F1 and support of each class, as sklearn's precision_recall_fscore_support with average=None. */
export function classFigures(yTrue: Values, yPred: Values, { zeroDivision = 0 } = {}): ClassFigures[] {
  const { labels, counts } = confusionCounts('classFigures', yTrue, yPred);
  const n = labels.length;
  return labels.map((label, c) => {
    let [predicted, support] = [0, 0];
    for (let i = 0; i < n; i++) {
      predicted += counts[i * n + c] as number;
      support += counts[c * n + i] as number;
    }
    return figuresOf(label, counts[c * n + c] as number, predicted, support, zeroDivision);
  });
}

type Figure = 'precision' | 'recall' | 'f1';

function averaged(figure: Figure, yTrue: Values, yPred: Values, options: AverageOptions): number {
  const { average = 'binary', posLabel = 1, zeroDivision = 0 } = options;
  const classes = classFigures(yTrue, yPred, { zeroDivision });
  if (average === 'binary') {
    const wanted = classes.find(({ label }) => label === posLabel);
    if (classes.length <= 2 && wanted) return wanted[figure];
    throw new RangeError(
      `${figure}: average 'binary' is for two classes of which one is posLabel ${posLabel}; found classes ` +
        `${classes.map(({ label }) => label).join(', ')}. Choose 'macro', 'micro' or 'weighted', or another posLabel.`,
    );
  }
  if (average === 'macro') return classes.reduce((sum, c) => sum + c[figure], 0) / classes.length;
  // Each sample is one decision: all of precision, recall and F1 are the accuracy then.
  if (average === 'micro') return accuracy(yTrue, yPred);
  if (average !== 'weighted') throw new RangeError(`${figure}: there is no average '${average}'.`);
  const total = classes.reduce((sum, { support }) => sum + support, 0);
  return classes.reduce((sum, c) => sum + c[figure] * c.support, 0) / total;
}

/** Of what was predicted as a class, the part that is of it. As sklearn's precision_score. */
export const precision = (yTrue: Values, yPred: Values, options: AverageOptions = {}): number =>
  averaged('precision', yTrue, yPred, options);

/** Of what is of a class, the part that was predicted so. As sklearn's recall_score. */
export const recall = (yTrue: Values, yPred: Values, options: AverageOptions = {}): number =>
  averaged('recall', yTrue, yPred, options);

/** The harmonic mean of precision and recall. As sklearn's f1_score. */
export const f1 = (yTrue: Values, yPred: Values, options: AverageOptions = {}): number =>
  averaged('f1', yTrue, yPred, options);

/**
 * Precision, recall, F1 and support of each class and on average as a table, as sklearn's classification_report.
 * @param options.targetNames names in the order of the classes
 */
export function classificationReport(
  yTrue: Values,
  yPred: Values,
  { targetNames, digits = 2 }: { readonly targetNames?: readonly string[]; readonly digits?: number } = {},
): string {
  const classes = classFigures(yTrue, yPred);
  if (targetNames && targetNames.length !== classes.length) {
    throw new RangeError(
      `classificationReport: ${targetNames.length} targetNames for ${classes.length} classes; expected one for each.`,
    );
  }
  const total = classes.reduce((sum, { support }) => sum + support, 0);
  const average = (name: string, weight: (c: ClassFigures) => number): ReportRow => {
    const sum = (figure: Figure) => classes.reduce((s, c) => s + c[figure] * weight(c), 0);
    return [
      name,
      sum('precision').toFixed(digits),
      sum('recall').toFixed(digits),
      sum('f1').toFixed(digits),
      `${total}`,
    ];
  };
  const rows: ReportRow[] = [
    ['', 'precision', 'recall', 'f1-score', 'support'],
    ['', '', '', '', ''],
    ...classes.map(
      (c, i): ReportRow => [
        targetNames?.[i] ?? `${c.label}`,
        c.precision.toFixed(digits),
        c.recall.toFixed(digits),
        c.f1.toFixed(digits),
        `${c.support}`,
      ],
    ),
    ['', '', '', '', ''],
    ['accuracy', '', '', accuracy(yTrue, yPred).toFixed(digits), `${total}`],
    average('macro avg', () => 1 / classes.length),
    average('weighted avg', ({ support }) => support / total),
  ];
  const width = Math.max(...rows.map(([name]) => name.length), digits);
  return rows
    .map(([name, ...cells]) =>
      `${name.padStart(width)} ${cells.map((cell) => cell.padStart(9)).join(' ')}`.trimEnd(),
    )
    .join('\n');
}

type ReportRow = [name: string, precision: string, recall: string, f1: string, support: string];
