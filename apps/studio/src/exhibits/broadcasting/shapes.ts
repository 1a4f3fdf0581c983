/** The sizes of an array, from the outermost axis to the innermost; empty for a single number. */
export type Shape = readonly number[];

export const MOST_AXES = 3;
export const LONGEST = 5;

/** How the two arrays stand in one axis of the result. */
export interface Axis {
  /** Null where the array has no such axis: it then counts as 1. */
  readonly a: number | null;
  readonly b: number | null;
  /** Null where they do not fit. */
  readonly size: number | null;
}

/** The axes of both arrays, aligned from the right, in the order in which shapes are written. */
export function align(a: Shape, b: Shape): readonly Axis[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sides = [a, b].map((shape) => shape[axis - (rank - shape.length)] ?? null) as [
      number | null,
      number | null,
    ];
    const [x, y] = sides.map((side) => side ?? 1) as [number, number];
    return { a: sides[0], b: sides[1], size: x === y || y === 1 ? x : x === 1 ? y : null };
  });
}

/** The shape of the result; null when the shapes do not fit. */
export function resultShape(a: Shape, b: Shape): Shape | null {
  const sizes = align(a, b).map(({ size }) => size);
  return sizes.includes(null) ? null : (sizes as number[]);
}

export const sizeOf = (shape: Shape): number => shape.reduce((size, side) => size * side, 1);

/** The position of the nth element, row by row. */
export function positionOf(flat: number, shape: Shape): number[] {
  const position = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position[axis] = rest % (shape[axis] as number);
    rest = Math.floor(rest / (shape[axis] as number));
  }
  return position;
}

export const flatOf = (position: readonly number[], shape: Shape): number =>
  position.reduce((flat, index, axis) => flat * (shape[axis] as number) + index, 0);

/** Which element of an array is used at a position of the result: axes of size 1 always give their only one. */
export function sourceOf(position: readonly number[], shape: Shape): number[] {
  const skipped = position.length - shape.length;
  return shape.map((side, axis) => (side === 1 ? 0 : (position[axis + skipped] as number)));
}

/** Whether an array has, at a position of the result, only a copy: nothing that is in memory. */
export function isCopy(position: readonly number[], shape: Shape): boolean {
  const skipped = position.length - shape.length;
  return position.some((index, axis) => index > 0 && (axis < skipped || shape[axis - skipped] === 1));
}

/** A way to make two shapes fit. */
export interface Fix {
  readonly of: 'a' | 'b';
  /** With the same numbers in other order, or with other sizes. */
  readonly kind: 'axis' | 'transpose' | 'resize';
  readonly shape: Shape;
  /** The code that does it; null where the data themselves would be others. */
  readonly code: string | null;
}

/** What would make the shapes fit: first what leaves the numbers as they are, then what takes others. */
export function fixesOf(a: Shape, b: Shape): readonly Fix[] {
  const shapes = { a, b } as const;
  const names = ['b', 'a'] as const;
  const fits = (of: 'a' | 'b', shape: Shape) =>
    resultShape(of === 'a' ? shape : a, of === 'b' ? shape : b) !== null;
  const found: Fix[] = [];
  for (const of of names) {
    const shape = shapes[of];
    if (shape.length < MOST_AXES)
      for (let axis = shape.length; axis > 0; axis--) {
        const longer = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
        if (fits(of, longer))
          found.push({ of, kind: 'axis', shape: longer, code: `${of}.unsqueeze(${axis})` });
      }
    if (shape.length === 2 && shape[0] !== shape[1]) {
      const turned = [...shape].reverse();
      if (fits(of, turned)) found.push({ of, kind: 'transpose', shape: turned, code: `${of}.T` });
    }
  }
  for (const of of names) {
    const shape = shapes[of];
    const axes = align(a, b);
    const resized = shape.map((side, i) => {
      const axis = axes[i + axes.length - shape.length] as Axis;
      return axis.size === null ? ((of === 'a' ? axis.b : axis.a) as number) : side;
    });
    if (fits(of, resized)) found.push({ of, kind: 'resize', shape: resized, code: null });
  }
  return found;
}

/** `[4, 3]`, as shapes are written. */
export const written = (shape: Shape): string => `[${shape.join(', ')}]`;
