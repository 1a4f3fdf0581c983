/**
 * The complement 1 - erf(x) for x ≥ 2.5, by Lentz's continued fraction (Abramowitz and Stegun 7.1.14): exact to double
 * precision however small it is.
 */
export function erfcTail(x: number): number {
  let fraction = x;
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

/** The complement 1 - erf(x), accurate where that is tiny. */
export const erfc = (x: number): number => (x >= 2.5 ? erfcTail(x) : 1 - erf(x));

/**
 * The error function in double precision: its Maclaurin series near zero, and further out 1 less the complement
 * (Abramowitz and Stegun 7.1.5). Both converge to about 1e-15.
 */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 6)) return Number.isNaN(x) ? Number.NaN : Math.sign(x);
  const square = x * x;
  if (magnitude < 2.5) {
    let term = magnitude;
    let sum = magnitude;
    for (let n = 1; n < 100 && Math.abs(term) > 1e-18; n++) {
      term *= -square / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  return Math.sign(x) * (1 - erfcTail(magnitude));
}

/**
 * Powers as IEEE 754 and C have them: 1 to any power is 1, and so is -1 to an infinite one, where JavaScript's `**` says
 * NaN.
 */
export function pow(base: number, exponent: number): number {
  const infinite = exponent === Number.POSITIVE_INFINITY || exponent === Number.NEGATIVE_INFINITY;
  return base === 1 || (base === -1 && infinite) ? 1 : base ** exponent;
}
