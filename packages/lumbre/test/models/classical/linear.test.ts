import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/index.ts';
import {
  LBFGS,
  LinearRegression,
  LogisticRegression,
  NearestNeighbors,
  PCA,
  polynomialFeatures,
  Ridge,
  type SavedEstimator,
} from '../../../src/models/classical/index.ts';
import { expectClose, fixture, on, places } from './support.ts';

const { blobs } = fixture;
const rows = (values: readonly (readonly number[])[]) => values as number[][];

describe.each(places)('principal components on $device', (place) => {
  test.each(fixture.pca.cases)("are scikit-learn's: $options", (known) => {
    const X = on(place, blobs);
    for (const svdSolver of ['full', 'covarianceEigh'] as const) {
      const model = new PCA({ ...known.options, svdSolver }).fit(X);
      const { tolerance } = place;
      expectClose(model.components, known.components, tolerance);
      expectClose(model.explainedVarianceRatio, known.ratio, tolerance);
      expectClose(model.explainedVariance, known.variance, tolerance);
      expectClose(model.singularValues, known.singular, tolerance);
      expectClose(model.mean, known.mean, tolerance);
      const some = on(place, blobs.slice(0, 5));
      expectClose(model.transform(some), known.transformed, tolerance * 10);
      expectClose(model.inverseTransform(model.transform(some)), known.restored, tolerance * 10);
      model.dispose();
    }
  });

  test('of fewer samples than columns', () => {
    const { X, components, ratio } = fixture.pca.wide;
    for (const svdSolver of ['full', 'covarianceEigh'] as const) {
      const model = new PCA({ nComponents: 3, svdSolver }).fit(on(place, X));
      expectClose(model.components, components, place.tolerance);
      expectClose(model.explainedVarianceRatio, ratio, place.tolerance);
      model.dispose();
    }
  });
});

test('all components restore the samples, and saving restores the components', () => {
  const model = new PCA();
  const there = model.fitTransform(blobs);
  expectClose(model.inverseTransform(there), blobs, 1e-5);
  const saved = JSON.parse(JSON.stringify(model)) as SavedEstimator;
  const loaded = new PCA(saved.config).loadJSON(saved);
  expectClose(loaded.transform(blobs), Array.from(there.dataSync()), 0);
  model.dispose();
  loaded.dispose();
  expect(() => new PCA({ nComponents: 1.5 })).toThrow('nComponents');
  expect(() => new PCA({ nComponents: 5 }).fit(blobs)).toThrow('at most 4');
  expect(() => new PCA().fit([[1, 2]])).toThrow('at least two');
});

describe.each(places)('linear models on $device', (place) => {
  const { X, Y, twice } = fixture.linear;
  test.each([
    ['ordinary', () => new LinearRegression()],
    ['withoutIntercept', () => new LinearRegression({ fitIntercept: false })],
    ['ridge', () => new Ridge({ alpha: 2.5 })],
  ] as const)("are scikit-learn's: %s", (name, make) => {
    const known = fixture.linear[name];
    const [one, both] = [
      make().fit(
        on(place, X),
        Y.map(([first]) => first as number),
      ),
      make().fit(on(place, X), on(place, Y)),
    ];
    expectClose(one.coef, known.coef, place.tolerance);
    expectClose(one.intercept, known.intercept, place.tolerance);
    expectClose(both.coef, known.coefs, place.tolerance);
    expectClose(both.intercept, known.intercepts, place.tolerance);
    expectClose(both.predict(on(place, X.slice(0, 3))), known.predicted, place.tolerance);
    expect(one.predict(on(place, X)).shape).toEqual([25]);
    one.dispose();
    both.dispose();
  });

  test('of a column that is there twice, the solution of least norm', () => {
    const model = new LinearRegression().fit(
      on(
        place,
        X.map((row) => [...row, row[0] as number]),
      ),
      Y.map(([first]) => first as number),
    );
    expectClose(model.coef, twice, place.tolerance);
    model.dispose();
  });
});

test('linear models refuse what does not fit', () => {
  expect(() => new LinearRegression().fit([[1], [2]], [1])).toThrow('expected [2] or [2, outputs]');
  expect(() => new LinearRegression().fit([[1], [2]], [1, Number.NaN])).toThrow('NaN at position 1');
  expect(() => new Ridge({ alpha: 0 })).toThrow('alpha');
});

describe.each(places)('logistic regression on $device', (place) => {
  test.each(fixture.logistic)("has scikit-learn's coefficients: $name", async (known) => {
    const X = on(place, blobs.slice(0, known.rows));
    const tol = place.dtype === 'float64' ? 1e-9 : 1e-6;
    const model = new LogisticRegression({ C: known.C, tol, maxIter: 2000 });
    await model.fit(X, known.y);
    const tolerance = place.dtype === 'float64' ? 1e-5 : 1e-2;
    expectClose(model.coef, known.coef, tolerance);
    expectClose(model.intercept, known.intercept, tolerance);
    expectClose(model.predictProba(on(place, blobs.slice(0, 4))), known.probabilities, tolerance);
    expect(model.score(X, known.y)).toBeCloseTo(known.accuracy, 12);
    expect(model.converged).toBe(true);
    model.dispose();
  });
});

test('logistic regression keeps the classes that it was given, and the loss falls', async () => {
  const y = fixture.clustering.labels.map((label) => 10 - 5 * label);
  const model = new LogisticRegression();
  const losses: number[] = [];
  for await (const { loss } of model.iterate(blobs, y)) losses.push(loss);
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
  expect(model.classes).toEqual([0, 5, 10]);
  expect(model.score(blobs, y)).toBe(1);
  const saved = JSON.parse(JSON.stringify(model)) as SavedEstimator;
  const loaded = new LogisticRegression(saved.config).loadJSON(saved);
  expect(Array.from(loaded.predict(blobs).dataSync())).toEqual(y);
  model.dispose();
  loaded.dispose();
});

test('without intercept, two classes that the origin separates', async () => {
  const model = new LogisticRegression({ fitIntercept: false, C: Number.POSITIVE_INFINITY, tol: 1e-3 });
  await model.fit(
    [
      [-1, 2],
      [-2, 2],
      [1, 2],
      [2, 2],
    ],
    [0, 0, 1, 1],
  );
  expect(Array.from(model.intercept.dataSync())).toEqual([0]);
  expect(
    Array.from(
      model
        .predict([
          [-0.5, 0],
          [0.5, 0],
        ])
        .dataSync(),
    ),
  ).toEqual([0, 1]);
  model.dispose();
});

test('logistic regression refuses what does not fit', async () => {
  expect(() => new LogisticRegression({ C: 0 })).toThrow('C must be more than 0');
  await expect(new LogisticRegression().fit([[1], [2]], [1, 1])).rejects.toThrow(
    'of class 1; expected at least two',
  );
  await expect(new LogisticRegression().fit([[1], [2]], [0, 0.5])).rejects.toThrow('an integer');
  await expect(new LogisticRegression().fit([[1], [2]], [0])).rejects.toThrow('expected [2]');
});

test('L-BFGS finds the bottom of Rosenbrock’s valley', async () => {
  const rosenbrock = async ([x, y]: Float64Array) => {
    const [a, b] = [1 - (x as number), (y as number) - (x as number) ** 2];
    const gradient = Float64Array.of(-2 * a - 400 * b * (x as number), 200 * b);
    return { loss: a * a + 100 * b * b, gradient };
  };
  const solver = new LBFGS(Float64Array.of(-1.2, 1), rosenbrock);
  let steps = 0;
  while (steps < 100 && Math.max(...(await solver.current()).gradient.map(Math.abs)) > 1e-8) {
    await solver.step();
    steps++;
  }
  expect(steps).toBeLessThan(60);
  expect(solver.x[0]).toBeCloseTo(1, 8);
  expect(solver.x[1]).toBeCloseTo(1, 8);
});

test("products of columns in scikit-learn's order", () => {
  const { X, three, interactions } = fixture.polynomial;
  expectClose(polynomialFeatures(X, { degree: 3 }), three, 1e-6);
  expectClose(
    polynomialFeatures(X, { degree: 3, interactionOnly: true, includeBias: false }),
    interactions,
    1e-6,
  );
});

test('nearest neighbours', () => {
  const { x, y, nearest, nearestIndices } = fixture.generative;
  const model = new NearestNeighbors({ nNeighbors: 1 }).fit(rows(x));
  const [distances, indices] = model.kneighbors(tensor(rows(y)));
  expectClose(distances, nearest, 1e-6);
  expect(Array.from(indices.dataSync())).toEqual(nearestIndices);
  const [own] = model.kneighbors(undefined, { nNeighbors: 2 });
  expect(own.shape).toEqual([40, 2]);
  expect(Math.min(...own.dataSync())).toBeGreaterThan(0);
  expect(() => model.kneighbors(undefined, { nNeighbors: 40 })).toThrow('from 1 to 39');
  model.dispose();
});
