import { cosineSimilarity, tensor } from 'lumbre';
import { describe, expect, it } from 'vitest';
import {
  angle,
  cosine,
  dot,
  type FeatureTable,
  length,
  projection,
  tableNames,
  tables,
} from '../../src/exhibits/dot-product/vectors.ts';
import { randomFrom } from '../../src/exhibits/support/random.ts';

const random = randomFrom(5);
const some = () => [random.normal(), random.normal(), random.normal()];
const oracle = { device: 'js', dtype: 'float64' } as const;

describe('dot-product', () => {
  it('agrees with the engine', async () => {
    for (let i = 0; i < 20; i++) {
      const [a, b] = [some(), some()];
      const [x, y] = [tensor(a, oracle), tensor(b, oracle)];
      expect(dot(a, b)).toBeCloseTo(await x.dot(y).item(), 9);
      expect(cosine(a, b)).toBeCloseTo(await cosineSimilarity(x, y, { dim: 0 }).item(), 6);
    }
  });

  it('the shadow lies on the first vector, and what is left is at a right angle to it', () => {
    for (let i = 0; i < 20; i++) {
      const [a, b] = [some(), some()];
      const shadow = projection(a, b);
      expect(Math.abs(cosine(a, shadow))).toBeCloseTo(1, 9);
      expect(
        dot(
          a,
          b.map((x, k) => x - (shadow[k] as number)),
        ),
      ).toBeCloseTo(0, 9);
    }
  });

  it('a vector of no length has no direction', () => {
    expect(cosine([0, 0], [1, 2])).toBeNaN();
    expect(projection([0, 0], [1, 2])).toEqual([0, 0]);
    expect(angle([1, 0], [0, 3])).toBeCloseTo(90, 9);
  });

  it('in the tables everything has all features, and what is alike is found', () => {
    for (const name of tableNames) {
      const table: FeatureTable = tables[name];
      for (const { values } of table.things) {
        expect(values).toHaveLength(table.features.length);
        expect(length(values)).toBeGreaterThan(0);
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
      }
    }
    const of = (name: string) => tables.words.things.find(({ name: { es } }) => es === name)?.values ?? [];
    expect(cosine(of('gata'), of('gatito'))).toBeGreaterThan(cosine(of('gata'), of('reina')));
    expect(cosine(of('rey'), of('reina'))).toBeGreaterThan(0);
  });
});
