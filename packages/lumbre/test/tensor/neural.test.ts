import { describe, expect, test } from 'vitest';
import { Generator, manualSeed, ones, randn, tensor, zeros } from '../../src/index.ts';

const { POSITIVE_INFINITY: inf } = Number;
const ints = (data: number[]) => tensor(data, { dtype: 'int32' });

describe('softmax', () => {
  test('sums to 1 along the dimension, without overflow', () => {
    const x = tensor([[1000, 1001], [-1000, -1000]]); // biome-ignore format: rows
    const rows = x.softmax().arraySync() as number[][];
    expect(rows[0]?.[1]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(rows[1]).toEqual([0.5, 0.5]);
    expect(x.softmax(0).sum(0).arraySync()).toEqual([1, 1]);
  });

  test('gives masked elements no weight', () => {
    expect(tensor([0, -inf, 0]).softmax().arraySync()).toEqual([0.5, 0, 0.5]);
  });

  test('logSoftmax is its logarithm, also where that underflows', () => {
    expect(tensor([0, -200]).logSoftmax().arraySync()).toEqual([0, -200]);
  });

  test('names the dimension that is not there', () => {
    expect(() => tensor([1]).softmax(1)).toThrow(/^softmax: axis 1 does not exist/);
  });
});

describe('crossEntropy', () => {
  const logits = () => tensor([[2, 1, 0.1], [0, 0, 0]], { requiresGrad: true }); // biome-ignore format: rows
  const lossOf = (row: number[], target: number) =>
    Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0)) - (row[target] as number);
  const losses = [lossOf([2, 1, 0.1], 0), lossOf([0, 0, 0], 2)] as const;

  test('is the mean of -log softmax[target], its gradient softmax minus one-hot', () => {
    const x = logits();
    const loss = x.crossEntropy(ints([0, 2]));
    expect(loss.itemSync()).toBeCloseTo((losses[0] + losses[1]) / 2, 6);
    loss.backward();
    const gradient = x.grad?.arraySync() as number[][];
    [1 / 6, 1 / 6, -1 / 3].forEach((g, i) => {
      expect(gradient[1]?.[i]).toBeCloseTo(g, 6);
    });
  });

  test('reductions and ignored targets', () => {
    const each = logits().crossEntropy(ints([0, 2]), { reduction: 'none' });
    expect(each.shape).toEqual([2]);
    expect(each.arraySync()).toEqual(losses.map((loss) => expect.closeTo(loss, 6)));
    expect(
      logits()
        .crossEntropy(ints([0, 2]), { reduction: 'sum' })
        .itemSync(),
    ).toBeCloseTo(losses[0] + losses[1], 6);
    const x = logits();
    const loss = x.crossEntropy(ints([0, -100]), { ignoreIndex: -100 });
    expect(loss.itemSync()).toBeCloseTo(losses[0], 6);
    loss.backward();
    expect(x.grad?.select(0, 1).arraySync()).toEqual([0, 0, 0]);
    expect(() => logits().crossEntropy(ints([0, 2]), { reduction: 'max' as 'sum' })).toThrow(
      /'mean', 'sum' or 'none'/,
    );
  });

  test('takes any number of dimensions before the classes', () => {
    expect(
      zeros([2, 3, 4])
        .crossEntropy(zeros([2, 3], { dtype: 'int32' }))
        .itemSync(),
    ).toBeCloseTo(Math.log(4), 6);
  });

  test('does not overflow', () => {
    expect(
      tensor([[1e4, 0]])
        .crossEntropy(ints([1]))
        .itemSync(),
    ).toBe(1e4);
  });

  test('refuses what does not fit', () => {
    expect(() => logits().crossEntropy(ints([0]))).toThrow(/logits \[2, 3\] and targets \[1\] do not fit/);
    expect(() => logits().crossEntropy(tensor([0, 1]))).toThrow(/must be int32 or uint8, got float32/);
    expect(() =>
      logits()
        .crossEntropy(ints([0, 3]))
        .itemSync(),
    ).toThrow(/crossEntropy: index 3 .*\[0, 3\)/);
    expect(() =>
      logits()
        .crossEntropy(ints([0, -100]))
        .itemSync(),
    ).toThrow(/crossEntropy: index -100/);
  });
});

describe('dropout', () => {
  test('drops about p of the elements and keeps the mean', () => {
    manualSeed(3);
    const kept = Array.from(ones([10000]).dropout(0.2).dataSync());
    expect(new Set(kept)).toEqual(new Set([0, 1.25]));
    const zerosCount = kept.filter((v) => v === 0).length;
    // Four standard deviations.
    expect(Math.abs(zerosCount - 2000)).toBeLessThan(160);
  });

  test('drops the same elements in the gradient', () => {
    const x = ones([100], { requiresGrad: true });
    const y = x.dropout(0.5);
    y.sum().backward();
    expect(x.grad?.arraySync()).toEqual(y.arraySync());
  });

  test('does nothing outside of training, or for p = 0; drops all for p = 1', () => {
    const x = randn([5]);
    expect(x.dropout(0.5, false).arraySync()).toEqual(x.arraySync());
    expect(x.dropout(0).arraySync()).toEqual(x.arraySync());
    expect(x.dropout(1).abs().sum().itemSync()).toBe(0);
    expect(() => x.dropout(1.5)).toThrow(/p must be a probability from 0 to 1, not 1.5/);
  });

  test('draws from the generator that it is given', () => {
    const draw = (seed: number) => ones([64]).dropout(0.5, true, new Generator(seed)).arraySync();
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
