import type { Point } from './session.ts';

/** A mean reaches over so many points to each side: a fortieth of all. */
const REACH = 40;

/** Each value a mean with its neighbours; at the end, where only one side has any, of the last ones. */
export function smooth(points: readonly Point[]): Point[] {
  const reach = Math.min(100, Math.round(points.length / REACH));
  const sums = [0];
  for (const [, value] of points) sums.push((sums.at(-1) as number) + value);
  return points.map(([step], i) => {
    const before = Math.min(i, reach);
    const from = i - before;
    const to = Math.min(points.length, i + before + 1);
    return [step, ((sums[to] as number) - (sums[from] as number)) / (to - from)];
  });
}

/** At most so many points, each the mean of its neighbours: more than a screen has columns are only work. */
export function thin(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const groups = Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * points.length) / most);
    const group = points.slice(from, Math.floor(((i + 1) * points.length) / most));
    const middle = group[group.length >> 1] as Point;
    return [middle[0], group.reduce((sum, [, value]) => sum + value, 0) / group.length] as const;
  });
  return [points[0] as Point, ...groups.slice(1, -1), points.at(-1) as Point];
}

/** The point at a step, or the last one before it. */
export function pointAt(points: readonly Point[], step: number): Point | undefined {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as Point)[0] <= step) low = middle + 1;
    else high = middle;
  }
  return points[low - 1] ?? points[0];
}

/** Steps that have to be made before anything is said about those to come. */
const LEAST = 40;

/**
 * How the curve goes on if nothing changes: the power law through what there is of it, shifted so that it begins where
 * the curve is now. Null where there is too little to tell by.
 */
export function project(points: readonly Point[], steps: number): Point[] | null {
  const last = points.at(-1);
  if (!last || points.length < LEAST || last[0] >= steps || last[0] < steps / 50) return null;
  // The first steps, in which the rate rises, follow another law.
  const seen = thin(points.slice(Math.floor(points.length / 4)), 120);
  const fit = fitPower(seen);
  if (!fit) return null;
  const offset = last[1] - fit(last[0]);
  const count = 48;
  return Array.from({ length: count + 1 }, (_, i) => {
    const step = last[0] + ((steps - last[0]) * i) / count;
    return [step, Math.max(0, fit(step) + offset)];
  });
}

/** The best a + b·s^−c, with b not negative and a not below nothing, by least squares for each of some exponents. */
function fitPower(points: readonly Point[]): ((step: number) => number) | null {
  let best: { error: number; a: number; b: number; c: number } | null = null;
  for (let c = 0.1; c <= 1.2; c += 0.1) {
    let [n, x1, x2, y1, xy] = [0, 0, 0, 0, 0];
    for (const [step, y] of points) {
      const x = step ** -c;
      n++;
      x1 += x;
      x2 += x * x;
      y1 += y;
      xy += x * y;
    }
    const spread = n * x2 - x1 * x1;
    if (spread <= 0) continue;
    const b = Math.max(0, (n * xy - x1 * y1) / spread);
    const a = (y1 - b * x1) / n;
    if (a < 0) continue;
    const error = points.reduce((sum, [step, y]) => sum + (a + b * step ** -c - y) ** 2, 0);
    if (!best || error < best.error) best = { error, a, b, c };
  }
  if (!best) return null;
  const { a, b, c } = best;
  return (step) => a + b * step ** -c;
}

/** What the two curves say together. */
export type Verdict = 'noValidation' | 'learning' | 'memorizing' | 'rising';

/** Whether it still learns what holds for other texts too, or begins to know its own by heart. */
export function verdictOf(train: readonly Point[], validation: readonly Point[]): Verdict {
  const last = validation.at(-1);
  if (!last || validation.length < 2) return 'noValidation';
  const best = Math.min(...validation.map(([, loss]) => loss));
  if (last[1] > 1.03 * best) return 'rising';
  const own = pointAt(train, last[0]);
  return own && last[1] > 1.12 * own[1] ? 'memorizing' : 'learning';
}
