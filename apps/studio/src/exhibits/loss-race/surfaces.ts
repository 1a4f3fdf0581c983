import { type Algebra, type Expression, interpret, numbers, parseExpression } from '../support/expression.ts';
import type { Point } from '../support/plane.ts';

export const WIDE = 3;
export const TALL = 2;

/** Surfaces whose height is the loss, as formulas: the page draws them, and the engine goes down them. */
export const formulas = {
  bowl: '0.5*x**2 + 0.5*y**2',
  ravine: '0.08*x**2 + 1.5*y**2',
  saddle: '0.3*x**2 - 0.3*y**2 + 0.05*y**4',
  valleys: '0.2*(x**2 - 2.5)**2 + 0.25*x + 0.6*y**2',
} as const;
export type SurfaceName = keyof typeof formulas | 'own';
export const surfaceNames: readonly SurfaceName[] = ['bowl', 'ravine', 'saddle', 'valleys', 'own'];

/** A hill of the learner's, or a hole where the height is negative. */
export type Bump = readonly [x: number, y: number, height: number];

const number = (value: number): Expression => ({ kind: 'number', value });
const squared = (name: 'x' | 'y', from: number): Expression => ({
  kind: 'operation',
  operator: '**',
  left: { kind: 'operation', operator: '-', left: { kind: 'name', name }, right: number(from) },
  right: number(2),
});
const both = (operator: '+' | '*' | '/', left: Expression, right: Expression): Expression => ({
  kind: 'operation',
  operator,
  left,
  right,
});
/** How wide a hill is. */
const WIDTH = 0.4;

/** The formula of a surface; the learner's is a wide, flat bowl with hills and holes. */
export function formulaOf(name: SurfaceName, bumps: readonly Bump[]): Expression {
  if (name !== 'own') return parseExpression(formulas[name], ['x', 'y']);
  const bowl = parseExpression('0.05*x**2 + 0.05*y**2', ['x', 'y']);
  return bumps.reduce<Expression>((surface, [x, y, height]) => {
    const distance = both('+', squared('x', x), squared('y', y));
    const hill: Expression = { kind: 'call', name: 'exp', of: both('/', distance, number(-WIDTH)) };
    return both('+', surface, both('*', hill, number(height)));
  }, bowl);
}

export const evaluate = <Value>(formula: Expression, x: Value, y: Value, algebra: Algebra<Value>): Value =>
  interpret(formula, { x, y }, algebra);

/** A surface on a grid, row by row from the top. */
export interface Relief {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
  readonly lowest: number;
  readonly highest: number;
}

export function reliefOf(formula: Expression, columns = 121, rows = 81): Relief {
  const values = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [x, y] = placeOf(column / (columns - 1), row / (rows - 1));
      values[row * columns + column] = evaluate(formula, x, y, numbers);
    }
  return {
    columns,
    rows,
    values,
    lowest: values.reduce((low, value) => Math.min(low, value)),
    highest: values.reduce((high, value) => Math.max(high, value)),
  };
}

/** From shares of the width and the height, from the top left, to the numbers of the plane. */
const placeOf = (across: number, down: number): Point => [-WIDE + 2 * WIDE * across, TALL - 2 * TALL * down];

/** Heights to draw lines at: close together where it is low, as that is where the race is decided. */
export const levelsOf = ({ lowest, highest }: Relief, count = 14): number[] =>
  Array.from({ length: count }, (_, i) => lowest + (highest - lowest) * ((i + 0.6) / count) ** 2);

/** The line along which a surface has a height, as pieces of it: marching squares. */
export function contourOf({ columns, rows, values }: Relief, level: number): (readonly [Point, Point])[] {
  const pieces: (readonly [Point, Point])[] = [];
  const height = (column: number, row: number) => values[row * columns + column] as number;
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const corners = [
        [column, row],
        [column + 1, row],
        [column + 1, row + 1],
        [column, row + 1],
      ] as const;
      const crossings: Point[] = [];
      for (let side = 0; side < 4; side++) {
        const [a, b] = [
          corners[side] as readonly [number, number],
          corners[(side + 1) % 4] as readonly [number, number],
        ];
        const [from, to] = [height(...a), height(...b)];
        if (from < level === to < level) continue;
        const share = (level - from) / (to - from);
        crossings.push(
          placeOf(
            (a[0] + (b[0] - a[0]) * share) / (columns - 1),
            (a[1] + (b[1] - a[1]) * share) / (rows - 1),
          ),
        );
      }
      for (let i = 0; i + 1 < crossings.length; i += 2)
        pieces.push([crossings[i] as Point, crossings[i + 1] as Point]);
    }
  return pieces;
}
