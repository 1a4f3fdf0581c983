import { isFloat } from '../../graph/dtype.ts';
import { formatShape, sameShape } from '../../graph/shape.ts';
import { where } from '../../tensor/combine.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type LossOptions, reduce } from './reduction.ts';

export interface NLLLossOptions extends LossOptions {
  /** How much each class counts, `[classes]`. The mean is weighted by it. */
  readonly weight?: Tensor | null;
  /** Targets of this value count for nothing: padding, or tokens that are not to be predicted. PyTorch's is -100. */
  readonly ignoreIndex?: number;
}

export interface CrossEntropyLossOptions extends NLLLossOptions {
  /** How much of each target is spread evenly over all classes, from 0 to 1. Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * The mean surprise, in nats, at the right class: -log softmax(logits)[target]. Where all targets are ignored the mean is
 * NaN, as PyTorch's.
 *
 * @param logits `[.., classes]`: the classes are the last dimension, not the second as in PyTorch
 * @param targets int32 or uint8 `[..]`, the right classes; or floats `[.., classes]`, a probability for each class
 * @throws RangeError when shapes do not fit, and, once the value is computed, for a target that is no class.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyLossOptions = {}): Tensor {
  const { weight, ignoreIndex, labelSmoothing = 0, reduction } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}.`);
  }
  if (isFloat(targets.dtype)) return softCrossEntropy(logits, targets, options);
  const classes = checkTargets('crossEntropy', logits, targets, weight);
  const rows = logits.reshape(-1, classes);
  const labels = targets.reshape(-1);
  if (!weight && labelSmoothing === 0) {
    const loss = rows.crossEntropy(labels, {
      ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
      ...(reduction === undefined ? {} : { reduction }),
    });
    return reduction === 'none' ? loss.reshape(targets.shape) : loss;
  }
  const ignored = ignoreIndex === undefined ? {} : { ignoreIndex };
  const hard = rows.crossEntropy(labels, { ...ignored, reduction: 'none' });
  const counts = weightsOf(labels, hard, weight, ignoreIndex);
  let losses = hard.mul(counts);
  if (labelSmoothing > 0) {
    const surprise = rows.logSoftmax(-1).neg();
    const spread = (weight ? surprise.mul(weight.detach()) : surprise).sum(-1).div(classes);
    const counted = ignoreIndex === undefined ? spread : where(labels.ne(ignoreIndex), spread, 0);
    losses = losses.mul(1 - labelSmoothing).add(counted.mul(labelSmoothing));
  }
  return weightedMean('crossEntropy', losses, counts, reduction, targets);
}

/** Against probabilities: the mean is over all rows, whatever the weights. */
function softCrossEntropy(logits: Tensor, targets: Tensor, options: CrossEntropyLossOptions): Tensor {
  const { weight, ignoreIndex, labelSmoothing = 0, reduction } = options;
  const classes = logits.shape.at(-1);
  if (classes === undefined || !sameShape(logits.shape, targets.shape)) {
    throw new RangeError(
      `crossEntropy: logits ${formatShape(logits.shape)} and probabilities ${formatShape(targets.shape)} do not fit; ` +
        'both must be [.., classes]. Classes by their numbers must be int32: use targets.int().',
    );
  }
  checkWeight('crossEntropy', weight, classes);
  if (ignoreIndex !== undefined) {
    throw new RangeError('crossEntropy: ignoreIndex needs targets that are classes, not probabilities.');
  }
  const smoothed =
    labelSmoothing > 0 ? targets.mul(1 - labelSmoothing).add(labelSmoothing / classes) : targets;
  const surprise = logits.logSoftmax(-1).neg().mul(smoothed);
  return reduce('crossEntropy', (weight ? surprise.mul(weight.detach()) : surprise).sum(-1), reduction);
}

/**
 * Minus the logarithm of the right class's probability: `crossEntropy` of what has gone through `logSoftmax` already.
 *
 * @param logProbabilities `[.., classes]`
 * @param targets int32 or uint8 `[..]`
 * @throws RangeError when shapes do not fit, and, once the value is computed, for a target that is no class.
 */
export function nllLoss(logProbabilities: Tensor, targets: Tensor, options: NLLLossOptions = {}): Tensor {
  const { weight, ignoreIndex, reduction } = options;
  const classes = checkTargets('nllLoss', logProbabilities, targets, weight);
  const labels = targets.reshape(-1);
  const chosen = ignoreIndex === undefined ? labels : where(labels.ne(ignoreIndex), labels, 0);
  const surprise = logProbabilities.reshape(-1, classes).gather(1, chosen.unsqueeze(1)).squeeze(1).neg();
  const counts = weightsOf(labels, surprise, weight, ignoreIndex);
  // What is ignored may be infinite.
  const losses = where(counts.ne(0), surprise.mul(counts), 0);
  return weightedMean('nllLoss', losses, counts, reduction, targets);
}

export interface MultiMarginLossOptions extends LossOptions {
  /** The power that what is missing is raised to: 1 or 2. Default 1. */
  readonly p?: 1 | 2;
  /** By how much the right class is to win. Default 1. */
  readonly margin?: number;
  /** How much each class counts, `[classes]`. */
  readonly weight?: Tensor | null;
}

/**
 * The hinge loss of several classes (Crammer and Singer, 2001): the sum over the wrong classes of max(0, margin -
 * scores[right] + scores[wrong])^p, divided by the number of classes.
 *
 * @param scores `[.., classes]`
 * @param targets int32 or uint8 `[..]`
 * @throws RangeError when shapes do not fit, and, once the value is computed, for a target that is no class.
 */
export function multiMarginLoss(
  scores: Tensor,
  targets: Tensor,
  options: MultiMarginLossOptions = {},
): Tensor {
  const { p = 1, margin = 1, weight, reduction } = options;
  if (p !== 1 && p !== 2) throw new RangeError(`multiMarginLoss: p must be 1 or 2, got ${p as number}.`);
  const classes = checkTargets('multiMarginLoss', scores, targets, weight);
  const rows = scores.reshape(-1, classes);
  const labels = targets.reshape(-1);
  const right = rows.gather(1, labels.unsqueeze(1));
  const missing = rows.sub(right).add(margin).relu();
  const wrong = labels.oneHot(classes).eq(0);
  const losses = where(wrong, p === 2 ? missing.square() : missing, 0)
    .sum(-1)
    .div(classes);
  const weighted = weight ? losses.mul(weight.detach().indexSelect(0, labels)) : losses;
  return reduce('multiMarginLoss', weighted.reshape(targets.shape), reduction);
}

/** @returns the number of classes */
function checkTargets(
  loss: string,
  input: Tensor,
  targets: Tensor,
  weight: Tensor | null | undefined,
): number {
  const classes = input.shape.at(-1);
  if (classes === undefined || input.size !== targets.size * classes) {
    throw new RangeError(
      `${loss}: logits ${formatShape(input.shape)} and targets ${formatShape(targets.shape)} do not fit; ` +
        'expected [.., classes] and one target for each row.',
    );
  }
  checkWeight(loss, weight, classes);
  return classes;
}

function checkWeight(loss: string, weight: Tensor | null | undefined, classes: number): void {
  if (!weight || sameShape(weight.shape, [classes])) return;
  throw new RangeError(
    `${loss}: the weight is ${formatShape(weight.shape)}, expected one for each of the ${classes} classes.`,
  );
}

/** What each target counts for, of the dtype of `like`: the weight of its class, 0 where it is ignored. */
function weightsOf(
  labels: Tensor,
  like: Tensor,
  weight: Tensor | null | undefined,
  ignoreIndex: number | undefined,
): Tensor {
  if (ignoreIndex === undefined) {
    return (weight ? weight.detach().indexSelect(0, labels) : labels.eq(labels)).to(like.dtype);
  }
  const counted = labels.ne(ignoreIndex);
  if (!weight) return counted.to(like.dtype);
  return where(counted, weight.detach().indexSelect(0, where(counted, labels, 0)), 0).to(like.dtype);
}

function weightedMean(
  loss: string,
  losses: Tensor,
  counts: Tensor,
  reduction: LossOptions['reduction'],
  targets: Tensor,
): Tensor {
  if (reduction === undefined || reduction === 'mean') return losses.sum().div(counts.sum());
  return reduce(loss, losses.reshape(targets.shape), reduction);
}
