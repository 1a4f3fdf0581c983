import { describe, expect, test } from 'vitest';
import {
  cat,
  compile,
  grad,
  gradients,
  hessian,
  hvp,
  jacobian,
  jvp,
  noGrad,
  scope,
  stack,
  type Tensor,
  tensor,
  valueAndGrad,
  vjp,
} from '../../src/index.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });
const close = (actual: Tensor, expected: number[]) => {
  const values = [...actual.dataSync()];
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 4);
  });
};

describe('vjp()', () => {
  test('gives the value and the product of a vector with the Jacobian', () => {
    // y = [a·b, a + b²] at a = 2, b = 3: J = [[3, 2], [1, 6]]
    const f = (a: Tensor, b: Tensor) => cat([a.mul(b), a.add(b.square())]);
    const [value, pullback] = vjp(f, tensor([2]), tensor([3]));
    expect(value.arraySync()).toEqual([6, 11]);
    expect(pullback(tensor([1, 0])).map((t) => t.itemSync())).toEqual([3, 2]);
    expect(pullback(tensor([10, 1])).map((t) => t.itemSync())).toEqual([31, 26]);
  });

  test('takes and gives structures', () => {
    const f = ({ x, list }: { x: Tensor; list: Tensor[] }) => ({
      product: x.mul(list[0] as Tensor),
      unused: x.neg(),
    });
    const [value, pullback] = vjp(f, { x: tensor([2]), list: [tensor([5]), tensor([7])] });
    expect(value.product.itemSync()).toBe(10);
    const [{ x, list }] = pullback({ product: tensor([1]), unused: tensor([100]) });
    expect([x.itemSync(), ...list.map((t) => t.itemSync())]).toEqual([-95, 2, 0]);
  });

  test('can be differentiated again', () => {
    // d/dx of (x³)' · v = 6 x v
    const slope = (x: Tensor) => vjp((y: Tensor) => y.pow(3), x)[1](tensor([1, 10]))[0];
    close(grad((x: Tensor) => slope(x).sum())(tensor([1, 2])), [6, 120]);
    const x = leaf([1, 2]);
    slope(x).sum().backward();
    close(x.grad as Tensor, [6, 120]);
    expect(noGrad(() => slope(x)).requiresGrad).toBe(false);
  });

  test('the pullback lives as long as its scope', () => {
    const kept = scope(() => {
      const factor = tensor([4]);
      const [, pullback] = vjp((x: Tensor) => x.square().mul(factor), tensor([3]));
      factor.dispose();
      expect(pullback(tensor([1]))[0].itemSync()).toBe(24);
      return { pullback };
    });
    expect(() => kept.pullback(tensor([1]))).toThrow(/has been disposed/);
  });

  test('says what is wrong', () => {
    const x = tensor([1, 2]);
    expect(() => vjp((a: Tensor) => a.gt(0), x)).toThrow('vjp: the function returned bool[2]');
    expect(() => vjp((_: Tensor) => 3, x)).toThrow(
      'vjp: the function returned number, expected float tensors',
    );
    expect(() => vjp((a: Tensor) => a, tensor([1], { dtype: 'int32' }))).toThrow(
      'argument 0 has a tensor of int32',
    );
    expect(() => vjp((_: number) => x, 3)).toThrow('vjp: argument 0 has no tensor');
    const [, pullback] = vjp((a: Tensor) => a.mul(2), x);
    expect(() => pullback(tensor([1]))).toThrow(
      'vjp: number 0 of the cotangent is float32[1], expected float32[2]',
    );
    expect(() => pullback([x, x] as never)).toThrow('vjp: got 2 tensors as the cotangent, expected 1');
  });
});

describe('jvp()', () => {
  test('gives the value and its derivative along a direction', () => {
    const f = (a: Tensor, b: Tensor) => cat([a.mul(b), a.add(b.square())]);
    const [value, tangent] = jvp(f, [tensor([2]), tensor([3])], [tensor([1]), tensor([10])]);
    expect(value.arraySync()).toEqual([6, 11]);
    expect(tangent.arraySync()).toEqual([23, 61]);
  });

  test('of kinks, rounding, selections and what does not depend', () => {
    const along = (f: (x: Tensor) => Tensor) => {
      const [, tangent] = jvp(f, [tensor([-1, 0.5, 2])], [tensor([1, 10, 100])]);
      return tangent.arraySync();
    };
    expect(along((x) => x.relu())).toEqual([0, 10, 100]);
    expect(along((x) => x.abs())).toEqual([-1, 10, 100]);
    expect(along((x) => x.max())).toBe(100);
    expect(along((x) => x.floor())).toEqual([0, 0, 0]);
    expect(along((x) => x.detach().mul(x))).toEqual([-1, 5, 200]);
    expect(along((x) => x.flip(0).cumsum(0))).toEqual([100, 110, 111]);
    expect(along((x) => x.gather(0, tensor([2, 2], { dtype: 'int32' })))).toEqual([100, 100]);
    expect(along(() => tensor([5]))).toEqual([0]);
    expect(along((x) => x)).toEqual([1, 10, 100]);
  });

  test('differentiates again, forwards and backwards', () => {
    const cube = (x: Tensor) => x.pow(3).sum();
    const direction = tensor([1, 10]);
    const along = (x: Tensor) => jvp(cube, [x], [direction])[1];
    close(along(tensor([1, 2])), [3 + 120]);
    close(grad(along)(tensor([1, 2])), [6, 120]);
    close(jvp(along, [tensor([1, 2])], [tensor([1, 1])])[1], [6 + 120]);
    // By the direction it is linear.
    close(grad((v: Tensor) => jvp(cube, [tensor([1, 2])], [v])[1])(direction), [3, 12]);
  });

  test('works in compile()', () => {
    const step = compile((x: Tensor, v: Tensor) => jvp((y: Tensor) => y.sin().mul(y), [x], [v]));
    for (const at of [0.5, 2]) {
      const [value, tangent] = step(tensor([at]), tensor([3]));
      close(value, [at * Math.sin(at)]);
      close(tangent, [3 * (Math.sin(at) + at * Math.cos(at))]);
    }
    step.dispose();
  });

  test('says what is wrong', () => {
    const x = tensor([1, 2]);
    expect(() => jvp((a: Tensor) => a, [x], [tensor([1])])).toThrow(
      'jvp: number 0 of the tangents is float32[1], expected float32[2]',
    );
  });
});

describe('matrices of derivatives', () => {
  test('jacobian() has the shape of the result and then that of the argument', () => {
    const f = (x: Tensor, w: Tensor) => x.matmul(w);
    const [x, w] = [
      tensor([1, 2]),
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ];
    expect(jacobian(f)(x, w).arraySync()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const byW = jacobian(f, { argnums: 1 })(x, w);
    expect(byW.shape).toEqual([3, 2, 3]);
    expect(byW.arraySync()).toEqual([
      [
        [1, 0, 0],
        [2, 0, 0],
      ],
      [
        [0, 1, 0],
        [0, 2, 0],
      ],
      [
        [0, 0, 1],
        [0, 0, 2],
      ],
    ]);
    expect(jacobian((a: Tensor) => a.slice([0, 0]))(x).shape).toEqual([0, 2]);
    expect(() => jacobian((a: number) => tensor(a))(3)).toThrow(
      'jacobian: argument 0 must be a tensor, got number',
    );
  });

  test('hessian(), and hvp() without it', () => {
    // x³ + 2 x y: [[6x, 2], [2, 0]]
    const f = (p: Tensor) => {
      const [x, y] = p.unbind() as [Tensor, Tensor];
      return x.pow(3).add(x.mul(y).mul(2));
    };
    const at = tensor([3, 5]);
    close(hessian(f)(at), [18, 2, 2, 0]);
    const [value, product] = hvp(f, [at], [tensor([1, 10])]);
    close(value, [57]);
    close(product[0], [38, 2]);
    // Linear: nothing is left.
    expect(hvp((x: Tensor) => x.sum(), [at], [at])[1][0].arraySync()).toEqual([0, 0]);
  });

  test('third derivatives', () => {
    const third = jacobian(hessian((x: Tensor) => x.pow(4).sum()));
    const result = third(tensor([1, 2]));
    expect(result.shape).toEqual([2, 2, 2]);
    close(result, [24, 0, 0, 0, 0, 0, 0, 48]);
    close(
      grad((x: Tensor) => grad((y: Tensor) => grad((z: Tensor) => z.sin().sum())(y).sum())(x).sum())(
        tensor(0.3),
      ),
      [-Math.cos(0.3)],
    );
  });
});

describe('hasAux', () => {
  test('passes on what is returned beside the value', () => {
    const f = (x: Tensor) => [x.square().sum(), { doubled: x.mul(2), name: 'aux' }] as const;
    const [[value, aux], gradient] = valueAndGrad(f, { hasAux: true })(tensor([1, 2]));
    expect([value.itemSync(), gradient.arraySync(), aux.doubled.arraySync(), aux.name]).toEqual([
      5,
      [2, 4],
      [2, 4],
      'aux',
    ]);
    expect(aux.doubled.requiresGrad).toBe(false);
    const [slope, same] = grad(f, { hasAux: true })(tensor([3]));
    expect([slope.arraySync(), same.doubled.arraySync()]).toEqual([[6], [6]]);
    expect(() => valueAndGrad((x: Tensor) => x.sum() as never, { hasAux: true })(tensor([1]))).toThrow(
      'must return [value, aux]',
    );
  });

  test('records gradients of it where they are recorded outside', () => {
    const x = leaf([3]);
    const [, aux] = grad((y: Tensor) => [y.sum(), y.square()] as const, { hasAux: true })(x);
    aux.sum().backward();
    expect(x.grad?.arraySync()).toEqual([6]);
  });
});

describe('gradients()', () => {
  test('by leaves and by what was computed, also behind one another', () => {
    const x = leaf([2]);
    const y = x.mul(3);
    const z = y.square().add(x);
    const [byX, byY, byZ] = gradients(z, [x, y, z]) as [Tensor, Tensor, Tensor];
    expect([byX, byY, byZ].map((t) => t.itemSync())).toEqual([37, 12, 1]);
    expect(x.grad).toBe(null);
  });

  test('can be differentiated again, but for noGrad', () => {
    const x = leaf([2]);
    const [first] = gradients(x.pow(3), [x]) as [Tensor];
    const [second] = gradients(first, [x]) as [Tensor];
    const [third] = gradients(second, [x]) as [Tensor];
    close(stack([first, second, third]), [12, 12, 6]);
    expect(noGrad(() => gradients(x.exp().detach().mul(x), [x])).map((t) => t.requiresGrad)).toEqual([false]);
    // A gradient penalty.
    const w = leaf([1.5]);
    const penalty = (gradients(w.mul(x).square(), [x])[0] as Tensor).square().sum();
    penalty.backward();
    close(w.grad as Tensor, [2 * (2 * 1.5 ** 2 * 2) * (4 * 1.5 * 2)]);
  });

  test('starts from seeds; several outputs add up; zero where nothing depends', () => {
    const [x, other] = [leaf([1, 2]), leaf([5])];
    const [byX, byOther] = gradients(
      [x.mul(2), x.square().sum()],
      [x, other],
      [tensor([1, 10]), tensor(100)],
    );
    expect([byX?.arraySync(), byOther?.arraySync()]).toEqual([[202, 420], [0]]);
  });

  test('says what is wrong', () => {
    const x = leaf([1, 2]);
    expect(() => gradients(x.mul(2), [x])).toThrow(
      'gradients: outputs of shape [2] need the gradients to start from',
    );
    expect(() => gradients(x.sum(), [tensor([1])])).toThrow(
      'gradients: input 0, float32[1], records no gradients',
    );
    expect(() => gradients(x.mul(2), [x], tensor([1]))).toThrow('number 0 of the seed is float32[1]');
    expect(() => gradients([], [x])).toThrow('gradients: there is no output');
  });
});
