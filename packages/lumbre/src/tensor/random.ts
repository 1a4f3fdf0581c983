import * as build from '../graph/builder.ts';
import { arithmeticDtype, type DType, isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { checkShape, type Shape, sizeOf } from '../graph/shape.ts';
import { defaultDevice } from '../runtime/devices.ts';
import { createTensor, feed, type TensorOptions } from './creation.ts';
import { defaultDtype } from './defaults.ts';
import { chanceNode, normalNode, scaledNode, uniformNode } from './distributions.ts';
import { defaultGenerator, type Generator } from './generator.ts';
import { castOn, inArithmetic, inDomain, isTensor } from './operands.ts';
import type { Tensor } from './tensor.ts';

export interface RandomOptions extends TensorOptions {
  /** What to draw from; the default generator (see `manualSeed`) unless given. */
  readonly generator?: Generator;
}

/** Two random words for each element of `shape`. */
function wordsOf(
  operation: string,
  shape: Shape,
  device: string,
  generator: Generator = defaultGenerator,
): readonly [Node, Node] {
  checkShape(operation, shape);
  return generator.words(sizeOf(shape), device);
}

export function checkFloat(operation: string, dtype: DType): void {
  if (isFloat(dtype)) return;
  throw new TypeError(`${operation}: expected a float dtype, got ${dtype}; randint() draws integers.`);
}

/** x · scale + shift, without what does nothing. */
const scaleAndShift = (x: Node, scale: number, shift: number): Node =>
  build.add(build.mul(x, build.full(x, scale)), build.full(x, shift));

/** Evenly distributed over [0, 1): multiples of 2^-24, the same on every device. */
export const rand = (shape: Shape, options: RandomOptions = {}): Tensor => uniform(0, 1, shape, options);

/** Evenly distributed over [low, high). */
export function uniform(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  return createTensor('uniform', options, defaultDtype(), (dtype, device) => {
    checkFloat('uniform', dtype);
    const [word] = wordsOf('uniform', shape, device, options.generator);
    const drawn = inArithmetic([uniformNode(word, dtype)], (x) => scaleAndShift(x, high - low, low));
    return build.reshape(drawn, shape);
  });
}

/** From the normal distribution with mean 0 and variance 1. */
export const randn = (shape: Shape, options: RandomOptions = {}): Tensor => normal(0, 1, shape, options);

/** From the normal distribution with a mean and a standard deviation. */
export function normal(mean: number, std: number, shape: Shape, options: RandomOptions = {}): Tensor {
  if (!(std >= 0)) throw new RangeError(`normal: the standard deviation must not be negative, got ${std}.`);
  return createTensor('normal', options, defaultDtype(), (dtype, device) => {
    checkFloat('normal', dtype);
    const words = wordsOf('normal', shape, device, options.generator);
    const drawn = scaleAndShift(normalNode(words, arithmeticDtype(dtype)), std, mean);
    return build.cast(build.reshape(drawn, shape), dtype);
  });
}

/**
 * Int32 integers from `low` to `high` - 1, each equally probable to within 2^-32.
 * @throws RangeError if there is none, or if they are not all int32.
 */
export function randint(low: number, high: number, shape: Shape, options: RandomOptions = {}): Tensor {
  const inRange = (n: number) => Number.isInteger(n) && n >= -(2 ** 31) && n <= 2 ** 31;
  if (!inRange(low) || !inRange(high) || low >= high) {
    throw new RangeError(
      `randint: expected integers low < high from -2^31 to 2^31, got ${low} and ${high}; high itself is not drawn.`,
    );
  }
  return createTensor('randint', options, 'int32', (dtype, device) => {
    const [word] = wordsOf('randint', shape, device, options.generator);
    const scaled = scaledNode(word, high - low);
    return build.cast(build.reshape(build.add(scaled, build.full(scaled, low)), shape), dtype);
  });
}

/**
 * True with probability `p`: one number for the whole `shape`, or a tensor with one for each element (whose shape is the
 * result's). Probabilities are rounded to multiples of 2^-24.
 */
export function bernoulli(p: number, shape: Shape, options?: RandomOptions): Tensor;
export function bernoulli(p: Tensor, options?: RandomOptions): Tensor;
export function bernoulli(
  p: number | Tensor,
  second: Shape | RandomOptions = {},
  third: RandomOptions = {},
): Tensor {
  const options = isTensor(p) ? { ...(second as RandomOptions), device: p.device } : third;
  const shape = isTensor(p) ? p.shape : (second as Shape);
  if (!isTensor(p) && !(p >= 0 && p <= 1)) {
    throw new RangeError(`bernoulli: p must be a probability from 0 to 1, not ${p}.`);
  }
  return createTensor('bernoulli', options, 'bool', (dtype, device) => {
    const [word] = wordsOf('bernoulli', shape, device, options.generator);
    if (!isTensor(p)) return build.cast(build.reshape(chanceNode(word, p), shape), dtype);
    const probability = castOn('bernoulli', p.node, arithmeticDtype(inDomain(p.dtype, 'float')), device);
    const drawn = build.reshape(uniformNode(word, probability.dtype), shape);
    return build.cast(build.lt(drawn, probability), dtype);
  });
}

/** 0 to n - 1 in random order, int32, shuffled on the host; drawn anew at each replay of a compiled function. */
export function randperm(n: number, { generator = defaultGenerator, device }: RandomOptions = {}): Tensor {
  checkShape('randperm', [n]);
  return feed(() => permutation(n, generator), [n], 'int32', device ?? defaultDevice());
}

/** Fisher and Yates's shuffle. */
function permutation(n: number, generator: Generator): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const word = generator.hostWords();
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor((word() / 2 ** 32) * (last + 1));
    const kept = order[last] as number;
    order[last] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
