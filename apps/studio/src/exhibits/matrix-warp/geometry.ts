import type { Point } from '../support/plane.ts';

/** A 2 × 2 matrix, row by row. Its columns are where (1, 0) and (0, 1) go. */
export type Matrix = readonly [a: number, b: number, c: number, d: number];

export const identity: Matrix = [1, 0, 0, 1];

export const apply = ([a, b, c, d]: Matrix, [x, y]: Point): Point => [a * x + b * y, c * x + d * y];

/** `second · first`: what comes first stands at the right. */
export const multiply = ([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix => [
  a * e + b * g,
  a * f + b * h,
  c * e + d * g,
  c * f + d * h,
];

export const transpose = ([a, b, c, d]: Matrix): Matrix => [a, c, b, d];

/** By how much areas grow; negative where what was counterclockwise goes clockwise. */
export const determinant = ([a, b, c, d]: Matrix): number => a * d - b * c;

/** What undoes it; null where the plane has been pressed flat, and nothing can. */
export function inverse(matrix: Matrix): Matrix | null {
  const [a, b, c, d] = matrix;
  const area = determinant(matrix);
  return Math.abs(area) < 1e-9 ? null : [d / area, -b / area, -c / area, a / area];
}

/** A direction that does not turn, and by how much it is stretched. */
export interface Eigen {
  readonly value: number;
  /** Of length 1. */
  readonly direction: Point;
}

/** The directions that do not turn: none, one or two; or `all` of them, where the plane is only stretched. */
export function eigen(matrix: Matrix): readonly Eigen[] | 'all' {
  const [a, b, c, d] = matrix;
  const [half, area] = [(a + d) / 2, determinant(matrix)];
  const discriminant = half * half - area;
  if (discriminant < -1e-9) return [];
  if (Math.abs(b) < 1e-9 && Math.abs(c) < 1e-9 && Math.abs(a - d) < 1e-9) return 'all';
  const root = Math.sqrt(Math.max(0, discriminant));
  const values = root < 1e-6 ? [half] : [half + root, half - root];
  return values.map((value) => ({ value, direction: kernelOf([a - value, b, c, d - value]) }));
}

/** The direction that a flat matrix sends to nothing. */
function kernelOf([a, b, c, d]: Matrix): Point {
  const [x, y] = Math.hypot(a, b) >= Math.hypot(c, d) ? [-b, a] : [-d, c];
  const length = Math.hypot(x, y) || 1;
  const sign = x < -1e-12 || (Math.abs(x) <= 1e-12 && y < 0) ? -1 : 1;
  // Added to 0, so that there is no negative zero.
  return [(sign * x) / length + 0, (sign * y) / length + 0];
}

/** The angle between two lines through the origin, in degrees, from 0 to 90; NaN where one of them is no line. */
export function lineAngle([x, y]: Point, [u, v]: Point): number {
  const lengths = Math.hypot(x, y) * Math.hypot(u, v);
  if (lengths < 1e-12) return Number.NaN;
  return (Math.acos(Math.min(1, Math.abs(x * u + y * v) / lengths)) * 180) / Math.PI;
}

/** Which of the matrix's directions a vector lies along, to within some degrees; -1 for none. */
export function alongWhich(matrix: Matrix, vector: Point, within = 2.5): number {
  const found = eigen(matrix);
  if (found === 'all') return Math.hypot(...vector) > 1e-9 ? 0 : -1;
  return found.findIndex(({ direction }) => lineAngle(vector, direction) <= within);
}

export const between = (from: Matrix, to: Matrix, share: number): Matrix =>
  from.map((value, i) => value + ((to[i] as number) - value) * share) as unknown as Matrix;

const round = (value: number) => Math.round(value * 1000) / 1000;
const turn = (degrees: number): Matrix => {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [round(Math.cos(angle)), round(Math.sin(angle))];
  return [cosine, -sine, sine, cosine];
};

export const presets = {
  identity,
  rotate: turn(30),
  quarter: [0, -1, 1, 0],
  stretch: [2, 0, 0, 0.5],
  shear: [1, 1, 0, 1],
  mirror: [-1, 0, 0, 1],
  flatten: [1, 0.5, 0.5, 0.25],
  symmetric: [1.5, 0.5, 0.5, 1.5],
} as const satisfies Record<string, Matrix>;
export type Preset = keyof typeof presets;
export const presetNames = Object.keys(presets) as Preset[];

const circle = (x: number, y: number, radius: number, from = 0, to = 360): Point[] =>
  Array.from({ length: 33 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 32) * Math.PI) / 180;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

/** A little picture that shows how it was turned and bent: shapes that are filled, and lines. */
export interface Figure {
  readonly filled: readonly (readonly Point[])[];
  readonly lines: readonly (readonly Point[])[];
}

export const figures = {
  letter: {
    filled: [
      [
        [0.25, 0.25],
        [0.6, 0.25],
        [0.6, 0.9],
        [1.05, 0.9],
        [1.05, 1.2],
        [0.6, 1.2],
        [0.6, 1.55],
        [1.25, 1.55],
        [1.25, 1.85],
        [0.25, 1.85],
      ],
    ],
    lines: [],
  },
  face: {
    filled: [circle(0.72, 1.32, 0.1), circle(1.28, 1.32, 0.1)],
    lines: [
      circle(1, 1.1, 0.85),
      circle(1, 1.05, 0.45, 200, 320),
      [
        [0.55, 1.62],
        [0.85, 1.55],
      ],
    ],
  },
} as const satisfies Record<string, Figure>;
export type FigureName = keyof typeof figures;
