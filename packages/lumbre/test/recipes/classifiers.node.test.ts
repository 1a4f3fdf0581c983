import { describe, expect, test } from 'vitest';
import { Generator, tensor } from '../../src/index.ts';
import { augment } from '../../src/recipes/classifiers/augment.ts';
import { cnn } from '../../src/recipes/classifiers/cnn.ts';
import { figuresOf } from '../../src/recipes/classifiers/judge.ts';
import { mlp } from '../../src/recipes/classifiers/mlp.ts';
import { resnet } from '../../src/recipes/classifiers/resnet.ts';
import { configure } from '../../src/recipes/configuration.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import {
  evaluations,
  expectSameAfterResume,
  makeLoop,
  openSaved,
  stripes,
  trainAndSave,
  workshopFor,
} from './tinyPictures.ts';

const recipes = [mlp, cnn, resnet] as unknown as readonly Recipe[];

const tiny = (name: string, steps = 6) => ({
  data: { name: 'stripes' },
  model: name === 'resnet' ? { width: 4 } : { widths: [8], dropout: 0.1 },
  train: { steps, evalInterval: steps / 2, batchSize: 8, shift: 1, flip: true, lr: 0.01 },
});

/** A picture of each number from 0 up, in one channel. */
const numbered = (count: number, side: number) =>
  tensor(
    Float32Array.from({ length: count * side * side }, (_, i) => i % (side * side)),
    { shape: [count, 1, side, side] },
  );

describe('augment', () => {
  test('moves each picture in its own way, and repeats what stood at the border', () => {
    const side = 5;
    const x = numbered(40, side);
    const moved = augment(x, { shift: 2, flip: false }, new Generator(1)).dataSync();
    const ways = new Set<string>();
    for (let n = 0; n < 40; n++) {
      const at = (y: number, column: number) => moved[(n * side + y) * side + column] as number;
      // The middle of the picture tells by how much it was moved; then everything else is known.
      const [dy, dx] = [Math.floor(at(2, 2) / side) - 2, (at(2, 2) % side) - 2];
      ways.add(`${dy} ${dx}`);
      const clamp = (value: number) => Math.min(Math.max(value, 0), side - 1);
      for (let y = 0; y < side; y++) {
        for (let column = 0; column < side; column++) {
          expect(at(y, column)).toBe(clamp(y + dy) * side + clamp(column + dx));
        }
      }
    }
    expect(ways.size).toBeGreaterThan(15);
  });

  test('mirrors about half of the pictures', () => {
    const made = augment(numbered(100, 3), { shift: 0, flip: true }, new Generator(1)).dataSync();
    const mirrored = Array.from({ length: 100 }, (_, n) => {
      const row = [0, 1, 2].map((i) => made[n * 9 + i]);
      expect([
        [0, 1, 2],
        [2, 1, 0],
      ]).toContainEqual(row);
      return row[0] === 2;
    });
    const count = mirrored.filter(Boolean).length;
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThan(70);
  });

  test('without either, pictures are as they were', () => {
    const x = numbered(2, 3);
    expect(augment(x, { shift: 0, flip: false }, new Generator(1))).toBe(x);
  });
});

test('figures are those of each class, and their means', () => {
  const verdicts = {
    classes: 2,
    probabilities: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 1, 0),
    predicted: Int32Array.of(0, 0, 1, 0),
    truth: Int32Array.of(0, 1, 1, 0),
  };
  const figures = figuresOf(verdicts, ['lying', 'standing']);
  expect(figures.accuracy).toBe(0.75);
  expect(figures.loss).toBeCloseTo(-(2 * Math.log(0.75) + Math.log(0.5)) / 4, 6);
  expect(figures).toMatchObject({ 'precision standing': 1, 'recall standing': 0.5, 'recall lying': 1 });
  expect(figures['precision lying']).toBeCloseTo(2 / 3, 10);
  expect(figures.precision).toBeCloseTo(5 / 6, 10);
  expect(figures.recall).toBe(0.75);
});

test.each(recipes)('$name goes on from a checkpoint to the last bit', async (recipe) => {
  await expectSameAfterResume(recipe, tiny(recipe.name), 4);
});

test.each(recipes)('$name learns to tell two kinds apart', async (recipe) => {
  const saved = await trainAndSave(recipe, tiny(recipe.name, 100), stripes({ count: 200 }));
  expect(evaluations(saved.events).at(-1)?.accuracy).toBe(1);
  const creation = await openSaved(recipe, saved);
  try {
    const figures = await creation.evaluate?.(workshopFor(stripes({ count: 200 })));
    expect(figures).toMatchObject({ accuracy: 1, precision: 1, 'recall standing': 1 });
    // A picture that lies: its rows are of one colour each.
    const lying = tensor(
      Float32Array.from({ length: 3 * 64 }, (_, i) => (Math.floor(i / 8) % 4 < 2 ? 1 : 0.3)),
      { shape: [1, 3, 8, 8] },
    );
    const [seen] = (await creation.classify?.(lying)) ?? [];
    expect(seen).toMatchObject({ label: 0, name: 'lying' });
    expect(seen?.probability).toBeGreaterThan(0.5);
    expect(seen?.probability).toBeLessThanOrEqual(1);
    const features = creation.features?.(lying);
    expect(features?.shape).toEqual([1, recipe.name === 'mlp' ? 8 : recipe.name === 'cnn' ? 64 : 16]);
  } finally {
    creation.dispose();
  }
});

test('a sample shows those that it is least right about, with what it takes them for', async () => {
  const { task } = await makeLoop(cnn, tiny('cnn'));
  const sample = await task.sample?.({ step: 0, steps: 6, fraction: 0 });
  task.dispose();
  if (sample?.kind !== 'image') throw new Error('no picture');
  // The 6 that are held out, with a line of letters under them, of 5 pixels and one on each side.
  expect(sample.picture.shape).toEqual([8 + 2 + 7, 6 * 9 + 1, 3]);
});

test('pictures without classes are refused', async () => {
  const data = stripes();
  const unlabelled = {
    open: async (name: string) => {
      const loaded = await data.open(name);
      if (loaded.kind !== 'image') throw new Error('no pictures');
      const { images, shape } = loaded.train;
      return { ...loaded, train: { images, shape } };
    },
  };
  await expect(makeLoop(cnn, tiny('cnn'), unlabelled)).rejects.toThrow('have no classes');
});

test('digits are moved, others are mirrored, unless one wants something else', async () => {
  const firstLoss = async (name: string, settings: object = {}) => {
    const { task } = await makeLoop(mlp, {
      data: { name },
      model: { widths: [4] },
      train: { batchSize: 8, ...settings },
    });
    const { loss } = await task.step({ step: 0, steps: 1, fraction: 0 });
    task.dispose();
    return loss;
  };
  const digits = await firstLoss('mnist');
  expect(digits).toBe(await firstLoss('mnist', { shift: 2, flip: false }));
  expect(digits).not.toBe(await firstLoss('mnist', { shift: 0 }));
  const garments = await firstLoss('fashion-mnist');
  expect(garments).toBe(await firstLoss('fashion-mnist', { shift: 0, flip: true }));
  expect(garments).not.toBe(await firstLoss('fashion-mnist', { flip: false }));
});

test.each(recipes)('the published configuration of $name fits', (recipe) => {
  expect(configure(recipe, recipe.full).train.steps).toBeGreaterThan(configure(recipe).train.steps);
});
