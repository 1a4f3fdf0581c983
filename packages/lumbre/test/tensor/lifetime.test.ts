import { describe, expect, test } from 'vitest';
import { defaultDevice, keep, memory, noGrad, scope, type Tensor, tensor } from '../../src/index.ts';

const live = () => memory().liveBytes;
const storages = () => memory().storages;

describe('scope()', () => {
  test('gives back what is made in it but what it returns', () => {
    const [before, storagesBefore] = [live(), storages()];
    const result = scope(() => {
      const x = tensor([1, 2, 3]).realize();
      return { sum: x.sum().realize(), list: [x.mul(2).realize()] };
    });
    expect(storages() - storagesBefore).toBe(2);
    expect([result.sum.itemSync(), result.list[0]?.arraySync()]).toEqual([6, [2, 4, 6]]);
    result.sum.dispose();
    result.list[0]?.dispose();
    expect(live()).toBe(before);
  });

  test('nests: what an inner scope returns belongs to the outer one', () => {
    const before = live();
    let inner: Tensor | undefined;
    scope(() => {
      inner = scope(() => tensor([1, 2]).mul(2).realize());
      expect(inner.arraySync()).toEqual([2, 4]);
    });
    expect([inner?.disposed, live()]).toEqual([true, before]);
  });

  test('what is not computed yet keeps what it needs', () => {
    const lazy = scope(() => tensor([1, 2]).add(tensor([10, 20])));
    expect(lazy.arraySync()).toEqual([11, 22]);
  });

  test('keep() takes a tensor out of every scope', () => {
    let kept: Tensor | undefined;
    scope(() => {
      scope(() => {
        kept = keep(tensor([7]));
      });
    });
    expect(kept?.itemSync()).toBe(7);
    kept?.dispose();
  });

  test('gives back everything when it fails', () => {
    const before = live();
    expect(() =>
      scope(() => {
        tensor([1]).realize();
        throw new Error('halfway');
      }),
    ).toThrow('halfway');
    expect(live()).toBe(before);
  });

  test('gradients and assigned state stay with their tensors', () => {
    const w = tensor([1, 2], { requiresGrad: true });
    scope(() => {
      w.square().sum().backward();
      noGrad(() => w.assign(w.sub(w.grad as Tensor)));
    });
    expect([w.arraySync(), w.grad?.arraySync()]).toEqual([
      [-1, -2],
      [2, 4],
    ]);
  });

  test('refuses promises', () => {
    expect(() => scope(() => Promise.resolve(1))).toThrow(/a scope is synchronous/);
  });
});

describe('dispose()', () => {
  test('makes a tensor unusable, and its memory free', () => {
    const before = live();
    const x = tensor([1, 2]);
    expect(live()).toBeGreaterThanOrEqual(before + 8);
    x.dispose();
    x.dispose();
    expect([live(), x.disposed]).toEqual([before, true]);
    expect(() => x.add(1)).toThrow(/has been disposed/);
    expect(() => x.shape).toThrow(/has been disposed/);
  });

  test('waits for those that need the value', () => {
    const x = tensor([1, 2]);
    const y = x.mul(3);
    x.dispose();
    expect(y.arraySync()).toEqual([3, 6]);
  });

  test('a long chain of updates does not keep its history', () => {
    const x = tensor([0]);
    const before = live();
    for (let i = 0; i < 50; i++) scope(() => x.assign(x.add(1)).realize());
    expect([x.itemSync(), live() - before]).toEqual([50, 0]);
  });

  test('`using` ends with its block', () => {
    const x = tensor([1]);
    x[Symbol.dispose]();
    expect(x.disposed).toBe(true);
  });
});

describe('values', () => {
  test('data, item and array, now and later', async () => {
    const x = tensor([[1, 2]]);
    expect(await x.data()).toEqual(Float32Array.of(1, 2));
    expect(await x.array()).toEqual([[1, 2]]);
    expect(await x.sum().item()).toBe(3);
    expect(() => x.itemSync()).toThrow(/one element, this one has shape \[1, 2\]/);
  });

  test('what is read is a copy', () => {
    const x = tensor([1, 2]);
    x.dataSync().fill(9);
    expect(x.arraySync()).toEqual([1, 2]);
  });

  test('nothing is computed before it is needed', () => {
    const y = tensor([1]).add(1);
    expect(y.realized).toBe(false);
    expect(y.realize().realized).toBe(true);
  });

  test('facts', () => {
    const x = tensor([[1, 2, 3]]);
    expect([x.ndim, x.size, x.shape, x.dtype, x.device]).toEqual([2, 3, [1, 3], 'float32', defaultDevice()]);
  });

  test('assign wants the same shape, dtype and device', () => {
    const x = tensor([1, 2]);
    expect(() => x.assign(tensor([1]))).toThrow(/assign: got float32\[1\], expected float32\[2\]/);
    expect(() => x.assign(tensor([1, 2], { dtype: 'int32' }))).toThrow(/got int32\[2\]/);
  });
});

test('tensors on two devices do not mix', () => {
  const here = tensor([1], { device: 'js' });
  // A stand-in for a tensor elsewhere: the check comes before anything is computed.
  const there = new Proxy(tensor([1], { device: 'js' }), {
    get: (target, name) => (name === 'device' ? 'elsewhere' : Reflect.get(target, name, target)),
  });
  expect(() => here.add(there)).toThrow(/add: one tensor is on device 'js' and another on 'elsewhere'/);
  expect(() => here.unsqueeze(0).matmul(there)).toThrow(/matmul: one tensor is on device 'js'/);
});
