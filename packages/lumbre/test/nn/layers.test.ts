import { describe, expect, test } from 'vitest';
import { arange, compile, Generator, randn, type Tensor, tensor } from '../../src/index.ts';
import {
  crossEntropy,
  Dropout,
  Embedding,
  KeyValueCache,
  LayerNorm,
  Linear,
  type Module,
  SelfAttention,
} from '../../src/nn/index.ts';

const ids = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });

function expectClose(actual: Tensor, expected: Tensor, digits = 5): void {
  expect(actual.shape).toEqual(expected.shape);
  const values = expected.dataSync();
  actual.dataSync().forEach((value, i) => {
    expect(value, `element ${i}`).toBeCloseTo(values[i] as number, digits);
  });
}

function using<M extends Module>(module: M, test: (module: M) => void): void {
  test(module);
  module.dispose();
}

describe('Linear', () => {
  test('multiplies by the transposed weight and adds the bias', () => {
    using(new Linear(2, 3), (layer) => {
      layer.loadStateDict(
        new Map([
          [
            'weight',
            tensor([
              [1, 2],
              [3, 4],
              [5, 6],
            ]),
          ],
          ['bias', tensor([0.5, 0, -1])],
        ]),
      );
      expect(
        layer
          .forward(
            tensor([
              [1, 10],
              [0, 1],
            ]),
          )
          .arraySync(),
      ).toEqual([
        [21.5, 43, 64],
        [2.5, 4, 5],
      ]);
      expect(layer.forward(tensor([1, 10])).shape).toEqual([3]);
    });
  });

  test('starts within ±1/√inFeatures, the same from the same seed', () => {
    const make = () => new Linear(16, 64, { generator: new Generator(7) });
    const [a, b] = [make(), make()];
    const values = [...a.weight.dataSync()];
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    // The variance of a uniform distribution of width 0.5 is 1/48.
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(variance).toBeCloseTo(1 / 48, 2);
    expect(values).toEqual([...b.weight.dataSync()]);
    a.dispose();
    b.dispose();
  });

  test('names the shapes that do not fit', () => {
    using(new Linear(2, 3), (layer) => {
      expect(() => layer.forward(randn([2, 3]))).toThrow('expected an input [.., 2], got [2, 3]');
    });
  });
});

test('Embedding looks up rows for ids of any shape', () => {
  using(new Embedding(5, 2), (table) => {
    const found = table.forward(ids([4, 0, 4]).reshape(3, 1));
    const rows = table.weight.arraySync() as number[][];
    expect(found.arraySync()).toEqual([[rows[4]], [rows[0]], [rows[4]]]);
    expect(() => table.forward(ids([5])).dataSync()).toThrow(/5/);
  });
});

describe('LayerNorm', () => {
  test('gives each row mean 0 and variance 1 before it scales', () => {
    using(new LayerNorm(4), (norm) => {
      const y = norm.forward(
        tensor([
          [1, 2, 3, 4],
          [10, 10, 10, 30],
        ]),
      );
      const expected = [-1.3416355, -0.4472118, 0.4472118, 1.3416355];
      expectClose(y.narrow(0, 0, 1), tensor([expected]));
      expectClose(y.mean(-1), tensor([0, 0]));
      norm.loadStateDict(
        new Map([
          ['weight', tensor([2, 2, 2, 2])],
          ['bias', tensor([1, 1, 1, 1])],
        ]),
      );
      expectClose(norm.forward(tensor([[1, 2, 3, 4]])), tensor([expected]).mul(2).add(1));
    });
  });

  test('has no bias unless wanted, and refuses other widths', () => {
    using(new LayerNorm(4, { bias: false }), (norm) => {
      expect([...norm.namedParameters().keys()]).toEqual(['weight']);
      expect(() => norm.forward(randn([4, 3]))).toThrow('[.., 4], got [4, 3]');
    });
  });
});

test('Dropout acts only while training', () => {
  const dropout = new Dropout(0.5, { generator: new Generator(1) });
  const x = tensor(new Float32Array(1000).fill(1));
  const dropped = [...dropout.forward(x).dataSync()];
  expect(dropped.every((value) => value === 0 || value === 2)).toBe(true);
  const zeros = dropped.filter((value) => value === 0).length;
  expect(zeros).toBeGreaterThan(400);
  expect(zeros).toBeLessThan(600);
  expect(dropout.eval().forward(x)).toBe(x);
  expect(() => new Dropout(1.5)).toThrow('probability');
});

test('crossEntropy is the surprise at the targets, whatever the shape of the batch', () => {
  const logits = tensor([
    [
      [1, 2, 0.5],
      [0, 0, 0],
    ],
  ]);
  const targets = tensor([[1, 2]], { dtype: 'int32' });
  const surprise = (row: number[], target: number) =>
    Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[target] as number);
  const expected = (surprise([1, 2, 0.5], 1) + Math.log(3)) / 2;
  expect(crossEntropy(logits, targets).itemSync()).toBeCloseTo(expected, 5);
  expect(crossEntropy(logits, targets, { ignoreIndex: 2 }).itemSync()).toBeCloseTo(
    surprise([1, 2, 0.5], 1),
    5,
  );
  expect(() => crossEntropy(logits, ids([1]))).toThrow('[1, 2, 3] and targets [1]');
});

describe('SelfAttention', () => {
  /** By loops over plain arrays, from the formula. */
  function reference(layer: SelfAttention, x: number[][], causal: boolean): number[][] {
    const apply = ({ weight, bias }: Linear, rows: number[][]) => {
      const w = weight.arraySync() as number[][];
      const b = (bias?.arraySync() as number[] | undefined) ?? [];
      return rows.map((row) =>
        w.map((column, o) => column.reduce((sum, value, i) => sum + value * (row[i] as number), b[o] ?? 0)),
      );
    };
    const { width, heads } = layer;
    const size = width / heads;
    const qkv = apply(layer.c_attn, x);
    const part = (t: number, which: number, head: number) =>
      (qkv[t] as number[]).slice(which * width + head * size, which * width + (head + 1) * size);
    const mixed = x.map((_, t) =>
      Array.from({ length: heads }, (_, head) => {
        const seen = x.map((_, s) => s).filter((s) => !causal || s <= t);
        const scores = seen.map((s) =>
          part(t, 0, head).reduce((sum, q, i) => sum + q * (part(s, 1, head)[i] as number), 0),
        );
        const powers = scores.map((score) => Math.exp(score / Math.sqrt(size)));
        const total = powers.reduce((sum, power) => sum + power, 0);
        return Array.from({ length: size }, (_, i) =>
          seen.reduce(
            (sum, s, n) => sum + ((powers[n] as number) / total) * (part(s, 2, head)[i] as number),
            0,
          ),
        );
      }).flat(),
    );
    return apply(layer.c_proj, mixed);
  }

  test.each([true, false])('follows the formula, causal %s', (causal) => {
    using(new SelfAttention(6, { heads: 2, causal }), (layer) => {
      const x = randn([2, 4, 6], { generator: new Generator(3) });
      const expected = (x.arraySync() as number[][][]).map((rows) => reference(layer, rows, causal));
      expectClose(layer.forward(x), tensor(expected));
    });
  });

  test('has biases where they are wanted', () => {
    using(new SelfAttention(4, { heads: 1, qkvBias: false }), (layer) => {
      expect([...layer.namedParameters().keys()]).toEqual(['c_attn.weight', 'c_proj.weight', 'c_proj.bias']);
    });
  });

  test('with a cache gives, token by token, what it gives for all at once', () => {
    using(new SelfAttention(6, { heads: 3, causal: true }), (layer) => {
      const x = randn([2, 5, 6], { generator: new Generator(4) });
      const expected = layer.forward(x);
      const cache = new KeyValueCache([2, 3, 5, 2]);
      const step = compile((token: Tensor, positions: Tensor) => layer.forward(token, { positions, cache }));
      for (let position = 0; position < 5; position++) {
        const token = x.narrow(1, position, 1);
        expectClose(step(token, ids([position])), expected.narrow(1, position, 1));
      }
      expect(step.explain()).toHaveLength(1);
      // Filled at one go, it goes on the same way.
      const positions = arange(5);
      expectClose(layer.forward(x, { positions, cache }), expected);
      expectClose(step(x.narrow(1, 4, 1), ids([4])), expected.narrow(1, 4, 1));
      const several = (time: number) => randn([2, 3, time, 2]);
      expect(() => cache.write(several(6), several(6), arange(6))).toThrow('room for 5');
      expect(() => cache.write(several(2), several(2), ids([4, 5]))).not.toThrow();
      expect(() => cache.keys.dataSync()).toThrow('outside the valid range');
      step.dispose();
      cache.dispose();
    });
  });

  test('refuses heads that do not divide the width', () => {
    expect(() => new SelfAttention(6, { heads: 4 })).toThrow('6 does not divide into 4');
  });
});
