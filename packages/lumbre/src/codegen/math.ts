import type { Emitter } from './emitter.ts';
import { type Expr, f32, i32, mask } from './ir.ts';

/**
 * The functions that machines lack, in float32, made of what they have. One definition serves every renderer, so that
 * devices agree. Errors are in units in the last place (ulp), measured over the whole range by the tests.
 */

const number = (e: Emitter, value: number) => e.constant(f32, Math.fround(value));

const SHIFT = 1.5 * 2 ** 23;
const SHIFT_BITS = 0x4b400000;

/** x brought into [low, high]; NaN stays NaN. */
const clamp = (e: Emitter, x: Expr, low: number, high: number): Expr =>
  e.op('pmin', f32, e.op('pmax', f32, x, number(e, low)), number(e, high));

/** c0 + x (c1 + x (c2 + …)). */
function polynomial(e: Emitter, x: Expr, coefficients: readonly number[]): Expr {
  return coefficients
    .slice(0, -1)
    .reduceRight<Expr>(
      (sum, c) => e.op('fma', f32, sum, x, number(e, c)),
      number(e, coefficients.at(-1) as number),
    );
}

/** 2^n for -126 <= n <= 127, from its bits. */
const powerOfTwo = (e: Emitter, n: Expr): Expr =>
  e.op('asF32', f32, e.op('shl', i32, e.op('add', i32, n, e.int(127)), e.int(23)));

/** e^x within 1 ulp (Cephes expf): x = n ln 2 + r, a polynomial for e^r, and 2^n in two steps to reach denormals. */
export function exp(e: Emitter, x: Expr): Expr {
  const clamped = clamp(e, x, -104, 89);
  // Adding 1.5 · 2^23 leaves the nearest integer in the lowest bits: quicker than converting.
  const shifted = e.op('fma', f32, clamped, number(e, Math.LOG2E), number(e, SHIFT));
  const n = e.op('sub', f32, shifted, number(e, SHIFT));
  const coarse = e.op('fma', f32, n, number(e, -0.693359375), clamped);
  const r = e.op('fma', f32, n, number(e, 2.1219444e-4), coarse);
  const tail = polynomial(
    e,
    r,
    [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4],
  );
  const power = e.op('fma', f32, e.op('mul', f32, r, r), tail, e.op('add', f32, r, number(e, 1)));
  const exponent = e.op('sub', i32, e.op('asI32', i32, shifted), e.int(SHIFT_BITS));
  const half = e.op('shrS', i32, exponent, e.int(1));
  const rest = e.op('sub', i32, exponent, half);
  return e.op('mul', f32, e.op('mul', f32, power, powerOfTwo(e, half)), powerOfTwo(e, rest));
}

/** ln x within 1 ulp (Cephes logf): x = m 2^k with m around 1, and a polynomial for ln m. */
export function log(e: Emitter, x: Expr): Expr {
  const tiny = e.op('lt', mask, x, number(e, 2 ** -126));
  const normal = e.op('select', f32, tiny, e.op('mul', f32, x, number(e, 2 ** 24)), x);
  const bits = e.op('asI32', i32, normal);
  const biased = e.op('and', i32, e.op('shrU', i32, bits, e.int(23)), e.int(255));
  const k0 = e.op(
    'sub',
    f32,
    e.op('toF32', f32, biased),
    e.op('select', f32, tiny, number(e, 150), number(e, 126)),
  );
  const mantissa = e.op('or', i32, e.op('and', i32, bits, e.int(0x007fffff)), e.int(0x3f000000));
  const m0 = e.op('asF32', f32, mantissa);
  const low = e.op('lt', mask, m0, number(e, Math.SQRT1_2));
  const k = e.op('select', f32, low, e.op('sub', f32, k0, number(e, 1)), k0);
  const doubled = e.op('select', f32, low, e.op('add', f32, m0, m0), m0);
  const m = e.op('sub', f32, doubled, number(e, 1));
  const square = e.op('mul', f32, m, m);
  const series = polynomial(
    e,
    m,
    [
      3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1,
      1.167699874e-1, -1.151461031e-1, 7.0376836292e-2,
    ],
  );
  const cubic = e.op('mul', f32, e.op('mul', f32, m, square), series);
  const withLow = e.op('fma', f32, k, number(e, -2.1219444e-4), cubic);
  const corrected = e.op('fma', f32, number(e, -0.5), square, withLow);
  const value = e.op('fma', f32, k, number(e, 0.693359375), e.op('add', f32, m, corrected));
  const zero = number(e, 0);
  const infinity = number(e, Number.POSITIVE_INFINITY);
  const finite = e.op('select', f32, e.op('eq', mask, x, infinity), infinity, value);
  const positive = e.op(
    'select',
    f32,
    e.op('eq', mask, x, zero),
    number(e, Number.NEGATIVE_INFINITY),
    finite,
  );
  // Not (0 <= x) is true for negative numbers and for NaN.
  return e.op('select', f32, e.op('le', mask, zero, x), positive, number(e, Number.NaN));
}

/** x P(x²) / Q(x²): how tanh and erf are approximated between the bounds where they round to ±1. */
function oddRational(e: Emitter, x: Expr, bound: number, p: readonly number[], q: readonly number[]): Expr {
  const clamped = clamp(e, x, -bound, bound);
  const square = e.op('mul', f32, clamped, clamped);
  return e.op('div', f32, e.op('mul', f32, clamped, polynomial(e, square, p)), polynomial(e, square, q));
}

/** tanh x within 4 ulp (the rational approximation of Eigen's ptanh), and exactly ±1 where it rounds to that. */
export function tanh(e: Emitter, x: Expr): Expr {
  const value = oddRational(
    e,
    x,
    7.905311107635498,
    [
      4.89352455891786e-3, 6.37261928875436e-4, 1.48572235717979e-5, 5.12229709037114e-8,
      -8.60467152213735e-11, 2.00018790482477e-13, -2.76076847742355e-16,
    ],
    [4.89352518554385e-3, 2.268434632439e-3, 1.18534705686654e-4, 1.19825839466702e-6],
  );
  // Below this tanh x rounds to x, and the quotient would lose the last bits. Far out 1 - tanh² must vanish: gradients
  // multiply it by what may be large.
  const size = e.op('abs', f32, x);
  const near = e.op('lt', mask, size, number(e, 4e-4));
  const far = e.op('lt', mask, number(e, 9.0109), size);
  const limited = clamp(e, x, -1, 1);
  return e.op('select', f32, e.op('maskOr', mask, near, far), limited, value);
}

/** erf x within 4 ulp (the rational approximation of XLA's ErfImpl32), and exactly ±1 where it rounds to that. */
export function erf(e: Emitter, x: Expr): Expr {
  const bound = 3.832506856900711;
  const value = oddRational(
    e,
    x,
    bound,
    [
      -1.60960333262415e-2, -2.95459980854025e-3, -7.34990630326855e-4, -5.69250639462346e-5,
      -2.10102402082508e-6, 2.77068142495902e-8, -2.72614225801306e-10,
    ],
    [
      -1.42647390514189e-2, -7.37332916720468e-3, -1.68282697438203e-3, -2.13374055278905e-4,
      -1.45660718464996e-5,
    ],
  );
  const notAbove = e.op('select', f32, e.op('le', mask, number(e, bound), x), number(e, 1), value);
  return e.op('select', f32, e.op('le', mask, x, number(e, -bound)), number(e, -1), notAbove);
}

/** sin x for |x| up to 10^5 within 1e-6: x = n π + r with |r| <= π/2, the Taylor polynomial of r, and the sign of n. */
export function sin(e: Emitter, x: Expr): Expr {
  const n = e.op('nearest', f32, e.op('mul', f32, x, number(e, 1 / Math.PI)));
  const minusN = e.op('neg', f32, n);
  // π in three parts whose products with n are exact.
  const r = [3.140625, 9.675025939941406e-4, 1.5099579897537296e-7].reduce<Expr>(
    (rest, part) => e.op('fma', f32, minusN, number(e, part), rest),
    x,
  );
  const square = e.op('mul', f32, r, r);
  const series = polynomial(e, square, [
    -1 / 6,
    1 / 120,
    -1 / 5040,
    1 / 362880,
    -1 / 39916800,
    1 / 6227020800,
  ]);
  const value = e.op('fma', f32, e.op('mul', f32, square, r), series, r);
  const sign = e.op('shl', i32, e.op('toI32', i32, n), e.int(31));
  return e.op('asF32', f32, e.op('xor', i32, e.op('asI32', i32, value), sign));
}

/** a^b as e^(b ln |a|) with the signs and special values of IEEE 754's pow; relative error about |b ln a| ulp. */
export function pow(e: Emitter, a: Expr, b: Expr): Expr {
  const zero = number(e, 0);
  const one = number(e, 1);
  const magnitude = exp(e, e.op('mul', f32, b, log(e, e.op('abs', f32, a))));
  const whole = e.op('floor', f32, b);
  const half = e.op('mul', f32, b, number(e, 0.5));
  const isInteger = e.op('eq', mask, whole, b);
  const isOdd = e.op('maskAnd', mask, isInteger, e.op('ne', mask, e.op('floor', f32, half), half));
  const signed = e.op('select', f32, isOdd, e.op('neg', f32, magnitude), magnitude);
  const ofNegative = e.op('select', f32, isInteger, signed, number(e, Number.NaN));
  const value = e.op('select', f32, e.op('lt', mask, a, zero), ofNegative, magnitude);
  const isOne = e.op('maskOr', mask, e.op('eq', mask, b, zero), e.op('eq', mask, a, one));
  return e.op('select', f32, isOne, one, value);
}
