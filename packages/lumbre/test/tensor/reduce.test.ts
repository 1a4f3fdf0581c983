import { describe, expect, test } from 'vitest';
import { type DType, type Tensor, tensor, zeros } from '../../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const values = (t: Tensor) => Array.from(t.dataSync());
const matrix = () =>
  tensor([
    [1, 2, 6],
    [-4, 0, 1],
  ]);

describe('axes', () => {
  test.each<[number | number[] | null | undefined, number[], number[], number[]]>([
    [undefined, [], [1, 1], [6]],
    [null, [], [1, 1], [6]],
    [0, [3], [1, 3], [-3, 2, 7]],
    [-1, [2], [2, 1], [9, -3]],
    [[0, 1], [], [1, 1], [6]],
    [[-1, -2], [], [1, 1], [6]],
    [[], [2, 3], [2, 3], [1, 2, 6, -4, 0, 1]],
  ])('sum over %j', (dim, shape, kept, sums) => {
    const result = matrix().sum(dim);
    expect([result.shape, values(result)]).toEqual([shape, sums]);
    expect(matrix().sum(dim, { keepdim: true }).shape).toEqual(kept);
  });

  test('bad axes', () => {
    expect(() => matrix().sum(2)).toThrow(/^sum: axis 2 does not exist in a tensor of 2 dimensions/);
    expect(() => matrix().max([0, -2])).toThrow(/^max: .* name the same axis twice/);
    expect(() => tensor(1).mean(0)).toThrow(/^mean: axis 0 .* a scalar has no axes/);
  });
});

test.each<[DType, DType, DType, DType, DType]>([
  ['bool', 'int32', 'float32', 'bool', 'int32'],
  ['uint8', 'int32', 'float32', 'uint8', 'int32'],
  ['int32', 'int32', 'float32', 'int32', 'int32'],
  ['float32', 'float32', 'float32', 'float32', 'int32'],
  ['float64', 'float64', 'float64', 'float64', 'int32'],
])('dtypes of reductions of %s', (dtype, sum, mean, max, argmax) => {
  const t = tensor([1, 0, 1], { dtype, device: 'js' });
  expect([t.sum().dtype, t.prod().dtype, t.cumsum(0).dtype]).toEqual([sum, sum, sum]);
  expect([t.mean().dtype, t.var().dtype, t.logsumexp().dtype]).toEqual([mean, mean, mean]);
  expect([t.max().dtype, t.min().dtype, t.argmax().dtype]).toEqual([max, max, argmax]);
  expect([t.sum().itemSync(), t.max().itemSync(), t.min().itemSync(), t.argmin().itemSync()]).toEqual([
    2, 1, 0, 1,
  ]);
});

test('sums of small integers do not overflow at 255', () => {
  expect(tensor([200, 100], { dtype: 'uint8' }).sum().itemSync()).toBe(300);
});

test('the smallest of integers, extremes included', () => {
  const extremes = tensor([5, -(2 ** 31), 2 ** 31 - 1], { dtype: 'int32' });
  expect([extremes.min().itemSync(), extremes.max().itemSync(), extremes.argmin().itemSync()]).toEqual([
    -(2 ** 31),
    2 ** 31 - 1,
    1,
  ]);
  const bytes = tensor([3, 0, 255], { dtype: 'uint8' });
  expect([bytes.min().itemSync(), bytes.argmin().itemSync(), bytes.max().itemSync()]).toEqual([0, 1, 255]);
});

test('mean, var and std', () => {
  expect(matrix().mean(1).arraySync()).toEqual([3, -1]);
  expect(values(matrix().var(1))).toEqual([7, 7]);
  expect(values(matrix().var(1, { correction: 0 }))[0]).toBeCloseTo(14 / 3, 6);
  expect(values(matrix().std(1, { keepdim: true }))[0]).toBeCloseTo(Math.sqrt(7), 6);
  expect(tensor([1]).var().itemSync()).toBeNaN();
  expect(
    tensor([], { shape: [0] })
      .mean()
      .itemSync(),
  ).toBeNaN();
  // One pass over the squares would cancel here.
  expect(tensor([10000, 10001, 10002]).var().itemSync()).toBe(1);
});

test('max and min share the gradient among ties', () => {
  const x = tensor([3, 1, 3, 1], { requiresGrad: true });
  x.max().mul(2).add(x.min()).backward();
  expect(values(x.grad as Tensor)).toEqual([1, 0.5, 1, 0.5]);
});

test('any and all', () => {
  const t = tensor([
    [0, 0],
    [0, nan],
  ]);
  expect(values(t.any(1))).toEqual([0, 1]);
  expect(values(t.eq(0).all(1))).toEqual([1, 0]);
  expect([zeros([0]).any().itemSync(), zeros([0]).all().itemSync()]).toEqual([0, 1]);
});

test('argmax of a dimension, of all, of ties', () => {
  expect(values(matrix().argmax(1))).toEqual([2, 2]);
  expect(values(matrix().argmin(0))).toEqual([1, 1, 1]);
  expect(matrix().argmax().itemSync()).toBe(2);
  expect(matrix().argmin(null, { keepdim: true }).shape).toEqual([1, 1]);
  expect(matrix().argmax(0, { keepdim: true }).shape).toEqual([1, 3]);
  expect(tensor([7, 7]).argmax().itemSync()).toBe(0);
  expect(tensor([false, true, true]).argmax().itemSync()).toBe(1);
});

test('what is undefined of nothing says so', () => {
  expect(() => zeros([0, 2]).max(0)).toThrow(/max: \[0, 2\] has no elements/);
  expect(() => zeros([0]).argmax()).toThrow(/argmax: \[0\] has no elements/);
  expect(zeros([0, 2]).sum(0).arraySync()).toEqual([0, 0]);
  expect(zeros([0, 2]).prod(0).arraySync()).toEqual([1, 1]);
});

test('logsumexp does not overflow, and knows infinities', () => {
  expect(tensor([1000, 1000]).logsumexp().itemSync()).toBeCloseTo(1000 + Math.log(2), 4);
  expect(tensor([-inf, -inf]).logsumexp().itemSync()).toBe(-inf);
  expect(tensor([inf, 0]).logsumexp().itemSync()).toBe(inf);
});

test('norms', () => {
  const v = tensor([3, -4]);
  expect([v.norm().itemSync(), v.norm(null, { p: 1 }).itemSync(), v.norm(0, { p: inf }).itemSync()]).toEqual([
    5, 7, 4,
  ]);
  expect(v.norm(0, { p: 3 }).itemSync()).toBeCloseTo(91 ** (1 / 3), 5);
  expect(() => v.norm(0, { p: Number.NaN })).toThrow(/p must be a number/);
});
