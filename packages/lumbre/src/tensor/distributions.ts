import * as build from '../graph/builder.ts';
import type { DType } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';

/** Random words, int32 with all 32 bits random, turned into numbers. */

const BITS = 24;
const UNIT = 2 ** -BITS;

const shiftRight = (word: Node, count: number): Node => build.shr(word, build.full(word, count));

/** The high 24 bits: as many as a float32 can hold. */
const highBits = (word: Node): Node => shiftRight(word, 32 - BITS);

/** As many bits as the smaller floats can hold without rounding up to 1. */
const bitsOf = (dtype: DType): number => (dtype === 'float16' ? 11 : dtype === 'bfloat16' ? 8 : BITS);

/** Evenly distributed over the multiples of 2^-24 in [0, 1); of 2^-11 for float16 and of 2^-8 for bfloat16. */
export function uniformNode(word: Node, dtype: DType): Node {
  const count = bitsOf(dtype);
  const bits = build.cast(shiftRight(word, 32 - count), dtype);
  return build.mul(bits, build.full(bits, 2 ** -count));
}

/** Evenly distributed over the odd multiples of 2^-24 in (0, 1): neither end, so that its logarithms are finite. */
export function openUniformNode(word: Node, dtype: DType): Node {
  const bits = build.cast(shiftRight(word, 33 - BITS), dtype);
  return build.mul(build.add(bits, build.full(bits, 0.5)), build.full(bits, 2 * UNIT));
}

/** True with a probability that is rounded to a multiple of 2^-24: one comparison of integers. */
export function chanceNode(word: Node, probability: number): Node {
  const bits = highBits(word);
  return build.lt(bits, build.full(bits, Math.round(probability / UNIT)));
}

/** From the normal distribution with mean 0 and variance 1, by Box and Muller's sine. */
export function normalNode(words: readonly [Node, Node], dtype: DType): Node {
  const [first, second] = words.map((word) => uniformNode(word, dtype)) as [Node, Node];
  // 1 - u is in (0, 1]: its logarithm is finite.
  const logarithm = build.log(build.sub(build.full(first, 1), first));
  const radius = build.sqrt(build.mul(logarithm, build.full(logarithm, -2)));
  return build.mul(radius, build.sin(build.mul(second, build.full(second, 2 * Math.PI))));
}

/**
 * word · range / 2^32 rounded down, with the word and `range` (at most 2^32) as unsigned: an integer in [0, range), each
 * with its probability to within 2^-32. The product of 64 bits is put together from 16-bit halves.
 */
export function scaledNode(word: Node, range: number): Node {
  if (range === 2 ** 32) return word;
  const times = (a: Node, factor: number) => build.mul(a, build.full(a, factor));
  const lowHalf = (a: Node) => build.and(a, build.full(a, 0xffff));
  const highHalf = (a: Node) => shiftRight(a, 16);
  const [rangeHigh, rangeLow] = [Math.floor(range / 2 ** 16), range % 2 ** 16];
  const middle = build.add(times(highHalf(word), rangeLow), highHalf(times(lowHalf(word), rangeLow)));
  if (rangeHigh === 0) return highHalf(middle);
  const middle2 = build.add(times(lowHalf(word), rangeHigh), lowHalf(middle));
  return build.add(times(highHalf(word), rangeHigh), build.add(highHalf(middle), highHalf(middle2)));
}
