import { describe, expect, test } from 'vitest';
import { arange, explain, randn, type Tensor, tensor, zeros } from '../../src/index.ts';
import { difference, scaleOf } from '../support/compare.ts';

const values = (t: Tensor) => Array.from(t.dataSync());

describe('many elements on wasm are those of js', () => {
  // Sizes around those of vectors, of cache lines and of lines followed at once.
  test.each([
    [[1000], 0],
    [[37, 5], 1],
    [[5, 37], 0],
    [[3, 6, 64], 1],
    [[2, 3, 5, 17], 2],
    [[6, 2, 3], 0],
  ])('%j along %d', (shape, dim) => {
    const expected = randn(shape, { device: 'js' }).div(4);
    const actual = tensor(expected.dataSync(), { device: 'wasm' }).reshape(shape);
    const compute = (x: Tensor): Tensor[] => [
      x.cumsum(dim),
      x.div(9).exp().cumprod(dim),
      ...x.cummax(dim),
      ...x.cummin(dim),
      x.mul(9).logcumsumexp(dim),
      x.gt(0).cumsum(dim),
      // Through views: a transposition, a broadcast, padding.
      x.transpose(0, -1).cumsum(dim),
      x.narrow(dim, 1, 1).expand(...shape).cumsum(dim),
      x.diff({ dim, prepend: x.narrow(dim, 0, 1) }).cumsum(dim),
      x.flip(dim).cumsum(-1),
    ]; // biome-ignore format: one a line
    const onJs = compute(expected);
    compute(actual).forEach((result, i) => {
      const wanted = (onJs[i] as Tensor).dataSync();
      const slack = { relative: 1e-5, scaled: 1e-5 };
      expect(difference(result.dataSync(), wanted, slack, scaleOf(wanted)), `result ${i}`).toBeNull();
    });
  });
});

test('a running sum is one kernel, with what it sums', () => {
  const text = explain(randn([8, 32], { device: 'wasm' }).realize().exp().cumsum(1));
  expect(text).toMatch(/program on 'wasm': 1 kernel/);
});

test('the running product of what holds a zero has a gradient', () => {
  const x = tensor([2, 0, 3, 0]);
  x.requiresGrad = true;
  x.cumprod(0).sum().backward();
  // Products 2, 2x, 6x, 6xy at x = y = 0.
  expect(values(x.grad as Tensor)).toEqual([1, 8, 0, 0]);
});

test('logcumsumexp keeps what is far below the largest', () => {
  expect(values(tensor([-200, 0, -300]).logcumsumexp(0))).toEqual([-200, 0, 0]);
});

test('cumsum of no elements is empty', () => {
  expect(zeros([0, 3]).cumsum(0).shape).toEqual([0, 3]);
  expect(zeros([2, 0]).logcumsumexp(1).shape).toEqual([2, 0]);
  expect(zeros([0]).cummax(0)[1].dtype).toBe('int32');
});

test('errors', () => {
  const x = arange(6).reshape(2, 3);
  expect(() => x.cumsum(2)).toThrow(/cumsum: axis 2 does not exist/);
  expect(() => tensor(1).cummax(0)).toThrow(/cummax: axis 0/);
  expect(() => x.diff({ n: -1 })).toThrow(/diff: n must be a whole number from 0, got -1/);
  expect(() => x.diff({ prepend: zeros([3, 1]) })).toThrow(/diff: prepend is float32\[3, 1\]/);
  expect(() => x.diff({ append: zeros([2, 1]) })).toThrow(
    /diff: append is float32\[2, 1\] and the tensor int32/,
  );
});
