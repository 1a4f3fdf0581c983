import { z } from 'zod';
import { randomFrom } from '../support/random.ts';

export type Place = readonly [x: number, y: number];

export const dataNames = ['five', 'three', 'uneven', 'rings', 'stretched', 'even', 'own'] as const;
export type DataName = (typeof dataNames)[number];
export const startNames = ['bad', 'random', 'plusplus'] as const;
export type StartName = (typeof startNames)[number];
export const MOST_POINTS = 400;
export const MOST_CLUSTERS = 7;

const place = z.tuple([z.number().min(-1).max(1), z.number().min(-1).max(1)]);

export const kMeansState = z
  .object({
    data: z.enum(dataNames),
    own: z.array(place).max(MOST_POINTS),
    k: z.number().int().min(1).max(MOST_CLUSTERS),
    start: z.enum(startNames),
    /** Where the centroids are now; fewer than `k` while k-means++ is still choosing. Empty: where `start` puts them. */
    centroids: z.array(place).max(MOST_CLUSTERS),
    /** What comes next: every point to its nearest centroid, or every centroid to the middle of its points. */
    phase: z.enum(['assign', 'move']),
    regions: z.boolean(),
    axis: z.boolean(),
    seed: z.number().int().min(0).max(999_999),
  })
  .refine(({ data, own }) => data !== 'own' || own.length >= 2, 'own points are missing')
  .refine(({ k, centroids }) => centroids.length <= k, 'there are more centroids than clusters');
export type KMeansState = z.infer<typeof kMeansState>;

export const initialState: KMeansState = {
  data: 'five',
  own: [],
  k: 5,
  start: 'bad',
  centroids: [],
  phase: 'assign',
  regions: true,
  axis: false,
  seed: 3,
};

const inside = (value: number) => Math.round(Math.max(-1, Math.min(1, value)) * 1000) / 1000;

const clouds: Readonly<
  Record<string, readonly (readonly [x: number, y: number, spread: number, share: number])[]>
> = {
  five: [
    [-0.6, 0.55, 0.09, 1],
    [-0.35, 0.3, 0.09, 1],
    [0.6, 0.55, 0.1, 1],
    [0.55, -0.5, 0.1, 1],
    [-0.5, -0.55, 0.1, 1],
  ],
  three: [
    [-0.5, 0.4, 0.14, 1],
    [0.5, 0.4, 0.14, 1],
    [0, -0.5, 0.14, 1],
  ],
  uneven: [
    [-0.3, 0, 0.24, 6],
    [0.6, 0.45, 0.06, 1],
    [0.6, -0.45, 0.06, 1],
  ],
};

/** The points: drawn by rule from the seed, or one's own. */
export function pointsOf({ data, own, seed }: Pick<KMeansState, 'data' | 'own' | 'seed'>): readonly Place[] {
  if (data === 'own') return own;
  const random = randomFrom(seed * 101 + 7);
  const make = (count: number, rule: (i: number) => Place) =>
    Array.from({ length: count }, (_, i): Place => {
      const [x, y] = rule(i);
      return [inside(x), inside(y)];
    });
  const spots = clouds[data];
  if (spots) {
    const turns = spots.flatMap((spot) => new Array(spot[3]).fill(spot) as (typeof spot)[]);
    return make(150, (i) => {
      const [x, y, spread] = turns[i % turns.length] as (typeof spots)[number];
      return [x + spread * random.normal(), y + spread * random.normal()];
    });
  }
  if (data === 'rings')
    return make(150, (i) => {
      const [angle, radius] = [
        2 * Math.PI * random.next(),
        (i % 3 === 0 ? 0.18 : 0.75) + 0.05 * random.normal(),
      ];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
  if (data === 'stretched')
    return make(140, (i) => {
      const [along, across] = [0.42 * random.normal(), 0.06 * random.normal()];
      const shift = i % 2 === 0 ? 0.22 : -0.22;
      return [0.8 * along - 0.6 * (across + shift), 0.6 * along + 0.8 * (across + shift)];
    });
  return make(150, () => [random.next() * 1.8 - 0.9, random.next() * 1.8 - 0.9]);
}

/** Where centroids begin: all in one corner, or on random points; k-means++ begins with none. */
export function startOf({ start, k, seed, ...rest }: KMeansState): Place[] {
  const random = randomFrom(seed * 997 + 11);
  if (start === 'plusplus') return [];
  if (start === 'bad')
    return Array.from({ length: k }, (_, i) => [
      inside(0.62 + 0.07 * (i % 3)),
      inside(-0.9 + 0.09 * Math.floor(i / 3) + 0.04 * i),
    ]);
  const points = pointsOf({ ...rest, seed });
  return random
    .order(points.length)
    .slice(0, k)
    .map((i) => points[i] as Place);
}

/** The part of the square from -1.1 to 1.1 that is nearer to one centroid than to all others: its corners in order. */
export function regionOf(index: number, centroids: readonly Place[]): Place[] {
  const own = centroids[index] as Place;
  const edge = 1.1;
  let region: Place[] = [
    [-edge, -edge],
    [edge, -edge],
    [edge, edge],
    [-edge, edge],
  ];
  centroids.forEach((other, j) => {
    if (j === index || (other[0] === own[0] && other[1] === own[1])) return;
    // Nearer to its own: normal · p ≤ limit.
    const normal: Place = [other[0] - own[0], other[1] - own[1]];
    const limit = (other[0] ** 2 - own[0] ** 2 + other[1] ** 2 - own[1] ** 2) / 2;
    const side = ([x, y]: Place) => normal[0] * x + normal[1] * y - limit;
    region = region.flatMap((corner, i): Place[] => {
      const next = region[(i + 1) % region.length] as Place;
      const [a, b] = [side(corner), side(next)];
      const kept: Place[] = a <= 0 ? [corner] : [];
      if (a <= 0 !== b <= 0) {
        const t = a / (a - b);
        kept.push([corner[0] + (next[0] - corner[0]) * t, corner[1] + (next[1] - corner[1]) * t]);
      }
      return kept;
    });
  });
  return region;
}
