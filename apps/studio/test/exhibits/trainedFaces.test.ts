import { afterEach, describe, expect, it } from 'vitest';
import * as latent from '../../src/exhibits/autoencoder-vae/compute.ts';
import * as points from '../../src/exhibits/gan-points/compute.ts';
import * as race from '../../src/exhibits/loss-race/compute.ts';
import * as strip from '../../src/exhibits/rnn-strip/compute.ts';
import type { Faces } from '../../src/faces/faces.ts';
import { collectGarbage } from '../support/collect.ts';

// What is recorded is kept until it is collected.
afterEach(collectGarbage);

/** The number is the one on the screen, it has a formula, and the oracle finds the same. */
function expectFaces(faces: Faces, value: number): void {
  expect(faces.value).toBeCloseTo(value, 4);
  expect(faces.formula.tex).toContain('=');
  expect(faces.checks.map(({ by }) => by)).toContain('oracle');
  expect(faces.checks.filter(({ passed }) => !passed)).toEqual([]);
}

describe('the numbers of exhibits that train open their faces', () => {
  it('the height of a ball', async () => {
    const place = await race.open({
      ...{ surface: 'ravine', bumps: [], start: [-2, 1], lr: 0.05, momentum: 0.9, noise: 0, seed: 1 },
    } as race.Race);
    expectFaces(await race.faces({ surface: 'ravine', bumps: [] } as never, [place.x, place.y]), place.loss);
    await race.close();
  });

  it('the losses of both players, by either rule', async () => {
    for (const loss of ['non-saturating', 'wasserstein'] as const) {
      const view = await points.open({
        ...{ seed: 1, kind: 'ring', drawn: [], loss, r1: 0, turns: 1, hurry: 1 },
      } as points.GanSettings);
      expectFaces(await points.faces('discriminator'), view.shown.discriminator);
      expectFaces(await points.faces('generator'), view.shown.generator);
    }
    points.close();
  });

  it('the probability of a letter', async () => {
    for (const cell of ['rnn', 'lstm'] as const) {
      strip.open({ seed: 1, cell, gain: 1, length: 8 });
      const text = 'sol';
      const { answers } = await strip.read(text);
      const faces = await strip.faces(text, 2, 's');
      expectFaces(faces, answers[1]?.[7] as number);
      // The loss is −log p of the letter that it was.
      expect(faces.gradient?.value).toBeCloseTo(-1 / faces.value, 3);
    }
    strip.close();
  });

  it('what drawing digits again costs, and the divergence of clouds', async () => {
    const view = await latent.open(1, 'few', 1);
    expectFaces(await latent.faces('ae', 'reconstruction'), view.ae.reconstruction);
    expectFaces(await latent.faces('vae', 'reconstruction'), view.vae.reconstruction);
    expectFaces(await latent.faces('vae', 'kl'), view.kl[0] + view.kl[1]);
    latent.close();
  });
});
