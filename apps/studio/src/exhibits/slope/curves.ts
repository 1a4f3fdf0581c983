import {
  type Dual,
  duals,
  type Expression,
  interpret,
  numbers,
  parseExpression,
} from '../support/expression.ts';

/** Curves to begin with, as one would write them. */
export const curves = {
  parabola: 'x**2 / 2',
  wave: 'sin(2*x)',
  hills: 'x**3/3 - x',
  sigmoid: 'sigmoid(2*x)',
  relu: 'relu(x)',
  bell: 'exp(-x**2)',
} as const;
export type CurveName = keyof typeof curves;
export const curveNames = Object.keys(curves) as CurveName[];

export const LOW = -3;
export const HIGH = 3;

export const readCurve = (text: string): Expression => parseExpression(text, ['x']);
export const valueAt = (curve: Expression, x: number): number => interpret(curve, { x }, numbers);

/** The value and the slope of the tangent. */
export const tangentAt = (curve: Expression, x: number): Dual => interpret<Dual>(curve, { x: [x, 1] }, duals);

/** The slope of the line through two points of the curve, as one computes it: with the rounding that it brings. */
export const secantAt = (curve: Expression, x: number, h: number): number =>
  (valueAt(curve, x + h) - valueAt(curve, x)) / h;

/** A range that shows nearly all of the values, with some air; poles are cut off. */
export function rangeOf(values: readonly number[]): readonly [number, number] {
  const sorted = values
    .filter((value) => Number.isFinite(value) && Math.abs(value) < 1e6)
    .sort((a, b) => a - b);
  if (sorted.length === 0) return [-1, 1];
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [low, high] = [Math.min(0, at(0.02)), Math.max(0, at(0.98))];
  const air = Math.max(0.4, (high - low) * 0.18);
  return [low - air, high + air];
}

/** The places at which a curve is drawn. */
export const places = (count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => LOW + ((HIGH - LOW) * i) / count);

/** Runs of points that belong together: a line is not drawn across a pole or a place where there is no value. */
export function piecesOf(
  points: readonly (readonly [number, number])[],
  tall: number,
): (readonly [number, number])[][] {
  const pieces: (readonly [number, number])[][] = [[]];
  points.forEach(([x, y], i) => {
    const before = points[i - 1]?.[1];
    const jumps = before !== undefined && Number.isFinite(before) && Math.abs(y - before) > 3 * tall;
    if (!Number.isFinite(y) || jumps) pieces.push([]);
    if (Number.isFinite(y)) pieces.at(-1)?.push([x, y]);
  });
  return pieces.filter((piece) => piece.length > 0);
}
