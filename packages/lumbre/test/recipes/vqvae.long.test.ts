import { expect, test } from 'vitest';
import { readSafetensors } from '../../src/hub/index.ts';
import { configure } from '../../src/recipes/configuration.ts';
import { codeUse } from '../../src/recipes/images/codeReader.ts';
import { vqvae } from '../../src/recipes/images/vqvae.ts';
import {
  evaluations,
  expectSameAfterResume,
  openSaved,
  stepFigures,
  stripes,
  trainAndSave,
} from './tinyPictures.ts';

const model = {
  ...{ width: 8, residualBlocks: 1, residualWidth: 4, numEmbeddings: 6, embeddingDim: 4 },
  prior: { nLayer: 1, nHead: 2, nEmbd: 8 },
};

const tiny = {
  data: { name: 'stripes' },
  model,
  train: { steps: 8, evalInterval: 2, batchSize: 8, priorBatchSize: 6, warmupSteps: 1, codesPart: 0.5 },
};

// In the first training, at the change, and in the second.
test.each([3, 4, 7])('it goes on from a checkpoint after %i of 8 steps to the last bit', async (stopAt) => {
  await expectSameAfterResume(vqvae, tiny, stopAt);
});

test('first the codes are learned, then the prior, with the codes as they are', async () => {
  const { events } = await trainAndSave(vqvae, tiny);
  const steps = stepFigures(events);
  expect(steps.map((figures) => 'prior' in figures)).toEqual([
    ...Array(4).fill(false),
    ...Array(4).fill(true),
  ]);
  expect(steps.map((figures) => 'reconstruction' in figures)).toEqual([
    ...Array(4).fill(true),
    ...Array(4).fill(false),
  ]);
  const weights = events.flatMap((event) =>
    event.type === 'checkpoint' ? [readSafetensors(event.weights).tensors] : [],
  );
  const part = (tensors: (typeof weights)[number] | undefined, prefix: string) =>
    [...(tensors ?? [])].filter(([name]) => name.startsWith(prefix));
  const [first, frozen, , last] = weights;
  expect(part(first, 'vqvae.')).not.toEqual(part(frozen, 'vqvae.'));
  expect(part(last, 'vqvae.')).toEqual(part(frozen, 'vqvae.'));
  expect(part(first, 'prior.')).toEqual(part(frozen, 'prior.'));
  expect(part(last, 'prior.')).not.toEqual(part(frozen, 'prior.'));
  expect(part(last, '').length).toBe(part(last, 'vqvae.').length + part(last, 'prior.').length);
});

test('it paints with what it published', async () => {
  const creation = await openSaved(vqvae, await trainAndSave(vqvae, tiny));
  try {
    const pictures = await creation.paint?.({ count: 3, seed: 5 });
    expect(pictures?.map(({ shape }) => shape)).toEqual(Array(3).fill([8, 8, 3]));
    expect(await creation.paint?.({ count: 3, seed: 5 })).toEqual(pictures);
    // The likeliest code at each place, whatever the seed.
    const [one, other] = (await creation.paint?.({ count: 2, seed: 5, temperature: 0 })) ?? [];
    expect(one).toEqual(other);
  } finally {
    creation.dispose();
  }
});

test('it learns codes that tell the pictures, and which of them go together', async () => {
  const { events } = await trainAndSave(
    vqvae,
    {
      data: { name: 'stripes' },
      model: { ...model, width: 16, numEmbeddings: 12, downsamples: 1, decay: 0.9 },
      train: {
        ...{ steps: 200, evalInterval: 50, batchSize: 16, priorBatchSize: 16, codesPart: 0.5 },
        ...{ lr: 1e-2, priorLr: 1e-2, warmupSteps: 5 },
      },
    },
    stripes({ count: 300 }),
  );
  const figures = evaluations(events);
  const last = figures.at(-1);
  expect(last?.reconstruction).toBeLessThan(0.05);
  expect(last?.usage).toBeGreaterThan(0.6);
  expect(last?.prior).toBeLessThan(Math.log(12) - 0.5);
  expect(last?.loss).toBeLessThan(figures[1]?.loss as number);
});

test('the use of codes is counted', () => {
  expect(codeUse(Int32Array.of(0, 0, 2, 2), 4)).toEqual({ usage: 0.5, perplexity: 2 });
  expect(codeUse(Int32Array.of(1, 1, 1), 5)).toEqual({ usage: 0.2, perplexity: 1 });
});

test('the published configuration fits', () => {
  const { train, model } = configure(vqvae, vqvae.full);
  expect(train.steps).toBe(500_000);
  expect(model.prior.nEmbd).toBe(256);
});
