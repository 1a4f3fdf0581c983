import { expect, test } from 'vitest';
import type { LoadedTable } from '../../src/data/index.ts';
import { Generator } from '../../src/index.ts';
import { summary } from '../../src/nn/index.ts';
import { gmm } from '../../src/recipes/clusters/gmm.ts';
import { kmeans } from '../../src/recipes/clusters/kmeans.ts';
import { pca } from '../../src/recipes/clusters/pca.ts';
import { tsne } from '../../src/recipes/clusters/tsne.ts';
import { lastSample, tryRecipe, workshopWith } from './support.ts';

/** Pictures of 3×2 pixels of three kinds, each with a bright pixel of its own. */
function pictures(rows: number): LoadedTable {
  const word = new Generator(4).hostWords();
  const columns = [...Array.from({ length: 6 }, (_, i) => `pixel_${i >> 1}_${i & 1}`), 'digit'];
  const lines = Array.from({ length: rows }, (_, i) => {
    const pixels = Array.from({ length: 6 }, (_, j) => (j === (i % 3) * 2 ? 12 : 0) + (word() / 2 ** 32) * 4);
    return [...pixels.map((value) => value.toFixed(3)), i % 3].join(',');
  });
  const csv = [columns.join(','), ...lines].join('\n');
  return { kind: 'table', name: 'tiny', csv, columns, target: 'digit', rows };
}

const tiny = workshopWith(pictures(80));

test('k-means finds groups, goes on, and shows its centers', async () => {
  const overrides = { model: { nClusters: 4, nInit: 2 }, train: { evalInterval: 3 } };
  const { creation, steps, events } = await tryRecipe(kmeans, tiny, overrides, 3);
  // It came to rest long before the steps were used up.
  expect(steps).toBeLessThan(60);
  expect(lastSample(events)).toMatchObject({ kind: 'image' });
  const figures = (await creation.evaluate?.(tiny)) ?? {};
  expect(figures.purity).toBe(1);
  const centers = await creation.paint?.({ count: 9 });
  expect(centers?.map(({ shape }) => shape)).toEqual(new Array(4).fill([3, 2, 1]));
  expect(String(summary(creation.model, creation.example))).toContain('[1, 4]');
  creation.dispose();
});

test('a mixture draws pictures that look like those of the data', async () => {
  const overrides = {
    model: { nComponents: 3, principalComponents: 4, tol: 0 },
    train: { steps: 8, evalInterval: 4 },
  };
  const { creation } = await tryRecipe(gmm, tiny, overrides, 2);
  const figures = (await creation.evaluate?.(tiny)) ?? {};
  expect(figures.purity).toBe(1);
  const drawn = (await creation.paint?.({ count: 30, seed: 1 })) ?? [];
  // One of the three pixels is bright, the others are not.
  const bright = drawn.map(({ data }) => [0, 2, 4].filter((i) => (data[i] as number) > 150).length);
  expect(bright.filter((count) => count === 1).length).toBeGreaterThan(27);
  creation.dispose();
});

test('principal components explain what varies, and draw', async () => {
  const { creation, steps, events } = await tryRecipe(pca, tiny, { model: { nComponents: 2 } }, 0);
  expect(steps).toBe(1);
  expect(lastSample(events)).toMatchObject({ kind: 'image' });
  const figures = (await creation.evaluate?.(tiny)) ?? {};
  expect(figures.explained).toBeGreaterThan(0.8);
  expect((await creation.paint?.({ count: 2, seed: 3 }))?.[0]?.shape).toEqual([3, 2, 1]);
  expect(String(summary(creation.model, creation.example))).toContain('[1, 2]');
  creation.dispose();
});

test('t-SNE makes a map where classes are together, and goes on', async () => {
  const overrides = { model: { perplexity: 8 }, train: { steps: 60, evalInterval: 20 } };
  const { creation, events } = await tryRecipe(tsne, tiny, overrides, 37);
  const sample = lastSample(events);
  expect(sample.kind === 'image' && sample.picture.shape).toEqual([480, 480, 3]);
  expect((await creation.evaluate?.(tiny))?.neighbours).toBeGreaterThan(0.85);
  expect(await creation.paint?.({ count: 1 })).toHaveLength(1);
  creation.dispose();
});

test('samples that are no pictures are told in numbers', async () => {
  const csv = 'width,height,kind\n1,10,a\n1.1,10.5,a\n5,50,b\n5.2,51,b\n,3,a\n';
  const columns = ['width', 'height', 'kind'];
  const shop = workshopWith({ kind: 'table', name: 'boxes', csv, columns, target: 'kind', rows: 5 });
  const { creation, events } = await tryRecipe(kmeans, shop, { model: { nClusters: 2, nInit: 1 } }, 0);
  expect(lastSample(events)).toMatchObject({ kind: 'text' });
  expect(creation.paint).toBeUndefined();
  expect(await creation.evaluate?.(shop)).toMatchObject({ purity: 1 });
  creation.dispose();
});

test('texts are refused', async () => {
  const shop = workshopWith({ kind: 'text', name: 'quijote', text: '' });
  await expect(tryRecipe(kmeans, shop, {}, 0)).rejects.toThrow('a table or images were expected');
});
