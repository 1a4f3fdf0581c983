import * as build from '../graph/builder.ts';
import { arithmeticDtype, type DType } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { erf } from '../graph/scalar.ts';
import { checkShape, type Shape, sizeOf } from '../graph/shape.ts';
import { createTensor } from './creation.ts';
import { defaultDtype } from './defaults.ts';
import { openUniformNode } from './distributions.ts';
import { defaultGenerator, type Generator } from './generator.ts';
import { checkFloat, normal, type RandomOptions, randint, uniform } from './random.ts';
import type { Tensor } from './tensor.ts';

/** The options for a tensor like another one, unless they say otherwise. */
const like = (tensor: Tensor, options: RandomOptions): RandomOptions => ({
  dtype: tensor.dtype,
  device: tensor.device,
  ...options,
});

/** Evenly distributed over [0, 1), with the shape, dtype and device of another tensor. */
export const randLike = (tensor: Tensor, options: RandomOptions = {}): Tensor =>
  uniform(0, 1, tensor.shape, like(tensor, options));

/** From the standard normal distribution, with the shape, dtype and device of another tensor. */
export const randnLike = (tensor: Tensor, options: RandomOptions = {}): Tensor =>
  normal(0, 1, tensor.shape, like(tensor, options));

/** Integers from `low` to `high` - 1 with the shape, dtype (a float one too) and device of another tensor. */
export const randintLike = (tensor: Tensor, low: number, high: number, options: RandomOptions = {}): Tensor =>
  randint(low, high, tensor.shape, like(tensor, options));

/** Floats that are a function of one uniform number in (0, 1) for each element. */
function byInverse(
  operation: string,
  shape: Shape,
  options: RandomOptions,
  inverse: (u: Node) => Node,
): Tensor {
  return createTensor(operation, options, defaultDtype(), (dtype, device) => {
    checkFloat(operation, dtype);
    checkShape(operation, shape);
    const u = uniformInside(options.generator ?? defaultGenerator, shape, arithmeticDtype(dtype), device);
    return build.cast(build.reshape(inverse(u), shape), dtype);
  });
}

/** As many uniform numbers in (0, 1) as `shape` has elements, flat. */
const uniformInside = (generator: Generator, shape: Shape, dtype: DType, device: string): Node =>
  openUniformNode(generator.words(sizeOf(shape), device)[0], dtype);

/** Evenly distributed over (0, 1), both ends left out: odd multiples of 2^-24. */
export const openUniform = (shape: Shape, options: RandomOptions = {}): Tensor =>
  byInverse('openUniform', shape, options, (u) => u);

const scaled = (a: Node, factor: number): Node => build.mul(a, build.full(a, factor));
const shifted = (a: Node, by: number): Node => build.add(a, build.full(a, by));

/** From the exponential distribution with density rate · e^(-rate · x), x > 0. */
export function exponential(rate: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(rate > 0)) throw new RangeError(`exponential: the rate must be positive, got ${rate}.`);
  return byInverse('exponential', shape, options, (u) => scaled(build.log(u), -1 / rate));
}

/** From Gumbel's distribution of largest values, loc - scale · log(-log u). */
export function gumbel(loc: number, scale: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(scale > 0)) throw new RangeError(`gumbel: the scale must be positive, got ${scale}.`);
  return byInverse('gumbel', shape, options, (u) =>
    shifted(scaled(build.log(build.neg(build.log(u))), -scale), loc),
  );
}

/**
 * From the normal distribution with a mean and a standard deviation, restricted to [low, high]: by the inverse of its
 * distribution function, as PyTorch's `trunc_normal_`.
 */
export function truncatedNormal(
  mean: number,
  std: number,
  low: number,
  high: number,
  shape: Shape,
  options: RandomOptions = {},
): Tensor {
  if (!(std > 0))
    throw new RangeError(`truncatedNormal: the standard deviation must be positive, got ${std}.`);
  if (!(low < high)) throw new RangeError(`truncatedNormal: expected low < high, got ${low} and ${high}.`);
  if (mean < low - 2 * std || mean > high + 2 * std) {
    throw new RangeError(
      `truncatedNormal: [${low}, ${high}] lies more than 2 standard deviations from the mean ${mean}, where too few ` +
        'digits are left; move the mean or widen the range.',
    );
  }
  // 2 Φ - 1 at both ends: what erf takes on the range.
  const [from, to] = [low, high].map((end) => erf((end - mean) / (std * Math.SQRT2))) as [number, number];
  return byInverse('truncatedNormal', shape, options, (u) => {
    const x = shifted(scaled(build.erfinv(shifted(scaled(u, to - from), from)), std * Math.SQRT2), mean);
    return build.max(build.min(x, build.full(x, high)), build.full(x, low));
  });
}
