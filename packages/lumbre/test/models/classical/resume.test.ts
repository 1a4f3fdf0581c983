import { expect, test } from 'vitest';
import { Generator } from '../../../src/index.ts';
import {
  type FittingState,
  GaussianMixture,
  type IterativeEstimator,
  KMeans,
  LogisticRegression,
  type Progress,
  TSNE,
} from '../../../src/models/index.ts';

/** Three groups of points, some of which lie between. */
const points = (() => {
  const word = new Generator(5).hostWords();
  return Array.from({ length: 60 }, (_, i) =>
    Float32Array.from({ length: 3 }, (_, j) => (i % 3 === j ? 1.5 : 0) + word() / 2 ** 32),
  );
})();
const classes = points.map((_, i) => i % 3);

interface Trial<Data extends unknown[]> {
  readonly make: (generator: Generator) => IterativeEstimator<Progress, Data>;
  readonly data: Data;
  readonly most: number;
}

/** All progress, made in one go, or with an interruption after some iterations: a checkpoint's file in between. */
async function progressOf<Data extends unknown[]>({ make, data, most }: Trial<Data>, interruption?: number) {
  const told: Progress[] = [];
  let generator = new Generator(3);
  let model = make(generator);
  model.start(...data);
  for (let made = 0; made < most && !model.done; made++) {
    if (made === interruption) {
      const [state, drawn] = JSON.parse(JSON.stringify([model.state(), generator.state()]));
      model.dispose();
      generator = new Generator(3);
      model = make(generator);
      model.start(...data);
      generator.setState(drawn);
      model.setState(state as FittingState);
    }
    told.push(await model.step());
  }
  await model.stop();
  const found = model.toJSON();
  model.dispose();
  return { told, found: { numbers: found.numbers, tensors: found.tensors } };
}

const trials = {
  'k-means, two runs': {
    make: (generator) => new KMeans({ nClusters: 5, nInit: 2, generator }),
    data: [points],
    most: 50,
  } satisfies Trial<[typeof points]>,
  'k-means in batches': {
    make: (generator) => new KMeans({ nClusters: 4, batchSize: 8, maxIter: 12, tol: 0, generator }),
    data: [points],
    most: 12,
  } satisfies Trial<[typeof points]>,
  'Gaussian mixture, two runs': {
    make: (generator) => new GaussianMixture({ nComponents: 3, nInit: 2, maxIter: 6, tol: 0, generator }),
    data: [points],
    most: 12,
  } satisfies Trial<[typeof points]>,
  't-SNE': {
    make: () => new TSNE({ perplexity: 8, maxIter: 20 }),
    data: [points],
    most: 20,
  } satisfies Trial<[typeof points]>,
  'logistic regression': {
    make: () => new LogisticRegression({ C: 10 }),
    data: [points, classes],
    most: 50,
  } satisfies Trial<[typeof points, typeof classes]>,
} as const;

test.each(Object.keys(trials) as (keyof typeof trials)[])('%s goes on to the last bit', async (name) => {
  const trial = trials[name] as Trial<unknown[]>;
  const whole = await progressOf(trial);
  expect(whole.told.length).toBeGreaterThan(4);
  for (const interruption of [1, whole.told.length - 2]) {
    expect(await progressOf(trial, interruption)).toEqual(whole);
  }
});

test('a fitting that is over is brought back whole', async () => {
  const first = await new KMeans({ nClusters: 3, generator: new Generator(1) }).fit(points);
  const second = new KMeans({ nClusters: 3 }).setState(first.state());
  expect(second.done).toBe(true);
  expect(second.inertia).toBe(first.inertia);
  expect(second.labels.dataSync()).toEqual(first.labels.dataSync());
  first.dispose();
  second.dispose();
});

test('a state needs the data first, and a model of its kind', async () => {
  const model = new KMeans({ nClusters: 2, generator: new Generator(1) }).start(points);
  await model.step();
  const state = model.state();
  expect(() => new KMeans({ nClusters: 2 }).setState(state)).toThrow('call start()');
  const other = new LogisticRegression().start(points, classes);
  expect(() => other.setState(state)).toThrow('saved by KMeans');
  model.dispose();
  other.dispose();
});
