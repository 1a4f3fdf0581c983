import { describe, expect, test } from 'vitest';
import { compile, linspace, memory, randn, scope, type Tensor, tensor } from '../../src/index.ts';
import { BatchNorm1d, BatchNorm2d, Conv2d, Linear, Module } from '../../src/nn/index.ts';
import { SGD } from '../../src/optim/index.ts';
import fixtures from '../fixtures/layers/batchNormSteps.json' with { type: 'json' };

/** With the names that PyTorch's Sequential gave. */
class Network extends Module {
  readonly 0: Conv2d;
  readonly 1: BatchNorm2d;
  readonly 4: Linear;
  readonly 5: BatchNorm1d;

  constructor(momentum: number | null) {
    super();
    this[0] = new Conv2d(2, 3, 3);
    this[1] = new BatchNorm2d(3, { momentum });
    this[4] = new Linear(12, 4);
    this[5] = new BatchNorm1d(4, { momentum });
  }

  forward(x: Tensor): Tensor {
    const seen = this[1].forward(this[0].forward(x)).relu().flatten(1);
    return this[5].forward(this[4].forward(seen));
  }
}

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const load = ({ dtype, shape, data }: Stored): Tensor =>
  tensor([...data], { shape, dtype: dtype === 'int32' ? 'int32' : 'float32' });

function expectState(net: Module, expected: Readonly<Record<string, Stored>>, what: string): void {
  const state = net.stateDict();
  expect([...state.keys()]).toEqual(Object.keys(expected));
  for (const [name, { dtype, shape, data }] of Object.entries(expected)) {
    const actual = state.get(name) as Tensor;
    expect(actual.shape).toEqual(shape);
    actual.dataSync().forEach((value, i) => {
      if (dtype === 'int32') expect(value, name).toBe(data[i]);
      else expect(value, `${what}: ${name}, element ${i}`).toBeCloseTo(data[i] as number, 4);
    });
  }
}

describe.each(fixtures)('a network with batch normalization of momentum $momentum', (fixture) => {
  test.each(['compiled', 'step by step'])('has the state of PyTorch after each step, %s', (how) => {
    const net = new Network(fixture.momentum);
    net.loadStateDict(new Map(Object.entries(fixture.before).map(([name, value]) => [name, load(value)])));
    const optimizer = new SGD(net.parameters(), { lr: 0.05 });
    const step = (x: Tensor): Tensor => {
      const loss = net
        .forward(x)
        .sub(linspace(-1, 1, 4))
        .abs()
        .pow(3)
        .mean();
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const compiled = compile(step);
    const run = how === 'compiled' ? compiled : step;
    fixture.steps.forEach(({ x, loss, state }, i) => {
      const result = run(load(x));
      expect(result.itemSync()).toBeCloseTo(loss, 4);
      expectState(net, state, `step ${i}`);
      result.dispose();
    });
    // Traced once: the statistics come in as they are at each call.
    if (how === 'compiled') expect(compiled.explain()).toHaveLength(1);
    net.eval();
    const output = net.forward(load(fixture.eval.x)).dataSync();
    output.forEach((value, i) => {
      expect(value).toBeCloseTo(fixture.eval.output[i] as number, 3);
    });
    expectState(net, fixture.steps.at(-1)?.state as Readonly<Record<string, Stored>>, 'after eval');
    compiled.dispose();
    optimizer.dispose();
    net.dispose();
  });
});

describe('BatchNorm', () => {
  test('holds no earlier batch: memory stays level though nothing is read', () => {
    const norm = new BatchNorm2d(2);
    const live: number[] = [];
    for (let i = 0; i < 4; i++) {
      scope(() => {
        norm.forward(randn([8, 2, 4, 4]));
      });
      live.push(memory().liveBytes);
    }
    expect(live[3]).toBe(live[0]);
    expect(norm.num_batches_tracked?.itemSync()).toBe(4);
    norm.dispose();
  });

  test('computes what came before it once, and keeps its products for the gradient', () => {
    const [linear, norm] = [new Linear(3, 2), new BatchNorm1d(2)];
    const x = randn([5, 3]);
    const y = linear.forward(x);
    norm.forward(y).square().sum().backward();
    expect(y.realized).toBe(true);
    expect(linear.weight.grad?.shape).toEqual([2, 3]);
    linear.dispose();
    norm.dispose();
  });

  test('has one trace for training and one for use', () => {
    const norm = new BatchNorm1d(3);
    const run = compile((x: Tensor) => norm.forward(x));
    const x = tensor([
      [1, 2, 3],
      [3, 2, 7],
    ]);
    const values = () => {
      const y = run(x);
      const numbers = [...y.dataSync()];
      y.dispose();
      return numbers;
    };
    expect(values()[0]).toBeCloseTo(-1, 4);
    norm.eval();
    const mean = 0.1 * 2;
    const variance = 0.9 + 0.1 * 2;
    expect(values()[0]).toBeCloseTo((1 - mean) / Math.sqrt(variance + 1e-5), 5);
    expect(norm.num_batches_tracked?.itemSync()).toBe(1);
    run.dispose();
    norm.dispose();
  });

  test('wants more than one value per channel while training', () => {
    const norm = new BatchNorm1d(3);
    expect(() => norm.forward(randn([1, 3]))).toThrow('BatchNorm1d: [1, 3] has one value per channel');
    expect(norm.eval().forward(randn([1, 3])).shape).toEqual([1, 3]);
    expect(() => new BatchNorm1d(0)).toThrow('BatchNorm1d: numFeatures');
    norm.dispose();
  });
});
