import { expect, test } from 'vitest';
import { Generator, type Tensor, tensor, valueAndGrad } from '../../../src/index.ts';
import { kNearest, rowsOf } from '../../../src/metrics/index.ts';
import { TSNE } from '../../../src/models/classical/index.ts';
import {
  jointProbabilities,
  tsneDivergence,
  tsneGradient,
} from '../../../src/models/classical/tsneObjective.ts';
import { expectClose, fixture, on, places } from './support.ts';

const { blobs } = fixture;
const [oracle] = places;
const { labels } = fixture.clustering;

test("joint probabilities are scikit-learn's", () => {
  for (const place of places) {
    const x = on(place, blobs);
    const P = jointProbabilities(x.sub(x.mean(0, { keepdim: true })), 10);
    const close = 1e-4 * Math.max(...(fixture.tsne.rows.flat() as number[]));
    P.narrow(0, 0, 3)
      .dataSync()
      .forEach((p, i) => {
        const expected = fixture.tsne.rows.flat()[i] as number;
        expect(Math.abs(p - expected)).toBeLessThan(close);
      });
    expect(P.sum().itemSync()).toBeCloseTo(1, 5);
  }
});

test('the gradient is that of the divergence, by autograd and by differences, in two and three dimensions', () => {
  const P = jointProbabilities(on(oracle, blobs.slice(20, 40)), 5);
  for (const dimensions of [2, 3]) {
    const values = Float64Array.from({ length: 20 * dimensions }, (_, i) => Math.sin(i * i + dimensions));
    const map = (data: Float64Array) =>
      tensor(data, { shape: [20, dimensions], device: 'js', dtype: 'float64' });
    const gradient = tsneGradient(P, map(values)).dataSync();
    const [, byAutograd] = valueAndGrad((Y: Tensor) => tsneDivergence(P, Y))(map(values));
    expectClose(byAutograd, Array.from(gradient), 1e-9);
    for (const i of [0, 7, 20 * dimensions - 1]) {
      const [up, down] = [1e-6, -1e-6].map((step) => {
        const moved = values.slice();
        moved[i] = (moved[i] as number) + step;
        return tsneDivergence(P, map(moved)).itemSync();
      }) as [number, number];
      expect(Math.abs((up - down) / 2e-6 - (gradient[i] as number))).toBeLessThan(1e-7);
    }
  }
});

test('keeps the neighbours of three blobs, and the divergence falls', async () => {
  const model = new TSNE({ perplexity: 10, maxIter: 400 });
  const divergences: number[] = [];
  const map = await model.fitTransform(blobs, {
    onIteration: ({ klDivergence, iteration }) => {
      if (!Number.isNaN(klDivergence) && iteration > 250) divergences.push(klDivergence);
    },
  });
  expect(divergences).toHaveLength(3);
  expect(divergences.at(-1)).toBeLessThan(divergences[0] as number);
  expect(model.klDivergence).toBeLessThan(0.6);
  expect(map.shape).toEqual([90, 2]);
  const points = rowsOf('test', 'map', map);
  const { indices } = kNearest(points, points, 5, { excludeSelf: true });
  const strangers = indices.filter((j, i) => labels[j] !== labels[Math.floor(i / 5)]);
  expect(strangers.length).toBeLessThan(5);
  model.dispose();
});

test('is the same from the same seed, step by step too', async () => {
  const run = async () => {
    const model = new TSNE({ perplexity: 5, init: 'random', maxIter: 30, generator: new Generator(9) });
    model.start(blobs.slice(0, 30));
    while (!model.done) {
      await model.step();
      expect(model.embedding.shape).toEqual([30, 2]);
    }
    const values = Array.from(model.embedding.dataSync());
    model.dispose();
    return values;
  };
  expect(await run()).toEqual(await run());
});

test('copies of one sample do not end in NaN', async () => {
  const model = new TSNE({ perplexity: 2, maxIter: 60, init: 'random', generator: new Generator(1) });
  const copies = Array.from({ length: 12 }, (_, i) => [i < 8 ? 1 : i, 2]);
  const map = await model.fitTransform(copies);
  expect(map.dataSync().every((value) => Number.isFinite(value))).toBe(true);
  model.dispose();
});

test('bad input is named', async () => {
  await expect(new TSNE().fit(blobs.slice(0, 30))).rejects.toThrow(
    'perplexity is 30, expected less than the 30',
  );
  await expect(new TSNE({ perplexity: 5, init: [[1, 2]] }).fit(blobs)).rejects.toThrow('init has 1 rows');
  await expect(new TSNE({ perplexity: 5, nComponents: 5 }).fit(blobs)).rejects.toThrow("use init 'random'");
  expect(() => new TSNE({ learningRate: 0 })).toThrow('learningRate');
  expect(() => new TSNE().embedding).toThrow('call fit() first');
});
