import { describe, expect, test } from 'vitest';
import { arange, type Tensor, tensor, zeros } from '../../src/index.ts';
import { realizeNodes } from '../../src/tensor/realize.ts';

const ints = (data: number[] | number[][]) => tensor(data, { dtype: 'int32' });
const table = () => tensor([[1, 2], [3, 4], [5, 6]], { requiresGrad: true }); // biome-ignore format: rows

describe('indexSelect', () => {
  test('looks up rows for ids of any shape', () => {
    const weight = table();
    const rows = weight.indexSelect(0, ints([[2, 0], [2, 1]])); // biome-ignore format: rows
    expect(rows.shape).toEqual([2, 2, 2]);
    expect(Array.from(rows.dataSync())).toEqual([5, 6, 1, 2, 5, 6, 3, 4]);
    rows.sum().backward();
    expect(weight.grad?.arraySync()).toEqual([[1, 1], [1, 1], [2, 2]]); // biome-ignore format: rows
    expect(weight.indexSelect(0, tensor(1, { dtype: 'int32' })).arraySync()).toEqual([3, 4]);
  });

  test('selects along other dimensions, by uint8 too', () => {
    expect(
      table()
        .indexSelect(1, tensor(Uint8Array.of(1, 1, 0)))
        .arraySync(),
    ).toEqual([
      [2, 2, 1],
      [4, 4, 3],
      [6, 6, 5],
    ]);
    expect(table().indexSelect(-1, ints([])).shape).toEqual([3, 0]);
  });

  test.each([[3], [-1]])('reports index %d when the value is computed', (index) => {
    const rows = table().indexSelect(0, ints([0, index]));
    expect(() => rows.dataSync()).toThrow(RangeError);
    expect(() => rows.dataSync()).toThrow(new RegExp(`indexSelect: index ${index} .*\\[0, 3\\)`));
  });

  test('wants integers', () => {
    expect(() => table().indexSelect(0, tensor([1]))).toThrow(/indices must be int32 or uint8, got float32/);
    expect(() => table().indexSelect(2, ints([0]))).toThrow(/axis 2 does not exist/);
  });
});

describe('gather', () => {
  const source = () => arange(6, { dtype: 'float32' }).reshape(2, 3);

  test('takes along one dimension', () => {
    expect(source().gather(1, ints([[2, 2], [0, 1]])).arraySync()).toEqual([[2, 2], [3, 4]]); // biome-ignore format: rows
    expect(
      source()
        .gather(0, ints([[1, 0, 1]]))
        .arraySync(),
    ).toEqual([[3, 1, 5]]);
  });

  test('lets the index be smaller in other dimensions', () => {
    expect(
      source()
        .gather(1, ints([[2]]))
        .arraySync(),
    ).toEqual([[2]]);
    expect(
      source()
        .gather(0, ints([[1, 1]]))
        .arraySync(),
    ).toEqual([[3, 4]]);
  });

  test('refuses what does not fit', () => {
    expect(() => source().gather(1, ints([0, 1]))).toThrow(/gather: index \[2\] does not fit \[2, 3\]/);
    expect(() => source().gather(1, zeros([3, 1], { dtype: 'int32' }))).toThrow(
      /no larger size but in dimension 1/,
    );
    expect(() =>
      source()
        .gather(1, ints([[3]]))
        .dataSync(),
    ).toThrow(/gather: index 3 .*\[0, 3\)/);
  });
});

describe('scatterAdd', () => {
  test('adds up what shares an index', () => {
    const base = tensor([10, 20, 30], { requiresGrad: true });
    const updates = tensor([1, 2, 3, 4], { requiresGrad: true });
    const result = base.scatterAdd(0, ints([0, 2, 0, 2]), updates);
    expect(result.arraySync()).toEqual([14, 20, 36]);
    result
      .mul(tensor([1, 10, 100]))
      .sum()
      .backward();
    expect(base.grad?.arraySync()).toEqual([1, 10, 100]);
    expect(updates.grad?.arraySync()).toEqual([1, 100, 1, 100]);
  });

  test('touches a corner when the index is small', () => {
    const result = zeros([3, 2]).scatterAdd(0, ints([[2]]), tensor([[5, 6], [7, 8]])); // biome-ignore format: rows
    expect(result.arraySync()).toEqual([[0, 0], [0, 0], [5, 0]]); // biome-ignore format: rows
  });

  test('refuses what does not fit', () => {
    expect(() => zeros([2]).scatterAdd(0, ints([0, 1]), tensor([1]))).toThrow(
      /index \[2\] and source \[1\] do not fit \[2\]/,
    );
    expect(() => zeros([2]).scatterAdd(0, ints([0]), ints([1]))).toThrow(/cannot add int32 to float32/);
    expect(() =>
      zeros([2])
        .scatterAdd(0, ints([2]), tensor([1]))
        .dataSync(),
    ).toThrow(/scatterAdd: index 2/);
  });
});

describe('matmul', () => {
  test.each([
    [[3], [3], []],
    [[2, 3], [3], [2]],
    [[3], [3, 4], [4]],
    [
      [2, 3],
      [3, 4],
      [2, 4],
    ],
    [
      [5, 2, 3],
      [3, 4],
      [5, 2, 4],
    ],
    [[5, 2, 3], [3], [5, 2]],
    [[3], [5, 3, 4], [5, 4]],
    [
      [5, 1, 2, 3],
      [6, 3, 4],
      [5, 6, 2, 4],
    ],
    [
      [2, 3],
      [5, 3, 4],
      [5, 2, 4],
    ],
    [
      [2, 0],
      [0, 3],
      [2, 3],
    ],
    [
      [0, 2, 3],
      [3, 4],
      [0, 2, 4],
    ],
  ])('%j by %j gives %j', (a, b, expected) => {
    const [x, y] = [a, b].map((shape) =>
      arange(
        shape.reduce((p, q) => p * q, 1),
        { dtype: 'float32' },
      ).reshape(shape),
    ) as [Tensor, Tensor];
    const product = x.matmul(y);
    expect(product.shape).toEqual(expected);
    // The same as a sum of products, with both broadcast.
    const left = x.ndim === 1 ? x.unsqueeze(0) : x;
    const right = y.ndim === 1 ? y.unsqueeze(1) : y;
    const sums = left.unsqueeze(-1).mul(right.unsqueeze(-3)).sum(-2);
    expect(Array.from(product.dataSync())).toEqual(Array.from(sums.dataSync()));
  });

  test('integers stay integers, and dtypes promote', () => {
    const n = ints([[1, 2], [3, 4]]); // biome-ignore format: rows
    expect([n.matmul(n).dtype, n.matmul(n).arraySync()]).toEqual(['int32', [[7, 10], [15, 22]]]); // biome-ignore format: rows
    expect(n.matmul(tensor([0.5, 1])).arraySync()).toEqual([2.5, 5.5]);
    expect(
      tensor([true, true])
        .matmul(tensor([true, true]))
        .itemSync(),
    ).toBe(2);
  });

  test('gradients of a shared matrix', () => {
    const w = tensor([[1], [2]], { requiresGrad: true });
    const x = arange(8, { dtype: 'float32' }).reshape(2, 2, 2);
    x.matmul(w).sum().backward();
    expect(w.grad?.arraySync()).toEqual([[12], [16]]);
  });

  test('a vector by a view whose memory somebody else wants in another order', () => {
    const windows = arange(17).to('float32').unfold(0, 2, 1);
    const product = windows.matmul(tensor([0, 1], { dtype: 'float32' }));
    realizeNodes([windows.node, product.node], windows.device);
    expect([...product.dataSync()]).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test('dot and outer', () => {
    expect(
      tensor([1, 2])
        .dot(tensor([3, 4]))
        .itemSync(),
    ).toBe(11);
    expect(tensor([1, 2]).outer(tensor([3, 4, 5])).arraySync()).toEqual([[3, 4, 5], [6, 8, 10]]); // biome-ignore format: rows
  });

  test('refuses what does not fit', () => {
    expect(() => zeros([2, 3]).matmul(zeros([2, 3]))).toThrow(/matmul: \[2, 3\] by \[2, 3\] do not fit/);
    expect(() => zeros([2]).matmul(tensor(1))).toThrow(/matmul: \[2\] by \[\] do not fit/);
    expect(() => zeros([2, 2, 3]).matmul(zeros([3, 3, 1]))).toThrow(
      /matmul: shapes \[2\] and \[3\] do not broadcast/,
    );
    expect(() => zeros([2]).dot(zeros([3]))).toThrow(/dot: vectors of 2 and 3 elements/);
    expect(() => zeros([2, 2]).outer(zeros([3]))).toThrow(
      /outer: expected two vectors, got \[2, 2\] and \[3\]/,
    );
  });
});
