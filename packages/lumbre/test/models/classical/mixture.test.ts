import { describe, expect, test } from 'vitest';
import { Generator, tensor } from '../../../src/index.ts';
import { adjustedRandIndex } from '../../../src/metrics/index.ts';
import { type CovarianceType, GaussianMixture } from '../../../src/models/classical/index.ts';
import { expectClose, fixture, on, places } from './support.ts';

const { blobs, mixtures } = fixture;

describe.each(places)('a Gaussian mixture on $device', (place) => {
  test.each(mixtures.cases)("from given responsibilities is scikit-learn's: $type", async (known) => {
    const X = on(place, blobs);
    const model = new GaussianMixture({
      nComponents: 3,
      covarianceType: known.type as CovarianceType,
      initParams: mixtures.responsibilities,
      maxIter: 7,
      tol: 0,
    });
    await model.fit(X);
    const { tolerance } = place;
    expectClose(model.weights, known.weights, tolerance);
    expectClose(model.means, known.means, tolerance);
    expectClose(model.covariances, known.covariances as number[], tolerance);
    expectClose(model.lowerBound, known.lowerBound, tolerance);
    expectClose(model.score(X), known.score, tolerance);
    expectClose(model.bic(X), known.bic, tolerance);
    expectClose(model.aic(X), known.aic, tolerance);
    const some = on(place, blobs.slice(0, 6));
    expectClose(model.predictProba(some), known.probabilities, tolerance * 10);
    expectClose(model.scoreSamples(some), known.logLikelihoods, tolerance * 10);
    expect(model.converged).toBe(false);
    model.dispose();
  });
});

test('finds the blobs by itself, and the likelihood rises', async () => {
  const model = new GaussianMixture({ nComponents: 3, generator: new Generator(1) });
  const bounds: number[] = [];
  for await (const { lowerBound } of model.iterate(blobs)) bounds.push(lowerBound);
  expect(model.converged).toBe(true);
  bounds.slice(1).forEach((bound, i) => {
    expect(bound).toBeGreaterThan((bounds[i] as number) - 1e-5);
  });
  expect(adjustedRandIndex(fixture.clustering.labels, model.predict(blobs))).toBe(1);
  // Three components explain three blobs best.
  const others = await Promise.all(
    [2, 5].map((nComponents) => new GaussianMixture({ nComponents, generator: new Generator(1) }).fit(blobs)),
  );
  for (const other of others) {
    expect(other.bic(blobs)).toBeGreaterThan(model.bic(blobs));
    other.dispose();
  }
  model.dispose();
});

test.each(['full', 'tied', 'diag', 'spherical'] as const)(
  'draws samples with its covariance: %s',
  async (type) => {
    const model = new GaussianMixture({ nComponents: 2, covarianceType: type, generator: new Generator(0) });
    await model.fit(blobs);
    const [X, y] = model.sample(4000, { generator: new Generator(7) });
    const again = new GaussianMixture({
      nComponents: 2,
      covarianceType: type,
      initParams: y.oneHot(2).to('float32'),
      maxIter: 1,
    });
    await again.fit(X);
    expectClose(again.means, Array.from(model.means.dataSync()), 0.1);
    expectClose(again.weights, Array.from(model.weights.dataSync()), 0.03);
    expectClose(again.covariances, Array.from(model.covariances.dataSync()), 0.1);
    model.dispose();
    again.dispose();
  },
);

test('one column, random responsibilities, saving', async () => {
  const X = blobs.map(([first]) => [first as number]);
  for (const covarianceType of ['full', 'tied', 'diag', 'spherical'] as const) {
    const options = { nComponents: 2, covarianceType, nInit: 2 };
    const model = new GaussianMixture({ ...options, initParams: 'random', generator: new Generator(4) });
    await model.fit(X);
    const saved = model.toJSON();
    const loaded = new GaussianMixture(saved.config).loadJSON(saved);
    expect(loaded.score(X)).toBe(model.score(X));
    model.dispose();
    loaded.dispose();
  }
});

test('bad input is named', async () => {
  expect(() => new GaussianMixture({ regCovar: -1 })).toThrow('regCovar');
  expect(() => new GaussianMixture({ covarianceType: 'round' as 'full' })).toThrow("'round'");
  await expect(new GaussianMixture({ nComponents: 3 }).fit([[1], [2]])).rejects.toThrow('2 samples for 3');
  const given = new GaussianMixture({ nComponents: 1, initParams: [[1]] });
  await expect(given.fit([[1], [2]])).rejects.toThrow('initParams has 1 rows');
  const flat = new GaussianMixture({ nComponents: 2, regCovar: 0, generator: new Generator(0) });
  await expect(
    flat.fit(
      tensor([
        [0, 0],
        [1, 1],
        [2, 2],
        [9, 9],
      ]),
    ),
  ).rejects.toThrow('larger regCovar');
});
