import { describe, expect, test } from 'vitest';
import type { DType } from '../../src/graph/dtype.ts';
import { tensor, zeros } from '../../src/index.ts';
import * as nn from '../../src/nn/index.ts';
import { defaultDevice, setDefaultDevice } from '../../src/runtime/devices.ts';
import fixture from '../fixtures/losses.json' with { type: 'json' };
import { canRun, describeFixture, type Fixture, runFixture } from '../support/fixtures.ts';

const cases = fixture as unknown as readonly Fixture[];
const names = [...new Set(cases.map((one) => one.function as string))];

/** Sums differ from means by a factor: they are left to the oracle. */
const isSum = (one: Fixture): boolean => JSON.stringify(one.args).includes('"reduction":"sum"');

/** In float64 on the oracle, in float32 on a device with kernels that is there in Node and in browsers. */
const places = [
  ['js', 'float64'],
  ['wasm', 'float32'],
] as const satisfies readonly (readonly [string, DType])[];

describe.each(places)("PyTorch's losses and their gradients on %s in %s", (device, float) => {
  test.each(names)('%s', async (name) => {
    const before = defaultDevice();
    setDefaultDevice(device);
    try {
      const problems: string[] = [];
      for (const one of cases.filter(
        (f) => f.function === name && canRun(f, device, float) && (device === 'js' || !isSum(f)),
      )) {
        for (const problem of await runFixture(one, device, float, nn)) {
          problems.push(`${describeFixture(one)}: ${problem}`);
        }
      }
      expect(problems).toEqual([]);
    } finally {
      setDefaultDevice(before);
    }
  });
});

describe('losses', () => {
  test('stay accurate where PyTorch loses digits', () => {
    // Surprise at a "no" that was all but certain: log(1 + e^-30), which rounds to nothing beside 30.
    const logits = tensor([-30, 30]);
    const losses = nn.binaryCrossEntropyWithLogits(logits, tensor([0, 1]), { reduction: 'none' });
    for (const value of losses.dataSync()) expect(value / Math.log1p(Math.exp(-30))).toBeCloseTo(1, 5);
  });

  test('refuse shapes that would broadcast by mistake', () => {
    const [column, row] = [zeros([4, 1]), zeros([4])];
    for (const loss of [
      nn.mseLoss,
      nn.l1Loss,
      nn.smoothL1Loss,
      nn.huberLoss,
      nn.poissonNLLLoss,
      nn.binaryCrossEntropy,
      nn.binaryCrossEntropyWithLogits,
      nn.klDivLoss,
      nn.hingeEmbeddingLoss,
    ]) {
      expect(() => loss(column, row)).toThrow(`${loss.name}: input [4, 1] and target [4] do not fit`);
    }
    expect(() => nn.cosineEmbeddingLoss(column, row, 1)).toThrow('and other input [4] do not fit');
    expect(() => nn.cosineEmbeddingLoss(column, column, column)).toThrow(
      'cosineEmbeddingLoss: input [4] and target',
    );
    expect(() => nn.marginRankingLoss(row, row, column)).toThrow('target [4, 1]');
    expect(() => nn.tripletMarginLoss(column, column, row)).toThrow('another point [4]');
    expect(() => nn.gaussianNLLLoss(column, column, zeros([3]))).toThrow('a variance of shape [3]');
  });

  test('refuse targets and options that make no sense', () => {
    const logits = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const labels = tensor([0, 1], { dtype: 'int32' });
    expect(() => nn.crossEntropy(logits, zeros([2]))).toThrow('use targets.int()');
    expect(() => nn.crossEntropy(logits, labels, { labelSmoothing: 2 })).toThrow('labelSmoothing');
    expect(() => nn.crossEntropy(logits, logits, { ignoreIndex: 0 })).toThrow('ignoreIndex');
    expect(() => nn.crossEntropy(logits, labels, { weight: zeros([2]) })).toThrow('each of the 3 classes');
    expect(() => nn.nllLoss(logits, zeros([3]).int())).toThrow('nllLoss: logits [2, 3] and targets [3]');
    expect(() => nn.nllLoss(logits, tensor([0, 3], { dtype: 'int32' })).itemSync()).toThrow(RangeError);
    expect(() => nn.mseLoss(logits, 0, { reduction: 'avg' as 'mean' })).toThrow("not 'avg'");
    expect(() => nn.multiMarginLoss(logits, labels, { p: 3 as 2 })).toThrow('p must be 1 or 2');
    expect(() => nn.huberLoss(logits, 0, { delta: 0 })).toThrow('delta must be positive');
    expect(() => nn.smoothL1Loss(logits, 0, { beta: -1 })).toThrow('beta must not be negative');
  });

  test('are modules too, with weights as their state', () => {
    const logits = tensor([[1, 2, 3]]);
    const target = tensor([0], { dtype: 'int32' });
    const loss = new nn.CrossEntropyLoss({ weight: tensor([0.5, 1, 1]), reduction: 'sum' });
    const expected = 0.5 * Math.log(Math.exp(0) + Math.exp(1) + Math.exp(2));
    expect(loss.forward(logits, target).itemSync()).toBeCloseTo(expected, 5);
    expect([...loss.stateDict().keys()]).toEqual(['weight']);
    const binary = new nn.BCEWithLogitsLoss({ posWeight: tensor([2]) });
    expect(binary.forward(tensor([0]), 1).itemSync()).toBeCloseTo(2 * Math.LN2, 6);
    expect([...binary.stateDict().keys()]).toEqual(['pos_weight']);
    loss.dispose();
    binary.dispose();
    const modules = [
      [new nn.MSELoss(), nn.mseLoss],
      [new nn.L1Loss(), nn.l1Loss],
      [new nn.SmoothL1Loss(), nn.smoothL1Loss],
      [new nn.HuberLoss(), nn.huberLoss],
      [new nn.PoissonNLLLoss(), nn.poissonNLLLoss],
      [new nn.BCELoss(), nn.binaryCrossEntropy],
      [new nn.KLDivLoss(), nn.klDivLoss],
      [new nn.HingeEmbeddingLoss(), nn.hingeEmbeddingLoss],
    ] as const;
    const [x, y] = [tensor([0.25, 0.75]), tensor([1, 0.5])];
    for (const [module, fn] of modules) expect(module.forward(x, y).itemSync()).toBe(fn(x, y).itemSync());
    const points = [tensor([[1, 2]]), tensor([[2, 1]]), tensor([[0, 1]])] as const;
    expect(new nn.TripletMarginLoss().forward(...points).itemSync()).toBe(
      nn.tripletMarginLoss(...points).itemSync(),
    );
  });
});
