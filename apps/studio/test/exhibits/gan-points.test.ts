import { describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/gan-points/compute.ts';
import { coverage, drawReal, MODES, modesOf } from '../../src/exhibits/gan-points/distributions.ts';
import { PLACES } from '../../src/exhibits/gan-points/grid.ts';
import { randomNumbers } from '../../src/exhibits/support/digits.ts';

const settings: compute.GanSettings = {
  seed: 1,
  kind: 'gaussians',
  drawn: [],
  loss: 'non-saturating',
  r1: 0,
  turns: 1,
  hurry: 1,
};

describe('gan-points: the collapse meter', () => {
  it.each(['gaussians', 'ring', 'moons', 'drawn'] as const)('real points cover all of %s', (kind) => {
    const drawn = [
      [-1, -1],
      [1, 0.5],
      [0, 1],
    ] as const;
    const real = drawReal(kind, 240, randomNumbers(2), drawn);
    const { covered, good } = coverage(
      drawReal(kind, 400, randomNumbers(9), drawn),
      real,
      modesOf(kind, drawn),
    );
    expect(covered).toBe(MODES);
    expect(good).toBeGreaterThan(0.9);
  });

  it('one cluster is one mode, and what is nowhere near counts for none', () => {
    const real = drawReal('gaussians', 240, randomNumbers(2), []);
    const modes = modesOf('gaussians', []);
    const one = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : 0) + 0.03 * Math.sin(i));
    expect(coverage(one, real, modes)).toMatchObject({ covered: 1, crowd: 1 });
    expect(coverage(new Float32Array(200), real, modes)).toMatchObject({ covered: 0, good: 0 });
  });
});

describe('gan-points: the game', () => {
  it('made points are pulled to where the discriminator believes in real ones', async () => {
    await compute.open(settings);
    for (let i = 0; i < 30; i++) await compute.turn('discriminator');
    const view = await compute.turn('discriminator');
    expect(view.step).toBe(0);
    expect(view.opinion).toHaveLength(PLACES ** 2);
    const before = view.losses.discriminator;
    expect(before).toBeLessThan(1.3);
    // One step of the generator along its pull: the discriminator is more easily fooled.
    const after = await compute.turn('generator');
    const opinionOf = (points: Float32Array, seen: compute.GanView) => {
      let total = 0;
      for (let i = 0; i < points.length / 2; i++) {
        const column = Math.floor(((points[2 * i] ?? 0) / 3.2 + 0.5) * PLACES);
        const row = Math.floor((0.5 - (points[2 * i + 1] ?? 0) / 3.2) * PLACES);
        total += seen.opinion[row * PLACES + column] ?? 0;
      }
      return total;
    };
    const moved = view.made.map((value, i) => value + 0.05 * Math.sign(view.pull[i] ?? 0));
    expect(opinionOf(moved, view)).toBeGreaterThan(opinionOf(view.made, view));
    expect(after.step).toBe(1);
    compute.close();
  });

  it('covers the clusters when both play fair, and collapses when the generator is in a hurry; more turns rescue it', async () => {
    const modes = modesOf('gaussians', []);
    const play = async (steps: number) => {
      let last: compute.GanView | null = null;
      await compute.train(steps, [], (view) => {
        last = view;
      });
      const view = last as compute.GanView | null;
      return coverage(view?.made ?? [], view?.real ?? [], modes).covered;
    };
    await compute.open(settings);
    expect(await play(800)).toBeGreaterThanOrEqual(6);
    await compute.open({ ...settings, hurry: 4 });
    expect(await play(500)).toBeLessThanOrEqual(2);
    compute.adjust({ ...settings, hurry: 4, turns: 5 });
    expect(await play(900)).toBeGreaterThanOrEqual(6);
    compute.close();
  });

  it('deals real and made points, and a critic of Wasserstein has a middle', async () => {
    await compute.open({ ...settings, loss: 'wasserstein', turns: 2 });
    await compute.train(5, [], () => {});
    const { points } = compute.deal(3);
    expect(points).toHaveLength(10);
    expect(new Set(points.map(({ real }) => real)).size).toBe(2);
    for (const { opinion } of points) expect(opinion).toBeGreaterThanOrEqual(0);
    compute.close();
  });
});
