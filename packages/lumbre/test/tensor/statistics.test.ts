import { beforeEach, describe, expect, test } from 'vitest';
import {
  average,
  bincount,
  cdist,
  compile,
  convolve,
  corrcoef,
  cosineSimilarity,
  cov,
  fft,
  histogram,
  interp,
  manualSeed,
  nanToNum,
  percentile,
  ptp,
  quantile,
  rand,
  randn,
  type Tensor,
  tensor,
  trapezoid,
  zeros,
} from '../../src/index.ts';
import { Random } from '../support/random.ts';
import { checkSlopes, type TensorFunction, type Values } from '../support/slopes.ts';

beforeEach(() => manualSeed(1));

const values = (...shape: number[]): Values => {
  const random = new Random(shape.length);
  const count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Array.from({ length: count }, () => random.uniform(-2, 2)) };
};

/** Weights, which are positive. */
const positive = (...shape: number[]): Values => {
  const { data } = values(...shape);
  return { shape, data: data.map((x) => x + 3) };
};

describe('gradients agree with finite differences', () => {
  const oracle = { device: 'js', dtype: 'float64' } as const;
  const functions: readonly [string, TensorFunction, readonly Values[]][] = [
    ['quantile', (x) => quantile(x, [0.1, 0.5, 0.8], 1), [values(3, 5)]],
    ['cov', (x, w) => cov(x, { aweights: w }), [values(3, 5), positive(5)]],
    ['corrcoef', (x) => corrcoef(x), [values(3, 5)]],
    ['average', (x, w) => average(x, 1, { weights: w }), [values(3, 5), positive(5)]],
    ['trapezoid', (y, x) => trapezoid(y, x), [values(3, 5), values(5)]],
    ['interp', (x, fp) => interp(x, tensor([-2.5, -1.1, 0.3, 2.5], oracle), fp), [values(6), values(4)]],
    ['convolve', (a, v) => convolve(a, v, 'same'), [values(6), values(3)]],
    ['cdist', (a, b) => cdist(a, b), [values(3, 2), positive(4, 2)]],
    ['cosineSimilarity', (a, b) => cosineSimilarity(a, b), [values(3, 2), positive(3, 2)]],
    [
      'weights of histogram',
      (w) =>
        histogram(tensor([0.1, 0.4, 0.9, 0.35], oracle), 3, { range: [0, 1], weights: w, density: true })[0],
      [positive(4)],
    ],
  ];
  test.each(functions)('%s', (_, f, inputs) => {
    expect(checkSlopes(f, inputs)).toEqual([]);
  });
});

describe('histogram()', () => {
  test('counts every element once, and puts each into the bin whose edges hold it', () => {
    const x = randn([2000]);
    const [hist, edges] = histogram(x, 37);
    const [elements, borders] = [x.dataSync(), edges.dataSync()];
    const expected = new Array<number>(37).fill(0);
    for (const value of elements) {
      const bin = borders.findLastIndex((edge) => edge <= value);
      expected[Math.min(bin, 36)] = (expected[Math.min(bin, 36)] as number) + 1;
    }
    expect([...hist.dataSync()]).toEqual(expected);
    expect([borders[0], borders[37]]).toEqual([Math.min(...elements), Math.max(...elements)]);
  });

  test('works inside compile()', () => {
    const f = compile((x: Tensor) => histogram(x, 4, { range: [0, 1] })[0]);
    for (let i = 0; i < 3; i++) {
      const x = rand([50]);
      expect(f(x).arraySync()).toEqual(histogram(x, 4, { range: [0, 1] })[0].arraySync());
    }
    f.dispose();
  });

  test('does not count NaN and what is outside', () => {
    const x = tensor([Number.NaN, -1, 0.5, 2, Number.POSITIVE_INFINITY]);
    expect(histogram(x, 2, { range: [0, 1] })[0].arraySync()).toEqual([0, 1]);
  });
});

describe('bincount()', () => {
  test('with a length works inside compile(), and reports what does not fit', () => {
    const f = compile((x: Tensor) => bincount(x, { length: 4 }));
    expect(f(tensor([1, 3, 3], { dtype: 'int32' })).arraySync()).toEqual([0, 1, 0, 2]);
    expect(() => f(tensor([1, 3, 4], { dtype: 'int32' })).arraySync()).toThrow(RangeError);
    f.dispose();
  });

  test('of a negative number says so', async () => {
    await expect(bincount(tensor([1, -2], { dtype: 'int32' }))).rejects.toThrow('the element -2 is negative');
  });
});

test('convolve() agrees with the transforms', () => {
  const [a, v] = [randn([300]), randn([41])];
  const n = 340;
  const byTransform = fft.irfft(fft.multiply(fft.rfft(a, { n }), fft.rfft(v, { n })), { n });
  expect(convolve(a, v).sub(byTransform).abs().max().itemSync()).toBeLessThan(1e-4);
});

test('16-bit floats are computed in float32 and rounded once', () => {
  const x = tensor([0.1, 0.7, 0.35, 0.9], { dtype: 'bfloat16' });
  const exact = (f: (t: Tensor) => Tensor) => f(x.float()).to('bfloat16').arraySync();
  for (const f of [
    (t: Tensor) => quantile(t, 0.4),
    (t: Tensor) => cov(t),
    (t: Tensor) => trapezoid(t),
    (t: Tensor) => cdist(t.unsqueeze(1), t.unsqueeze(1)),
    (t: Tensor) => fft.rfft(t),
  ]) {
    expect(f(x).dtype).toBe('bfloat16');
    expect(f(x).arraySync()).toEqual(exact(f));
  }
  expect(nanToNum(tensor([Number.POSITIVE_INFINITY], { dtype: 'float16' })).arraySync()).toEqual([65504]);
});

test.each<[string, () => unknown, string]>([
  ['quantile', () => quantile(zeros([3]), 1.5), 'quantile: q must be between 0 and 1, not 1.5'],
  ['quantile', () => quantile(zeros([3]), Number.NaN), 'not NaN'],
  ['quantile', () => quantile(zeros([0, 3]), 0.5, 0), '[0, 3] has no elements'],
  ['quantile', () => quantile(zeros([3]), 0.5, 0, { interpolation: 'cubic' as 'linear' }), "not 'cubic'"],
  ['percentile', () => percentile(zeros([3]), 101), 'percentile: q must be between 0 and 100, not 101'],
  ['bincount', () => bincount(zeros([3])), 'bincount: counts integers, got float32'],
  [
    'bincount',
    () => bincount(zeros([3], { dtype: 'int32' }), { length: -1 }),
    'length must be a non-negative integer',
  ],
  [
    'bincount',
    () => bincount(zeros([3], { dtype: 'int32' }), { length: 2, weights: zeros([2]) }),
    'weights of shape [2]',
  ],
  ['histogram', () => histogram(zeros([3]), 0), 'the number of bins must be a positive integer, not 0'],
  ['histogram', () => histogram(zeros([3]), [1, 0]), 'edges must rise'],
  ['histogram', () => histogram(zeros([3]), [1]), 'a vector of two or more'],
  [
    'histogram',
    () => histogram(zeros([3]), 2, { range: [1, 0] }),
    'two finite numbers that rise, not [1, 0]',
  ],
  ['cov', () => cov(zeros([2, 2, 2])), 'at most two dimensions'],
  ['cov', () => cov(zeros([2, 3]), { fweights: zeros([2]) }), 'fweights has shape [2]'],
  ['average', () => average(zeros([2, 3]), 0, { weights: zeros([3]) }), 'weights of shape [3] do not fit'],
  ['trapezoid', () => trapezoid(zeros([2, 3]), zeros([2])), 'x of shape [2] does not fit y'],
  ['interp', () => interp(zeros([2]), zeros([3]), zeros([2])), 'points of shapes [3] and [2]'],
  ['convolve', () => convolve(zeros([2]), zeros([0])), 'two vectors that are not empty'],
  ['convolve', () => convolve(zeros([2]), zeros([2]), 'circular' as 'full'), "not 'circular'"],
  ['cdist', () => cdist(zeros([2, 3]), zeros([2, 2])), 'do not fit'],
  ['an array', () => ptp([1, 2] as unknown as Tensor), 'ptp: expected a tensor, got an array'],
])('%s says what is wrong', (_, act, message) => {
  expect(act).toThrow(message);
});
