import { describe, expect, test } from 'vitest';
import { compile, grad, gradients, keep, type Tensor, tensor } from '../../src/index.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });
const clear = (t: Tensor) => {
  t.grad = null;
};

describe('registerHook()', () => {
  test('sees the whole gradient of an inner tensor, and may replace it', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    const seen: unknown[] = [];
    y.registerHook((gradient) => {
      seen.push(gradient.arraySync());
    });
    y.registerHook((gradient) => gradient.mul(10));
    // Two ways lead to y.
    y.square().add(y).sum().backward();
    expect(seen).toEqual([[7, 13]]);
    expect(x.grad?.arraySync()).toEqual([210, 390]);
  });

  test('of a leaf sees each pass alone, before it is added up', () => {
    const x = leaf([1]);
    const seen: unknown[] = [];
    const handle = x.registerHook((gradient) => {
      seen.push(gradient.itemSync());
      return gradient.clamp({ max: 3 });
    });
    x.mul(2).backward();
    x.mul(5).backward();
    expect([seen, x.grad?.itemSync()]).toEqual([[2, 5], 5]);
    handle.remove();
    handle.remove();
    x.mul(100).backward();
    expect([seen, x.grad?.itemSync()]).toEqual([[2, 5], 105]);
  });

  test('stays with a leaf that is assigned', () => {
    const x = leaf([1]);
    x.registerHook((gradient) => gradient.neg());
    x.assign(tensor([4]));
    x.square().backward();
    expect(x.grad?.itemSync()).toBe(-8);
  });

  test('is called by grad() and gradients(), and counts in second derivatives', () => {
    const f = (x: Tensor) => {
      const y = x.square();
      y.registerHook((gradient) => gradient.mul(5));
      return y.mul(x).sum();
    };
    // x³ with the way through y taken five times: 10x² + x²
    expect(grad(f)(tensor([2])).itemSync()).toBe(44);
    // Of 5·x·2x + y, where the way through y counts five times again.
    expect(grad((x: Tensor) => grad(f)(x).sum())(tensor([2])).itemSync()).toBe(60);
    const x = leaf([2]);
    expect(gradients(f(x), [x]).map((t) => t.itemSync())).toEqual([44]);
  });

  test('is traced by compile(); another hook makes a new trace', () => {
    const w = leaf([1]);
    let calls = 0;
    const step = compile((x: Tensor) => {
      const loss = w.mul(x).sum();
      loss.backward();
      return loss;
    });
    const gradientAt = (x: number) => {
      clear(w);
      step(tensor([x]));
      return w.grad?.itemSync();
    };
    expect(gradientAt(3)).toBe(3);
    const handle = w.registerHook((gradient) => {
      calls++;
      return gradient.mul(10);
    });
    expect([gradientAt(3), gradientAt(4), calls]).toEqual([30, 40, 1]);
    handle.remove();
    expect([gradientAt(3), calls]).toEqual([3, 1]);
    step.dispose();
  });

  test('a gradient may be kept', () => {
    const x = leaf([2]);
    const seen: Tensor[] = [];
    x.registerHook((gradient) => {
      seen.push(keep(gradient));
    });
    x.square().backward();
    expect(seen.map((t) => t.itemSync())).toEqual([4]);
    for (const t of seen) t.dispose();
  });

  test('says what is wrong', () => {
    expect(() => tensor([1]).registerHook(() => {})).toThrow(
      'registerHook: this tensor records no gradients',
    );
    const x = leaf([1, 2]);
    x.registerHook((gradient) => gradient.sum());
    expect(() => x.sum().backward()).toThrow(
      'registerHook: the hook returned float32[], expected nothing or a tensor like the gradient, float32[2]',
    );
  });
});

describe('retainGrad()', () => {
  test('gives an inner tensor its gradient, after its hooks', () => {
    const x = leaf([3]);
    const y = x.mul(2);
    y.retainGrad();
    y.registerHook((gradient) => gradient.add(1));
    x.retainGrad();
    const loss = y.square().sum();
    loss.backward();
    expect([y.grad?.itemSync(), x.grad?.itemSync()]).toEqual([13, 26]);
    loss.backward();
    expect([y.grad?.itemSync(), x.grad?.itemSync()]).toEqual([26, 52]);
    expect(() => tensor([1]).retainGrad()).toThrow('retainGrad: this tensor records no gradients');
  });

  test('works in compile()', () => {
    const w = leaf([2]);
    const step = compile((x: Tensor) => {
      const y = w.mul(x);
      y.retainGrad();
      y.square().sum().backward();
      return (y.grad as Tensor).mul(1);
    });
    expect([step(tensor([3])), step(tensor([5]))].map((t) => t.itemSync())).toEqual([12, 20]);
    step.dispose();
  });
});
