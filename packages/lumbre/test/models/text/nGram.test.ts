import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/index.ts';
import { generate, KneserNey, NGram, NGramCounts } from '../../../src/models/index.ts';
import { collect } from './support.ts';

const pattern = (length: number, shift = 0) =>
  Int32Array.from({ length }, (_, i) => (i * i + (i % 3) * shift + Math.floor(i / 7)) % 5);

/**
 * Chen and Goodman's interpolated estimate, written down as its formula, on counts by strings: the slow way that the tables
 * have to agree with.
 */
function reference(tokens: readonly number[], order: number, vocabSize: number) {
  const key = (gram: readonly number[]) => gram.join(' ');
  const counts = Array.from({ length: order + 1 }, () => new Map<string, number>());
  const add = (gram: readonly number[], times = 1) => {
    const own = counts[gram.length] as Map<string, number>;
    own.set(key(gram), (own.get(key(gram)) ?? 0) + times);
  };
  const seen = new Set<string>();
  for (let end = 1; end <= tokens.length; end++) {
    for (let length = 1; length <= Math.min(order, end); length++) {
      const gram = tokens.slice(end - length, end);
      // The longest, and what begins the text, by how often it comes; others by what comes before.
      if (length === order || end === length) add(gram);
      if (length > 1 && !seen.has(key(gram))) add(gram.slice(1));
      seen.add(key(gram));
    }
  }
  const discounts = counts.map((own) => {
    const [n1, n2, n3, n4] = [1, 2, 3, 4].map(
      (times) => [...own.values()].filter((count) => count === times).length,
    ) as [number, number, number, number];
    const y = n1 / (n1 + 2 * n2);
    const found = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
    return found.every((d, i) => d >= 0 && d <= i + 1) ? found : [0.5, 1, 1.5];
  });
  const off = (length: number, count: number) =>
    count === 0 ? 0 : (discounts[length]?.[Math.min(count, 3) - 1] as number);
  const probability = (context: readonly number[], token: number): number => {
    const lower = context.length === 0 ? 1 / vocabSize : probability(context.slice(1), token);
    const length = context.length + 1;
    const all = Array.from({ length: vocabSize }, (_, w) => counts[length]?.get(key([...context, w])) ?? 0);
    const total = all.reduce((a, b) => a + b, 0);
    if (total === 0) return lower;
    const count = all[token] as number;
    const rest = all.reduce((sum, each) => sum + off(length, each), 0) / total;
    return (count - off(length, count)) / total + rest * lower;
  };
  return probability;
}

describe('n-grams', () => {
  test('are smoothed by the formula of Chen and Goodman', () => {
    const text = pattern(120, 2);
    const model = NGram.fit(text, { vocabSize: 6, order: 3 });
    const wanted = reference([...text], 3, 6);
    for (const context of [[], [0], [4, 1], [2, 2], [5, 1], [1, 5], [3, 0]]) {
      const found = model.probabilities(context);
      for (let token = 0; token < 6; token++) {
        expect(found[token], `${context} → ${token}`).toBeCloseTo(wanted(context, token), 12);
      }
      expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
    // One at a time, they are the same.
    const slow = [...text]
      .map((token, at) => -Math.log(wanted([...text].slice(Math.max(0, at - 2), at), token)))
      .slice(1);
    expect(model.crossEntropy(text)).toBeCloseTo(slow.reduce((a, b) => a + b, 0) / slow.length, 10);
    model.dispose();
  });

  test('may be counted part by part, and go on from their tables', () => {
    const text = pattern(300, 1);
    const whole = new NGramCounts(4, 5);
    whole.add(text);
    const parts = new NGramCounts(4, 5);
    parts.add(text, 0, 101);
    const later = new NGramCounts(4, 5);
    later.setTables(parts.tables());
    later.add(text, 101, 230);
    later.add(text, 230);
    expect(later.tables()).toEqual(whole.tables());
    expect(whole.sizes[0]).toBe(5);
  });

  test('do not reach back past a boundary', () => {
    // 0 ends a name: 1 2, 1 3, 2 1.
    const text = Int32Array.of(0, 1, 2, 0, 1, 3, 0, 2, 1, 0);
    const model = NGram.fit(text, { vocabSize: 4, order: 4, boundary: 0 });
    expect([...model.probabilities([2, 0])]).toEqual([...model.probabilities([0])]);
    const free = NGram.fit(text, { vocabSize: 4, order: 4 });
    expect([...free.probabilities([2, 0])]).not.toEqual([...free.probabilities([0])]);
    for (const used of [model, free]) used.dispose();
  });

  test('expect each token alike where nothing was read', () => {
    const model = new NGram({ vocabSize: 4, order: 3 });
    expect([...model.probabilities([1, 2])]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(model.crossEntropy(Int32Array.of(1, 2, 3))).toBeCloseTo(Math.log(4), 12);
    model.dispose();
  });

  test('are saved as tensors, of whatever length', () => {
    const model = NGram.fit(pattern(200, 3), { vocabSize: 5, order: 4 });
    const copy = new NGram({ vocabSize: 5, order: 4 });
    copy.loadStateDict(model.stateDict());
    expect([...copy.probabilities([1, 2, 3])]).toEqual([...model.probabilities([1, 2, 3])]);
    expect(() => copy.loadStateDict(new Map())).toThrow('Missing: tokens_1');
    const other = new NGram({ vocabSize: 5, order: 2 });
    expect(() => other.loadStateDict(model.stateDict())).toThrow('Unexpected: tokens_3');
    for (const used of [model, copy, other]) used.dispose();
  });

  test('write what follows, and give logarithms as a network does', async () => {
    const cycle = Int32Array.from({ length: 60 }, (_, i) => i % 3);
    const model = NGram.fit(cycle, { vocabSize: 3, order: 3 });
    const options = { maxNewTokens: 7, temperature: 0 };
    expect(await collect(generate(model, [0, 1], options))).toEqual([2, 0, 1, 2, 0, 1, 2]);
    const logits = model.forward(tensor([[2, 0, 1]], { dtype: 'int32' }));
    expect(logits.shape).toEqual([1, 3, 3]);
    const last = [...logits.dataSync()].slice(6).map((x) => Math.exp(Number(x)));
    model.probabilities([0, 1]).forEach((p, i) => {
      expect(last[i]).toBeCloseTo(p, 6);
    });
    model.dispose();
  });

  test('of tables by hand: what is left goes to shorter contexts', () => {
    // Three tokens, 0 seen twice and 1 once, by ordinary discounts.
    const level = {
      tokens: Int32Array.of(0, 1),
      counts: Int32Array.of(2, 1),
      offsets: Int32Array.of(0, 2),
    };
    const [p0, p1, p2] = new KneserNey([level], 3, null).probabilities([]) as unknown as number[];
    // No count is 3, so that discounts are the ordinary ones: 1 of the 2, and half of the 1. Half of 3 is left.
    expect(p0).toBeCloseTo((2 - 1) / 3 + (1.5 / 3) * (1 / 3), 12);
    expect(p1).toBeCloseTo((1 - 0.5) / 3 + (1.5 / 3) * (1 / 3), 12);
    expect(p2).toBeCloseTo((1.5 / 3) * (1 / 3), 12);
  });
});
