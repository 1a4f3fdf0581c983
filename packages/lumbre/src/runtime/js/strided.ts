import { rowMajorStrides, type Shape } from '../../graph/shape.ts';

/** How coordinates become a position in an array: where it starts, and the steps along each axis. */
export interface Layout {
  readonly start: number;
  readonly strides: readonly number[];
}

export const rowMajor = (shape: Shape): Layout => ({ start: 0, strides: rowMajorStrides(shape) });

/** Visits all coordinates of `shape` in row-major order, with the position of each in two arrays. */
export function forEachPosition(
  shape: Shape,
  first: Layout,
  second: Layout,
  visit: (first: number, second: number) => void,
): void {
  const rank = shape.length;
  const walk = (axis: number, a: number, b: number) => {
    if (axis === rank) {
      visit(a, b);
      return;
    }
    const size = shape[axis] as number;
    const stepA = first.strides[axis] as number;
    const stepB = second.strides[axis] as number;
    if (axis === rank - 1) for (let i = 0; i < size; i++) visit(a + i * stepA, b + i * stepB);
    else for (let i = 0; i < size; i++) walk(axis + 1, a + i * stepA, b + i * stepB);
  };
  walk(0, first.start, second.start);
}
