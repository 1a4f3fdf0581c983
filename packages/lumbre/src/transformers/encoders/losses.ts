import { isFloat } from '../../graph/dtype.ts';
import { formatShape, sameShape } from '../../graph/shape.ts';
import { binaryCrossEntropyWithLogits, crossEntropy, mseLoss } from '../../nn/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { ProblemType } from './encoderConfig.ts';

/** The losses of heads, as transformers computes them. */

/** Labels of this value do not count. */
export const IGNORED = -100;

/** Of tokens: `[.., classes]` against int32 `[..]`. */
export const tokenLoss = (logits: Tensor, labels: Tensor): Tensor =>
  crossEntropy(logits, labels, { ignoreIndex: IGNORED });

/** What kind of labels a classifier of texts is given, where its configuration does not say. */
function problemOf(labels: Tensor, numLabels: number): ProblemType {
  if (numLabels === 1) return 'regression';
  return isFloat(labels.dtype) ? 'multi_label_classification' : 'single_label_classification';
}

/** @throws RangeError for labels that do not go with the logits. */
export function sequenceLoss(logits: Tensor, labels: Tensor, problemType: ProblemType | null): Tensor {
  const numLabels = logits.shape.at(-1) as number;
  const problem = problemType ?? problemOf(labels, numLabels);
  if (problem === 'single_label_classification') {
    if (isFloat(labels.dtype)) {
      throw new TypeError(
        `sequenceLoss: one label of ${numLabels} is an int32, got ${labels.dtype}${formatShape(labels.shape)}; use ` +
          "labels.int(), or set the configuration's problemType to 'multi_label_classification'.",
      );
    }
    return crossEntropy(logits, labels.reshape(-1), { ignoreIndex: IGNORED });
  }
  const wanted = labels.to(logits.dtype);
  const fits = sameShape(wanted.shape, logits.shape) || (numLabels === 1 && wanted.size === logits.size);
  if (!fits) {
    throw new RangeError(
      `sequenceLoss: logits ${formatShape(logits.shape)} and labels ${formatShape(labels.shape)} do not fit; a ` +
        `${problem} needs a number for each logit.`,
    );
  }
  const flat = wanted.reshape(logits.shape);
  return problem === 'regression' ? mseLoss(logits, flat) : binaryCrossEntropyWithLogits(logits, flat);
}

/**
 * The mean of the losses of both ends. A position behind the text counts for nothing, as where a window of a long text does not
 * hold the answer; one before it is the first token, which stands for no answer.
 */
export function spanLoss(starts: Tensor, ends: Tensor, startPositions: Tensor, endPositions: Tensor): Tensor {
  const time = starts.shape[1] as number;
  const of = (logits: Tensor, positions: Tensor): Tensor => {
    const flat = positions.reshape(-1);
    const labels = flat.maximum(0).maskedFill(flat.ge(time), IGNORED);
    return crossEntropy(logits, labels, { ignoreIndex: IGNORED });
  };
  return of(starts, startPositions).add(of(ends, endPositions)).div(2);
}
