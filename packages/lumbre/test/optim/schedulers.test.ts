import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import {
  AdamW,
  type AnyOptimizer,
  ChainedScheduler,
  ConstantLR,
  CosineAnnealingLR,
  CosineAnnealingWarmRestarts,
  cosineSchedule,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  type LRScheduler,
  MultiStepLR,
  OneCycleLR,
  PolynomialLR,
  ReduceLROnPlateau,
  SequentialLR,
  SGD,
  StepLR,
  warmup,
} from '../../src/optim/index.ts';
import fixture from '../fixtures/optimSchedules.json' with { type: 'json' };

/** Two groups with the rates of the fixture; disposed of by the test's scope. */
function makeOptimizer(kind: 'SGD' | 'AdamW' = 'SGD', momentum = 0): AnyOptimizer {
  const groups = fixture.lrs.map((lr) => ({ params: [parameter(tensor([0]))], lr }));
  return kind === 'SGD' ? new SGD(groups, { momentum }) : new AdamW(groups);
}

function dispose(optimizer: AnyOptimizer): void {
  for (const { params } of optimizer.groups) for (const one of params) one.dispose();
  optimizer.dispose();
}

const momentumOf = ({ groups: [first] }: AnyOptimizer): number => {
  const { betas, momentum } = first as { betas?: readonly number[]; momentum?: number };
  return (betas?.[0] ?? momentum) as number;
};

/** Schedulers under the names that the fixture has for their rates. */
const schedulers: Readonly<Record<string, (optimizer: AnyOptimizer) => LRScheduler>> = {
  stepLR: (o) => new StepLR(o, 7, { gamma: 0.3 }),
  multiStepLR: (o) => new MultiStepLR(o, [4, 11, 11, 20], { gamma: 0.5 }),
  exponentialLR: (o) => new ExponentialLR(o, 0.9),
  constantLR: (o) => new ConstantLR(o, { factor: 0.25, totalIters: 6 }),
  linearLR: (o) => new LinearLR(o, { startFactor: 0.2, endFactor: 0.8, totalIters: 9 }),
  linearLRDown: (o) => new LinearLR(o, { startFactor: 1, endFactor: 0, totalIters: 9 }),
  polynomialLR: (o) => new PolynomialLR(o, { totalIters: 12, power: 2 }),
  cosineAnnealingLR: (o) => new CosineAnnealingLR(o, 12, { etaMin: 0.01 }),
  cosineAnnealingWarmRestarts: (o) => new CosineAnnealingWarmRestarts(o, 4, { tMult: 2, etaMin: 0.01 }),
  cosineAnnealingWarmRestartsEven: (o) => new CosineAnnealingWarmRestarts(o, 5),
  lambdaLR: (o) => new LambdaLR(o, [(t) => 1 / (1 + t), (t) => 0.95 ** t]),
  oneCycleLR: (o) => new OneCycleLR(o, [1, 0.1], { totalSteps: 25 }),
  oneCycleLRLinear: (o) =>
    new OneCycleLR(o, 1, {
      epochs: 5,
      stepsPerEpoch: 5,
      pctStart: 0.4,
      annealStrategy: 'linear',
      threePhase: true,
      baseMomentum: 0.5,
      maxMomentum: 0.8,
      divFactor: 10,
      finalDivFactor: 100,
    }),
  oneCycleLRWithoutMomentum: (o) => new OneCycleLR(o, 1, { totalSteps: 25, cycleMomentum: false }),
  sequentialLR: (o) =>
    new SequentialLR(
      o,
      [
        new LinearLR(o, { startFactor: 0.1, totalIters: 6 }),
        new CosineAnnealingLR(o, 10, { etaMin: 0.01 }),
        new ExponentialLR(o, 0.8),
      ],
      [6, 16],
    ),
  chainedScheduler: (o) =>
    new ChainedScheduler([
      new ConstantLR(o, { factor: 0.2, totalIters: 4 }),
      new ExponentialLR(o, 0.9),
      new StepLR(o, 7, { gamma: 0.5 }),
    ]),
};

const optimizerFor = (name: string) =>
  name === 'oneCycleLRLinear'
    ? makeOptimizer('AdamW')
    : makeOptimizer('SGD', name === 'oneCycleLR' ? 0.9 : 0);

const plateaus: Readonly<Record<string, (optimizer: AnyOptimizer) => ReduceLROnPlateau>> = {
  reduceLROnPlateau: (o) => new ReduceLROnPlateau(o, { factor: 0.5, patience: 2 }),
  reduceLROnPlateauMax: (o) =>
    new ReduceLROnPlateau(o, {
      mode: 'max',
      patience: 1,
      threshold: 0.01,
      thresholdMode: 'abs',
      cooldown: 2,
      minLr: [0.002, 0.001],
    }),
};

const rates = fixture.rates as Readonly<Record<string, readonly (readonly number[])[]>>;

function expectRow(actual: readonly number[], expected: readonly number[] | undefined, step: number): void {
  actual.forEach((value, i) => {
    const wanted = expected?.[i] as number;
    expect(Math.abs(value - wanted), `step ${step}: ${value} for ${wanted}`).toBeLessThan(1e-12);
  });
}

test('the fixture has the rates of every scheduler', () => {
  expect(Object.keys({ ...schedulers, ...plateaus }).sort()).toEqual(Object.keys(rates).sort());
});

describe.each(Object.keys(schedulers))('%s', (name) => {
  const expected = rates[name] as readonly (readonly number[])[];
  const make = schedulers[name] as (optimizer: AnyOptimizer) => LRScheduler;

  test("has PyTorch's rates, step by step and as a function", () => {
    const optimizer = optimizerFor(name);
    const scheduler = make(optimizer);
    expected.forEach((row, step) => {
      expectRow([...scheduler.lrs, momentumOf(optimizer)], row, step);
      if (step < expected.length - 1) scheduler.step();
    });
    expected.forEach((row, step) => {
      expectRow([scheduler.lrAt(step), scheduler.lrAt(step, 1)], row, step);
    });
    expect(scheduler.stepCount).toBe(expected.length - 1);
    expect(scheduler.lr).toBe(optimizer.lr);
    dispose(optimizer);
  });

  test('goes on from its state to the bit', () => {
    const optimizers = [optimizerFor(name), optimizerFor(name)] as const;
    const first = make(optimizers[0]);
    for (let i = 0; i < 10; i++) first.step();
    const second = make(optimizers[1]).setState(JSON.parse(JSON.stringify(first.state())));
    for (let i = 0; i < 12; i++) {
      expect([...second.lrs, momentumOf(optimizers[1])]).toEqual([...first.lrs, momentumOf(optimizers[0])]);
      first.step();
      second.step();
    }
    optimizers.forEach(dispose);
  });
});

describe.each(Object.keys(plateaus))('%s', (name) => {
  test("has PyTorch's rates, and goes on from its state", () => {
    const optimizer = makeOptimizer();
    const make = plateaus[name] as (optimizer: AnyOptimizer) => ReduceLROnPlateau;
    let scheduler = make(optimizer);
    fixture.metrics.forEach((metric, step) => {
      expectRow(scheduler.lrs, rates[name]?.[step], step);
      scheduler.step(metric);
      scheduler = make(optimizer).setState(JSON.parse(JSON.stringify(scheduler.state())));
    });
    expectRow(scheduler.lrs, rates[name]?.at(-1), fixture.metrics.length);
    dispose(optimizer);
  });
});

test('a schedule keeps what others have changed, as in PyTorch', () => {
  const optimizer = makeOptimizer();
  const linear = new LinearLR(optimizer, { startFactor: 0.25, totalIters: 8 });
  const plateau = new ReduceLROnPlateau(optimizer, { factor: 0.5, patience: 1 });
  fixture.interfered.forEach((row, step) => {
    linear.step();
    const second = optimizer.groups[1] as { lr: number };
    if (step === 3) second.lr *= 0.1;
    plateau.step(1);
    expectRow(linear.lrs, row, step);
  });
  dispose(optimizer);
});

test('warmup rises in a line, as cosineSchedule does, and gives way to the schedule', () => {
  const optimizer = makeOptimizer();
  const scheduler = warmup(new CosineAnnealingLR(optimizer, 20, { etaMin: 0.04 }), 5);
  const expected = cosineSchedule({ lr: 0.4, minLr: 0.04, warmupSteps: 5, decaySteps: 25 });
  for (let step = 0; step <= 25; step++) {
    expectRow([scheduler.lr], [expected(step)], step);
    scheduler.step();
  }
  expect(warmup(scheduler, 0)).toBe(scheduler);
  dispose(optimizer);
});

test('a group that is added later begins where the schedule is', () => {
  const optimizer = makeOptimizer();
  const scheduler = new StepLR(optimizer, 2);
  scheduler.step();
  optimizer.addParamGroup({ params: [parameter(tensor([0]))], lr: 0.7 } as never);
  scheduler.step();
  expectRow(scheduler.lrs, [0.04, 0.005, 0.07], 2);
  dispose(optimizer);
});

test('bad numbers, and states of others, are refused', () => {
  const optimizer = makeOptimizer();
  expect(() => new StepLR(optimizer, 0)).toThrow(
    'StepLR: stepSize is 0, expected a whole number of at least 1',
  );
  expect(() => new LinearLR(optimizer, { startFactor: 0 })).toThrow('startFactor is 0');
  expect(() => new LambdaLR(optimizer, [() => 1])).toThrow('1 functions for 2 groups');
  expect(() => new OneCycleLR(optimizer, 1, {})).toThrow('totalSteps');
  expect(() => new OneCycleLR(optimizer, 1, { totalSteps: 5 })).toThrow('no momentum to be cycled');
  expect(() => new OneCycleLR(optimizer, [1], { totalSteps: 5, cycleMomentum: false })).toThrow(
    '1 highest rates',
  );
  expect(() => new ReduceLROnPlateau(optimizer, { factor: 1 })).toThrow('factor');
  expect(() => new ReduceLROnPlateau(optimizer).step(tensor([1]) as never)).toThrow('read the tensor first');
  const part = new ExponentialLR(optimizer, 0.9);
  const other = makeOptimizer();
  expect(() => new SequentialLR(optimizer, [part], [3])).toThrow('1 schedulers need 0 milestones');
  expect(() => new SequentialLR(other, [part], [])).toThrow('must be of the optimizer');
  expect(() => new ChainedScheduler([])).toThrow('no schedulers');
  expect(() => part.setState({ step: 1, baseLrs: [1], lrs: [1] })).toThrow(
    '1 groups, does not fit an optimizer with 2',
  );
  const short = new OneCycleLR(optimizer, 1, { totalSteps: 2, cycleMomentum: false });
  short.step();
  short.step();
  const before = short.lrs;
  expect(() => short.step()).toThrow('the cycle is over');
  expect(short.lrs).toEqual(before);
  dispose(optimizer);
  dispose(other);
});
