import { cotangentDerivative, factorial, lgammaSeries } from '../graph/special.ts';
import type { Emitter } from './emitter.ts';
import { type Expr, f32, mask } from './ir.ts';
import { log, number, polynomial } from './math.ts';
import { sinCosPi } from './trigonometry.ts';

/** From here on Stirling's series is exact to single precision. */
const FAR = 8;

/** log Γ(2 + z) for |z| ≤ 1/2: terms shrink by a factor of 4. */
const nearTwo = lgammaSeries(13);

const select = (e: Emitter, condition: Expr, yes: Expr, no: Expr): Expr =>
  e.op('select', f32, condition, yes, no);

/**
 * log Γ(x) for x > 0 within 4 ulp. Near 1 and 2, where it is 0, it is as accurate as elsewhere.
 *
 * One logarithm serves all cases: from 8 on that of Stirling's series; below, with x brought to 2 + z by Γ(x + 1) =
 * x Γ(x), that of the factors.
 */
function ofPositive(e: Emitter, x: Expr): Expr {
  const one = number(e, 1);
  const far = e.op('le', mask, number(e, FAR), x);
  let z = e.op('sub', f32, x, number(e, 2));
  let product = one;
  // Down from 8 to 2.5 in six steps at most.
  for (let step = 0; step < 6; step++) {
    const above = e.op('lt', mask, number(e, 0.5), z);
    product = select(e, above, e.op('mul', f32, product, e.op('add', f32, z, one)), product);
    z = select(e, above, e.op('sub', f32, z, one), z);
  }
  // Up from [1/2, 3/2) in one step, and from below that in two.
  const below = e.op('lt', mask, z, number(e, -0.5));
  const farBelow = e.op('lt', mask, x, number(e, 0.5));
  const raised = select(e, farBelow, x, e.op('sub', f32, x, one));
  const offset = select(e, below, raised, z);
  const next = e.op('add', f32, one, offset);
  const factor = select(e, farBelow, e.op('mul', f32, next, x), next);
  const argument = select(e, far, x, select(e, below, factor, product));
  const logarithm = log(e, argument);
  const series = e.op('mul', f32, offset, polynomial(e, offset, nearTwo.slice(1)));
  const lowered = e.op('add', f32, series, logarithm);
  const lifted = e.op('sub', f32, series, logarithm);
  const near = select(e, below, lifted, lowered);

  const inverse = e.op('div', f32, one, x);
  const tail = e.op(
    'mul',
    f32,
    inverse,
    polynomial(e, e.op('mul', f32, inverse, inverse), [1 / 12, -1 / 360, 1 / 1260]),
  );
  const head = e.op('mul', f32, e.op('sub', f32, x, number(e, 0.5)), e.op('sub', f32, logarithm, one));
  const constant = number(e, (Math.log(2 * Math.PI) - 1) / 2);
  return select(e, far, e.op('add', f32, head, e.op('add', f32, constant, tail)), near);
}

/**
 * log |Γ(x)|: by Euler's reflection formula for negative numbers, where the absolute error is an ulp of the larger of its
 * terms (it has zeros there); ∞ at poles and infinities.
 */
export function lgamma(e: Emitter, x: Expr): Expr {
  const negative = e.op('lt', mask, x, number(e, 0));
  const value = ofPositive(e, select(e, negative, e.op('sub', f32, number(e, 1), x), x));
  const sine = e.op('abs', f32, sinCosPi(e, x).sin);
  const ratio = log(e, e.op('div', f32, number(e, Math.PI), sine));
  const pole = e.op(
    'maskAnd',
    mask,
    e.op('le', mask, x, number(e, 0)),
    e.op('eq', mask, e.op('floor', f32, x), x),
  );
  const infinity = number(e, Number.POSITIVE_INFINITY);
  return select(e, pole, infinity, select(e, negative, e.op('sub', f32, ratio, value), value));
}

/** B₂ₖ / (2k)! for Euler and Maclaurin's formula. */
const eulerMaclaurin = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600];

/** How many terms are summed before that formula takes over. */
const TERMS = 7;

/** base^exponent for a whole exponent ≥ 1. */
function power(e: Emitter, base: Expr, exponent: number): Expr {
  if (exponent === 1) return base;
  const half = power(e, base, Math.floor(exponent / 2));
  const square = e.op('mul', f32, half, half);
  return exponent % 2 === 0 ? square : e.op('mul', f32, square, base);
}

/** The derivative of digamma of order `order` for x > 0. */
function polygammaOfPositive(e: Emitter, x: Expr, order: number): Expr {
  const s = order + 1;
  const one = number(e, 1);
  const reciprocal = (a: Expr) => e.op('div', f32, one, a);
  let y = x;
  let total: Expr = number(e, 0);
  for (let k = 0; k < TERMS; k++) {
    total = e.op('add', f32, total, power(e, reciprocal(y), s));
    // Not y + 1, which would stay y again and again where x is large.
    y = e.op('add', f32, x, number(e, k + 1));
  }
  const inverse = reciprocal(y);
  const square = e.op('mul', f32, inverse, inverse);
  // Σ B₂ₖ / (2k)! · s (s + 1) … (s + 2k - 2) y^(-s - 2k + 1), without the factor y^-s.
  let rising = s;
  const coefficients = eulerMaclaurin.map((coefficient, k) => {
    const term = coefficient * rising;
    rising *= (s + 2 * k + 1) * (s + 2 * k + 2);
    return term;
  });
  const tail = e.op('fma', f32, inverse, polynomial(e, square, coefficients), number(e, 0.5));
  if (order === 0) {
    // The limit of y^(1-s) / (s - 1) less a constant is -ln y.
    const rest = e.op('fma', f32, inverse, tail, total);
    return e.op('sub', f32, log(e, y), rest);
  }
  const head = e.op('fma', f32, inverse, tail, number(e, 1 / order));
  const zeta = e.op('fma', f32, power(e, inverse, order), head, total);
  const signed = order % 2 === 0 ? -factorial(order) : factorial(order);
  return e.op('mul', f32, zeta, number(e, signed));
}

/** The derivative of digamma of order `order`: by reflection for negative numbers, with poles as in `graph/special.ts`. */
export function polygamma(e: Emitter, x: Expr, order: number): Expr {
  const even = order % 2 === 0;
  const zero = number(e, 0);
  const infinity = number(e, Number.POSITIVE_INFINITY);
  const negative = e.op('lt', mask, x, zero);
  const value = polygammaOfPositive(e, select(e, negative, e.op('sub', f32, number(e, 1), x), x), order);
  const turn = sinCosPi(e, x);
  const cotangent = e.op('div', f32, turn.cos, turn.sin);
  const factor = number(e, Math.PI * (-Math.PI) ** order);
  const slope = e.op('mul', f32, factor, polynomial(e, cotangent, cotangentDerivative(order)));
  const mirrored = e.op('sub', f32, even ? value : e.op('neg', f32, value), slope);
  const whole = e.op('eq', mask, e.op('floor', f32, x), x);
  const pole = e.op('maskAnd', mask, negative, whole);
  const atPole = even ? number(e, Number.NaN) : infinity;
  const atZero = even ? e.op('neg', f32, e.op('div', f32, number(e, 1), x)) : infinity;
  const ofNegative = select(e, pole, atPole, mirrored);
  const nonzero = select(e, negative, ofNegative, value);
  const finite = select(e, e.op('eq', mask, x, zero), atZero, nonzero);
  if (order > 0) return finite;
  return select(e, e.op('eq', mask, x, infinity), infinity, finite);
}
