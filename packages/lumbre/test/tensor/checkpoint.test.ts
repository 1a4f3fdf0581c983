import { describe, expect, test } from 'vitest';
import {
  checkpoint,
  compile,
  explain,
  grad,
  manualSeed,
  noGrad,
  rand,
  randn,
  type Tensor,
  tensor,
} from '../../src/index.ts';
import { Dropout, LayerNorm, Linear, Module } from '../../src/nn/index.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });
const clear = (t: Tensor) => {
  t.grad = null;
};

type Block = (x: Tensor) => Tensor;
const plain = (block: Block, x: Tensor) => block(x);
const kept = (block: Block, x: Tensor) => checkpoint(block, x);

/** The largest difference, and that the values are worth comparing. */
function expectEqual(actual: readonly Tensor[], expected: readonly Tensor[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((t, i) => {
    const [a, b] = [t.dataSync(), (expected[i] as Tensor).dataSync()];
    expect(b.some((value) => value !== 0)).toBe(true);
    const apart = Math.max(...a.map((value, j) => Math.abs(value - (b[j] as number))));
    expect(apart).toBeLessThan(1e-5);
  });
}

describe('checkpoint()', () => {
  test('has the value and the gradients of a plain call, also towards what it takes from outside', () => {
    const [x, w] = [leaf([0.5, -1, 2]), leaf([1, 2, 3])];
    const outside = w.mul(2);
    const block = (a: Tensor) => a.mul(outside).tanh().mul(w).exp().add(x);
    const gradientsBy = (call: typeof plain) => {
      const y = call(block, x.mul(0.5));
      y.square().sum().backward();
      const result = [y, x.grad as Tensor, w.grad as Tensor].map((t) => t.mul(1).realize());
      clear(x);
      clear(w);
      return result;
    };
    expectEqual(gradientsBy(kept), gradientsBy(plain));
  });

  test('of several arguments, structures and integers', () => {
    const f = ({ a }: { a: Tensor }, index: Tensor, factor: number) => a.gather(0, index).mul(factor).exp();
    const x = leaf([0.1, 0.2, 0.3]);
    const index = tensor([2, 0, 2], { dtype: 'int32' });
    checkpoint(f, { a: x }, index, 2).sum().backward();
    const [first, third] = [2 * Math.exp(0.2), 4 * Math.exp(0.6)];
    expectEqual([x.grad as Tensor], [tensor([first, 0, third])]);
  });

  test('differentiates again, nested too', () => {
    const f = (x: Tensor) =>
      checkpoint((a: Tensor) => checkpoint((b: Tensor) => b.sin().mul(b), a).mul(a.exp()), x).sum();
    const g = (x: Tensor) => x.sin().mul(x).mul(x.exp()).sum();
    const second = (h: (x: Tensor) => Tensor) => grad((x: Tensor) => grad(h)(x).square().sum());
    const x = tensor([0.3, -0.7]);
    expectEqual([grad(f)(x), second(f)(x)], [grad(g)(x), second(g)(x)]);
  });

  test('computes again with the same random numbers, and calls the function once', () => {
    // Eight numbers below a half, or none, would say nothing.
    manualSeed(1);
    let calls = 0;
    const x = leaf([1, 2, 3, 4, 5, 6, 7, 8]);
    const dropped = checkpoint((a: Tensor) => {
      calls++;
      return a.mul(rand([8]).lt(0.5).float()).square();
    }, x);
    dropped.sum().backward();
    const values = dropped.arraySync() as number[];
    expect(values).toContain(0);
    expect(values.some((v) => v > 0)).toBe(true);
    expect(x.grad?.arraySync()).toEqual(values.map((v) => 2 * Math.sqrt(v)));
    expect(calls).toBe(1);
  });

  test('works with hooks inside, and after the value has been read', () => {
    const x = leaf([2]);
    const y = checkpoint((a: Tensor) => {
      const inner = a.square();
      inner.registerHook((gradient) => gradient.mul(10));
      return inner.mul(3);
    }, x);
    expect(y.itemSync()).toBe(12);
    y.backward();
    expect(x.grad?.itemSync()).toBe(120);
  });

  test('is a plain call where no gradient is recorded', () => {
    expect(noGrad(() => checkpoint((a: Tensor) => a.exp(), leaf([1]))).requiresGrad).toBe(false);
    expect(checkpoint((a: Tensor) => a.add(1), tensor([1])).arraySync()).toEqual([2]);
    expect(checkpoint((a: Tensor) => a, leaf([3])).requiresGrad).toBe(true);
  });

  test('says what is wrong', () => {
    expect(() => checkpoint((a: Tensor) => [a] as never, leaf([1]))).toThrow(
      'checkpoint: the function returned an array, expected one tensor',
    );
  });
});

/** A pre-norm block with an expansion of four, as in a transformer. */
class Residual extends Module {
  readonly norm: LayerNorm;
  readonly up: Linear;
  readonly down: Linear;
  readonly dropout = new Dropout(0.1);
  readonly scores: boolean;

  constructor(width: number, scores: boolean) {
    super();
    this.norm = new LayerNorm(width);
    this.up = new Linear(width, 4 * width);
    this.down = new Linear(4 * width, width);
    this.scores = scores;
  }

  forward(x: Tensor): Tensor {
    const normed = this.norm.forward(x);
    const mixed = this.scores ? normed.matmul(normed.mT).softmax(-1).matmul(normed) : normed;
    return x.add(this.dropout.forward(this.down.forward(this.up.forward(mixed).gelu())));
  }
}

describe('memory of a training step', () => {
  test.each([
    ['an MLP', false],
    ['attention and MLP', true],
  ])('of %s falls when blocks are checkpointed', (_, scores) => {
    const shape = scores ? [2, 32, 32] : [64, 32];
    manualSeed(1);
    const blocks = Array.from({ length: 6 }, () => new Residual(32, scores));
    const parameters = blocks.flatMap((block) => [...block.parameters()]);
    const x = randn(shape);
    const run = (call: typeof plain) => {
      const step = compile((input: Tensor) => {
        const y = blocks.reduce((value, block) => call((a) => block.forward(a), value), input);
        const loss = y.square().mean();
        loss.backward();
        return loss;
      });
      manualSeed(2);
      const loss = step(x);
      const results = [loss, ...parameters.map((p) => (p.grad as Tensor).mul(1).realize())];
      for (const p of parameters) clear(p);
      const [report] = step.explain();
      step.dispose();
      return { results, arenaBytes: report?.arenaBytes as number };
    };
    const [all, few] = [run(plain), run(kept)];
    expectEqual(few.results, all.results);
    expect(few.arenaBytes).toBeLessThan(0.3 * all.arenaBytes);
    for (const block of blocks) block.dispose();
  });

  test('what only has to wait is not read', () => {
    const w = leaf([1, 2, 3]);
    const y = checkpoint((a: Tensor) => a.exp().mul(w), leaf([1, 2, 3]).mul(2))
      .square()
      .sum();
    y.backward();
    const text = explain(w.grad as Tensor);
    expect(text).toContain('after');
    // Not merged with the first time.
    expect(text.match(/= exp /g)).toHaveLength(2);
  });
});
