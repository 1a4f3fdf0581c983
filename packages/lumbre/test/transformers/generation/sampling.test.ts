import { describe, expect, test } from 'vitest';
import { Generator } from '../../../src/index.ts';
import { Drawing, uniform } from '../../../src/transformers/generation/drawing.ts';
import {
  LogitsProcessorList,
  MinPLogitsWarper,
  TemperatureLogitsWarper,
  TopKLogitsWarper,
  TopPLogitsWarper,
} from '../../../src/transformers/generation/index.ts';
import { kthLargest, topIndices } from '../../../src/transformers/generation/processors/selection.ts';
import { tinyModel } from './fixture.ts';

const scores = Float32Array.from({ length: 40 }, (_, i) => 2.5 * Math.sin(i * i + 1) + i / 20);

/** What of chi-square with so many degrees of freedom is exceeded once in a million times, nearly (Wilson and Hilferty). */
const farOut = (freedom: number): number =>
  freedom * (1 - 2 / (9 * freedom) + 4.75 * Math.sqrt(2 / (9 * freedom))) ** 3;

function chiSquare(counts: readonly number[], probabilities: readonly number[], draws: number): number {
  let sum = 0;
  for (const [i, probability] of probabilities.entries()) {
    if (probability > 0) sum += ((counts[i] as number) - draws * probability) ** 2 / (draws * probability);
  }
  return sum;
}

/** softmax in the plainest way. */
function softmax(values: ArrayLike<number>): number[] {
  const weights = Array.from(values, (value) => Math.exp(value));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

describe('tokens are drawn', () => {
  test.each([
    ['as the scores say', []],
    [
      'from the likeliest',
      [new TemperatureLogitsWarper(1.5), new TopKLogitsWarper(12), new TopPLogitsWarper(0.8)],
    ],
    ['from what is not too unlikely', [new MinPLogitsWarper(0.1)]],
  ])('%s', (_, warpers) => {
    const warped = scores.slice();
    new LogitsProcessorList(warpers).process([new Int32Array(1)], [warped]);
    const probabilities = softmax(warped);
    const counts = probabilities.map(() => 0);
    const drawing = new Drawing();
    const word = new Generator(7).hostWords();
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const token = drawing.one(warped, uniform(word));
      counts[token] = (counts[token] as number) + 1;
    }
    const possible = probabilities.filter((probability) => probability > 0).length;
    for (const [i, probability] of probabilities.entries()) if (probability === 0) expect(counts[i]).toBe(0);
    expect(chiSquare(counts, probabilities, draws)).toBeLessThan(farOut(possible - 1));
  });

  test('several at a time, each by what is left', () => {
    const few = Float32Array.of(0, 1, 2, Number.NEGATIVE_INFINITY);
    const p = softmax(few);
    const pairs = new Map<string, number>();
    for (const a of [0, 1, 2]) {
      for (const b of [0, 1, 2]) {
        if (a !== b) pairs.set(`${a} ${b}`, ((p[a] as number) * (p[b] as number)) / (1 - (p[a] as number)));
      }
    }
    const word = new Generator(8).hostWords();
    const drawing = new Drawing();
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const pair = drawing.several(few, 2, () => uniform(word)).join(' ');
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    const keys = [...pairs.keys()];
    const counted = keys.map((key) => counts.get(key) ?? 0);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(draws);
    expect(
      chiSquare(
        counted,
        keys.map((key) => pairs.get(key) as number),
        draws,
      ),
    ).toBeLessThan(farOut(keys.length - 1));
    // What cannot come fills up what is missing, once all else is gone.
    expect([...drawing.several(few, 4, () => uniform(word))].at(-1)).toBe(3);
  });

  test('by a model, token by token', async () => {
    const model = tinyModel('gpt2');
    const options = { maxNewTokens: 1, doSample: true, temperature: 1.3, topK: 10, eosTokenId: null };
    const out = await model.generate([[5, 6, 7]], {
      ...options,
      numReturnSequences: 2000,
      seed: 11,
      returnDictInGenerate: true,
      outputScores: true,
    });
    const vocabSize = model.config.vocabSize;
    const probabilities = softmax(out.scores?.[0]?.dataSync().subarray(0, vocabSize) as Float32Array);
    const counts = probabilities.map(() => 0);
    for (let row = 0; row < 2000; row++) {
      const token = out.sequences[row]?.[3] as number;
      counts[token] = (counts[token] as number) + 1;
    }
    expect(probabilities.filter((probability) => probability > 0).length).toBe(10);
    expect(chiSquare(counts, probabilities, 2000)).toBeLessThan(farOut(9));
    out.sequences.dispose();
    out.scores?.[0]?.dispose();
    model.dispose();
  });
});

describe('the largest are found', () => {
  const values = Float32Array.from({ length: 5000 }, (_, i) => Math.round(100 * Math.sin(i * i * 0.7)) / 10);
  values[17] = Number.NEGATIVE_INFINITY;
  const sorted = [...values].sort((a, b) => b - a);

  test.each([1, 2, 7, 50, 1024, 1025, 3000, 5000])('%d of them', (k) => {
    expect(kthLargest(values, k)).toBe(sorted[k - 1]);
    const order = Array.from(values.keys()).sort(
      (a, b) => (values[b] as number) - (values[a] as number) || a - b,
    );
    expect([...topIndices(values, k)]).toEqual(order.slice(0, k));
  });

  test('among equals', () => {
    expect([...topIndices(new Float32Array(4), 2)]).toEqual([0, 1]);
    expect(kthLargest(new Float32Array(3000).fill(2), 2000)).toBe(2);
  });
});
