import { broadcastShapes, rowMajorStrides, sizeOf } from '../../../src/graph/shape.ts';
import type { Argument } from '../call.ts';
import type { FuzzDType } from './program.ts';
import {
  type Exactness,
  isCoarseGrid,
  keepsAway,
  type Proposal,
  type Value,
  type Workbench,
} from './workbench.ts';

/** Proposes a step, or nothing if no value suits it. */
export type Candidate = (bench: Workbench) => Proposal | null;

export const ref = (value: Value): Argument => ({ input: value.id });

export const call = (
  self: Value,
  method: string,
  args: readonly Argument[] = [],
  exactness: Exactness = 'keeps',
): Proposal => ({ step: { method, self: self.id, args }, exactness });

export const isFloatValue = ({ dtype }: Value): boolean => dtype === 'float';
/** What is converted to a 16-bit float is moved about and converted back, exactly. */
const isHalfValue = ({ dtype }: Value): boolean => dtype === 'float16' || dtype === 'bfloat16';
const isNumber = (value: Value): boolean => value.dtype !== 'bool' && !isHalfValue(value);
const isInteger = ({ dtype }: Value): boolean => dtype === 'int32' || dtype === 'int8' || dtype === 'uint8';
/** Small enough to become a float exactly. */
const fitsFloat = ({ dtype, low, high }: Value): boolean => dtype === 'float' || (low >= -64 && high <= 64);

const at = (value: Value, i: number): number => value.data[i] as number;

/** A function of one float, for values where it is well conditioned. */
const unary =
  (
    method: string,
    suits: (value: Value) => boolean = () => true,
    args: readonly Argument[] = [],
    exactness: Exactness = 'rounds',
  ): Candidate =>
  (bench) => {
    const value = bench.pick((v) => isFloatValue(v) && suits(v));
    return value ? call(value, method, args, exactness) : null;
  };

/** Not smooth at `kink`: gradients there need to be on a known side, and only on a known side. */
const kinked =
  (
    method: string,
    args: readonly Argument[] = [],
    kinks: readonly number[] = [0],
    exactness: Exactness = 'keeps',
  ): Candidate =>
  (bench) => {
    const clear = (v: Value) => kinks.every((kink) => keepsAway([v], (i) => at(v, i) - kink));
    const value = bench.pick((v) => isNumber(v) && (!bench.wantsGradient || clear(v)));
    return value ? call(value, method, args, exactness) : null;
  };

/** Jumps at multiples of 1/2 or at 0. */
const stepwise =
  (method: string): Candidate =>
  (bench) => {
    const doubled = (x: number) => 2 * x - Math.round(2 * x);
    const value = bench.pick((v) => isNumber(v) && keepsAway([v], (i) => doubled(at(v, i))));
    return value ? call(value, method) : null;
  };

/** Calls `visit` with the positions in two arrays that broadcasting brings together. */
function broadcastPairs(a: Value, b: Value): [number, number][] {
  const shape = broadcastShapes('fuzz', a.shape, b.shape);
  const positionIn = (value: Value) => {
    const missing = shape.length - value.shape.length;
    const strides = rowMajorStrides(value.shape);
    return (coordinates: readonly number[]) =>
      strides.reduce(
        (sum, stride, i) => sum + (value.shape[i] === 1 ? 0 : stride * (coordinates[i + missing] as number)),
        0,
      );
  };
  const [inA, inB] = [positionIn(a), positionIn(b)];
  const strides = rowMajorStrides(shape);
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    const coordinates = strides.map((stride, axis) => Math.floor(i / stride) % (shape[axis] as number));
    return [inA(coordinates), inB(coordinates)];
  });
}

/** Whether `f`, which tells how far two elements are from where the result jumps, is clear of 0 for all pairs. */
function pairsKeepAway(a: Value, b: Value, f: (x: number, y: number) => number): boolean {
  if (a.exact && b.exact) return true;
  const pairs = broadcastPairs(a, b);
  const margin = Math.max(0.01, 100 * (a.error + b.error));
  return pairs.every(([i, j]) => Math.abs(f(at(a, i), at(b, j))) >= margin);
}

function broadcasts(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [x, y] = [a[a.length - i], b[b.length - i]];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
}

/** A shape that broadcasts with `shape`: fewer dimensions, some of size 1. */
export function broadcastable({ random }: Workbench, shape: readonly number[]): number[] {
  const kept = random.chance(0.6) ? shape : shape.slice(random.integer(0, shape.length));
  return kept.map((size) => (random.chance(0.25) ? 1 : size));
}

/** Two operands of which the second has a dtype from `dtypes`. */
function operands(
  bench: Workbench,
  suitsFirst: (v: Value) => boolean,
  dtypes: (first: Value) => readonly FuzzDType[],
  suitsSecond: (v: Value) => boolean = () => true,
  range?: readonly [number, number],
): [Value, Value] | null {
  const a = bench.pick(suitsFirst);
  if (!a) return null;
  const dtype = bench.random.pick(dtypes(a));
  const b = bench.pickOrLeaf(
    broadcastable(bench, a.shape),
    dtype,
    (v) => broadcasts(a.shape, v.shape) && suitsSecond(v),
    range,
  );
  // Mixed with floats, integers must be small enough to stay exact.
  return a.dtype === b.dtype || (fitsFloat(a) && fitsFloat(b)) ? [a, b] : null;
}

const mixed = ({ dtype }: Value): readonly FuzzDType[] =>
  dtype === 'float' ? ['float', 'float', 'float', 'int32'] : ['int32', 'uint8', 'int8', 'float'];

const binary =
  (method: string, exactness: Exactness): Candidate =>
  (bench) => {
    const pair = operands(bench, isNumber, mixed);
    return pair && call(pair[0], method, [ref(pair[1])], exactness);
  };

/** The same with a number for the other operand. */
const withNumber =
  (method: string, numbers: readonly number[], exactness: Exactness): Candidate =>
  (bench) => {
    const value = bench.pick((v) => isFloatValue(v) || (isInteger(v) && fitsFloat(v)));
    return value ? call(value, method, [bench.random.pick(numbers)], exactness) : null;
  };

const awayFromZero = ({ low, high }: Value): boolean => low >= 0.25 || high <= -0.25;

const division: Candidate = (bench) => {
  const pair = operands(bench, isFloatValue, () => ['float'], awayFromZero, [1, 4]);
  return pair && awayFromZero(pair[1]) ? call(pair[0], 'div', [ref(pair[1])], 'rounds') : null;
};

const power: Candidate = (bench) => {
  const small = ({ low, high }: Value) => low >= -3 && high <= 3;
  const pair = operands(
    bench,
    (v) => isFloatValue(v) && v.low >= 0.2 && v.high <= 8,
    () => ['float'],
    small,
  );
  return pair && small(pair[1]) ? call(pair[0], 'pow', [ref(pair[1])], 'rounds') : null;
};

/** Quotients rounded down, and their remainders: of floats, away from whole quotients. */
const wholeDivision =
  (method: 'floorDivide' | 'remainder'): Candidate =>
  (bench) => {
    const pair = operands(bench, isNumber, ({ dtype }) =>
      dtype === 'float' ? ['float'] : ['int32', 'int8', 'uint8'],
    );
    if (!pair) return null;
    const [a, b] = pair;
    const integers = a.dtype !== 'float';
    const safe = integers || (awayFromZero(b) && pairsKeepAway(a, b, (x, y) => x / y - Math.round(x / y)));
    // For integers the divisor may well be 0.
    return safe
      ? call(a, method, [ref(b)], method === 'remainder' && !integers ? 'multiplies' : 'keeps')
      : null;
  };

const extremum =
  (method: 'minimum' | 'maximum'): Candidate =>
  (bench) => {
    const pair = operands(bench, isNumber, mixed);
    if (!pair) return null;
    const [a, b] = pair;
    const safe = !bench.wantsGradient || pairsKeepAway(a, b, (x, y) => x - y);
    return safe ? call(a, method, [ref(b)]) : null;
  };

const comparison =
  (method: string): Candidate =>
  (bench) => {
    const pair = operands(
      bench,
      () => true,
      (v) => (v.dtype === 'bool' ? ['bool', 'int32'] : mixed(v)),
    );
    if (!pair) return null;
    const [a, b] = pair;
    return pairsKeepAway(a, b, (x, y) => x - y) ? call(a, method, [ref(b)]) : null;
  };

const logical =
  (method: string): Candidate =>
  (bench) => {
    const truthy = (v: Value) => keepsAway([v], (i) => at(v, i));
    const pair = operands(bench, truthy, () => ['bool', 'bool', 'int32'], truthy);
    return pair && call(pair[0], method, [ref(pair[1])]);
  };

const logicalNot: Candidate = (bench) => {
  const value = bench.pick((v) => keepsAway([v], (i) => at(v, i)));
  return value ? call(value, 'logicalNot') : null;
};

const ofAny =
  (method: string, suits: (v: Value) => boolean, args: readonly Argument[] = []): Candidate =>
  (bench) => {
    const value = bench.pick(suits);
    return value ? call(value, method, args) : null;
  };

const choice: Candidate = (bench) => {
  const pair = operands(bench, isNumber, mixed);
  if (!pair) return null;
  const [a, b] = pair;
  const condition = bench.pickOrLeaf(broadcastable(bench, a.shape), 'bool', (v) =>
    broadcasts(a.shape, v.shape),
  );
  if (!broadcasts(condition.shape, broadcastShapes('fuzz', a.shape, b.shape))) return null;
  const args = bench.random.chance(0.5) ? [ref(a), ref(b)] : [ref(b), ref(a)];
  return { step: { function: 'where', args: [ref(condition), ...args] }, exactness: 'keeps' };
};

const maskedFill: Candidate = (bench) => {
  const a = bench.pick(isFloatValue);
  if (!a) return null;
  const mask = bench.pickOrLeaf(broadcastable(bench, a.shape), 'bool', (v) => broadcasts(a.shape, v.shape));
  return call(a, 'maskedFill', [ref(mask), bench.random.pick([0, -1.5, 2])]);
};

const conversion: Candidate = (bench) => {
  const target = bench.random.pick<FuzzDType>(['float', 'int32', 'int8', 'uint8', 'bool']);
  const value = bench.pick((v) => {
    if (isHalfValue(v)) return target === 'float';
    if (v.dtype !== 'float') return fitsFloat(v) || (target !== 'float' && target !== 'bool');
    const whole = (i: number) => at(v, i) - Math.round(at(v, i));
    // What floats below 0 become as uint8 is nobody's business.
    return (
      target === 'float' || (keepsAway([v], whole) && (target !== 'uint8' || (v.low >= 0 && v.high <= 255)))
    );
  });
  return value ? call(value, 'to', [target]) : null;
};

/** To 16 bits, of numbers that fit them: the rounding of others could go either way. */
const toHalf: Candidate = (bench) => {
  if (bench.wantsGradient) return null;
  const fits = (v: Value) => v.exact && (isFloatValue(v) || isInteger(v)) && isCoarseGrid(v.data);
  const value = bench.pick(fits) ?? bench.leaf([3, 5], 'int8');
  return call(value, bench.random.pick(['half', 'bfloat16']));
};

const positive = ({ low }: Value): boolean => low >= 0.1;
const below = (most: number) => (v: Value) => v.high <= most;

export const elementwiseCandidates: readonly Candidate[] = [
  toHalf,
  unary('exp', below(4)),
  unary('expm1', below(4)),
  unary('log', positive),
  unary('log1p', ({ low }) => low >= -0.8),
  unary('exp2', below(4)),
  unary('log2', positive),
  unary('lgamma', ({ low, high }) => low >= 0.1 && high < 50),
  unary('digamma', ({ low, high }) => low >= 0.1 && high < 50),
  unary('atan'),
  unary('asin', ({ low, high }) => low > -0.9 && high < 0.9),
  unary('acos', ({ low, high }) => low > -0.9 && high < 0.9),
  unary('sinh', ({ low, high }) => low > -4 && high < 4),
  unary('cosh', ({ low, high }) => low > -4 && high < 4),
  unary('asinh'),
  unary('acosh', ({ low }) => low >= 1.1),
  unary('atanh', ({ low, high }) => low > -0.9 && high < 0.9),
  unary('erfinv', ({ low, high }) => low > -0.9 && high < 0.9),
  unary('mish'),
  unary('logSigmoid'),
  kinked('softsign', [], [0], 'rounds'),
  unary('sqrt', positive),
  unary('rsqrt', positive),
  unary('reciprocal', awayFromZero),
  unary('sin', ({ low, high }) => low > -50 && high < 50),
  unary('cos', ({ low, high }) => low > -50 && high < 50),
  unary('tan', ({ low, high }) => low > -1.3 && high < 1.3),
  unary('tanh'),
  unary('sigmoid'),
  unary('gelu'),
  unary('gelu', undefined, [{ approximate: 'tanh' }]),
  unary('silu'),
  unary('softplus'),
  unary('erf'),
  unary('erfc'),
  unary('elu'),
  kinked('selu', [], [0], 'rounds'),
  kinked('hardtanh', [], [-1, 1]),
  kinked('hardswish', [], [-3, 3], 'rounds'),
  unary('neg', undefined, [], 'keeps'),
  unary('square', undefined, [], 'multiplies'),
  unary('pow', undefined, [3]),
  unary('pow', positive, [-1.5]),
  unary('clone', undefined, [], 'keeps'),
  unary('detach', undefined, [], 'keeps'),
  kinked('relu'),
  kinked('abs'),
  kinked('leakyRelu', [0.25], [0], 'rounds'),
  kinked('clamp', [{ min: -1, max: 1.5 }], [-1, 1.5]),
  stepwise('floor'),
  stepwise('ceil'),
  stepwise('round'),
  stepwise('trunc'),
  stepwise('sign'),
  binary('add', 'keeps'),
  binary('add', 'keeps'),
  binary('sub', 'keeps'),
  binary('mul', 'multiplies'),
  binary('mul', 'multiplies'),
  withNumber('add', [1, 0.5, -2], 'keeps'),
  withNumber('mul', [2, -1, 0.5], 'multiplies'),
  withNumber('mul', [0.1, -0.7], 'rounds'),
  withNumber('div', [2, 3, -5], 'rounds'),
  division,
  power,
  wholeDivision('floorDivide'),
  wholeDivision('remainder'),
  extremum('minimum'),
  extremum('maximum'),
  ...['eq', 'ne', 'lt', 'le', 'gt', 'ge'].map(comparison),
  ...['logicalAnd', 'logicalOr', 'logicalXor'].map(logical),
  logicalNot,
  ofAny('isnan', () => true),
  ofAny('isfinite', () => true),
  ofAny('neg', isInteger),
  ofAny('abs', isInteger),
  ofAny('square', isInteger),
  ofAny('clamp', isInteger, [{ min: 1, max: 3 }]),
  choice,
  choice,
  maskedFill,
  conversion,
  conversion,
];
