import type { Emitter } from './emitter.ts';
import { type Expr, f32, mask } from './ir.ts';
import { halfExp, log1p, number, polynomial } from './math.ts';
import { withSignOf } from './trigonometry.ts';

/** (e^a ± e^-a) / 2 from h = e^a / 2, whose inverse is 2 e^-a. */
const combine = (e: Emitter, op: 'add' | 'sub', a: Expr): Expr => {
  const half = halfExp(e, a);
  return e.op(op, f32, half, e.op('div', f32, number(e, 0.25), half));
};

/** sinh x within 3 ulp: up to 1 by its series, where the exponentials would cancel. */
export function sinh(e: Emitter, x: Expr): Expr {
  const square = e.op('mul', f32, x, x);
  const series = polynomial(e, square, [1 / 6, 1 / 120, 1 / 5040, 1 / 362880, 1 / 39916800]);
  const near = e.op('fma', f32, e.op('mul', f32, x, square), series, x);
  const size = e.op('abs', f32, x);
  const far = withSignOf(e, x, combine(e, 'sub', size));
  return e.op('select', f32, e.op('lt', mask, size, number(e, 1)), near, far);
}

/** cosh x within 2 ulp. */
export const cosh = (e: Emitter, x: Expr): Expr => combine(e, 'add', e.op('abs', f32, x));

/** From here on 1 + x² is x² and the square of x may overflow. */
const LARGE = 2 ** 60;

/** ln(1 + t) where `size` is not large, else ln(2 size). */
function logOf(e: Emitter, t: Expr, size: Expr): Expr {
  const large = e.op('lt', mask, number(e, LARGE), size);
  const value = log1p(e, e.op('select', f32, large, size, t));
  return e.op('add', f32, value, e.op('select', f32, large, number(e, Math.LN2), number(e, 0)));
}

/** The inverse of sinh within 4 ulp: ln(1 + a + a² / (1 + √(1 + a²))). */
export function asinh(e: Emitter, x: Expr): Expr {
  const one = number(e, 1);
  const a = e.op('abs', f32, x);
  const square = e.op('mul', f32, a, a);
  const root = e.op('sqrt', f32, e.op('add', f32, square, one));
  const t = e.op('add', f32, a, e.op('div', f32, square, e.op('add', f32, one, root)));
  return withSignOf(e, x, logOf(e, t, a));
}

/** The inverse of cosh within 4 ulp: with t = x - 1, ln(1 + t + √(t (t + 2))). NaN below 1. */
export function acosh(e: Emitter, x: Expr): Expr {
  const one = number(e, 1);
  const t = e.op('sub', f32, x, one);
  const root = e.op('sqrt', f32, e.op('mul', f32, t, e.op('add', f32, t, number(e, 2))));
  const value = logOf(e, e.op('add', f32, t, root), x);
  return e.op('select', f32, e.op('le', mask, one, x), value, number(e, Number.NaN));
}
