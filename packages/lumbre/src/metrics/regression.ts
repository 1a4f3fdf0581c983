import { sameShape } from '../graph/shape.ts';
import { Tensor } from '../tensor/tensor.ts';
import { pairOf, type Values } from './values.ts';

/** Numbers of any shape: all outputs count alike. */
function flatPair(operation: string, yTrue: Values, yPred: Values): [ArrayLike<number>, ArrayLike<number>] {
  if (yTrue instanceof Tensor && yPred instanceof Tensor && !sameShape(yTrue.shape, yPred.shape)) {
    throw new RangeError(
      `${operation}: yTrue has shape [${yTrue.shape}] and yPred [${yPred.shape}]; expected the same.`,
    );
  }
  const flat = (values: Values) => (values instanceof Tensor ? values.dataSync() : values);
  return pairOf(operation, flat(yTrue), flat(yPred));
}

function meanOf(
  operation: string,
  yTrue: Values,
  yPred: Values,
  error: (difference: number) => number,
): number {
  const [truth, predicted] = flatPair(operation, yTrue, yPred);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum += error((truth[i] as number) - (predicted[i] as number));
  return sum / truth.length;
}

/** The mean of (y - ŷ)². */
export const meanSquaredError = (yTrue: Values, yPred: Values): number =>
  meanOf('meanSquaredError', yTrue, yPred, (d) => d * d);

/** The root of the mean of (y - ŷ)². */
export const rootMeanSquaredError = (yTrue: Values, yPred: Values): number =>
  Math.sqrt(meanOf('rootMeanSquaredError', yTrue, yPred, (d) => d * d));

/** The mean of |y - ŷ|. */
export const meanAbsoluteError = (yTrue: Values, yPred: Values): number =>
  meanOf('meanAbsoluteError', yTrue, yPred, Math.abs);

/**
 * The part of the variance of y that is explained, 1 - Σ(y - ŷ)² / Σ(y - ȳ)², as sklearn's r2_score; where y does not
 * vary, 1 for exact predictions and 0 for others. Of tensors [n, outputs], the mean over outputs.
 *
 * @throws RangeError for fewer than two samples.
 */
export function r2Score(yTrue: Values, yPred: Values): number {
  const [truth, predicted] = flatPair('r2Score', yTrue, yPred);
  const outputs = yTrue instanceof Tensor && yTrue.ndim === 2 ? (yTrue.shape[1] as number) : 1;
  const n = truth.length / outputs;
  if (n < 2)
    throw new RangeError('r2Score: expected at least two samples; the variance of one is not defined.');
  let total = 0;
  for (let j = 0; j < outputs; j++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += (truth[i * outputs + j] as number) / n;
    let [left, whole] = [0, 0];
    for (let i = 0; i < n; i++) {
      const y = truth[i * outputs + j] as number;
      left += (y - (predicted[i * outputs + j] as number)) ** 2;
      whole += (y - mean) ** 2;
    }
    total += whole === 0 ? (left === 0 ? 1 : 0) : 1 - left / whole;
  }
  return total / outputs;
}
