import { describe, expect, test } from 'vitest';
import {
  compile,
  customFunction,
  explain,
  grad,
  keep,
  noGrad,
  scope,
  stopGradient,
  Tensor,
  tensor,
} from '../../src/index.ts';
import { checkGradients, derivative, type NodeFunction } from '../support/gradcheck.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });

const clear = (t: Tensor) => {
  t.grad = null;
};

const roundStraight = customFunction({
  forward: (x: Tensor) => x.round(),
  backward: (dy) => [dy],
});

/** exp, whose derivative is its own result. */
const ownExp = customFunction({
  name: 'ownExp',
  forward: (x: Tensor) => x.exp(),
  backward: (dy, { output }) => [dy.mul(output)],
});

/** x · y / (1 + y²), with the denominator saved. */
const ratio = customFunction({
  forward: (x: Tensor, y: Tensor) => {
    const below = y.square().add(1);
    return [x.mul(y).div(below), { below, note: 'of y' }] as const;
  },
  backward: (dy, { inputs: [x, y], saved: { below, note } }) => {
    expect(note).toBe('of y');
    // Saved values are constants; a gradient to be differentiated again is written with inputs and output.
    expect(below.shape).toEqual(y.shape);
    const s = y.square().add(1);
    return [dy.mul(y).div(s), dy.mul(x).mul(s.neg().add(2)).div(s.square())];
  },
});

describe('customFunction()', () => {
  test('has the gradient that it was given', () => {
    const x = leaf([0.4, 1.6]);
    const y = roundStraight(x);
    y.mul(tensor([2, 3]))
      .sum()
      .backward();
    expect(y.arraySync()).toEqual([0, 2]);
    expect(x.grad?.arraySync()).toEqual([2, 3]);
  });

  test('agrees with finite differences, twice', () => {
    const asNodes =
      (f: (x: Tensor, y: Tensor) => Tensor): NodeFunction =>
      ([x, y]) =>
        f(new Tensor(x as never, 'js'), new Tensor(y as never, 'js')).node;
    const inputs = [
      { shape: [3], data: [0.5, -1.2, 2] },
      { shape: [3], data: [0.3, 1.5, -0.7] },
    ];
    for (const f of [ratio, (x: Tensor, y: Tensor) => ownExp(x.mul(y)).mul(ownExp(y))]) {
      expect(checkGradients(asNodes(f), inputs)).toEqual([]);
      expect(checkGradients(derivative(asNodes(f)), inputs)).toEqual([]);
      expect(checkGradients(derivative(derivative(asNodes(f))), inputs)).toEqual([]);
    }
  });

  test('records nothing of forward; what comes from outside is a constant', () => {
    const [x, w] = [leaf([3]), leaf([5])];
    const scaled = customFunction({
      forward: (a: Tensor) => {
        const y = a.mul(w);
        expect(y.requiresGrad).toBe(false);
        return y;
      },
      backward: (dy) => [dy.mul(100)],
    });
    scaled(x).sum().backward();
    expect([x.grad?.itemSync(), w.grad]).toEqual([100, null]);
  });

  test('a result that is an argument still has the gradient of the function', () => {
    const reversed = customFunction({ forward: (x: Tensor) => x, backward: (dy) => [dy.neg()] });
    const x = leaf([2]);
    const y = reversed(x.mul(1.5));
    y.sum().backward();
    expect([y.itemSync(), x.grad?.itemSync()]).toEqual([3, -1.5]);
    expect(reversed(tensor([1])).requiresGrad).toBe(false);
    expect(noGrad(() => reversed(x)).requiresGrad).toBe(false);
  });

  test('integers have no gradient', () => {
    const pick = customFunction({
      forward: (x: Tensor, index: Tensor) => x.gather(0, index),
      backward: (dy, { inputs: [x, index] }) => [x.mul(0).scatterAdd(0, index, dy), null],
    });
    const x = leaf([1, 2, 3]);
    pick(x, tensor([2, 0], { dtype: 'int32' }))
      .mul(tensor([10, 20]))
      .sum()
      .backward();
    expect(x.grad?.arraySync()).toEqual([20, 0, 10]);
  });

  test('differentiates in grad(), and again', () => {
    const third = grad((x: Tensor) =>
      grad((y: Tensor) => grad((z: Tensor) => ownExp(z.mul(2)).sum())(y).sum())(x).sum(),
    );
    expect(third(tensor([0.5])).itemSync()).toBeCloseTo(8 * Math.E, 4);
  });

  test('is traced by compile() once', () => {
    let backwards = 0;
    const counted = customFunction({
      forward: (x: Tensor) => x.square(),
      backward: (dy, { inputs: [x] }) => {
        backwards++;
        return [dy.mul(x).mul(3)];
      },
    });
    const w = leaf([2]);
    const step = compile((x: Tensor) => {
      const loss = counted(w.mul(x)).sum();
      loss.backward();
      return loss;
    });
    const seen = [1, 3, 5].map((value) => {
      clear(w);
      const loss = step(tensor([value]));
      return [loss.itemSync(), w.grad?.itemSync()];
    });
    expect(seen).toEqual([1, 3, 5].map((x) => [4 * x * x, 3 * 2 * x * x]));
    expect(backwards).toBe(1);
    step.dispose();
  });

  test('what is for the gradient alone is not computed with the value', () => {
    const y = customFunction({
      forward: (x: Tensor) => [x.add(1), x.exp().sum()] as const,
      backward: (dy, { saved }) => [dy.mul(saved)],
    })(leaf([1, 2]));
    expect(explain(y)).not.toMatch(/exp|sum/);
  });

  test('holds what it saved, and nothing else that forward made', () => {
    const x = leaf([1, 2]);
    const inner: Tensor[] = [];
    const y = scope(() =>
      customFunction({
        forward: (a: Tensor) => {
          const factors = tensor([10, 20]);
          inner.push(a.mul(factors));
          return [a.mul(factors).add(1), [factors]] as const;
        },
        backward: (dy, { saved: [factors] }) => [dy.mul(factors as Tensor)],
      })(x),
    );
    expect(inner.map((t) => t.disposed)).toEqual([true]);
    expect(y.arraySync()).toEqual([11, 41]);
    y.sum().backward();
    expect(x.grad?.arraySync()).toEqual([10, 20]);
  });

  test('tensors of backward may be kept', () => {
    const seen: Tensor[] = [];
    const x = leaf([1]);
    scope(() => {
      customFunction({
        forward: (a: Tensor) => a.mul(2),
        backward: (dy) => {
          seen.push(keep(dy.mul(7)));
          return [dy];
        },
      })(x).backward();
    });
    expect(seen.map((t) => t.itemSync())).toEqual([7]);
    for (const t of seen) t.dispose();
  });

  test('says what is wrong', () => {
    const x = leaf([1, 2]);
    const of = (forward: unknown, backward: unknown) =>
      customFunction<[Tensor]>({ name: 'mine', forward: forward as never, backward: backward as never });
    expect(() => of(() => 3, null)(x)).toThrow('mine: forward returned number, expected a tensor');
    expect(() =>
      of(
        (a: Tensor) => a.mul(2),
        () => [],
      )(x)
        .sum()
        .backward(),
    ).toThrow('mine: backward returned 0 gradients, expected an array of 1');
    expect(() =>
      of(
        (a: Tensor) => a.mul(2),
        (dy: Tensor) => dy,
      )(x)
        .sum()
        .backward(),
    ).toThrow(/mine: backward returned float32\[2\] on '.*', expected an array of 1/);
    expect(() =>
      of(
        (a: Tensor) => a.sum(),
        (dy: Tensor) => [dy],
      )(x).backward(),
    ).toThrow(
      /mine: backward returned float32\[\] on '.*' as the gradient of input 0, expected float32\[2\]/,
    );
    expect(() =>
      of(
        (a: Tensor) => a,
        () => [undefined],
      )(x)
        .sum()
        .backward(),
    ).toThrow(/returned undefined as/);
    expect(() => of((a: Tensor) => a, null)(3 as never)).toThrow(
      'mine: argument 0 is number, expected a tensor',
    );
    expect(() => (of((a: Tensor) => a, null) as () => Tensor)()).toThrow(
      'mine: expected at least one tensor',
    );
  });
});

test('stopGradient() is detach() as a function', () => {
  const x = leaf([3]);
  x.mul(stopGradient(x)).sum().backward();
  expect(x.grad?.itemSync()).toBe(3);
  expect(stopGradient(x).requiresGrad).toBe(false);
});
