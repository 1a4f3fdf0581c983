import { describe, expect, test } from 'vitest';
import { arange, compile, randint, randn, type Tensor, tensor, zeros } from '../../src/index.ts';

const ints = (data: number[] | number[][]) => tensor(data, { dtype: 'int32' });

describe('scatters of many rows', () => {
  test('the gradient of an embedding is the same on every device', () => {
    const [rows, classes, width] = [1024, 5000, 256];
    const updates = randn([rows, width], { device: 'js' }).mul(64).round().div(64);
    const ids = randint(0, 40, [rows], { device: 'js' });
    const results = ['js', 'wasm'].map((device) => {
      const source = tensor(updates.dataSync() as Float32Array, { shape: [rows, width], device });
      const index = tensor(ids.dataSync() as Int32Array, { device });
      const weight = zeros([classes, width], { device });
      return {
        added: weight.indexAdd(0, index, source).dataSync(),
        set: weight.indexCopy(0, index, source).dataSync(),
      };
    });
    // Multiples of 1/64 add up without rounding, whatever the order.
    expect(results[1]?.added).toEqual(results[0]?.added);
    expect(results[1]?.set).toEqual(results[0]?.set);
  });

  test.each([
    [[7], 0, 9],
    [[33, 5], 1, 4],
    [[50, 40], 0, 70],
    [[50, 40], 1, 70],
    [[3, 20, 40], 1, 7],
    [[17, 6, 5, 4], 1, 8],
  ])('%j along %d with %d indices, each place with its own', (shape, axis, count) => {
    const region = shape.with(axis, count);
    const base = randn(shape, { device: 'js' });
    const updates = randn(region, { device: 'js' });
    const index = randint(0, shape[axis] as number, region, { device: 'js' });
    const [js, wasm] = ['js', 'wasm'].map((device) => {
      const [b, u] = [base, updates].map((t) =>
        tensor(t.dataSync(), { shape: t.shape, dtype: 'float32', device }),
      ) as [Tensor, Tensor];
      const i = tensor(index.dataSync(), { shape: region, dtype: 'int32', device });
      return { set: b.scatter(axis, i, u).dataSync(), added: b.scatterAdd(axis, i, u).dataSync() };
    });
    expect(wasm?.set).toEqual(js?.set);
    for (const [i, value] of wasm?.added.entries() ?? []) {
      expect(value).toBeCloseTo(js?.added[i] as number, 4);
    }
  });
});

describe('with', () => {
  test('of elements that are written twice the last stays, and has the gradient', () => {
    const x = zeros([3], { requiresGrad: true });
    const value = tensor([1, 2, 3], { requiresGrad: true });
    const y = x.with([ints([0, 2, 0])], value);
    expect(y.arraySync()).toEqual([3, 0, 2]);
    y.mul(tensor([1, 10, 100])).sum().backward(); // biome-ignore format: one step
    expect(value.grad?.arraySync()).toEqual([0, 100, 1]);
    expect(x.grad?.arraySync()).toEqual([0, 10, 0]);
  });

  test('leaves the tensor as it was', () => {
    const x = arange(4);
    const y = x.with('::2', -1);
    expect([x.arraySync(), y.arraySync()]).toEqual([[0, 1, 2, 3], [-1, 1, -1, 3]]); // biome-ignore format: rows
  });

  test('takes values of narrower dtypes only', () => {
    expect(
      zeros([2])
        .with(0, ints([7]).select(0, 0))
        .arraySync(),
    ).toEqual([7, 0]);
    expect(() => arange(3).with(0, tensor(0.5))).toThrow(/with: cannot write float32 into int32/);
    expect(() => arange(3).with(0, 0.5)).toThrow(/with: 0.5 is no int32/);
    expect(() => tensor(Uint8Array.of(1)).with(0, 256)).toThrow(/256 is no uint8/);
  });

  test('refuses what does not fit', () => {
    expect(() => zeros([2, 3]).with('0', zeros([2]))).toThrow(/do not broadcast/);
    expect(() => zeros([2, 3]).with('0', zeros([2, 3]))).toThrow(
      /value of shape \[2, 3\] does not broadcast to \[3\]/,
    );
    expect(() => zeros([2, 3]).with('5', 0)).toThrow(/index 5 is out of range/);
    expect(() => zeros([2, 3]).with([0, 0, 0], 0)).toThrow(/3 indices for the 2 dimensions/);
    expect(() => zeros([2, 3]).with(tensor([true]), 0)).toThrow(/mask \[1\] does not fit \[2, 3\]/);
    expect(() => zeros([2, 3]).with(tensor([true, false]), zeros([2, 3]))).toThrow(
      /cannot be written through a mask/,
    );
    expect(() => zeros([2, 3]).with([tensor([true, false]), 0], 0)).toThrow(/give the mask alone/);
    expect(() => zeros([2]).with([ints([2])], 0).dataSync()).toThrow(/with: index 2 .*\[0, 2\)/); // biome-ignore format: one step
    expect(() => tensor([true]).withAdded(0, true)).toThrow(/withAdded: cannot add to bool/);
    expect(() => zeros([2]).with('one', 0)).toThrow(/'one' in 'one' is no index/);
  });
});

describe('set', () => {
  test('writes to the tensor, and to nothing that was computed from it', () => {
    const x = arange(6, { dtype: 'float32' }).reshape(2, 3);
    const before = x.mul(1);
    expect(x.set('1, ::-1', tensor([7, 8, 9]))).toBe(x);
    expect(x.arraySync()).toEqual([[0, 1, 2], [9, 8, 7]]); // biome-ignore format: rows
    expect(before.arraySync()).toEqual([[0, 1, 2], [3, 4, 5]]); // biome-ignore format: rows
    x.set(x.gt(6), -1);
    x.set([ints([0, -1]), ints([0, -1])], 5);
    expect(x.arraySync()).toEqual([[5, 1, 2], [-1, -1, 5]]); // biome-ignore format: rows
  });

  test('is state in a compiled function', () => {
    const history = zeros([3]);
    const step = compile((value: Tensor) => {
      history.set('1:', history.slice([null, -1]));
      history.set(0, value);
      return history.sum();
    });
    for (const value of [1, 2, 3, 4]) step(tensor(value));
    expect(history.arraySync()).toEqual([4, 3, 2]);
    step.dispose();
  });

  test('a leaf stays a leaf', () => {
    const weight = zeros([2], { requiresGrad: true });
    weight.set(0, 3);
    weight.square().sum().backward();
    expect(weight.grad?.arraySync()).toEqual([6, 0]);
  });
});

describe('index', () => {
  test('reports the index that was given', () => {
    expect(() => tensor([1, 2, 3]).index(ints([-4])).dataSync()).toThrow(/index: index -4 .*\[0, 3\)/); // biome-ignore format: one step
    expect(() => tensor([1, 2, 3]).index(ints([3])).dataSync()).toThrow(/index: index 3 /); // biome-ignore format: one step
  });

  test('refuses what does not fit', () => {
    expect(() => zeros([3, 4]).index(ints([0, 1]), ints([0, 1, 2]))).toThrow(
      /index: shapes \[2\] and \[3\] do not broadcast/,
    );
    expect(() => zeros([3]).index(tensor([0]))).toThrow(/indices must be int32 or uint8, got float32/);
    expect(() => zeros([3]).index(ints([0]), ints([0]))).toThrow(/2 indices for the 1 dimensions/);
    expect(() => zeros([3]).index(tensor([true, false, true]))).toThrow(/maskedIndex/);
    expect(() => zeros([2, 3]).index(5, ints([0]))).toThrow(/index 5 is out of range/);
  });
});

describe('what reads', () => {
  test('refuses masks that do not fit', async () => {
    await expect(zeros([3]).maskedSelect(zeros([3]))).rejects.toThrow(/maskedSelect: the mask must be bool/);
    await expect(zeros([3]).maskedSelect(tensor([true, false]))).rejects.toThrow(/do not broadcast/);
    await expect(zeros([3]).maskedIndex(tensor([true, false]))).rejects.toThrow(/mask \[2\] does not fit/);
    await expect(zeros([3]).maskedIndex(tensor(true))).rejects.toThrow(/at least one dimension/);
  });

  test('cannot be compiled', async () => {
    let failure: Promise<unknown> | undefined;
    const f = compile((x: Tensor) => {
      failure = x
        .add(1)
        .nonzero()
        .catch((error: unknown) => error);
      return x.add(1);
    });
    f(tensor([1]));
    f.dispose();
    expect(String(await failure)).toMatch(/cannot be read inside a compiled function/);
  });

  test('equal and allclose', async () => {
    const x = tensor([1, Number.NaN]);
    expect(await x.equal(tensor([1, Number.NaN]))).toBe(false);
    expect(await ints([1, 2]).equal(ints([1, 2]))).toBe(true);
    expect(await ints([1, 2]).equal(ints([[1, 2]]))).toBe(false);
    expect(await x.allclose(tensor([1 + 1e-6, Number.NaN]), { equalNan: true })).toBe(true);
    expect(await x.allclose(x)).toBe(false);
    expect(await tensor([1, 1]).allclose(1)).toBe(true);
    expect(() => x.isclose(1, { rtol: -1 })).toThrow(/must not be negative/);
  });
});

describe('iteration', () => {
  test('goes through the first dimension', () => {
    const rows = [...arange(6).reshape(3, 2)];
    expect(rows.map((row) => row.arraySync())).toEqual([[0, 1], [2, 3], [4, 5]]); // biome-ignore format: rows
    const [first, second] = arange(2);
    expect([first?.itemSync(), second?.itemSync()]).toEqual([0, 1]);
    expect([...zeros([0, 2])]).toEqual([]);
    expect(() => [...tensor(1)]).toThrow(TypeError);
  });
});
