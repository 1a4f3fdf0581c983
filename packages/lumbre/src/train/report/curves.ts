import type { Metric } from '../recorder.ts';

/** A value at a step. */
export type Point = readonly [step: number, value: number];

/** One figure over the steps. */
export interface Curve {
  readonly figure: string;
  /** Batch by batch. */
  readonly raw: readonly Point[];
  /** The same, each a mean with its neighbours. */
  readonly smooth: readonly Point[];
  readonly validation: readonly Point[];
}

/** Figures that say little about how good a model is come last. */
const aside = ['gradNorm', 'lr'];

/** A mean reaches over so many steps to each side: a sixtieth of all. */
const REACH = 60;

/**
 * The mean of each point and its neighbours on both sides, so that a curve that falls is not drawn late. It begins where the
 * points do; the last ones have neighbours on one side only.
 */
export function smooth(points: readonly Point[]): Point[] {
  const reach = Math.round(points.length / REACH);
  const sums = [0];
  for (const [, value] of points) sums.push((sums.at(-1) as number) + value);
  return points.map(([step], i) => {
    const from = i - Math.min(i, reach);
    // As far forward as back, but at the end, where the mean of the last ones says most.
    const to = Math.min(points.length, i + Math.min(i, reach) + 1);
    return [step, ((sums[to] as number) - (sums[from] as number)) / (to - from)];
  });
}

/** The means of so many groups of neighbours: more points than a screen has columns are only bytes. */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * points.length) / most);
    const group = points.slice(from, Math.floor(((i + 1) * points.length) / most));
    const mean = group.reduce((sum, [, value]) => sum + value, 0) / group.length;
    // The ends stay where they are.
    const at = i === 0 ? 0 : i === most - 1 ? group.length - 1 : group.length >> 1;
    return [(group[at] as Point)[0], mean];
  });
}

/** All figures of a run: the one that is watched first, then those that validation has, too. */
export function curvesOf(metrics: readonly Metric[], watched: string): Curve[] {
  const training = new Map<string, Point[]>();
  const validation = new Map<string, Point[]>();
  const add = (to: Map<string, Point[]>, name: string, point: Point) => {
    if (!Number.isFinite(point[1])) return;
    const points = to.get(name);
    if (points) points.push(point);
    else to.set(name, [point]);
  };
  for (const metric of metrics) {
    const [to, figures] = 'train' in metric ? [training, metric.train] : [validation, metric.validation];
    for (const [name, value] of Object.entries(figures)) add(to, name, [metric.step, value]);
  }
  const rank = (name: string) =>
    name === watched ? 0 : aside.includes(name) ? 3 : validation.has(name) ? 1 : 2;
  return [...new Set([...training.keys(), ...validation.keys()])]
    .sort((a, b) => rank(a) - rank(b))
    .map((figure) => {
      const raw = training.get(figure) ?? [];
      return { figure, raw, smooth: smooth(raw), validation: validation.get(figure) ?? [] };
    });
}

/** The point of the best value. */
export function bestOf(points: readonly Point[], mode: 'min' | 'max'): Point | undefined {
  return points.reduce<Point | undefined>((best, point) => {
    if (best === undefined) return point;
    return (mode === 'min' ? point[1] < best[1] : point[1] > best[1]) ? point : best;
  }, undefined);
}
