import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/loss-race/compute.ts';
import { type Place, ranking, verdictOf } from '../../src/exhibits/loss-race/racers.ts';
import {
  type Bump,
  contourOf,
  evaluate,
  formulaOf,
  levelsOf,
  reliefOf,
  surfaceNames,
} from '../../src/exhibits/loss-race/surfaces.ts';
import { type Dual, duals, numbers } from '../../src/exhibits/support/expression.ts';

const bumps: readonly Bump[] = [
  [-1, 0.5, 0.9],
  [1.2, -0.4, -1.1],
];
const race = (part: Partial<compute.Race>): compute.Race => ({
  surface: 'ravine',
  bumps,
  start: [-2.5, 1.1],
  lr: 0.1,
  momentum: 0.9,
  noise: 0,
  seed: 1,
  ...part,
});
const slopeOf = (surface: compute.Race['surface'], x: number, y: number) => {
  const formula = formulaOf(surface, bumps);
  return [
    evaluate<Dual>(formula, [x, 1], [y, 0], duals)[1],
    evaluate<Dual>(formula, [x, 0], [y, 1], duals)[1],
  ] as const;
};

describe('loss-race: the surfaces', () => {
  it('the height that is drawn is the height that the engine finds', async () => {
    for (const surface of surfaceNames) {
      const found = await compute.open(race({ surface, start: [1.3, -0.7] }));
      expect(found.loss).toBeCloseTo(evaluate(formulaOf(surface, bumps), 1.3, -0.7, numbers), 4);
    }
    await compute.close();
  });

  it('contours run where the surface has their height', () => {
    const formula = formulaOf('own', bumps);
    const relief = reliefOf(formula);
    for (const level of levelsOf(relief))
      for (const [[x, y]] of contourOf(relief, level))
        expect(Math.abs(evaluate(formula, x, y, numbers) - level)).toBeLessThan(0.02);
    expect(contourOf(relief, levelsOf(relief)[6] as number).length).toBeGreaterThan(50);
  });
});

describe('loss-race: the optimizers', () => {
  it('take the steps that their papers say, by the gradients of the surface', async () => {
    for (const surface of surfaceNames) {
      const start = [0.8, -1.1] as const;
      await compute.open(race({ surface, start, lr: 0.05 }));
      const paths = await compute.advance(2);
      const [gx, gy] = slopeOf(surface, ...start);
      const first = paths.sgd[0] as Place;
      expect(first.x).toBeCloseTo(start[0] - 0.05 * gx, 4);
      expect(first.y).toBeCloseTo(start[1] - 0.05 * gy, 4);
      expect(paths.momentum[0]).toEqual(first);
      const [g2x] = slopeOf(surface, first.x, first.y);
      expect(paths.momentum[1]?.x).toBeCloseTo(first.x - 0.05 * (0.9 * gx + g2x), 4);
      // The first step of Adam is as long as the learning rate, wherever it is steep or not; RMSprop's is ten times that.
      expect(paths.adam[0]?.x).toBeCloseTo(start[0] - 0.05 * Math.sign(gx), 3);
      expect(paths.rmsprop[0]?.y).toBeCloseTo(start[1] - 0.5 * Math.sign(gy), 2);
    }
    await compute.close();
  });

  it('too large a step throws plain descent out of the ravine', async () => {
    await compute.open(race({ lr: 0.8 }));
    const paths = await compute.advance(40);
    expect(verdictOf(paths.sgd, 0).kind).toBe('diverged');
    expect(verdictOf(paths.adam, 0).kind).not.toBe('diverged');
    expect(ranking(paths, 0).at(-1)).not.toBe('adam');
    await compute.close();
  });

  it('noise hangs on the seed', async () => {
    const run = async (seed: number) => {
      await compute.open(race({ noise: 0.5, seed }));
      return (await compute.advance(5)).sgd.at(-1);
    };
    const [one, again, other] = [await run(3), await run(3), await run(4)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    await compute.close();
  });
});

describe('loss-race: who arrives', () => {
  const path = (losses: readonly number[]): Place[] => losses.map((loss, i) => ({ x: i, y: 0, loss }));
  it('counts from the last time that a ball was higher', () => {
    expect(verdictOf(path([1, 0.5, 0.001, 0.5, 0.001, 0]), 0)).toEqual({ kind: 'arrived', step: 4 });
    expect(verdictOf(path([1, 0.5]), 0)).toEqual({ kind: 'underway' });
    expect(verdictOf(path([1, Number.NaN]), 0)).toEqual({ kind: 'diverged', step: 1 });
  });
  it('who rests higher up is stuck', () => {
    const resting = Array.from({ length: 60 }, () => ({ x: 1, y: 1, loss: 0.4 }));
    expect(verdictOf([{ x: 0, y: 0, loss: 1 }, ...resting], 0)).toEqual({ kind: 'stuck' });
  });
});
