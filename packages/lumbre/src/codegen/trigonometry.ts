import type { Emitter } from './emitter.ts';
import { type Expr, f32, i32, mask } from './ir.ts';
import { number, polynomial, unlessTiny } from './math.ts';

/** π/2 in parts of 8 bits, whose products with whole numbers below 2^16 are exact, and a rest. */
const HALF_PI = [1.5703125, 4.8351287841796875e-4, 3.1385570764541626e-7, 6.077100628276e-11];

interface Reduced {
  /** Within π/4 of 0. */
  readonly r: Expr;
  /** How many quarter turns were taken off. */
  readonly quarter: Expr;
}

/** x = quarter · π/2 + r. Exact to the last digits of r while |x| < 10^5. */
function reduce(e: Emitter, x: Expr): Reduced {
  const n = e.op('nearest', f32, e.op('mul', f32, x, number(e, 2 / Math.PI)));
  const minusN = e.op('neg', f32, n);
  const r = HALF_PI.reduce<Expr>((rest, part) => e.op('fma', f32, minusN, number(e, part), rest), x);
  return { r, quarter: e.op('toI32', i32, n) };
}

/** sin r for |r| ≤ π/4 (Cephes sinf). */
function nearSin(e: Emitter, r: Expr, square: Expr): Expr {
  const series = polynomial(e, square, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4]);
  return e.op('fma', f32, e.op('mul', f32, square, r), series, r);
}

/** cos r for |r| ≤ π/4 (Cephes cosf). */
function nearCos(e: Emitter, square: Expr): Expr {
  const series = polynomial(e, square, [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5]);
  const head = e.op('fma', f32, number(e, -0.5), square, number(e, 1));
  return e.op('fma', f32, e.op('mul', f32, square, square), series, head);
}

/** The sine of an angle that is `ahead` quarter turns further. */
function sineAhead(e: Emitter, x: Expr, ahead: 0 | 1): Expr {
  const { r, quarter } = reduce(e, x);
  const turns = ahead === 0 ? quarter : e.op('add', i32, quarter, e.int(ahead));
  const square = e.op('mul', f32, r, r);
  const odd = e.op('ne', mask, e.op('and', i32, turns, e.int(1)), e.int(0));
  const value = e.op('select', f32, odd, nearCos(e, square), nearSin(e, r, square));
  // The second bit of the turns is the sign.
  const sign = e.op('shl', i32, e.op('and', i32, turns, e.int(2)), e.int(30));
  return e.op('asF32', f32, e.op('xor', i32, e.op('asI32', i32, value), sign));
}

/** sin x within 2 ulp for |x| < 10^5; further out an error in the angle of about |x| · 2^-52 grows visible. */
export const sin = (e: Emitter, x: Expr): Expr => unlessTiny(e, x, 2 ** -14, sineAhead(e, x, 0));

/** cos x, as accurate as `sin`. */
export const cos = (e: Emitter, x: Expr): Expr => sineAhead(e, x, 1);

/** sin πx and cos πx: the whole turns come off exactly. */
export function sinCosPi(e: Emitter, x: Expr): { readonly sin: Expr; readonly cos: Expr } {
  const n = e.op('nearest', f32, e.op('add', f32, x, x));
  const half = e.op('fma', f32, n, number(e, -0.5), x);
  const quarter = e.op('toI32', i32, n);
  const r = e.op('mul', f32, half, number(e, Math.PI));
  const square = e.op('mul', f32, r, r);
  const [sine, cosine] = [nearSin(e, r, square), nearCos(e, square)];
  const odd = e.op('ne', mask, e.op('and', i32, quarter, e.int(1)), e.int(0));
  const signed = (value: Expr, turns: Expr) => {
    const sign = e.op('shl', i32, e.op('and', i32, turns, e.int(2)), e.int(30));
    return e.op('asF32', f32, e.op('xor', i32, e.op('asI32', i32, value), sign));
  };
  return {
    sin: signed(e.op('select', f32, odd, cosine, sine), quarter),
    cos: signed(e.op('select', f32, odd, sine, cosine), e.op('add', i32, quarter, e.int(1))),
  };
}

/** atan(a / b) for 0 ≤ a ≤ b, not both infinite: past tan π/8 as π/4 + atan((a - b) / (a + b)) (Cephes atanf). */
function atanOfRatio(e: Emitter, a: Expr, b: Expr): Expr {
  const steep = e.op('lt', mask, e.op('mul', f32, b, number(e, Math.SQRT2 - 1)), a);
  const numerator = e.op('select', f32, steep, e.op('sub', f32, a, b), a);
  const denominator = e.op('select', f32, steep, e.op('add', f32, a, b), b);
  const t = e.op('div', f32, numerator, denominator);
  const square = e.op('mul', f32, t, t);
  const series = polynomial(
    e,
    square,
    [-3.33329491539e-1, 1.99777106478e-1, -1.38776856032e-1, 8.05374449538e-2],
  );
  const angle = e.op('fma', f32, e.op('mul', f32, square, t), series, t);
  return e.op('add', f32, angle, e.op('select', f32, steep, number(e, Math.PI / 4), number(e, 0)));
}

const SIGN = -(2 ** 31);

/** The sign bit of x put on what is not negative. */
export function withSignOf(e: Emitter, x: Expr, magnitude: Expr): Expr {
  const sign = e.op('and', i32, e.op('asI32', i32, x), e.int(SIGN));
  return e.op('asF32', f32, e.op('or', i32, e.op('asI32', i32, magnitude), sign));
}

/** The angle of (b, a) for a, b ≥ 0. */
function firstQuadrant(e: Emitter, a: Expr, b: Expr): Expr {
  const angle = atanOfRatio(e, e.op('min', f32, a, b), e.op('max', f32, a, b));
  const beyond = e.op('sub', f32, number(e, Math.PI / 2), angle);
  return e.op('select', f32, e.op('lt', mask, b, a), beyond, angle);
}

/** The arc tangent within 3 ulp. */
export function atan(e: Emitter, x: Expr): Expr {
  const value = withSignOf(e, x, firstQuadrant(e, e.op('abs', f32, x), number(e, 1)));
  return unlessTiny(e, x, 2 ** -14, value);
}

/** The angle of the point (x, y) within 4 ulp, with C's conventions for zeros and infinities. */
export function atan2(e: Emitter, y: Expr, x: Expr): Expr {
  // Sums of the largest numbers must not overflow, and the smallest must stay apart from 0.
  const size = e.op('max', f32, e.op('abs', f32, y), e.op('abs', f32, x));
  const small = e.op('lt', mask, size, number(e, 1));
  const by = e.op('select', f32, small, number(e, 2 ** 24), number(e, 2 ** -2));
  const largest = number(e, 2 ** 126);
  const infinity = number(e, Number.POSITIVE_INFINITY);
  const beyond = e.op('eq', mask, size, infinity);
  const [a, b] = [y, x].map((z) => {
    const magnitude = e.op('abs', f32, z);
    const scaled = e.op('mul', f32, magnitude, by);
    // Both infinite: the angle of (1, 1). One infinite: that of an axis.
    const infinite = e.op('eq', mask, magnitude, infinity);
    return e.op('select', f32, infinite, largest, e.op('select', f32, beyond, number(e, 0), scaled));
  }) as [Expr, Expr];
  const origin = e.op('eq', mask, size, number(e, 0));
  const safe = e.op('select', f32, origin, number(e, 1), b);
  const quadrant = firstQuadrant(e, a, safe);
  const left = e.op('lt', mask, e.op('asI32', i32, x), e.int(0));
  const turned = e.op('select', f32, left, e.op('sub', f32, number(e, Math.PI), quadrant), quadrant);
  const value = withSignOf(e, y, turned);
  const isNumber = e.op('maskAnd', mask, e.op('eq', mask, x, x), e.op('eq', mask, y, y));
  return e.op('select', f32, isNumber, value, number(e, Number.NaN));
}
