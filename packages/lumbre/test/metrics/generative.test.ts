import { describe, expect, test } from 'vitest';
import { Generator, tensor } from '../../src/index.ts';
import {
  adjustedRandIndex,
  bitsPerCharacter,
  densityCoverage,
  distinctN,
  featureStatistics,
  frechetDistance,
  frechetDistanceOf,
  kernelInceptionDistance,
  meanPairwiseDistance,
  nearestTrainingDistance,
  normalizedMutualInfo,
  perplexity,
  precisionRecall,
  purity,
  silhouetteScore,
} from '../../src/metrics/index.ts';
import fixture from '../fixtures/classical.json' with { type: 'json' };

const { generative: g, clustering: c } = fixture;

/** The features of classical.py, made again. */
function hashed(n: number, d: number, seed: number): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const u = Array.from(
      { length: d },
      (_, j) =>
        (i * 0.6180339887498949 + j * 0.7548776662466927 + i * j * 0.5698402909980532 + seed * 0.31) % 1,
    );
    return u.map((value, j) => value + 0.5 * (u.at(j - 1) as number) + 0.1 * seed * value ** 2);
  });
}

const [a, b] = [hashed(300, 64, 1), hashed(280, 64, 2)];

describe('the Fréchet distance', () => {
  test('is that of SciPy to 1e-6, with 64 features', () => {
    expect(Math.abs(frechetDistance(a, b) - g.frechet)).toBeLessThan(1e-6 * Math.max(1, g.frechet));
    const flat = { data: Float64Array.from(a.flat()), shape: [300, 64] };
    expect(frechetDistance(flat, b)).toBe(frechetDistance(a, b));
  });

  test('with fewer samples than features', () => {
    // Roots of what is 0 but for rounding: SciPy's are exact to half of the digits.
    expect(Math.abs(frechetDistance(a.slice(0, 40), b.slice(0, 50)) - g.frechetFew)).toBeLessThan(1e-5);
  });

  test('of normal distributions with known roots', () => {
    const one = { mean: Float64Array.of(0, 1), covariance: Float64Array.of(4, 0, 0, 9) };
    const two = { mean: Float64Array.of(3, 1), covariance: Float64Array.of(1, 0, 0, 1) };
    expect(frechetDistanceOf(one, two)).toBeCloseTo(9 + (2 - 1) ** 2 + (3 - 1) ** 2, 12);
    expect(frechetDistance(a, a)).toBeLessThan(1e-9);
    expect(frechetDistanceOf(featureStatistics(a), featureStatistics(b))).toBe(frechetDistance(a, b));
  });

  test('refuses what does not fit', () => {
    expect(() => frechetDistance(a, [[1, 2]])).toThrow('real has 64 columns and generated 2');
    expect(() => frechetDistance([[1]], [[2]])).toThrow('at least two');
    expect(() => frechetDistance([[1], [Number.NaN]], [[2], [1]])).toThrow('NaN in row 1, column 0');
    expect(() => frechetDistance([[1, 2], [1]], [[2], [1]])).toThrow('row 1 of real has 1 numbers');
    expect(() => frechetDistance(tensor([1, 2]), [[2], [1]])).toThrow('[n, d]');
    expect(() => frechetDistance([], [[1]])).toThrow('empty');
  });
});

test('precision and recall by neighbours', () => {
  expect(precisionRecall(g.x, g.y)).toEqual({ precision: g.precision, recall: g.recall });
  expect(precisionRecall(g.x, g.x)).toEqual({ precision: 1, recall: 1 });
  // A generator that gives one of the samples again and again.
  const collapsed = precisionRecall(
    g.x,
    Array.from({ length: 10 }, () => g.x[0] as number[]),
  );
  expect(collapsed.precision).toBe(1);
  expect(collapsed.recall).toBeLessThan(0.1);
  expect(() => precisionRecall(g.x, [[1, 2, 3]])).toThrow('k must be');
});

test('density and coverage', () => {
  const { density, coverage } = densityCoverage(g.x, g.y);
  expect(density).toBeCloseTo(g.density, 12);
  expect(coverage).toBeCloseTo(g.coverage, 12);
});

test('the kernel inception distance', () => {
  expect(kernelInceptionDistance(a, b).mean).toBeCloseTo(g.kernel, 5);
  const options = { subsets: 5, subsetSize: 100 };
  const subsets = kernelInceptionDistance(a, b, { ...options, generator: new Generator(1) });
  expect(Math.abs(subsets.mean - g.kernel)).toBeLessThan(4 * subsets.std);
  expect(kernelInceptionDistance(a, b, { ...options, generator: new Generator(1) })).toEqual(subsets);
  expect(() => kernelInceptionDistance(a, b, { subsetSize: 281 })).toThrow('from 2 to 280');
});

test('diversity and memorization', () => {
  expect(meanPairwiseDistance(g.x)).toBeCloseTo(g.pairwise, 10);
  const nearest = nearestTrainingDistance(g.x, g.y);
  expect(Array.from(nearest.indices)).toEqual(g.nearestIndices);
  nearest.distances.forEach((distance, i) => {
    expect(distance).toBeCloseTo(g.nearest[i] as number, 10);
  });
  expect(nearestTrainingDistance(g.x, [g.x[7] as number[], [9, 9, 9]]).min).toBe(0);
  expect(distinctN([['a', 'b', 'a', 'b']])).toBe(2 / 3);
  expect(distinctN([[1, 1, 1], [1]], 1)).toBe(1 / 4);
  expect(() => distinctN([[1]], 2)).toThrow('no text has 2 tokens');
});

test('language', () => {
  expect(perplexity(Math.log(8))).toBeCloseTo(8, 12);
  expect(perplexity([Math.log(2), Math.log(8)])).toBeCloseTo(4, 12);
  expect(bitsPerCharacter([Math.log(4)], { charactersPerToken: 4 })).toBeCloseTo(0.5, 12);
  expect(() => perplexity([])).toThrow('no tokens');
  expect(() => bitsPerCharacter(1, { charactersPerToken: 0 })).toThrow('charactersPerToken');
});

test('partitions, as scikit-learn', () => {
  expect(adjustedRandIndex(c.labels, c.other)).toBeCloseTo(c.rand, 12);
  expect(normalizedMutualInfo(c.labels, c.other)).toBeCloseTo(c.mutual, 12);
  expect(purity(c.labels, c.other)).toBeCloseTo(c.purity, 12);
  expect(silhouetteScore(fixture.blobs, c.other)).toBeCloseTo(c.silhouette, 12);
  expect(silhouetteScore(fixture.blobs, c.alone)).toBeCloseTo(c.silhouetteAlone, 12);
  expect(adjustedRandIndex([0, 0, 1], [5, 5, 2])).toBe(1);
  expect(() => silhouetteScore(fixture.blobs, new Array(90).fill(1))).toThrow('1 clusters of 90');
});
