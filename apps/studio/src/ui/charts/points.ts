/** Points of several curves over the same x, as uPlot wants them: one list of x, and for each curve a value or a gap at each. */
export interface AlignedPoints {
  readonly x: number[];
  readonly y: (number | null)[][];
}

export const noPoints = (curves: number): AlignedPoints => ({
  x: [],
  y: Array.from({ length: curves }, () => []),
});

/** Adds a point to one of the curves. At the end, where points come while something trains, it costs next to nothing. */
export function addPoint(points: AlignedPoints, curve: number, x: number, y: number): void {
  const { length } = points.x;
  let place = length;
  if (length > 0 && x <= (points.x[length - 1] ?? -Infinity)) {
    let low = 0;
    let high = length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points.x[middle] ?? 0) < x) low = middle + 1;
      else high = middle;
    }
    place = low;
  }
  if (points.x[place] !== x) {
    points.x.splice(place, 0, x);
    for (const values of points.y) values.splice(place, 0, null);
  }
  const values = points.y[curve];
  // What is not a number is a gap: the curve breaks off where training did.
  if (values) values[place] = Number.isFinite(y) ? y : null;
}

/** The last point of a curve, if it has any. */
export function lastPoint(points: AlignedPoints, curve: number): readonly [number, number] | null {
  const values = points.y[curve] ?? [];
  for (let i = values.length - 1; i >= 0; i--) {
    const y = values[i];
    if (y !== null && y !== undefined) return [points.x[i] ?? 0, y];
  }
  return null;
}

/** The first point of a curve, if it has any. */
export function firstPoint(points: AlignedPoints, curve: number): readonly [number, number] | null {
  const place = (points.y[curve] ?? []).findIndex((y) => y !== null);
  return place < 0 ? null : [points.x[place] ?? 0, points.y[curve]?.[place] ?? 0];
}
