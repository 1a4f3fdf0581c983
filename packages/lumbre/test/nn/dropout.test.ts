import { describe, expect, test } from 'vitest';
import { compile, Generator, ones, randn, type Tensor } from '../../src/index.ts';
import { AlphaDropout, Dropout, Dropout1d, Dropout2d } from '../../src/nn/index.ts';

const generator = () => new Generator(1);

/** The channels of `[batch, channels, ..]` as lists of the different values in each. */
function valuesOfChannels(x: Tensor): number[][] {
  const [batch, channels] = x.shape as [number, number];
  const rows = x.reshape(batch * channels, -1).arraySync() as number[][];
  return rows.map((row) => [...new Set(row)]);
}

describe.each([
  ['Dropout1d', new Dropout1d(0.25, { generator: generator() }), [40, 8, 5], [8, 5]],
  ['Dropout2d', new Dropout2d(0.25, { generator: generator() }), [40, 8, 3, 4], [8, 3, 4]],
] as const)('%s', (name, layer, shape, single) => {
  test('drops whole channels, of each example its own', () => {
    const channels = valuesOfChannels(layer.train().forward(ones(shape)));
    expect(channels.every((values) => values.length === 1)).toBe(true);
    const values = channels.flat();
    expect(values.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    const dropped = values.filter((value) => value === 0).length;
    // 80 of 320, give or take three standard deviations.
    expect(dropped).toBeGreaterThan(57);
    expect(dropped).toBeLessThan(103);
    const ofExamples = Array.from({ length: 40 }, (_, i) => values.slice(8 * i, 8 * i + 8).join());
    expect(new Set(ofExamples).size).toBeGreaterThan(10);
  });

  test('takes a single example, leaves it alone after training, and passes gradients where it kept', () => {
    const x = ones(single, { requiresGrad: true });
    const y = layer.train().forward(x);
    y.sum().backward();
    expect(x.grad?.arraySync()).toEqual(y.arraySync());
    x.grad = null;
    expect(layer.eval().forward(x)).toBe(x);
    expect(() => layer.forward(ones([3]))).toThrow(`${name}: expected an input [batch, channels`);
  });
});

describe('AlphaDropout', () => {
  test('keeps mean 0 and variance 1', () => {
    const layer = new AlphaDropout(0.3, { generator: generator() });
    const x = randn([20_000], { generator: new Generator(2) });
    const y = layer.forward(x);
    expect(y.mean().itemSync()).toBeCloseTo(0, 1);
    expect(y.var().itemSync()).toBeCloseTo(1, 1);
    // PyTorch's: a · α' + b, with α' SELU's floor, a and b for p = 0.3.
    const floor = -1.7580993408473766;
    const a = 1 / Math.sqrt(0.7 * (1 + 0.3 * floor ** 2));
    const b = -a * floor * 0.3;
    const lowest = y
      .sub(a * floor + b)
      .abs()
      .lt(1e-5)
      .sum()
      .itemSync();
    expect(lowest / 20_000).toBeCloseTo(0.3, 1);
    const [dropped, kept] = [y.dataSync(), x.dataSync()];
    const i = dropped.findIndex((value) => Math.abs(value - (a * floor + b)) > 1e-3);
    expect(dropped[i]).toBeCloseTo(a * (kept[i] as number) + b, 5);
    expect(layer.eval().forward(x)).toBe(x);
  });

  test('of everything leaves nothing', () => {
    expect(new AlphaDropout(1).forward(ones([3])).arraySync()).toEqual([0, 0, 0]);
  });
});

test('a compiled function draws anew at each call, and goes on from the state of its generator', () => {
  const own = generator();
  const layer = new Dropout2d(0.5, { generator: own });
  const run = compile((x: Tensor) => layer.forward(x));
  const x = ones([4, 16, 1, 1]);
  const draw = () => {
    const y = run(x);
    const values = [...y.dataSync()].join();
    y.dispose();
    return values;
  };
  const first = draw();
  const state = own.state();
  const second = draw();
  expect(second).not.toBe(first);
  own.setState(state);
  expect(draw()).toBe(second);
  run.dispose();
});

test('p must be a probability', () => {
  for (const Layer of [Dropout, Dropout1d, Dropout2d, AlphaDropout]) {
    expect(() => new Layer(1.5)).toThrow(`${Layer.name}: p must be a probability from 0 to 1, not 1.5`);
  }
});
