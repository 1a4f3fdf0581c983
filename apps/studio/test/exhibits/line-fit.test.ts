import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/line-fit/compute.ts';
import {
  apartOf,
  dataNames,
  initialState,
  lineFitState,
  type Place,
  pointsOf,
} from '../../src/exhibits/line-fit/state.ts';

const points: Place[] = [
  [1, 2],
  [2, 3],
  [4, 7],
];

describe('a line', () => {
  it('is measured: errors, R² and the gradient, against numbers by hand', async () => {
    // Errors 0, 0, -2 of y = x + 1.
    const { mse, rmse, r2, gradient } = await compute.figures(points, { slope: 1, height: 1 });
    expect(mse).toBeCloseTo(4 / 3, 5);
    expect(rmse).toBeCloseTo(Math.sqrt(4 / 3), 5);
    expect(r2).toBeCloseTo(1 - 4 / 14, 5);
    expect(gradient[0]).toBeCloseTo((2 / 3) * (-2 * 4), 5);
    expect(gradient[1]).toBeCloseTo((2 / 3) * -2, 5);
  });

  it('opens its numbers: the faces say what was measured, and are checked', async () => {
    const { mse, gradient } = await compute.figures(points, { slope: 1, height: 1 });
    const error = await compute.faces(points, { slope: 1, height: 1 }, 'mse');
    expect(error.value).toBeCloseTo(mse, 5);
    const slope = await compute.faces(points, { slope: 1, height: 1 }, 'slope');
    expect(slope.gradient?.value).toBeCloseTo(gradient[0], 4);
    for (const { checks } of [error, slope]) for (const check of checks) expect(check.passed).toBe(true);
  });

  it('has no figures without points', async () => {
    expect((await compute.figures([], { slope: 1, height: 1 })).mse).toBeNaN();
  });

  it('goes down step by step, to the best one that there is', async () => {
    const data = pointsOf(initialState);
    const lines = await compute.descend(data, initialState, { rate: 0.02, steps: 600 });
    lines.forEach(({ mse }, i) => {
      if (i > 0) expect(mse).toBeLessThanOrEqual((lines[i - 1]?.mse as number) + 1e-5);
    });
    const best = await compute.best(data);
    expect(lines.at(-1)?.slope).toBeCloseTo(best.slope, 2);
    expect(lines.at(-1)?.height).toBeCloseTo(best.height, 1);
  });

  it('shoots away at a rate that is too high, and stops before numbers do', async () => {
    const lines = await compute.descend(pointsOf(initialState), initialState, { rate: 0.05, steps: 500 });
    expect(lines.length).toBeLessThan(500);
    for (const { slope } of lines) expect(Math.abs(slope)).toBeLessThan(1000);
  });
});

describe('data', () => {
  it.each(dataNames.filter((name) => name !== 'own'))(
    '%s lie in the picture, and the same ones are set apart',
    (data) => {
      const state = { ...initialState, data, split: true };
      const made = pointsOf(state);
      for (const place of made) for (const value of place) expect(value >= 0 && value <= 10).toBe(true);
      expect(apartOf(made, state).filter(Boolean)).toHaveLength(Math.round(made.length * 0.3));
      expect(apartOf(made, state)).toEqual(apartOf(made, state));
      expect(lineFitState.safeParse({ ...state, data: 'own', own: made }).success).toBe(true);
    },
  );
});
