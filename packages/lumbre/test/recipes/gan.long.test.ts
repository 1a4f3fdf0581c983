import { expect, test } from 'vitest';
import { readSafetensors } from '../../src/hub/index.ts';
import { mlp } from '../../src/recipes/classifiers/mlp.ts';
import { configure } from '../../src/recipes/configuration.ts';
import { cgan } from '../../src/recipes/images/conditionalGan.ts';
import { dcgan } from '../../src/recipes/images/dcgan.ts';
import { gan } from '../../src/recipes/images/gan.ts';
import { vqvae } from '../../src/recipes/images/vqvae.ts';
import { wganGp } from '../../src/recipes/images/wganGp.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import {
  evaluations,
  expectSameAfterResume,
  openSaved,
  stepFigures,
  stripes,
  trainAndSave,
  workshopFor,
} from './tinyPictures.ts';

const recipes = [gan, dcgan, cgan, wganGp] as unknown as readonly Recipe[];

/** Tiny, with every trick that draws numbers or counts steps. */
const tiny = (name: string) => ({
  data: { name: 'stripes' },
  model: name === 'gan' ? { latentDim: 4, widths: [8] } : { latentDim: 4, width: 4 },
  train: {
    steps: 6,
    evalInterval: 3,
    batchSize: 8,
    criticSteps: 2,
    instanceNoise: 0.1,
    r1: 0.1,
    r1Interval: 2,
    evalSamples: 8,
  },
});

// All are one task: with classes, and with every trick.
test.each([gan, cgan] as unknown as readonly Recipe[])(
  '$name goes on from a checkpoint to the last bit',
  async (recipe) => {
    await expectSameAfterResume(recipe, tiny(recipe.name), 4);
  },
);

test.each(recipes)('$name makes pictures with what it published', async (recipe) => {
  const saved = await trainAndSave(recipe, tiny(recipe.name));
  const creation = await openSaved(recipe, saved);
  try {
    const pictures = await creation.paint?.({ count: 5, seed: 3 });
    expect(pictures?.map(({ shape }) => shape)).toEqual(Array(5).fill([8, 8, 3]));
    expect(await creation.paint?.({ count: 5, seed: 3 })).toEqual(pictures);
    expect(await creation.paint?.({ count: 5, seed: 4 })).not.toEqual(pictures);
    const ways = await creation.interpolate?.({ count: 2, seed: 3, steps: 4 });
    expect(ways?.map(({ length }) => length)).toEqual([4, 4]);
    expect(await creation.walk?.({ count: 3, seed: 3, frames: 7 })).toHaveLength(7);
  } finally {
    creation.dispose();
  }
});

test('a conditional GAN draws what it is asked for', async () => {
  const saved = await trainAndSave(cgan, tiny('cgan'));
  const creation = await openSaved(cgan, saved);
  try {
    const paint = (label: number) => creation.paint?.({ count: 2, seed: 3, label });
    expect(await paint(0)).not.toEqual(await paint(1));
    await expect(paint(2)).rejects.toThrow('the classes 0 to 1, not 2');
  } finally {
    creation.dispose();
  }
});

test('only the generator is published, and its average where there is one', async () => {
  const published = async (average: boolean) => {
    const { model, ...others } = tiny('gan');
    const { weights, events } = await trainAndSave(gan, { ...others, model: { ...model, average } });
    expect(stepFigures(events).map((figures) => Object.keys(figures)[0])).toEqual(Array(6).fill('generator'));
    return [...readSafetensors(weights).tensors];
  };
  const [averaged, plain] = [await published(true), await published(false)];
  expect(averaged.map(([name]) => name).sort()).toEqual(
    [0, 1].flatMap((layer) => [`layers.${layer}.bias`, `layers.${layer}.weight`]),
  );
  expect(plain.map(([name]) => name)).toEqual(averaged.map(([name]) => name));
  expect(plain).not.toEqual(averaged);
});

test('a DCGAN learns: its pictures come nearer to real ones, and do not become one', async () => {
  const { events } = await trainAndSave(
    dcgan,
    {
      data: { name: 'stripes' },
      model: { latentDim: 8, width: 8, discriminatorNorm: 'none' },
      train: {
        ...{ steps: 80, evalInterval: 20, batchSize: 16, evalSamples: 50, emaDecay: 0.9 },
        ...{ generatorLr: 2e-3, discriminatorLr: 2e-3, betas: [0, 0.99], r1: 0.5, r1Interval: 4 },
        loss: 'non-saturating',
      },
    },
    stripes({ count: 500 }),
  );
  const [first, last] = [evaluations(events)[0], evaluations(events).at(-1)];
  expect(last?.distance).toBeLessThan((first?.distance as number) / 2);
  expect(first?.diversity).toBeLessThan(0.3);
  expect(last?.diversity).toBeGreaterThan(0.5);
});

test('a GAN is measured through the features of a classifier', async () => {
  const data = stripes();
  const classifier = await trainAndSave(mlp as unknown as Recipe, {
    data: { name: 'stripes' },
    model: { widths: [6] },
    train: { steps: 4, evalInterval: 4, batchSize: 8 },
  });
  const saved = await trainAndSave(gan, { ...tiny('gan'), evaluation: { features: 'judge', samples: 6 } });
  const creation = await openSaved(gan, saved);
  try {
    const figures = await creation.evaluate?.(workshopFor(data, async () => classifier));
    expect(figures).toMatchObject({ samples: 6 });
    expect(figures?.fid).toBeGreaterThan(0);
    expect(figures?.precision).toBeGreaterThanOrEqual(0);
  } finally {
    creation.dispose();
  }
});

test.each([...recipes, vqvae] as unknown as readonly Recipe[])(
  '$name gives everything back when there is less than a batch',
  async (recipe) => {
    const config = configure(recipe, { data: { name: 'stripes' }, train: { batchSize: 100 } });
    await expect(recipe.prepare(config, workshopFor(stripes()))).rejects.toThrow('fewer than a batch of 100');
  },
);

test.each(recipes)('the published configuration of $name fits', (recipe) => {
  expect(configure(recipe, recipe.full).train.steps).toBeGreaterThan(configure(recipe).train.steps);
});
