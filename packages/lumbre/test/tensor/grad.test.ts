import { describe, expect, test } from 'vitest';
import { compile, grad, noGrad, type Tensor, tensor, valueAndGrad } from '../../src/index.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });
const ints = (data: number[]) => tensor(data, { dtype: 'int32' });

describe('backward()', () => {
  test('adds up over calls until it is cleared', () => {
    const x = leaf([1, 2]);
    const clear = (t: Tensor) => {
      t.grad = null;
    };
    x.square().sum().backward();
    x.square().sum().backward();
    expect(x.grad?.arraySync()).toEqual([4, 8]);
    clear(x);
    x.sum().backward();
    expect(x.grad?.arraySync()).toEqual([1, 1]);
  });

  test('takes the gradient to start from', () => {
    const x = leaf([1, 2]);
    x.mul(3).backward(tensor([1, 10]));
    expect(x.grad?.arraySync()).toEqual([3, 30]);
    expect(() => x.mul(3).backward()).toThrow(/shape \[2\] needs the gradient to start from/);
    expect(() => x.mul(3).backward(tensor([1]))).toThrow(
      /the gradient is float32\[1\], expected float32\[2\]/,
    );
  });

  test('adds up over all ways to a leaf', () => {
    const x = leaf([3]);
    const y = x.mul(x);
    y.mul(x).add(y).sum().backward();
    expect(x.grad?.arraySync()).toEqual([3 * 9 + 6]);
  });

  test('works after values have been read', () => {
    const x = leaf([2]);
    const y = x.exp();
    const value = y.itemSync();
    y.square().backward();
    expect(x.grad?.itemSync()).toBeCloseTo(2 * value * value, 3);
  });

  test('says when no gradient flows', () => {
    expect(() => tensor([1]).sum().backward()).toThrow(/no gradient flows to this tensor/);
    expect(() => noGrad(() => leaf([1]).sum()).backward()).toThrow(/no gradient flows/);
    expect(() => leaf([1]).gt(0).backward()).toThrow(/no gradient flows/);
  });

  test('leaves gradients of gradients out', () => {
    const x = leaf([2]);
    x.square().sum().backward();
    expect(x.grad?.requiresGrad).toBe(false);
  });
});

describe('requiresGrad', () => {
  test('is passed on by what is computed', () => {
    const x = leaf([1]);
    expect([x.requiresGrad, x.add(1).requiresGrad, x.detach().requiresGrad]).toEqual([true, true, false]);
    expect([x.gt(0), x.argmax(), x.int(), x.int().sum()].map((t) => t.requiresGrad)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(noGrad(() => x.add(1)).requiresGrad).toBe(false);
  });

  test('can be set and unset on leaves only', () => {
    const x = tensor([1]);
    x.requiresGrad = true;
    const y = x.add(1);
    expect(() => {
      y.requiresGrad = false;
    }).toThrow(/only a leaf can stop requiring gradients/);
    x.requiresGrad = false;
    expect([x.requiresGrad, y.requiresGrad]).toEqual([false, true]);
    expect(() => {
      ints([1]).requiresGrad = true;
    }).toThrow(/only float tensors have gradients, this one is int32/);
  });

  test('an assigned leaf stays a leaf; what was computed before keeps its gradient', () => {
    const x = leaf([1, 2]);
    const loss = x.square().sum();
    noGrad(() => x.assign(x.sub(1)));
    expect(x.arraySync()).toEqual([0, 1]);
    x.mul(5).sum().backward();
    expect(x.grad?.arraySync()).toEqual([5, 5]);
    expect(loss.itemSync()).toBe(5);
  });
});

describe('grad()', () => {
  test('the gradient by the first argument', () => {
    const slope = grad((x: Tensor) => x.pow(3).sum());
    const gradient = slope(tensor([1, 2]));
    expect(gradient.arraySync()).toEqual([3, 12]);
    expect(gradient.requiresGrad).toBe(false);
  });

  test('by other arguments, and by several', () => {
    const f = (x: Tensor, y: Tensor, scale: number) => x.mul(y).mul(scale).sum();
    const [x, y] = [tensor([1, 2]), tensor([3, 4])];
    expect(grad(f, { argnums: 1 })(x, y, 10).arraySync()).toEqual([10, 20]);
    const [dy, dx] = grad(f, { argnums: [1, 0] })(x, y, 1);
    expect([dx.arraySync(), dy.arraySync()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test('has the structure of its argument; zero where nothing depends', () => {
    const f = ({ weight, bias, unused }: { weight: Tensor; bias: Tensor[]; unused: Tensor }) => {
      expect(unused.shape).toEqual([2]);
      return weight
        .mul(2)
        .add(bias[0] as Tensor)
        .sum();
    };
    const gradient = grad(f)({ weight: tensor([1]), bias: [tensor([5])], unused: tensor([1, 1]) });
    expect(gradient.weight.arraySync()).toEqual([2]);
    expect(gradient.bias[0]?.arraySync()).toEqual([1]);
    expect(gradient.unused.arraySync()).toEqual([0, 0]);
  });

  test('valueAndGrad gives both', () => {
    const [value, gradient] = valueAndGrad((x: Tensor) => x.square().sum())(tensor([3, 4]));
    expect([value.itemSync(), gradient.arraySync(), value.requiresGrad]).toEqual([25, [6, 8], false]);
  });

  test('second and third derivatives, by nesting', () => {
    const cube = (x: Tensor) => x.pow(3).sum();
    const second = grad((x: Tensor) => grad(cube)(x).sum());
    const third = grad((x: Tensor) => second(x).sum());
    expect(second(tensor([1, 2])).arraySync()).toEqual([6, 12]);
    expect(third(tensor([1, 2])).arraySync()).toEqual([6, 6]);
    const curvature = grad((x: Tensor) => grad((y: Tensor) => y.exp().mul(y).sum())(x).sum());
    // (x eˣ)'' = (x + 2) eˣ
    expect(curvature(tensor([0.5])).itemSync()).toBeCloseTo(2.5 * Math.exp(0.5), 4);
  });

  test('mixed derivatives', () => {
    const f = (x: Tensor, y: Tensor) => x.square().mul(y).sum();
    const mixed = grad((y: Tensor) => grad(f)(tensor([3]), y).sum());
    expect(mixed(tensor([5])).arraySync()).toEqual([6]);
  });

  test('a gradient is differentiable towards leaves outside: a gradient penalty', () => {
    const w = leaf([2]);
    const slope = grad((x: Tensor) => x.square().mul(w).sum())(tensor([3]));
    expect(slope.requiresGrad).toBe(true);
    // slope = 2 x w, so that the gradient of its square by w is 2 · slope · 2 x.
    slope.square().sum().backward();
    expect([slope.arraySync(), w.grad?.arraySync()]).toEqual([[12], [2 * 12 * 6]]);
  });

  test('leaves the gradients of parameters alone, and works within noGrad', () => {
    const w = leaf([2]);
    const gradient = noGrad(() => grad((x: Tensor) => x.mul(w).sum())(tensor([3])));
    expect([gradient.arraySync(), w.grad]).toEqual([[2], null]);
    expect(grad((x: Tensor) => x.square().sum())(w).arraySync()).toEqual([4]);
    expect(w.grad).toBe(null);
  });

  test('the value may be read inside', () => {
    let seen = 0;
    const gradient = grad((x: Tensor) => {
      const y = x.square().sum();
      seen = y.itemSync();
      return y.mul(y);
    })(tensor([1, 2]));
    // (y²)' = 2 y · 2 x
    expect([seen, gradient.arraySync()]).toEqual([5, [20, 40]]);
  });

  test('inside compile', () => {
    const compiled = compile((x: Tensor) => grad((y: Tensor) => y.pow(3).sum())(x));
    expect(compiled(tensor([1, 2])).arraySync()).toEqual([3, 12]);
    expect(compiled(tensor([3, 4])).arraySync()).toEqual([27, 48]);
    compiled.dispose();
  });

  test('bad input', () => {
    const square = (x: Tensor) => x.square();
    expect(() => grad(square)(tensor([1, 2]))).toThrow(
      /must return one float number as a tensor, got float32\[2\]/,
    );
    expect(() => grad((x: Tensor) => x.gt(0).any())(tensor([1]))).toThrow(/got bool\[\]/);
    expect(() => grad((() => 3) as unknown as typeof square)(tensor([1]))).toThrow(/got number/);
    expect(() => grad(square)(ints([1]))).toThrow(
      /argument 0 has a tensor of int32; only floats have gradients/,
    );
    expect(() => grad((n: number) => tensor(n))(1)).toThrow(/argument 0 has no tensor/);
    expect(() => grad(square, { argnums: 1 as 0 })(tensor([1]))).toThrow(/there is no argument 1/);
  });
});
