import { s } from '../support/dom.ts';
import { gridOf, type Plane, type Point, pathOf } from '../support/plane.ts';
import {
  apply,
  determinant,
  type Figure,
  type FigureName,
  figures,
  identity,
  type Matrix,
} from './geometry.ts';

/** How far the grid is drawn: further than one sees, since it may be shrunk. */
const FAR = 12;

/** The grid as the matrix leaves it. */
function warpedGrid(on: Plane, matrix: Matrix): SVGElement[] {
  const line = (from: Point, to: Point) => pathOf(on, [apply(matrix, from), apply(matrix, to)]);
  const lines: string[] = [];
  for (let k = -FAR; k <= FAR; k++)
    if (k !== 0) lines.push(line([k, -FAR], [k, FAR]), line([-FAR, k], [FAR, k]));
  return [
    s('path', { d: lines.join(''), class: 'mw-grid' }),
    s('path', { d: line([-FAR, 0], [FAR, 0]) + line([0, -FAR], [0, FAR]), class: 'mw-grid axes' }),
  ];
}

export function figureOf(on: Plane, matrix: Matrix, name: FigureName, className = ''): SVGGElement {
  const { filled, lines }: Figure = figures[name];
  const moved = (points: readonly Point[]) => points.map((point) => apply(matrix, point));
  return s(
    'g',
    { class: `mw-figure ${className}`.trim() },
    filled.map((points) => s('path', { d: pathOf(on, moved(points), true), class: 'mw-filled' })),
    lines.map((points) => s('path', { d: pathOf(on, moved(points)), class: 'mw-line' })),
  );
}

/** The square of the two basis vectors, wherever it has gone. */
export function squareOf(on: Plane, matrix: Matrix): SVGElement {
  const corners: Point[] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  const flipped = determinant(matrix) < 0;
  return s('path', {
    d: pathOf(
      on,
      corners.map((corner) => apply(matrix, corner)),
      true,
    ),
    class: flipped ? 'mw-square flipped' : 'mw-square',
  });
}

/** The plane as it was, faint, and as the matrix leaves it. */
export function warpedPlane(
  on: Plane,
  matrix: Matrix,
  figure: FigureName,
  extent: readonly [number, number],
): SVGElement[] {
  const [x, y] = extent;
  return [
    ...gridOf(on, [-x, x], [-y, y]),
    ...warpedGrid(on, matrix),
    figureOf(on, identity, figure, 'ghost'),
    squareOf(on, matrix),
    figureOf(on, matrix, figure),
  ];
}
