import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Generator } from '../../../src/index.ts';
import { accuracy, frechetDistance, purity } from '../../../src/metrics/index.ts';
import { KMeans, LogisticRegression, PCA, TSNE } from '../../../src/models/classical/index.ts';

const folder = fileURLToPath(new URL('../../../../../../shared/data/tables/', import.meta.url));
if (!existsSync(folder)) console.warn('shared/data not found: classical models on real tables passed over');

const numbers = (text: string): number[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));

const digits = () => {
  const rows = numbers(gunzipSync(readFileSync(`${folder}digits.csv.gz`)).toString());
  return { X: rows.map((row) => row.slice(0, 64)), y: rows.map((row) => row[64] as number) };
};

const iris = () => {
  const rows = numbers(readFileSync(`${folder}iris.csv`, 'utf8').trim().split('\n').slice(1).join('\n'));
  return { X: rows.map((row) => row.slice(0, 4)), y: rows.map((row) => row[4] as number) };
};

/** Measurements of three species, without rows where one is missing, each column scaled. */
function penguins() {
  const species = ['Adelie', 'Chinstrap', 'Gentoo'];
  const rows = readFileSync(`${folder}penguins.csv`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map((cells) => [species.indexOf(cells[0] as string), ...cells.slice(2, 6).map(Number)])
    .filter((row) => row.every(Number.isFinite));
  const columns = [1, 2, 3, 4].map((c) => rows.map((row) => row[c] as number));
  const scaled = columns.map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    const std = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length);
    return column.map((value) => (value - mean) / std);
  });
  return {
    X: rows.map((_, i) => scaled.map((column) => column[i] as number)),
    y: rows.map((row) => row[0] as number),
  };
}

/** Every fourth row is held out. */
const split = <T>(rows: readonly T[]): [train: T[], test: T[]] => [
  rows.filter((_, i) => i % 4 !== 3),
  rows.filter((_, i) => i % 4 === 3),
];

describe.skipIf(!existsSync(folder))('on tables that are known', () => {
  test('k-means finds the digits: a purity of 0.78 or more', async () => {
    const { X, y } = digits();
    const model = new KMeans({ nClusters: 10, generator: new Generator(0) });
    await model.fit(X);
    expect(purity(y, model.labels)).toBeGreaterThan(0.78);
    // scikit-learn's best of ten runs is 1165 thousand.
    expect(model.inertia).toBeLessThan(1.19e6);
    model.dispose();
  });

  test("the digits' variance is what scikit-learn finds it to be", () => {
    const { X } = digits();
    for (const svdSolver of ['full', 'covarianceEigh'] as const) {
      const model = new PCA({ nComponents: 3, svdSolver }).fit(X);
      [0.14890594, 0.13618771, 0.11794594].forEach((ratio, i) => {
        expect(model.explainedVarianceRatio.dataSync()[i]).toBeCloseTo(ratio, 5);
      });
      model.dispose();
    }
  });

  test('a map of some digits keeps them together', async () => {
    const { X, y } = digits();
    const model = new TSNE({ maxIter: 300 });
    const map = await model.fitTransform(X.slice(0, 400));
    const clusters = new KMeans({ nClusters: 15, generator: new Generator(0) });
    await clusters.fit(map);
    expect(purity(y.slice(0, 400), clusters.labels)).toBeGreaterThan(0.85);
    model.dispose();
    clusters.dispose();
  });

  test('logistic regression knows irises and penguins', async () => {
    const { X, y } = iris();
    const model = new LogisticRegression({ maxIter: 1000 });
    await model.fit(X, y);
    // As scikit-learn.
    expect(model.score(X, y)).toBeCloseTo(146 / 150, 12);
    const birds = penguins();
    const [[trainX, testX], [trainY, testY]] = [split(birds.X), split(birds.y)];
    await model.fit(trainX, trainY);
    expect(accuracy(testY, model.predict(testX))).toBeGreaterThan(0.97);
    model.dispose();
  });
});

test('the Fréchet distance of 128 features of 5000 samples', () => {
  const [n, d] = [5000, 128];
  const words = new Generator(1).hostWords();
  const features = (shift: number) => ({
    data: Float64Array.from({ length: n * d }, () => words() / 2 ** 32 + shift),
    shape: [n, d],
  });
  // Means differ by 0.1 in every direction, covariances by chance alone.
  const distance = frechetDistance(features(0), features(0.1));
  expect(Math.abs(distance - 1.28)).toBeLessThan(0.3);
});
