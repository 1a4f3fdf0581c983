import { describe, expect, test } from 'vitest';
import { compile, randint, randn, type Tensor, tensor, zeros } from '../../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe('sort', () => {
  test('keeps the order of equal elements, and puts NaN last, or first', () => {
    const x = tensor([2, nan, 1, 2, -inf, nan, 1]);
    const up = x.sort();
    expect(up.values.arraySync()).toEqual([-inf, 1, 1, 2, 2, nan, nan]);
    expect(up.indices.arraySync()).toEqual([4, 2, 6, 0, 3, 1, 5]);
    const down = x.sort(0, { descending: true });
    expect(down.indices.arraySync()).toEqual([1, 5, 0, 3, 2, 6, 4]);
    expect(down.indices.dtype).toBe('int32');
  });

  test.each([1, 2, 31, 32, 33, 100, 1000])('rows of %d elements, as the oracle has them', (length) => {
    for (const dtype of ['float32', 'int32', 'uint8', 'bool'] as const) {
      const source = dtype === 'float32' ? randn([3, length, 2]) : randint(0, 9, [3, length, 2]).to(dtype);
      const copy = (device: string) => tensor(source.dataSync(), { shape: source.shape, dtype, device });
      for (const descending of [false, true]) {
        const [js, wasm] = ['js', 'wasm'].map((device) => copy(device).argsort(1, { descending }));
        expect(wasm?.dataSync()).toEqual(js?.dataSync());
      }
    }
  });

  test('sorts what is computed on the way, rows in parallel', () => {
    const x = randn([700, 60], { device: 'wasm' });
    const { values } = x.mul(-2).add(1).sort(-1, { descending: true });
    const data = values.dataSync();
    let unordered = 0;
    for (let i = 1; i < data.length; i++)
      if (i % 60 !== 0 && (data[i - 1] as number) < (data[i] as number)) unordered++;
    expect(unordered).toBe(0);
  });

  test('in a compiled function', () => {
    const f = compile((x: Tensor) => x.topk(2).values.sum(-1));
    expect(f(tensor([[1, 5, 3]])).arraySync()).toEqual([8]);
    expect(f(tensor([[7, 0, -3]])).arraySync()).toEqual([7]);
    f.dispose();
  });

  test('refuses what does not exist', () => {
    expect(() => zeros([2, 3]).sort(2)).toThrow(/sort: axis 2 does not exist/);
    expect(() => tensor(1).argsort(1)).toThrow(/argsort: axis 1 does not exist/);
    expect(() => zeros([3]).topk(4)).toThrow(/topk: k = 4 is more than the 3 elements/);
    expect(() => zeros([3]).topk(1.5)).toThrow(/k must be an integer/);
    expect(() => zeros([3]).kthvalue(0)).toThrow(/k must be an integer of at least 1/);
    expect(() => zeros([2, 3]).kthvalue(3, 0)).toThrow(/kthvalue: k = 3 is more than the 2/);
    expect(() => zeros([0]).median()).toThrow(/median: \[0\] has no elements/);
    expect(zeros([0, 3]).median(1).shape).toEqual([0]);
  });
});

describe('unique', () => {
  test('all NaN are one value, as in NumPy', async () => {
    const { values, inverse, counts } = await tensor([[nan, 2], [1, nan]]).unique(); // biome-ignore format: rows
    expect(values.arraySync()).toEqual([1, 2, nan]);
    expect(inverse.arraySync()).toEqual([[2, 1], [0, 2]]); // biome-ignore format: rows
    expect(counts.arraySync()).toEqual([1, 1, 2]);
  });
});
