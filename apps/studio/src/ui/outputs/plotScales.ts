import { scaleBand, scaleLinear, scalePoint } from 'd3-scale';
import type { OutputOf } from '../../cell/output.ts';

export type Series = OutputOf<'plot'>['series'][number];

/** Where things are on a plot of a size: a place for each value of x, and ticks for both axes. */
export interface PlotScales {
  x(value: number | string): number;
  y(value: number): number;
  /** The width that one bar may take. */
  readonly barWidth: number;
  readonly xTicks: readonly (number | string)[];
  readonly yTicks: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The smallest and the largest of the finite numbers; something around zero where there are none, or where all are equal. */
function extent(values: Iterable<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (high - low < 1e-300)
    return Math.abs(low) < 1e-300 ? [-1, 1] : [Math.min(low, low * 2), Math.max(high, 0)];
  return [low, high];
}

/** The smallest gap between two numbers on the x axis, for the width of bars. */
function smallestGap(values: readonly number[]): number {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  let gap = Infinity;
  for (let i = 1; i < sorted.length; i++) gap = Math.min(gap, (sorted[i] ?? 0) - (sorted[i - 1] ?? 0));
  return Number.isFinite(gap) ? gap : 1;
}

/** Scales for the series on a plot of so many pixels. Bars always stand on zero. */
export function plotScales(
  series: readonly Series[],
  width: number,
  height: number,
  margins: { left: number; right: number; top: number; bottom: number },
): PlotScales {
  const [left, right] = [margins.left, Math.max(margins.left + 20, width - margins.right)];
  const [top, bottom] = [margins.top, height - margins.bottom];
  const hasBars = series.some(({ mark }) => mark === 'bars');
  const ys = series.flatMap(({ y }) => y);
  if (hasBars) ys.push(0);
  const y = scaleLinear(extent(ys), [bottom, top]).nice(5);
  const common = { left, right, top, bottom, y: (value: number) => y(value), yTicks: y.ticks(5) };
  const xs = series.flatMap((one) => one.x);

  if (xs.some((value) => typeof value === 'string')) {
    const names = [...new Set(xs.map(String))];
    const band = scaleBand(names, [left, right]).padding(0.18);
    const point = scalePoint(names, [left, right]).padding(0.5);
    const every = Math.ceil(names.length / Math.max(1, Math.floor((right - left) / 46)));
    return {
      ...common,
      x: (value) =>
        hasBars ? (band(String(value)) ?? left) + band.bandwidth() / 2 : (point(String(value)) ?? left),
      barWidth: band.bandwidth(),
      xTicks: names.filter((_, i) => i % every === 0),
    };
  }

  const numbers = xs as number[];
  const [low, high] = extent(numbers);
  const gap = hasBars ? smallestGap(numbers) : 0;
  const x = scaleLinear([low - gap / 2, high + gap / 2], [left, right]);
  if (!hasBars) x.nice(Math.max(2, Math.floor((right - left) / 90)));
  return {
    ...common,
    x: (value) => x(Number(value)),
    barWidth: hasBars ? Math.max(1, Math.abs(x(gap) - x(0)) * 0.82) : 0,
    xTicks: x.ticks(Math.max(2, Math.floor((right - left) / 80))),
  };
}

/**
 * The points of a long line, thinned to about two a pixel: in each stretch the lowest and the highest, in their order, so
 * that no peak is lost. Where a value is missing, the line stays broken.
 */
export function thin(
  points: readonly (readonly [number, number])[],
  most: number,
): (readonly [number, number])[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil((2 * points.length) / most);
  const kept: (readonly [number, number])[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    let low: number | null = null;
    let high: number | null = null;
    let missing: number | null = null;
    for (let i = from; i < Math.min(points.length, from + stretch); i++) {
      const y = points[i]?.[1] ?? NaN;
      if (!Number.isFinite(y)) missing ??= i;
      else {
        if (low === null || y < (points[low]?.[1] ?? 0)) low = i;
        if (high === null || y > (points[high]?.[1] ?? 0)) high = i;
      }
    }
    const places = new Set([low, high, missing].filter((place): place is number => place !== null));
    for (const place of [...places].sort((a, b) => a - b)) {
      const point = points[place];
      if (point) kept.push(point);
    }
  }
  return kept;
}
