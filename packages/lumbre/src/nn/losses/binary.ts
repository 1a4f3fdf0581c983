import { where } from '../../tensor/combine.ts';
import { fullLike } from '../../tensor/creation.ts';
import { customFunction } from '../../tensor/custom.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkTarget, type LossOptions, reduce, type Target } from './reduction.ts';

export interface BinaryCrossEntropyOptions extends LossOptions {
  /** What each loss is multiplied by; it broadcasts. */
  readonly weight?: Tensor | null;
}

export interface BinaryCrossEntropyWithLogitsOptions extends BinaryCrossEntropyOptions {
  /** What losses at positive targets are multiplied by, `[classes]` or anything that broadcasts: for rare positives. */
  readonly posWeight?: Tensor | null;
}

/** The least that p (1 - p) counts for in the gradient: a float32, as PyTorch's. */
const LEAST = Math.fround(1e-12);

/** -(y log p + (1 - y) log(1 - p)), where logarithms are at least -100, as PyTorch's. */
const surprise = customFunction({
  name: 'binaryCrossEntropy',
  forward: (p: Tensor, y: Tensor) => {
    const [yes, no] = [p.log(), p.neg().log1p()].map((x) => x.clamp({ min: -100 })) as [Tensor, Tensor];
    return y
      .mul(yes)
      .add(no.sub(y.mul(no)))
      .neg();
  },
  backward: (dy, { inputs: [p, y] }) => {
    const [yes, no] = [p.log(), p.neg().log1p()].map((x) => x.clamp({ min: -100 })) as [Tensor, Tensor];
    const byInput = p.sub(y).div(p.mul(p.neg().add(1)).clamp({ min: LEAST }));
    return [dy.mul(byInput), dy.mul(no.sub(yes))] as const;
  },
});

/**
 * How surprising yes or no is, in nats, where yes has probability `input`: -(target · log input + (1 - target) · log(1 -
 * input)). Logarithms are cut off at -100. Prefer `binaryCrossEntropyWithLogits`, which loses no digits.
 *
 * @param input from 0 to 1; what is outside gives NaN
 * @param target from 0 to 1, of the input's shape, or one number for all
 * @throws RangeError when the shapes differ.
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Target,
  { weight, reduction }: BinaryCrossEntropyOptions = {},
): Tensor {
  checkTarget('binaryCrossEntropy', input, target);
  const losses = surprise(input, asTensor(input, target));
  return reduce('binaryCrossEntropy', weight ? losses.mul(weight.detach()) : losses, reduction);
}

/**
 * `binaryCrossEntropy` of sigmoid(logits), accurate for logits of any size: posWeight · target · log(1 + e^-x) + (1 -
 * target) · log(1 + e^x).
 *
 * @param target from 0 to 1, of the shape of the logits, or one number for all: 1 for "these are real"
 * @throws RangeError when the shapes differ.
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  target: Target,
  { weight, posWeight, reduction }: BinaryCrossEntropyWithLogitsOptions = {},
): Tensor {
  checkTarget('binaryCrossEntropyWithLogits', logits, target);
  const [yes, no] = [logits.logSigmoid().neg(), logits.neg().logSigmoid().neg()];
  const positive = posWeight ? yes.mul(posWeight.detach()) : yes;
  const losses =
    typeof target === 'number'
      ? between(positive, no, target)
      : positive.mul(target).add(no.mul(target.to(logits.dtype).neg().add(1)));
  const weighted = weight ? losses.mul(weight.detach()) : losses;
  return reduce('binaryCrossEntropyWithLogits', weighted, reduction);
}

/** Half of the work for a target that is known. */
function between(yes: Tensor, no: Tensor, target: number): Tensor {
  if (target === 1) return yes;
  return target === 0 ? no : yes.mul(target).add(no.mul(1 - target));
}

/** The target in the shape and dtype of the input. */
function asTensor(input: Tensor, target: Target): Tensor {
  if (typeof target === 'number') return fullLike(input.detach(), target);
  return target.to(input.dtype).expand(input.shape);
}

export interface HingeEmbeddingLossOptions extends LossOptions {
  /** The distance that unlike pairs are to have. Default 1. */
  readonly margin?: number;
}

/**
 * A distance where the target is 1 (alike), and what it lacks to `margin` where it is -1.
 * @throws RangeError when the shapes differ.
 */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Target,
  { margin = 1, reduction }: HingeEmbeddingLossOptions = {},
): Tensor {
  checkTarget('hingeEmbeddingLoss', input, target);
  const y = asTensor(input, target).detach();
  const unlike = where(y.ne(1), input.neg().add(margin).clamp({ min: 0 }), 0);
  return reduce('hingeEmbeddingLoss', unlike.add(where(y.ne(-1), input, 0)), reduction);
}
