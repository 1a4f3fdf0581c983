import { randomFrom } from '../support/random.ts';
import { type DataPoint, type PlaygroundState, taskOf } from './state.ts';

const inside = (value: number) => Math.max(-1, Math.min(1, value));
const short = (value: number) => Math.round(value * 1000) / 1000;

type Rule = (
  share: number,
  label: number,
  random: ReturnType<typeof randomFrom>,
) => readonly [number, number];

/** Where the points of each class lie, before noise: by a share from 0 to 1 along the class. */
const rules: Readonly<Record<string, { classes: number; place: Rule }>> = {
  clouds: {
    classes: 2,
    place: (_, label, random) => [
      (label ? 0.42 : -0.42) + 0.12 * random.normal(),
      (label ? 0.36 : -0.36) + 0.12 * random.normal(),
    ],
  },
  moons: {
    classes: 2,
    place: (share, label) => {
      const angle = Math.PI * share;
      return label
        ? [0.28 + 0.55 * Math.cos(angle + Math.PI), 0.16 + 0.6 * Math.sin(angle + Math.PI)]
        : [-0.28 + 0.55 * Math.cos(angle), -0.16 + 0.6 * Math.sin(angle)];
    },
  },
  rings: {
    classes: 2,
    place: (_, label, random) => {
      const angle = 2 * Math.PI * random.next();
      const radius = label ? 0.28 * Math.sqrt(random.next()) : 0.6 + 0.2 * random.next();
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  },
  xor: {
    classes: 2,
    place: (_, label, random) => {
      const [x, y] = [0.08 + 0.77 * random.next(), 0.08 + 0.77 * random.next()];
      const side = random.next() < 0.5 ? -1 : 1;
      return [side * x, side * (label ? y : -y)];
    },
  },
  spiral: {
    classes: 2,
    place: (share, label) => {
      const radius = 0.08 + 0.82 * share;
      const angle = 3.4 * Math.PI * share + label * Math.PI;
      return [radius * Math.sin(angle), radius * Math.cos(angle)];
    },
  },
  three: { classes: 3, place: corners(3) },
  four: { classes: 4, place: corners(4) },
};

function corners(count: number): Rule {
  return (_, label, random) => {
    const angle = (2 * Math.PI * label) / count + (count === 3 ? Math.PI / 2 : Math.PI / 4);
    return [0.56 * Math.cos(angle) + 0.13 * random.normal(), 0.56 * Math.sin(angle) + 0.13 * random.normal()];
  };
}

/** Values to be learnt, from -1 to 1, by place. */
const surfaces: Readonly<Record<string, (x: number, y: number) => number>> = {
  plane: (x, y) => (x + y) / 2,
  hill: (x, y) => {
    const bump = (cx: number, cy: number) => Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 0.12);
    return bump(0.4, 0.4) + bump(-0.4, -0.4) - bump(0.4, -0.4) - bump(-0.4, 0.4);
  },
};

/** The points that a state speaks of: drawn by rule from its seed, or its own. */
export function pointsOf(
  state: Pick<PlaygroundState, 'data' | 'own' | 'noise' | 'count' | 'seed' | 'task'>,
): readonly DataPoint[] {
  const { data, own, noise, count, seed } = state;
  if (data === 'own') return own;
  const random = randomFrom(seed * 31 + 17);
  const surface = surfaces[data];
  if (surface)
    return Array.from({ length: count }, (): DataPoint => {
      const [x, y] = [random.next() * 1.9 - 0.95, random.next() * 1.9 - 0.95];
      return [short(x), short(y), short(inside(surface(x, y) + noise * random.normal()))];
    });
  const { classes, place } = rules[data] as (typeof rules)[string];
  const each = Math.ceil(count / classes);
  return Array.from({ length: count }, (_, i): DataPoint => {
    const label = i % classes;
    const [x, y] = place(Math.floor(i / classes) / Math.max(1, each - 1), label, random);
    return [
      short(inside(x + 0.6 * noise * random.normal())),
      short(inside(y + 0.6 * noise * random.normal())),
      label,
    ];
  });
}

/**
 * Which points are held out for validation: the same for the same number of points and seed, as many of each class as their
 * share.
 */
export function heldOut(
  points: readonly DataPoint[],
  state: Pick<PlaygroundState, 'held' | 'seed' | 'data' | 'task'>,
): readonly boolean[] {
  const random = randomFrom(state.seed * 7 + 3);
  const held = points.map(() => false);
  const groups = new Map<number, number[]>();
  for (const i of random.order(points.length)) {
    const label = taskOf(state) === 'classes' ? (points[i] as DataPoint)[2] : 0;
    groups.set(label, [...(groups.get(label) ?? []), i]);
  }
  // Of one point, nothing is held out: something has to be learnt from.
  for (const group of groups.values())
    for (const i of group.slice(0, Math.min(group.length - 1, Math.round(group.length * state.held))))
      held[i] = true;
  return held;
}
