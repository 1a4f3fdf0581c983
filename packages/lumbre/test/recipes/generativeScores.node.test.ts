import { describe, expect, test } from 'vitest';
import { type DataSource, openImages, type Picture, picturesOf } from '../../src/data/index.ts';
import { Generator } from '../../src/index.ts';
import { mlp } from '../../src/recipes/classifiers/mlp.ts';
import { vae } from '../../src/recipes/images/vae.ts';
import type { Recipe } from '../../src/recipes/recipe.ts';
import type { SavedModelParts } from '../../src/recipes/savedModel.ts';
import { FeatureModelError, generativeScores } from '../../src/recipes/support/generativeScores.ts';
import { stripes, trainAndSave, workshopFor } from './tinyPictures.ts';

/** Stripes with grain on them, so that no picture is like another. */
function grainy(): DataSource {
  const source = stripes({ count: 600 });
  const word = new Generator(7).hostWords();
  const loaded = openImages(source, 'stripes').then((of) => {
    const { images } = of.train;
    for (let i = 0; i < images.length; i++) {
      images[i] = Math.min(255, Math.max(0, (images[i] as number) + (word() % 81) - 40));
    }
    return of;
  });
  return { open: () => loaded };
}

const data = grainy();
const settings = { features: 'judge', samples: 50 };

const judge = (): Promise<SavedModelParts> =>
  trainAndSave(
    mlp as unknown as Recipe,
    {
      data: { name: 'stripes' },
      model: { widths: [16, 8] },
      train: { steps: 40, evalInterval: 40, batchSize: 8, shift: 0 },
    },
    data,
  );

async function realPictures(): Promise<Picture[]> {
  const { train } = await openImages(data, 'stripes');
  return picturesOf({ data: train.images, shape: train.shape });
}

const scoresOf = async (
  paint: Parameters<typeof generativeScores>[0]['paint'],
  classifier: SavedModelParts,
) =>
  generativeScores({ paint, data: 'stripes', settings, workshop: workshopFor(data, async () => classifier) });

const noise = async ({ count, seed }: { count: number; seed?: number }): Promise<Picture[]> => {
  const word = new Generator(seed).hostWords();
  const picture = () => Uint8Array.from({ length: 8 * 8 * 3 }, () => word() % 256);
  return Array.from({ length: count }, () => ({ data: picture(), shape: [8, 8, 3] }));
};

test('a model that is told classes is asked for each as often as the data have it', async () => {
  const { train, ...others } = await openImages(data, 'stripes');
  const labels = Int32Array.from({ length: 600 }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const uneven: DataSource = { open: async () => ({ ...others, train: { ...train, labels } }) };
  const asked = [0, 0];
  const paint = async ({ count, seed, label }: { count: number; seed?: number; label?: number }) => {
    asked[label as number] = (asked[label as number] as number) + count;
    return noise({ count, ...(seed !== undefined && { seed }) });
  };
  const classifier = await judge();
  const { samples } = await generativeScores({
    ...{ paint, conditional: true, data: 'stripes', settings },
    workshop: workshopFor(uneven, async () => classifier),
  });
  expect(asked.reduce((a, b) => a + b)).toBe(samples);
  // A fifth, but for chance.
  expect(asked[1]).toBeGreaterThan(4);
  expect(asked[1]).toBeLessThan(18);
});

test('real pictures are as good as real ones, noise is not, and one picture is not all', async () => {
  const classifier = await judge();
  const pictures = await realPictures();
  const real = await scoresOf(
    async ({ count }) => Array.from({ length: count }, (_, i) => pictures[(37 * i) % 540] as Picture),
    classifier,
  );
  const noisy = await scoresOf(noise, classifier);
  const collapsed = await scoresOf(
    async ({ count }) => Array.from({ length: count }, () => pictures[0] as Picture),
    classifier,
  );
  expect(real.samples).toBe(50);
  expect(real.fidRatio).toBeLessThan(3);
  expect(real.precision).toBeGreaterThan(0.8);
  expect(real.recall).toBeGreaterThan(0.8);
  for (const bad of [noisy, collapsed]) {
    expect(bad.fidReal).toBe(real.fidReal);
    expect(bad.fid).toBeGreaterThan(5 * (real.fid as number));
    expect(bad.fidRatio).toBeCloseTo((bad.fid as number) / (bad.fidReal as number), 10);
    expect(bad.recall).toBeLessThan(0.5);
    expect(bad.coverage).toBeLessThan((real.coverage as number) / 2);
  }
  expect(noisy.precision).toBeLessThan(0.5);
  expect(collapsed.precision).toBe(1);
  expect(await scoresOf(noise, classifier)).toEqual(noisy);
});

describe('what is wrong with the classifier is told', () => {
  const scores = (features: string | null, model?: Parameters<typeof workshopFor>[1], name = 'stripes') =>
    generativeScores({
      paint: noise,
      data: name,
      settings: { features, samples: 10 },
      workshop: workshopFor(data, model),
    });

  test('none comes with the package', async () => {
    await expect(scores(null)).rejects.toThrow(FeatureModelError);
    await expect(scores(null)).rejects.toThrow(
      "pictures of 'stripes' apart. Train one with 'lumbre train cnn",
    );
  });

  test('it is not there', async () => {
    await expect(scores('judge')).rejects.toThrow(
      /of the model 'judge', which cannot be opened: there is no/,
    );
    await expect(scores(null, undefined, 'mnist')).rejects.toThrow("the model 'mnist-cnn'");
  });

  test('it is no classifier', async () => {
    const other = await trainAndSave(vae as unknown as Recipe, {
      data: { name: 'stripes' },
      model: { architecture: 'dense', widths: [4], latentDim: 2 },
      train: { steps: 1, evalInterval: 1, batchSize: 8 },
    });
    await expect(scores('vae', async () => other)).rejects.toThrow(
      "no recipe 'vae'; there are mlp, cnn, resnet",
    );
  });
});
