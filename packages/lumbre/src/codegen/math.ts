import type { Emitter } from './emitter.ts';
import { type Expr, f32, i32, mask } from './ir.ts';

/**
 * The functions that machines lack, in float32, made of what they have. One definition serves every renderer, so that
 * devices agree. Errors are in units in the last place (ulp), measured over the whole range by the tests.
 */

export const number = (e: Emitter, value: number) => e.constant(f32, Math.fround(value));

const SHIFT = 1.5 * 2 ** 23;
const SHIFT_BITS = 0x4b400000;

/** x brought into [low, high]; NaN stays NaN. */
const clamp = (e: Emitter, x: Expr, low: number, high: number): Expr =>
  e.op('pmin', f32, e.op('pmax', f32, x, number(e, low)), number(e, high));

/** c0 + x (c1 + x (c2 + …)). */
export function polynomial(e: Emitter, x: Expr, coefficients: readonly number[]): Expr {
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

/** value · 2^n in two steps, so that results reach the largest numbers and the denormals. */
function scale(e: Emitter, value: Expr, n: Expr): Expr {
  const half = e.op('shrS', i32, n, e.int(1));
  const rest = e.op('sub', i32, n, half);
  return e.op('mul', f32, e.op('mul', f32, value, powerOfTwo(e, half)), powerOfTwo(e, rest));
}

/** The nearest integer to x · factor, as a float and as an int: adding 1.5 · 2^23 leaves it in the lowest bits. */
function nearest(e: Emitter, x: Expr, factor: number): { readonly float: Expr; readonly int: Expr } {
  const shifted = e.op('fma', f32, x, number(e, factor), number(e, SHIFT));
  return {
    float: e.op('sub', f32, shifted, number(e, SHIFT)),
    int: e.op('sub', i32, e.op('asI32', i32, shifted), e.int(SHIFT_BITS)),
  };
}

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2 (Cephes expf). */
const expTail = (e: Emitter, r: Expr): Expr =>
  polynomial(
    e,
    r,
    [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4],
  );

/** e^r for |r| ≤ ln 2 / 2. */
const nearExp = (e: Emitter, r: Expr): Expr =>
  e.op('fma', f32, e.op('mul', f32, r, r), expTail(e, r), e.op('add', f32, r, number(e, 1)));

/** x = n ln 2 + r. */
function reduceExp(e: Emitter, x: Expr): { readonly n: Expr; readonly r: Expr } {
  const { float, int } = nearest(e, x, Math.LOG2E);
  const coarse = e.op('fma', f32, float, number(e, -0.693359375), x);
  return { n: int, r: e.op('fma', f32, float, number(e, 2.1219444e-4), coarse) };
}

/** e^x within 1 ulp: x = n ln 2 + r, a polynomial for e^r, and 2^n. */
export function exp(e: Emitter, x: Expr): Expr {
  const { n, r } = reduceExp(e, clamp(e, x, -104, 89));
  return scale(e, nearExp(e, r), n);
}

/** e^x / 2 within 1 ulp: what hyperbolic functions need, where e^x itself would be too large. */
export function halfExp(e: Emitter, x: Expr): Expr {
  const { n, r } = reduceExp(e, clamp(e, x, -104, 90));
  return scale(e, nearExp(e, r), e.op('sub', i32, n, e.int(1)));
}

/** 2^x within 1 ulp, exact for integers. */
export function exp2(e: Emitter, x: Expr): Expr {
  const clamped = clamp(e, x, -152, 129);
  const { float, int } = nearest(e, clamped, 1);
  const r = e.op('mul', f32, e.op('sub', f32, clamped, float), number(e, Math.LN2));
  return scale(e, nearExp(e, r), int);
}

/** e^x - 1 within 2 ulp: (e^r - 1 + 1 - 2^-n) 2^n, whose middle vanishes where x is small. */
export function expm1(e: Emitter, x: Expr): Expr {
  const { n, r } = reduceExp(e, clamp(e, x, -20, 89));
  const power = e.op('fma', f32, e.op('mul', f32, r, r), expTail(e, r), r);
  const inverse = powerOfTwo(e, e.op('neg', i32, e.op('min', i32, n, e.int(100))));
  const shifted = e.op('add', f32, power, e.op('sub', f32, number(e, 1), inverse));
  return unlessTiny(e, x, 2 ** -40, scale(e, shifted, n));
}

/** `value`, but x itself where |x| is below `bound` (or NaN's sign of zero and subnormals would be lost). */
export const unlessTiny = (e: Emitter, x: Expr, bound: number, value: Expr): Expr =>
  e.op('select', f32, e.op('lt', mask, e.op('abs', f32, x), number(e, bound)), x, value);

interface LogParts {
  /** The power of two, as a float. */
  readonly k: Expr;
  /** The rest less 1, from √½ - 1 to √2 - 1. */
  readonly m: Expr;
  /** ln(1 + m) - m. */
  readonly tail: Expr;
}

/** x = (1 + m) 2^k and what ln(1 + m) needs beside m (Cephes logf). */
function logParts(e: Emitter, x: Expr): LogParts {
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
  return { k, m, tail: e.op('fma', f32, number(e, -0.5), square, cubic) };
}

/** `value` where a logarithm has one: -∞ at 0, ∞ at ∞, NaN of negative numbers and of NaN. */
function whereLogarithm(e: Emitter, x: Expr, value: Expr): Expr {
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

/** ln x within 1 ulp (Cephes logf): x = m 2^k with m around 1, and a polynomial for ln m. */
export function log(e: Emitter, x: Expr): Expr {
  const { k, m, tail } = logParts(e, x);
  const corrected = e.op('fma', f32, k, number(e, -2.1219444e-4), tail);
  const value = e.op('fma', f32, k, number(e, 0.693359375), e.op('add', f32, m, corrected));
  return whereLogarithm(e, x, value);
}

/** log₂ x within 2 ulp, exact for powers of two. */
export function log2(e: Emitter, x: Expr): Expr {
  const { k, m, tail } = logParts(e, x);
  // log₂ e - 1 apart, so that m itself is added without rounding.
  const excess = number(e, Math.LOG2E - 1);
  const rest = e.op('fma', f32, m, excess, e.op('fma', f32, tail, excess, tail));
  return whereLogarithm(e, x, e.op('add', f32, k, e.op('add', f32, m, rest)));
}

/** ln(1 + x) within 3 ulp: where 1 + x rounds, what was lost is put back, divided by 1 + x. */
export function log1p(e: Emitter, x: Expr): Expr {
  const one = number(e, 1);
  const u = e.op('add', f32, x, one);
  const logarithm = log(e, u);
  const lost = e.op('div', f32, e.op('sub', f32, x, e.op('sub', f32, u, one)), u);
  const inside = e.op('lt', mask, e.op('abs', f32, x), one);
  const value = e.op('select', f32, inside, e.op('add', f32, logarithm, lost), logarithm);
  return unlessTiny(e, x, 2 ** -40, value);
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

/**
 * 1 - erf x. From 1/2 on as e^(-x²) / (x + 1) times a polynomial in (x - 2) / (x + 2), fitted at Chebyshev nodes; the
 * exponent is taken in two parts, the first of which is exact, since a rounding of x² would be one of the result times x².
 */
export function erfc(e: Emitter, x: Expr): Expr {
  const size = e.op('min', f32, e.op('abs', f32, x), number(e, 10.2));
  const ratio = e.op('div', f32, e.op('sub', f32, size, number(e, 2)), e.op('add', f32, size, number(e, 2)));
  const fitted = polynomial(
    e,
    ratio,
    [
      0.7661870309594896, -0.25997481061647754, 0.037813649286551364, 0.042535255663318006,
      -0.025238570477799885, -0.0005059564452125441, 0.003902134247127485, 9.055950773012725e-5,
      -0.0006000974471338175, -4.268190905397775e-5,
    ],
  );
  const short = e.op('asF32', f32, e.op('and', i32, e.op('asI32', i32, size), e.int(-4096)));
  const rest = e.op('mul', f32, e.op('sub', f32, short, size), e.op('add', f32, short, size));
  const power = e.op('mul', f32, exp(e, e.op('neg', f32, e.op('mul', f32, short, short))), exp(e, rest));
  const tail = e.op('mul', f32, power, e.op('div', f32, fitted, e.op('add', f32, size, number(e, 1))));
  const negative = e.op('lt', mask, x, number(e, 0));
  const far = e.op('select', f32, negative, e.op('sub', f32, number(e, 2), tail), tail);
  const near = e.op('sub', f32, number(e, 1), erf(e, x));
  return e.op('select', f32, e.op('lt', mask, size, number(e, 0.5)), near, far);
}

/**
 * The inverse of erf within 5 ulp (Giles, "Approximating the erfinv function", GPU Computing Gems, 2011): x times a
 * polynomial of w = -ln(1 - x²), or of √w in the tails.
 */
export function erfinv(e: Emitter, x: Expr): Expr {
  const one = number(e, 1);
  const w = e.op('neg', f32, log(e, e.op('mul', f32, e.op('sub', f32, one, x), e.op('add', f32, one, x))));
  const central = polynomial(
    e,
    e.op('sub', f32, w, number(e, 2.5)),
    [
      1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6,
      3.43273939e-7, 2.81022636e-8,
    ],
  );
  const outer = polynomial(
    e,
    e.op('sub', f32, e.op('sqrt', f32, w), number(e, 3)),
    [
      2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
      0.000100950558, -0.000200214257,
    ],
  );
  const slope = e.op('select', f32, e.op('lt', mask, w, number(e, 5)), central, outer);
  const atEnd = e.op('eq', mask, e.op('abs', f32, x), one);
  const factor = e.op('select', f32, atEnd, number(e, Number.POSITIVE_INFINITY), slope);
  return e.op('mul', f32, x, factor);
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
