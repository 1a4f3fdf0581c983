import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/sampling-kl/compute.ts';
import {
  crossEntropy,
  divergence,
  drawn,
  entropy,
  farOff,
  termsOf,
  uniform,
  withProbability,
} from '../../src/exhibits/sampling-kl/measures.ts';
import { randomFrom } from '../../src/exhibits/support/random.ts';
import { collectGarbage } from '../support/collect.ts';

// What is recorded is kept until it is collected.
afterEach(collectGarbage);

const random = randomFrom(9);
const some = (count: number) => {
  const values = Array.from({ length: count }, () => 0.02 + random.next());
  const total = values.reduce((a, b) => a + b);
  return values.map((value) => value / total);
};

describe('sampling-kl: the measures', () => {
  it('are those of the engine', async () => {
    for (let i = 0; i < 5; i++) {
      const [p, q] = [some(7), some(7)];
      expect(entropy(p)).toBeCloseTo(await compute.measure('entropy', p, q), 4);
      expect(crossEntropy(p, q)).toBeCloseTo(await compute.measure('cross', p, q), 4);
      expect(divergence(p, q)).toBeCloseTo(await compute.measure('pq', p, q), 4);
      expect(divergence(q, p)).toBeCloseTo(await compute.measure('qp', p, q), 4);
      expect(crossEntropy(p, q)).toBeCloseTo(entropy(p) + divergence(p, q), 9);
      expect(divergence(p, q)).toBeGreaterThan(0);
      expect(termsOf(p, q).reduce((a, b) => a + b)).toBeCloseTo(divergence(p, q), 9);
    }
  });

  it('ruling out what happens costs infinitely much; what never happens costs nothing', async () => {
    expect(divergence([0.5, 0.5], [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(divergence([1, 0], [0.5, 0.5])).toBeCloseTo(Math.log(2), 9);
    expect(await compute.measure('pq', [1, 0], [0.5, 0.5])).toBeCloseTo(Math.log(2), 5);
    expect(entropy(uniform(8))).toBeCloseTo(Math.log(8), 9);
    expect(entropy([1, 0, 0])).toBe(0);
  });

  it('one bar is moved, and the rest still sum to 1', () => {
    for (const value of [-1, 0, 0.3, 1, 2]) {
      const moved = withProbability(some(6), 2, value);
      expect(moved.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
      expect(moved[2]).toBe(Math.max(0, Math.min(1, value)));
    }
    expect(withProbability([1, 0, 0], 0, 0.4)).toEqual([0.4, 0.3, 0.3]);
  });

  it('frequencies come near probabilities, and hang on the seed', () => {
    const p = some(8);
    expect(drawn(p, 50, 3)).toEqual(drawn(p, 50, 3));
    expect(drawn(p, 0, 3).last).toBeNull();
    const [few, many] = [20, 20000].map((count) => farOff(p, drawn(p, count, 3).counts)) as [number, number];
    expect(many).toBeLessThan(0.03);
    expect(few).toBeGreaterThan(many);
  });
});

describe('sampling-kl: the model', () => {
  const folder = new URL('../../../../packages/lumbre/zoo/', import.meta.url);
  const files = (model: string) => {
    const read = (name: string) => readFileSync(fileURLToPath(new URL(`${model}/${name}`, folder)));
    return {
      config: JSON.parse(read('config.json').toString()),
      weights: new Uint8Array(read('model.safetensors')),
      json: async (name: string) => JSON.parse(read(name).toString()),
    };
  };

  it('knows how stories begin, and gives a probability to every letter', async () => {
    await compute.open('es', files('cuentos-es'));
    const found = await compute.next('Había una ve');
    expect(found[0]?.letter).toBe('z');
    expect(found[0]?.probability).toBeGreaterThan(0.8);
    expect(found.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4);
    expect((await compute.next('漢字')).length).toBe(found.length);
    compute.close();
  });
});
