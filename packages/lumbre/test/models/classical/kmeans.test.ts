import { describe, expect, test } from 'vitest';
import { Generator, tensor } from '../../../src/index.ts';
import { adjustedRandIndex } from '../../../src/metrics/index.ts';
import { KMeans, type SavedEstimator } from '../../../src/models/classical/index.ts';
import { expectClose, fixture, on, places } from './support.ts';

const { blobs } = fixture;
const truth = fixture.clustering.labels;

describe.each(places)('k-means on $device', (place) => {
  test.each(fixture.kmeans.map((known, i) => ({ i, known })))(
    "from given centers finds scikit-learn's ($i)",
    async ({ known }) => {
      const X = on(place, blobs);
      const model = new KMeans({ nClusters: 3, init: known.init, tol: 0 });
      await model.fit(X);
      expectClose(model.clusterCenters, known.centers, place.tolerance);
      expect(Array.from(model.labels.dataSync())).toEqual(known.labels);
      expectClose(model.inertia, known.inertia, place.tolerance);
      expect(model.nIter).toBe(known.iterations);
      expect(model.converged).toBe(true);
      expectClose(model.transform(blobs.slice(0, 5)), known.distances, 1e-4);
      expect(model.score(X)).toBeCloseTo(-known.inertia, 2);
      model.dispose();
    },
  );
});

test('k-means++ finds three blobs, the same ones from the same seed', async () => {
  const fit = async (seed: number) => {
    const model = new KMeans({ nClusters: 3, nInit: 2, generator: new Generator(seed) });
    const steps: number[] = [];
    await model.fit(blobs, { onIteration: ({ inertia }) => steps.push(inertia) });
    const labels = Array.from(model.labels.dataSync());
    expect(Array.from(model.predict(tensor(blobs)).dataSync())).toEqual(labels);
    model.dispose();
    return { labels, steps };
  };
  const [one, again] = [await fit(3), await fit(3)];
  expect(again).toEqual(one);
  expect(adjustedRandIndex(truth, one.labels)).toBe(1);
});

test('k-means++ gives better first centers than rows at random, on average', async () => {
  const first = async (init: 'k-means++' | 'random') => {
    let total = 0;
    for (let seed = 0; seed < 8; seed++) {
      const model = new KMeans({ nClusters: 3, nInit: 1, init, generator: new Generator(seed) });
      total += (await model.start(blobs).step()).inertia;
      model.dispose();
    }
    return total;
  };
  expect(await first('k-means++')).toBeLessThan(await first('random'));
});

test('rows in batches find the blobs too', async () => {
  const model = new KMeans({ nClusters: 3, batchSize: 30, maxIter: 60, tol: 0, generator: new Generator(1) });
  await model.fit(blobs);
  expect(adjustedRandIndex(truth, model.labels)).toBe(1);
  expect(model.inertia).toBeLessThan((fixture.kmeans[0]?.inertia as number) * 1.1);
  model.dispose();
});

test('a loop of one’s own drives it, and may end early', async () => {
  const init = fixture.kmeans[1]?.init as number[][];
  const model = new KMeans({ nClusters: 3, init, tol: 0 });
  model.start(blobs);
  const inertias: number[] = [];
  while (!model.done) inertias.push((await model.step()).inertia);
  expect(inertias).toHaveLength(fixture.kmeans[1]?.iterations as number);
  expect(inertias).toEqual([...inertias].sort((a, b) => b - a));
  await expect(model.step()).rejects.toThrow('call start()');

  for await (const { iteration } of model.iterate(blobs)) if (iteration === 2) break;
  expect(model.done).toBe(true);
  expect(model.converged).toBe(false);
  expect(model.labels.shape).toEqual([90]);

  const aborted = new AbortController();
  await model.fit(blobs, { onIteration: () => aborted.abort(), signal: aborted.signal });
  expect(model.iteration).toBe(1);
  model.dispose();
});

test('is saved as JSON', async () => {
  const model = new KMeans({ nClusters: 3, generator: new Generator(0) });
  await model.fit(blobs);
  const saved = JSON.parse(JSON.stringify(model)) as SavedEstimator;
  const loaded = new KMeans(saved.config).loadJSON(saved);
  expect(loaded.config).toEqual({ nClusters: 3 });
  expect(loaded.inertia).toBe(model.inertia);
  expect(Array.from(loaded.predict(blobs).dataSync())).toEqual(Array.from(model.labels.dataSync()));
  const other = new KMeans().loadStateDict(model.stateDict());
  expect(Array.from(other.clusterCenters.dataSync())).toEqual(Array.from(model.clusterCenters.dataSync()));
  expect(() => loaded.loadJSON({ ...saved, estimator: 'PCA' })).toThrow('was saved by PCA');
  for (const each of [model, loaded, other]) each.dispose();
});

test('bad input is named, and leaves nothing behind', async () => {
  expect(() => new KMeans({ nClusters: 0 })).toThrow('nClusters must be an integer from 1');
  await expect(new KMeans({ nClusters: 3 }).fit([[1], [2]])).rejects.toThrow('2 samples for 3 clusters');
  await expect(new KMeans().fit([[1], [Number.NaN]])).rejects.toThrow('NaN in row 1, column 0');
  await expect(new KMeans().fit(tensor([1, 2]))).rejects.toThrow('expected samples [n, d]');
  await expect(new KMeans().fit([])).rejects.toThrow('expected samples');
  await expect(
    new KMeans({
      nClusters: 2,
      init: [
        [1, 2],
        [2, 1],
      ],
    }).fit([[1], [2]]),
  ).rejects.toThrow('2 columns');
  await expect(new KMeans({ nClusters: 2, init: [[1]] }).fit([[1], [2]])).rejects.toThrow(
    'init has 1 centers',
  );
  expect(() => new KMeans().predict([[1]])).toThrow('call fit() first');
  const model = new KMeans({ nClusters: 1 });
  await model.fit([
    [1, 2],
    [3, 4],
  ]);
  expect(() => model.predict([[1]])).toThrow('expected 2 as those that it was fitted to');
  model.dispose();
});

test('as many clusters as rows, and copies of one row', async () => {
  const model = new KMeans({ nClusters: 3, generator: new Generator(2) });
  await model.fit([[0], [5], [9]]);
  expect(model.inertia).toBe(0);
  const copies = new KMeans({ nClusters: 2, generator: new Generator(2) });
  await copies.fit([[1], [1], [1]]);
  expect(copies.inertia).toBe(0);
  model.dispose();
  copies.dispose();
});
