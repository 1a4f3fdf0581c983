import { randomNumbers } from '../support/digits.ts';

/** What the real points are drawn from; `drawn` is the learner's own. */
export const kinds = ['gaussians', 'ring', 'moons', 'drawn'] as const;
export type Kind = (typeof kinds)[number];

export type Point = readonly [x: number, y: number];

/** How far the plane goes in each direction. */
export const REACH = 1.6;
/** Into how many places the real points are divided: each is a mode that may be missed. */
export const MODES = 8;

const SPREAD = 0.06;

/** A standard normal number (Box and Muller's). */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Real points: x and y in turns. `drawn` are the learner's, around which points are drawn with a little spread. */
export function drawReal(
  kind: Kind,
  count: number,
  random: () => number,
  drawn: readonly Point[],
): Float32Array {
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [x, y] = onSkeleton(kind, random, drawn);
    points[2 * i] = x + SPREAD * normal(random);
    points[2 * i + 1] = y + SPREAD * normal(random);
  }
  return points;
}

function onSkeleton(kind: Kind, random: () => number, drawn: readonly Point[]): Point {
  switch (kind) {
    case 'gaussians': {
      const angle = (2 * Math.PI * Math.floor(random() * 8)) / 8;
      return [Math.cos(angle), Math.sin(angle)];
    }
    case 'ring': {
      const angle = 2 * Math.PI * random();
      return [Math.cos(angle), Math.sin(angle)];
    }
    case 'moons': {
      const angle = Math.PI * random();
      return random() < 0.5
        ? [0.85 * Math.cos(angle) - 0.42, 0.85 * Math.sin(angle) - 0.2]
        : [0.42 - 0.85 * Math.cos(angle), 0.2 - 0.85 * Math.sin(angle)];
    }
    case 'drawn':
      return drawn[Math.floor(random() * drawn.length)] ?? [0, 0];
  }
}

/**
 * Places that stand for parts of the real points, far from one another: where the clusters are, if there are some. Found by
 * taking again and again the point that is farthest from those taken, and then moving each to the middle of its own.
 */
export function modesOf(kind: Kind, drawn: readonly Point[]): Point[] {
  if (kind === 'gaussians')
    return Array.from(
      { length: 8 },
      (_, i): Point => [Math.cos((Math.PI * i) / 4), Math.sin((Math.PI * i) / 4)],
    );
  const flat = drawReal(kind, 600, randomNumbers(1), drawn);
  const points = Array.from(
    { length: 600 },
    (_, i): Point => [flat[2 * i] as number, flat[2 * i + 1] as number],
  );
  const modes: Point[] = [points[0] as Point];
  while (modes.length < MODES) {
    const distances = points.map((point) => Math.min(...modes.map((mode) => distance(point, mode))));
    modes.push(points[distances.indexOf(Math.max(...distances))] as Point);
  }
  for (let round = 0; round < 12; round++) {
    const sums = modes.map(() => [0, 0, 0] as [number, number, number]);
    for (const point of points) {
      const sum = sums[nearest(point, modes)] as [number, number, number];
      sum[0] += point[0];
      sum[1] += point[1];
      sum[2]++;
    }
    sums.forEach(([x, y, count], i) => {
      if (count > 0) modes[i] = [x / count, y / count];
    });
  }
  return modes.sort((a, b) => Math.atan2(a[1], a[0]) - Math.atan2(b[1], b[0]));
}

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

function nearest(point: Point, modes: readonly Point[]): number {
  let best = 0;
  for (let i = 1; i < modes.length; i++)
    if (distance(point, modes[i] as Point) < distance(point, modes[best] as Point)) best = i;
  return best;
}

export interface Coverage {
  /** Of each mode, how many of the made points lie there, as a share of all of them. */
  readonly shares: readonly number[];
  /** Modes that get at least a quarter of their fair share. */
  readonly covered: number;
  /** Of the made points, the share that lies where real ones are. */
  readonly good: number;
  /** The part of the made points that crowd around only two of the modes, near them or not. */
  readonly crowd: number;
}

/**
 * How much of the real points the made ones cover. A made point counts for the nearest mode, if it is about as near to a real
 * point as real ones are to each other.
 */
export function coverage(
  made: ArrayLike<number>,
  real: ArrayLike<number>,
  modes: readonly Point[],
): Coverage {
  const counts = modes.map(() => 0);
  const around = modes.map(() => 0);
  let good = 0;
  const count = made.length / 2;
  for (let i = 0; i < count; i++) {
    const point: Point = [made[2 * i] as number, made[2 * i + 1] as number];
    const mode = nearest(point, modes);
    around[mode] = (around[mode] ?? 0) + 1;
    let near = Infinity;
    for (let j = 0; j < real.length / 2; j++)
      near = Math.min(
        near,
        Math.hypot(point[0] - (real[2 * j] as number), point[1] - (real[2 * j + 1] as number)),
      );
    if (near > 1.6 * SPREAD) continue;
    good++;
    counts[mode] = (counts[mode] ?? 0) + 1;
  }
  const shares = counts.map((each) => each / count);
  const [most = 0, next = 0] = around.sort((a, b) => b - a);
  return {
    shares,
    covered: shares.filter((share) => share >= 0.25 / modes.length).length,
    good: good / count,
    crowd: (most + next) / count,
  };
}
