import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/k-means/compute.ts';
import {
  dataNames,
  initialState,
  kMeansState,
  type Place,
  pointsOf,
  regionOf,
  startNames,
  startOf,
} from '../../src/exhibits/k-means/state.ts';

const distance = ([a, b]: Place, [c, d]: Place) => Math.hypot(a - c, b - d);

async function run(points: readonly Place[], centroids: readonly Place[]) {
  const inertias: number[] = [];
  let places = [...centroids];
  for (let i = 0; i < 40; i++) {
    const assigned = await compute.assign(points, places);
    const moved = await compute.move(points, assigned.labels, places);
    inertias.push(assigned.inertia, moved.inertia);
    places = moved.centroids;
  }
  return { inertias, places };
}

describe('k-means', () => {
  it.each(dataNames.filter((name) => name !== 'own'))(
    '%s: every half-step makes the inertia smaller or leaves it',
    async (data) => {
      const state = { ...initialState, data };
      const points = pointsOf(state);
      const { inertias } = await run(points, startOf({ ...state, start: 'random' }));
      inertias.forEach((inertia, i) => {
        if (i > 0) expect(inertia).toBeLessThanOrEqual((inertias[i - 1] as number) + 1e-4);
      });
    },
  );

  it('assigns to the nearest, moves to the middle, and leaves a centroid without points where it is', async () => {
    const points: Place[] = [
      [-0.5, 0],
      [-0.3, 0.2],
      [0.6, 0.6],
    ];
    const centroids: Place[] = [
      [-0.4, 0],
      [0.5, 0.5],
      [0.9, -0.9],
    ];
    const { labels, inertia } = await compute.assign(points, centroids);
    expect(labels).toEqual([0, 0, 1]);
    expect(inertia).toBeCloseTo(0.01 + 0.05 + 0.02, 5);
    const { centroids: moved } = await compute.move(points, labels, centroids);
    expect(moved[0]?.[0]).toBeCloseTo(-0.4);
    expect(moved[0]?.[1]).toBeCloseTo(0.1);
    expect(moved[2]?.map((x) => Math.round(x * 10) / 10)).toEqual([0.9, -0.9]);
  });

  it('opens the inertia: its faces say what was computed, and are checked', async () => {
    const points: Place[] = [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
    ];
    const centroids: Place[] = [
      [0, 0.1],
      [0.5, 0.5],
    ];
    const { labels, inertia } = await compute.assign(points, centroids);
    const { value, checks } = await compute.faces(points, labels, centroids);
    expect(value).toBeCloseTo(inertia, 5);
    expect(checks.map(({ passed }) => passed)).toEqual(checks.map(() => true));
  });

  it('gets stuck from the corner where the best of twenty does not', async () => {
    const points = pointsOf(initialState);
    const { inertias } = await run(points, startOf(initialState));
    const best = await compute.best(points, initialState.k, 1);
    expect(best.inertia).toBeLessThan((inertias.at(-1) as number) * 0.8);
  });

  it('k-means++ gives far points the better chances, by squares, and never chooses the same point twice', async () => {
    const points: Place[] = [
      [0, 0],
      [0.1, 0],
      [0.3, 0],
    ];
    const { chances } = await compute.nextCentroid(points, [[0, 0]], 1);
    expect(chances[0]).toBeCloseTo(0);
    expect(chances[2]).toBeCloseTo(0.9);
    for (let seed = 0; seed < 30; seed++)
      expect((await compute.nextCentroid(points, [[0, 0]], seed)).chosen).not.toBe(0);
  });

  it('finds the axis of most variance', async () => {
    const { direction, share } = await compute.axis(pointsOf({ ...initialState, data: 'stretched' }));
    expect(Math.abs(direction[1] / direction[0])).toBeCloseTo(0.75, 0);
    expect(share).toBeGreaterThan(0.7);
  });
});

describe('regions', () => {
  it('part the square by the nearest centroid', () => {
    const centroids: Place[] = [
      [-0.5, 0.2],
      [0.4, 0.1],
      [0.1, -0.7],
      [0.1, -0.6],
    ];
    const inside = ([x, y]: Place, region: Place[]) =>
      region.every(([ax, ay], i) => {
        const [bx, by] = region[(i + 1) % region.length] as Place;
        return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-9;
      });
    for (let i = 0; i < 200; i++) {
      const point: Place = [Math.sin(i * 12.9) * 1.1, Math.cos(i * 7.3) * 1.1];
      const nearest = centroids.map((centroid) => distance(centroid, point));
      const owner = nearest.indexOf(Math.min(...nearest));
      expect(inside(point, regionOf(owner, centroids))).toBe(true);
    }
  });
});

describe('state', () => {
  it('starts where it says, and refuses what a link must not bring', () => {
    for (const start of startNames)
      expect(
        kMeansState.safeParse({ ...initialState, centroids: startOf({ ...initialState, start, k: 7 }), k: 7 })
          .success,
      ).toBe(true);
    expect(kMeansState.safeParse({ ...initialState, data: 'own' }).success).toBe(false);
    expect(
      kMeansState.safeParse({
        ...initialState,
        k: 1,
        centroids: [
          [0, 0],
          [1, 1],
        ],
      }).success,
    ).toBe(false);
    expect(kMeansState.safeParse({ ...initialState, centroids: [[0, 3]] }).success).toBe(false);
  });
});
