import { describe, expect, test } from 'vitest';
import type { Picture } from '../../src/data/index.ts';
import { readSafetensors } from '../../src/hub/index.ts';
import { mlp } from '../../src/recipes/classifiers/mlp.ts';
import { configure } from '../../src/recipes/configuration.ts';
import { autoencoder } from '../../src/recipes/images/autoencoder.ts';
import { conditionalVae } from '../../src/recipes/images/conditionalVae.ts';
import { ddpm } from '../../src/recipes/images/ddpm.ts';
import { vae } from '../../src/recipes/images/vae.ts';
import type { Overrides, Recipe } from '../../src/recipes/recipe.ts';
import { decodeCheckpoint } from '../../src/train/index.ts';
import { lastCheckpoint } from '../train/support.ts';
import {
  evaluations,
  expectSameAfterResume,
  makeLoop,
  openSaved,
  stepFigures,
  stripes,
  trainAndSave,
  workshopFor,
} from './tinyPictures.ts';

const recipes = [autoencoder, vae, conditionalVae, ddpm] as unknown as readonly Recipe[];

const train = { steps: 6, evalInterval: 3, batchSize: 8 };
const unet = { width: 8, multipliers: [1], groups: 4, heads: 2, timesteps: 50 };
const tiny: Readonly<Record<string, Overrides>> = {
  autoencoder: { model: { widths: [4, 8], latentDim: 4 }, train: { ...train, noise: { level: 0.3 } } },
  vae: { model: { widths: [4, 8], latentDim: 2 }, train },
  cvae: { model: { architecture: 'dense', widths: [16], latentDim: 2 }, train },
  ddpm: { model: { ...unet, dropout: 0.1 }, train, sampling: { steps: 4 } },
};

const tinyOf = (name: string, over: Overrides = {}): Overrides => ({
  data: { name: 'stripes' },
  ...tiny[name],
  ...over,
});

test.each(recipes)(
  '$name goes on from a checkpoint to the last bit',
  async (recipe) => {
    await expectSameAfterResume(recipe, tinyOf(recipe.name), 4);
  },
  60_000,
);

// The memory of every device is looked at after each test.
test.each(recipes)('$name leaves nothing behind when a batch is larger than the data', async (recipe) => {
  const over = { train: { ...train, batchSize: 1000 } };
  await expect(makeLoop(recipe, tinyOf(recipe.name, over))).rejects.toThrow('fewer than a batch of 1000');
});

test('a VAE makes pictures, ways and walks, and is measured', async () => {
  const creation = await openSaved(vae, await trainAndSave(vae, tinyOf('vae')));
  const shape = [8, 8, 3];
  expect((await creation.paint?.({ count: 3, seed: 1 }))?.map((picture) => picture.shape)).toEqual([
    shape,
    shape,
    shape,
  ]);
  expect((await creation.walk?.({ count: 2, frames: 5, seed: 1 }))?.length).toBe(5);
  expect((await creation.interpolate?.({ count: 2, steps: 4, seed: 1 }))?.map((row) => row.length)).toEqual([
    4, 4,
  ]);
  const figures = (await creation.evaluate?.(workshopFor(stripes()))) as Record<string, number>;
  expect(figures.iwae50).toBeGreaterThan(figures.elbo as number);
  creation.dispose();
});

test.each(recipes)('the published configuration of $name fits', (recipe) => {
  expect(configure(recipe, recipe.full).train.steps).toBeGreaterThan(configure(recipe).train.steps);
});

describe('autoencoder', () => {
  test('learns to bring back what it saw, and to take noise off', async () => {
    const settings = { steps: 150, evalInterval: 50, batchSize: 16, lr: 0.01 };
    const saved = await trainAndSave(
      autoencoder,
      tinyOf('autoencoder', {
        model: { architecture: 'dense', widths: [32], latentDim: 8 },
        train: { ...settings, noise: { level: 0.3 } },
      }),
      stripes({ count: 200 }),
    );
    const creation = await openSaved(autoencoder as unknown as Recipe, saved);
    try {
      const figures = await creation.evaluate?.(workshopFor(stripes({ count: 200 })));
      expect(figures?.mse).toBeLessThan((figures?.noisyMse as number) / 2);
      const [first, last] = [evaluations(saved.events)[0], evaluations(saved.events).at(-1)];
      expect(last?.mse).toBeLessThan(first?.mse as number);
      expect(await creation.evaluate?.(workshopFor(stripes({ count: 200 })))).toEqual(figures);
    } finally {
      creation.dispose();
    }
  });

  test.each([
    [0, 2],
    [0.3, 3],
  ])('with noise of %d, a sample has rows of %d kinds', async (level, kinds) => {
    const { task } = await makeLoop(
      autoencoder,
      tinyOf('autoencoder', { train: { ...train, noise: { level } } }),
      stripes({ count: 160 }),
    );
    const sample = await task.sample?.({ step: 0, steps: 6, fraction: 0 });
    task.dispose();
    if (sample?.kind !== 'image') throw new Error('no picture');
    // 16 held-out pictures: one row of each kind.
    expect(sample.picture.shape).toEqual([kinds * 9 + 1, 16 * 9 + 1, 3]);
  });
});

/** How much rows differ from each other, and columns. */
function unevenness(pictures: readonly Picture[]) {
  let [rows, columns] = [0, 0];
  for (const {
    data,
    shape: [height, width, channels],
  } of pictures) {
    const at = (y: number, x: number) => data[(y * width + x) * channels] as number;
    for (let y = 1; y < height; y++) {
      for (let x = 1; x < width; x++) {
        rows += Math.abs(at(y, x) - at(y - 1, x));
        columns += Math.abs(at(y, x) - at(y, x - 1));
      }
    }
  }
  return { rows, columns };
}

test('a conditional VAE draws what it is asked for', async () => {
  const saved = await trainAndSave(
    conditionalVae,
    tinyOf('cvae', {
      model: { architecture: 'dense', widths: [64], latentDim: 4 },
      train: { steps: 300, evalInterval: 300, batchSize: 16, lr: 5e-3 },
    }),
    stripes({ count: 200 }),
  );
  const creation = await openSaved(conditionalVae as unknown as Recipe, saved);
  try {
    const drawn = async (label: number) =>
      unevenness((await creation.paint?.({ count: 8, seed: 1, label })) ?? []);
    const [lying, standing] = [await drawn(0), await drawn(1)];
    expect(lying.rows).toBeGreaterThan(2 * lying.columns);
    expect(standing.columns).toBeGreaterThan(2 * standing.rows);
    await expect(creation.paint?.({ count: 1, label: 2 })).rejects.toThrow('the classes 0 to 1, not 2');
    expect(await creation.walk?.({ count: 2, seed: 1, frames: 5 })).toHaveLength(5);
    expect(await creation.evaluate?.(workshopFor(stripes()))).toMatchObject({ elbo: expect.any(Number) });
  } finally {
    creation.dispose();
  }
});

describe('ddpm', () => {
  test('learns', async () => {
    const { events } = await trainAndSave(
      ddpm,
      tinyOf('ddpm', { train: { steps: 60, evalInterval: 30, batchSize: 16, lr: 5e-3, averageDecay: 0.9 } }),
      stripes({ count: 200 }),
    );
    expect(evaluations(events).at(-1)?.loss).toBeLessThan((stepFigures(events)[0]?.loss as number) * 0.75);
  });

  test('publishes the mean of its weights', async () => {
    const { weights, events } = await trainAndSave(ddpm, tinyOf('ddpm'));
    const published = readSafetensors(weights).tensors;
    const { parts } = decodeCheckpoint(lastCheckpoint(events));
    const [own, average] = [parts.get('model')?.tensors, parts.get('average')?.tensors];
    expect([...published.keys()].sort()).toEqual([...(own?.keys() ?? [])].sort());
    const name = 'unet.first.weight';
    expect(published.get(name)?.data).toEqual(average?.get(name)?.data);
    expect(published.get(name)?.data).not.toEqual(own?.get(name)?.data);
  });

  test('makes pictures, ways and walks; steps and seeds matter', async () => {
    const saved = await trainAndSave(ddpm, tinyOf('ddpm'));
    const creation = await openSaved(ddpm as unknown as Recipe, saved);
    try {
      const pictures = await creation.paint?.({ count: 5, seed: 3 });
      expect(pictures?.map(({ shape }) => shape)).toEqual(Array(5).fill([8, 8, 3]));
      expect(await creation.paint?.({ count: 5, seed: 3, samplingSteps: 4 })).toEqual(pictures);
      expect(await creation.paint?.({ count: 5, seed: 4 })).not.toEqual(pictures);
      expect(await creation.paint?.({ count: 5, seed: 3, samplingSteps: 9 })).not.toEqual(pictures);
      const ways = await creation.interpolate?.({ count: 2, seed: 3, steps: 4 });
      expect(ways?.map(({ length }) => length)).toEqual([4, 4]);
      expect(await creation.walk?.({ count: 3, seed: 3, frames: 7 })).toHaveLength(7);
      await expect(creation.paint?.({ count: 1, signal: AbortSignal.abort() })).rejects.toThrow();
    } finally {
      creation.dispose();
    }
  });

  test('told the classes, it can be asked for one; it is measured by a classifier', async () => {
    const data = stripes();
    const classifier = await trainAndSave(mlp as unknown as Recipe, {
      data: { name: 'stripes' },
      model: { widths: [6] },
      train: { steps: 4, evalInterval: 4, batchSize: 8 },
    });
    const saved = await trainAndSave(
      ddpm,
      tinyOf('ddpm', {
        model: { ...unet, conditional: true },
        evaluation: { features: 'judge', samples: 6 },
      }),
    );
    const creation = await openSaved(ddpm as unknown as Recipe, saved);
    try {
      const paint = (label: number) => creation.paint?.({ count: 2, seed: 3, label });
      expect(await paint(0)).not.toEqual(await paint(1));
      await expect(paint(2)).rejects.toThrow('the classes 0 to 1, not 2');
      const figures = await creation.evaluate?.(workshopFor(data, async () => classifier));
      expect(figures).toMatchObject({ samples: 6, fid: expect.any(Number), recall: expect.any(Number) });
    } finally {
      creation.dispose();
    }
  });
});
