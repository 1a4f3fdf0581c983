import { describe, expect, test } from 'vitest';
import { compile, noGrad, type Tensor, tensor } from '../../src/index.ts';
import { buffer, Module, parameter } from '../../src/nn/index.ts';
import { ExponentialMovingAverage } from '../../src/optim/index.ts';
import fixture from '../fixtures/optimSchedules.json' with { type: 'json' };

class Model extends Module {
  readonly weight = parameter(tensor([5, 5, 5]));
  readonly mean = buffer(tensor([7, 7, 7]));
  readonly count = buffer(tensor([0], { dtype: 'int32' }));
}

const waves = (wave: (x: number) => number, step: number) => tensor([0, 1, 2].map((i) => wave(i + step)));

/** The averages after each step of a model that goes along a wave; `wrap` is compile, or nothing. */
function follow(
  wrap: (step: (weight: Tensor, mean: Tensor) => void) => (weight: Tensor, mean: Tensor) => void,
): number[][][] {
  const model = new Model();
  const average = new ExponentialMovingAverage(model, { decay: 0.9 });
  const step = wrap((weight, mean) => {
    noGrad(() => model.weight.assign(weight));
    model.mean.assign(mean);
    model.count.assign(model.count.add(1));
    average.update();
  });
  const seen = fixture.averages.map((_, number) => {
    step(waves(Math.sin, number), waves(Math.cos, number));
    const { weight, mean, count } = Object.fromEntries(average.averages());
    expect(count?.arraySync()).toEqual([number + 1]);
    return [[...(weight as Tensor).dataSync()], [...(mean as Tensor).dataSync()]];
  });
  expect(average.updates).toBe(fixture.averages.length);
  average.dispose();
  model.dispose();
  return seen;
}

describe("the averages are PyTorch's", () => {
  test.each([
    ['eager', (step: (weight: Tensor, mean: Tensor) => void) => step],
    ['compiled', (step: (weight: Tensor, mean: Tensor) => void) => compile(step)],
  ] as const)('%s', (_, wrap) => {
    const actual = follow(wrap).flat(2);
    const expected = fixture.averages.flat(2);
    expect(actual.length).toBe(expected.length);
    actual.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
  });
});

/** A model whose average, after two updates, is 0.9 · 1 + 0.1 · 11 = 2. */
function twoUpdates(): { model: Model; average: ExponentialMovingAverage } {
  const model = new Model();
  const average = new ExponentialMovingAverage(model, { decay: 0.9 });
  for (const value of [1, 11]) {
    noGrad(() => model.weight.assign(tensor([value, value, value])));
    average.update();
  }
  return { model, average };
}

const first = ({ weight }: Model) => weight.dataSync()[0] as number;

test('averaged() evaluates with the averages, whatever happens in it', async () => {
  const { model, average } = twoUpdates();
  const twice = compile(() => model.weight.mul(2));
  const value = () => twice().dataSync()[0] as number;
  expect(value()).toBe(22);
  expect(average.averaged(value)).toBeCloseTo(4, 5);
  expect(value()).toBe(22);
  const later = average.averaged(async () => {
    await Promise.resolve();
    return first(model);
  });
  expect(first(model)).toBeCloseTo(2, 5);
  expect(await later).toBeCloseTo(2, 5);
  expect(first(model)).toBe(11);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => average.averaged(fail)).toThrow('no');
  await expect(average.averaged(async () => fail())).rejects.toThrow('no');
  expect(first(model)).toBe(11);
  expect(model.weight.requiresGrad).toBe(true);
  average.dispose();
  model.dispose();
});

test('a compiled step refuses to train while averages are applied, and goes on afterwards', () => {
  const { model, average } = twoUpdates();
  const step = compile(() => average.update());
  step();
  average.apply();
  expect(() => average.apply()).toThrow('applied already');
  expect(() => step()).toThrow('restore() first');
  expect(average.updates).toBe(3);
  average.restore();
  expect(() => average.restore()).toThrow('without apply()');
  step();
  expect(average.updates).toBe(4);
  expect(first(model)).toBe(11);
  average.apply();
  average.dispose();
  expect(first(model)).toBe(11);
  model.dispose();
});

test('early updates keep less with warmup', () => {
  const model = new Model();
  const average = new ExponentialMovingAverage(model, { decay: 0.3, warmup: true });
  let expected = 0;
  for (const [n, value] of [1, 10, 100, 1000].entries()) {
    noGrad(() => model.weight.assign(tensor([value, value, value])));
    average.update();
    const decay = n === 0 ? 0 : Math.min(0.3, (1 + n) / (10 + n));
    expected = decay * expected + (1 - decay) * value;
    const now = average.averages().get('weight')?.dataSync()[0];
    expect(now).toBeCloseTo(expected, 3);
  }
  average.dispose();
  model.dispose();
});

test('goes on from its state, and says what does not fit', () => {
  const { model, average } = twoUpdates();
  const again = new ExponentialMovingAverage(model, { decay: 0.9 });
  again.loadPartState(average.partState());
  for (const one of [average, again]) one.update();
  expect(again.updates).toBe(3);
  expect(again.averages().get('weight')?.dataSync()).toEqual(average.averages().get('weight')?.dataSync());
  const { tensors } = average.partState();
  const wrong = new Map([...tensors, ['weight', tensor([1])] as const]);
  wrong.delete('mean');
  const load = () => again.loadPartState({ tensors: wrong, values: { updates: -1 } });
  expect(load).toThrow(/weight is float32\[1\], expected float32\[3\]\n {2}mean is missing\n.*updates is -1/);
  expect(() => new ExponentialMovingAverage(model, { decay: 1 })).toThrow('decay is 1');
  for (const one of [average, again, model]) one.dispose();
});
