import { z } from 'zod';
import { randomFrom } from '../support/random.ts';

export type Place = readonly [x: number, y: number];

export const dataNames = ['rent', 'goals', 'curve', 'outlier', 'own'] as const;
export type DataName = (typeof dataNames)[number];

/** From 0 to 10 both ways. */
export const RANGE = [0, 10] as const;
export const MOST_POINTS = 200;
export const rates = [0.0001, 0.001, 0.003, 0.01, 0.02, 0.03, 0.05] as const;

const place = z.tuple([z.number().min(0).max(10), z.number().min(0).max(10)]);

export const lineFitState = z
  .object({
    data: z.enum(dataNames),
    own: z.array(place).max(MOST_POINTS),
    slope: z.number().min(-1000).max(1000),
    height: z.number().min(-1000).max(1000),
    squares: z.boolean(),
    /** Whether a part of the points is kept apart, and told of on its own. */
    split: z.boolean(),
    rate: z.number().min(0.00001).max(1),
    seed: z.number().int().min(0).max(999_999),
  })
  .refine(({ data, own }) => data !== 'own' || own.length >= 2, 'own points are missing');
export type LineFitState = z.infer<typeof lineFitState>;

export const initialState: LineFitState = {
  data: 'rent',
  own: [],
  slope: -0.3,
  height: 7,
  squares: true,
  split: false,
  rate: 0.02,
  seed: 5,
};

const inside = (value: number) => Math.round(Math.max(0, Math.min(10, value)) * 100) / 100;

/** The points: made up by rule from the seed, or one's own. */
export function pointsOf({ data, own, seed }: Pick<LineFitState, 'data' | 'own' | 'seed'>): readonly Place[] {
  if (data === 'own') return own;
  const random = randomFrom(seed * 53 + 1);
  const make = (count: number, rule: (x: number, i: number) => number) =>
    Array.from({ length: count }, (_, i): Place => {
      const x = inside(0.6 + 8.8 * random.next());
      return [x, inside(rule(x, i))];
    });
  switch (data) {
    case 'rent':
      return make(24, (x) => 1.2 + 0.72 * x + 0.7 * random.normal());
    case 'goals':
      return make(24, (x) => 8.6 - 0.55 * x + 1.5 * random.normal());
    case 'curve':
      return make(28, (x) => 1 + 0.085 * x * x + 0.45 * random.normal());
    case 'outlier':
      return [...make(18, (x) => 1 + 0.8 * x + 0.35 * random.normal()), [9.2, 0.6]];
  }
}

/** Which points are kept apart: three of ten, the same for the same seed. */
export function apartOf(
  points: readonly Place[],
  { split, seed }: Pick<LineFitState, 'split' | 'seed'>,
): boolean[] {
  const apart = points.map(() => false);
  if (!split) return apart;
  const count = Math.min(points.length - 2, Math.round(points.length * 0.3));
  for (const i of randomFrom(seed * 29 + 3)
    .order(points.length)
    .slice(0, Math.max(0, count)))
    apart[i] = true;
  return apart;
}
