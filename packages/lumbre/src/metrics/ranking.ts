import { pairOf, type Rows, rowsOf, type Values, valuesOf } from './values.ts';

/** Thresholds, falling, with what is at or above each of them. */
function cumulative(operation: string, yTrue: Values, yScore: Values) {
  const [truth, scores] = pairOf(operation, yTrue, yScore, ['yTrue', 'yScore']);
  const order = Array.from(scores, (_, i) => i).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const steps: { readonly positive: number; readonly negative: number }[] = [];
  let [positive, negative] = [0, 0];
  order.forEach((i, place) => {
    const label = truth[i];
    if (label !== 0 && label !== 1) {
      throw new RangeError(`${operation}: yTrue is ${label} at position ${i}; expected 0 or 1.`);
    }
    if (label === 1) positive++;
    else negative++;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== scores[i]) steps.push({ positive, negative });
  });
  return { steps, positive, negative };
}

/**
 * The probability that a sample of class 1 has a higher score than one of class 0, equal scores counting half: the area
 * under the receiver operating characteristic, as sklearn's roc_auc_score. For several classes, `scores` are [n, classes]
 * and the result is the mean of each class against the rest (`multi_class='ovr'`).
 *
 * @throws RangeError when a class has no samples: then there is no such probability.
 */
export function rocAuc(yTrue: Values, yScore: Values | Rows): number {
  const isMatrix =
    'ndim' in yScore ? yScore.ndim === 2 : !('length' in yScore) || typeof yScore[0] === 'object';
  if (isMatrix) return oneVersusRest(yTrue, yScore as Rows);
  const { steps, positive, negative } = cumulative('rocAuc', yTrue, yScore as Values);
  if (positive === 0 || negative === 0) {
    throw new RangeError(
      `rocAuc: all ${positive + negative} samples are of class ${positive > 0 ? 1 : 0}; it is defined for two classes only.`,
    );
  }
  let area = 0;
  let before = { positive: 0, negative: 0 };
  for (const step of steps) {
    area += ((step.negative - before.negative) * (step.positive + before.positive)) / 2;
    before = step;
  }
  return area / (positive * negative);
}

function oneVersusRest(yTrue: Values, yScore: Rows): number {
  const truth = Array.from(valuesOf('rocAuc', 'yTrue', yTrue));
  const { data, rows, columns } = rowsOf('rocAuc', 'yScore', yScore);
  if (truth.length !== rows)
    throw new RangeError(`rocAuc: yTrue has ${truth.length} elements and yScore ${rows} rows.`);
  const strange = truth.find((label) => !(Number.isInteger(label) && label >= 0 && label < columns));
  if (strange !== undefined) {
    throw new RangeError(`rocAuc: yTrue has ${strange}, expected classes from 0 to ${columns - 1}.`);
  }
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const own = truth.map((label) => (label === c ? 1 : 0));
    sum += rocAuc(
      own,
      Float64Array.from({ length: rows }, (_, i) => data[i * columns + c] as number),
    );
  }
  return sum / columns;
}

/**
 * The mean of precision over the recall gained at each threshold, as sklearn's average_precision_score.
 * @throws RangeError when there is no sample of class 1.
 */
export function averagePrecision(yTrue: Values, yScore: Values): number {
  const { steps, positive } = cumulative('averagePrecision', yTrue, yScore);
  if (positive === 0) throw new RangeError('averagePrecision: there is no sample of class 1.');
  let [sum, before] = [0, 0];
  for (const step of steps) {
    sum += ((step.positive - before) / positive) * (step.positive / (step.positive + step.negative));
    before = step.positive;
  }
  return sum;
}
