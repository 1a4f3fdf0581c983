import { formatShape, sameShape } from '../../graph/shape.ts';
import { where } from '../../tensor/combine.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkTarget, type LossOptions, reduce, type Target } from './reduction.ts';

/**
 * The squared error, (input - target)².
 *
 * @param target of the input's shape, or one number for all
 * @throws RangeError when the shapes differ.
 */
export function mseLoss(input: Tensor, target: Target, { reduction }: LossOptions = {}): Tensor {
  checkTarget('mseLoss', input, target);
  return reduce('mseLoss', input.sub(target).square(), reduction);
}

/** The absolute error, |input - target|. Otherwise as `mseLoss`. */
export function l1Loss(input: Tensor, target: Target, { reduction }: LossOptions = {}): Tensor {
  checkTarget('l1Loss', input, target);
  return reduce('l1Loss', input.sub(target).abs(), reduction);
}

export interface SmoothL1LossOptions extends LossOptions {
  /** The error at which the square goes over into a line; 0 gives `l1Loss`. Default 1. */
  readonly beta?: number;
}

/**
 * e² / (2 beta) for errors e smaller than beta, |e| - beta / 2 for others (Girshick, arXiv:1504.08083). Otherwise as
 * `mseLoss`.
 */
export function smoothL1Loss(
  input: Tensor,
  target: Target,
  { beta = 1, reduction }: SmoothL1LossOptions = {},
): Tensor {
  checkTarget('smoothL1Loss', input, target);
  if (!(beta >= 0)) throw new RangeError(`smoothL1Loss: beta must not be negative, got ${beta}.`);
  const error = input.sub(target).abs();
  if (beta === 0) return reduce('smoothL1Loss', error, reduction);
  const losses = where(error.lt(beta), error.square().mul(0.5 / beta), error.sub(0.5 * beta));
  return reduce('smoothL1Loss', losses, reduction);
}

export interface HuberLossOptions extends LossOptions {
  /** The error at which the square goes over into a line. Default 1. */
  readonly delta?: number;
}

/**
 * e² / 2 for errors e up to delta, delta · (|e| - delta / 2) for others (Huber, 1964): `smoothL1Loss` times its beta.
 * Otherwise as `mseLoss`.
 */
export function huberLoss(
  input: Tensor,
  target: Target,
  { delta = 1, reduction }: HuberLossOptions = {},
): Tensor {
  checkTarget('huberLoss', input, target);
  if (!(delta > 0)) throw new RangeError(`huberLoss: delta must be positive, got ${delta}.`);
  const error = input.sub(target).abs();
  const losses = where(error.le(delta), error.square().mul(0.5), error.sub(0.5 * delta).mul(delta));
  return reduce('huberLoss', losses, reduction);
}

export interface GaussianNLLLossOptions extends LossOptions {
  /** Whether the constant log(2π) / 2 is part of it. Default false. */
  readonly full?: boolean;
  /** The least that a variance counts for. Default 1e-6. */
  readonly eps?: number;
}

/**
 * How surprising the target is to a normal distribution with mean `input` and variance `variance`, in nats: (log variance +
 * (input - target)² / variance) / 2. Small variances are raised to `eps`, and get the gradient of that.
 *
 * @param variance of the input's shape, or with a last dimension of 1, or without it
 * @throws RangeError when the shapes do not fit.
 */
export function gaussianNLLLoss(
  input: Tensor,
  target: Target,
  variance: Tensor,
  { full = false, eps = 1e-6, reduction }: GaussianNLLLossOptions = {},
): Tensor {
  checkTarget('gaussianNLLLoss', input, target);
  const outer = input.shape.slice(0, -1);
  const flat = sameShape(variance.shape, outer) && !sameShape(variance.shape, input.shape);
  const given = flat ? variance.unsqueeze(-1) : variance;
  if (!sameShape(given.shape, input.shape) && !sameShape(given.shape, [...outer, 1])) {
    throw new RangeError(
      `gaussianNLLLoss: a variance of shape ${formatShape(variance.shape)} does not fit an input ` +
        `${formatShape(input.shape)}; expected its shape, or one that has a last dimension of 1 or lacks it.`,
    );
  }
  const raised = given.add(given.clamp({ min: eps }).sub(given).detach());
  const losses = raised.log().add(input.sub(target).square().div(raised)).mul(0.5);
  return reduce('gaussianNLLLoss', full ? losses.add(0.5 * Math.log(2 * Math.PI)) : losses, reduction);
}

export interface PoissonNLLLossOptions extends LossOptions {
  /** Whether the input is the logarithm of the rate. Default true. */
  readonly logInput?: boolean;
  /** Whether Stirling's approximation of log(target!) is part of it, for targets above 1. Default false. */
  readonly full?: boolean;
  /** Added to a rate before its logarithm. Default 1e-8. */
  readonly eps?: number;
}

/**
 * How surprising a count is to a Poisson distribution, in nats, without log(target!) unless `full`. Otherwise as
 * `mseLoss`.
 */
export function poissonNLLLoss(
  input: Tensor,
  target: Tensor,
  { logInput = true, full = false, eps = 1e-8, reduction }: PoissonNLLLossOptions = {},
): Tensor {
  checkTarget('poissonNLLLoss', input, target);
  const losses = logInput ? input.exp().sub(input.mul(target)) : input.sub(input.add(eps).log().mul(target));
  if (!full) return reduce('poissonNLLLoss', losses, reduction);
  const many = target.gt(1);
  // Where the count is 0 or 1 the logarithm must not be infinite, or its gradient would be NaN.
  const count = where(many, target, 1).to(losses.dtype);
  const stirling = count
    .log()
    .mul(count)
    .sub(count)
    .add(
      count
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    );
  return reduce('poissonNLLLoss', losses.add(where(many, stirling, 0)), reduction);
}
