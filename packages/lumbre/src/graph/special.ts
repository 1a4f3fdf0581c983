import { erf, erfcTail } from './scalar.ts';

/** The special functions in double precision: what the oracle computes. Relative errors are about 1e-14. */

/** B₂ₖ / (2k)!, k = 1, 2, …: the coefficients of Euler and Maclaurin's formula. */
const eulerMaclaurin: readonly number[] = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
];

/** Below this sums are taken term by term; from here on Euler and Maclaurin's formula is exact to double precision. */
const FAR = 12;

/** Hurwitz's zeta function Σ (x + k)^-s over k ≥ 0, for whole s > 1 and x > 0. */
export function hurwitzZeta(s: number, x: number): number {
  let total = 0;
  let y = x;
  for (; y < FAR; y++) total += y ** -s;
  total += y ** (1 - s) / (s - 1) + y ** -s / 2;
  let rising = s * y ** (-s - 1);
  eulerMaclaurin.forEach((coefficient, k) => {
    total += coefficient * rising;
    rising *= (s + 2 * k + 1) * (s + 2 * k + 2) * y ** -2;
  });
  return total;
}

/**
 * Coefficients of log Γ(2 + z) = Σ aₖ zᵏ, a₀ = 0: 1 - γ, then (-1)ᵏ (ζ(k) - 1) / k (Abramowitz and Stegun 6.1.33). It
 * converges for |z| < 2.
 */
export function lgammaSeries(count: number): number[] {
  const EULER = 0.5772156649015329;
  return Array.from({ length: count }, (_, k) =>
    k === 0 ? 0 : k === 1 ? 1 - EULER : ((k % 2 === 0 ? 1 : -1) * hurwitzZeta(k, 2)) / k,
  );
}

const nearTwo = lgammaSeries(40);

/** Stirling's series for log Γ(x), x ≥ FAR. */
function stirling(x: number): number {
  const series = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
  const tail = series.reduceRight((sum, c) => c + sum / (x * x), 0) / x;
  return (x - 0.5) * (Math.log(x) - 1) + (Math.log(2 * Math.PI) - 1) / 2 + tail;
}

/** sin πx, exactly 0 at integers. */
function sinPi(x: number): number {
  const rest = x - 2 * Math.round(x / 2);
  return Math.abs(rest) === 1 ? 0 : Math.sin(Math.PI * rest);
}

/** log |Γ(x)|: ∞ at 0, at negative integers and at both infinities. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x <= 0) {
    const sine = Math.abs(sinPi(x));
    return sine === 0 ? Number.POSITIVE_INFINITY : Math.log(Math.PI / sine) - lgamma(1 - x);
  }
  if (x >= FAR) return stirling(x);
  // Brought to 2 + z with |z| ≤ 1/2, where the series keeps the zeros at 1 and 2.
  const series = (z: number) => nearTwo.reduceRight((sum, c) => sum * z + c, 0);
  if (x < 0.5) return series(x) - Math.log(x) - Math.log1p(x);
  if (x < 1.5) return series(x - 1) - Math.log(x);
  let product = 1;
  let z = x - 2;
  for (; z > 0.5; z--) product *= z + 1;
  return series(z) + Math.log(product);
}

/**
 * The derivatives of π cot πx as polynomials in c = cot πx: coefficients of Q with Dⁿ[π cot πx] = π (-π)ⁿ Q(c), from
 * Q₀ = c and Qₙ₊₁ = (1 + c²) Qₙ'.
 */
export function cotangentDerivative(order: number): number[] {
  let q = [0, 1];
  for (let n = 0; n < order; n++) {
    const slope = q.slice(1).map((c, k) => c * (k + 1));
    q = Array.from({ length: slope.length + 2 }, (_, k) => (slope[k] ?? 0) + (slope[k - 2] ?? 0));
  }
  return q;
}

function digamma(x: number): number {
  let total = 0;
  let y = x;
  for (; y < FAR; y++) total -= 1 / y;
  const series = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12];
  return total + Math.log(y) - 1 / (2 * y) - series.reduceRight((sum, c) => c + sum / (y * y), 0) / (y * y);
}

export const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/**
 * The derivative of order `order` of digamma, by the reflection formula for negative numbers. At 0 it has a pole, and at
 * negative integers too: those of even order change their sign there and are NaN, but that 0 gives the side of its sign.
 */
export function polygamma(order: number, x: number): number {
  const sign = order % 2 === 0 ? -1 : 1;
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
  if (x === 0)
    return order % 2 === 0
      ? (Object.is(x, -0) ? 1 : -1) * Number.POSITIVE_INFINITY
      : Number.POSITIVE_INFINITY;
  if (x < 0) {
    const sine = sinPi(x);
    if (sine === 0) return order % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY;
    const cotangent = sinPi(x + 0.5) / sine;
    const slope = cotangentDerivative(order).reduceRight((sum, c) => sum * cotangent + c, 0);
    return -sign * polygamma(order, 1 - x) - Math.PI * (-Math.PI) ** order * slope;
  }
  if (x === Number.POSITIVE_INFINITY) return order === 0 ? x : 0 * sign;
  return order === 0 ? digamma(x) : sign * factorial(order) * hurwitzZeta(order + 1, x);
}

/** erf(y) - x, for y ≥ 0, without cancellation where both are nearly 1. */
const excess = (y: number, x: number): number => (y < 2.5 ? erf(y) - x : 1 - x - erfcTail(y));

/** The inverse of the error function: ±∞ at ±1, NaN beyond. Halley's method from Giles's approximation. */
export function erfinv(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return size === 1 ? x * Number.POSITIVE_INFINITY : Number.NaN;
  if (size < 1e-9) return (x * Math.sqrt(Math.PI)) / 2;
  // Winitzki's first guess, good to 2e-3; each step triples the digits.
  const logarithm = Math.log1p(-size * size);
  const half = 2 / (Math.PI * 0.147) + logarithm / 2;
  let y = Math.sqrt(Math.sqrt(half * half - logarithm / 0.147) - half);
  for (let step = 0; step < 3; step++) {
    const newton = (excess(y, size) * Math.sqrt(Math.PI) * Math.exp(y * y)) / 2;
    y -= newton / (1 + y * newton);
  }
  return Math.sign(x) * y;
}
