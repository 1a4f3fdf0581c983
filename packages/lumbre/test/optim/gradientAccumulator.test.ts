import { describe, expect, test } from 'vitest';
import { compile, Generator, randn, type Tensor, tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import { AdamW, clipGradNorm, GradientAccumulator } from '../../src/optim/index.ts';

type Wrap = <Args extends unknown[], Result>(fn: (...args: Args) => Result) => (...args: Args) => Result;

const PARTS = 4;
const STEPS = 3;

/** Trains on batches of 16 rows, whole or in four parts of which the gradients are added up. */
function train(mode: 'whole' | 'accumulator' | 'grad', wrap: Wrap): Float32Array {
  const generator = new Generator(3);
  const w = parameter(randn([5, 2], { generator }));
  const b = parameter(tensor([0, 0]));
  const parameters = [w, b];
  const optimizer = new AdamW(parameters, { lr: 0.05 });
  const accumulator = new GradientAccumulator(parameters, PARTS);
  const data = Array.from({ length: STEPS }, () => ({
    x: randn([16, 5], { generator }).realize(),
    y: randn([16, 2], { generator }).realize(),
  }));
  const lossOf = (x: Tensor, y: Tensor) => x.matmul(w).add(b).sub(y).square().mean();
  const finish = () => {
    clipGradNorm(parameters, 0.5);
    optimizer.step();
    optimizer.zeroGrad();
  };
  const whole = wrap((x: Tensor, y: Tensor) => {
    lossOf(x, y).backward();
    finish();
  });
  const collect = wrap((x: Tensor, y: Tensor) => {
    const loss = lossOf(x, y);
    if (mode === 'grad') loss.div(PARTS).backward();
    else {
      loss.backward();
      accumulator.add();
    }
    return loss;
  });
  const update = wrap(() => {
    if (mode === 'accumulator') accumulator.apply();
    finish();
  });
  for (const { x, y } of data) {
    if (mode === 'whole') {
      whole(x, y);
      continue;
    }
    for (let part = 0; part < PARTS; part++) {
      const rows = (all: Tensor) => all.narrow(0, (16 / PARTS) * part, 16 / PARTS);
      collect(rows(x), rows(y)).dispose();
    }
    update();
  }
  const values = Float32Array.from([...w.dataSync(), ...b.dataSync()]);
  for (const one of [w, b, optimizer, accumulator]) one.dispose();
  return values;
}

const eager: Wrap = (fn) => fn;
const compiled: Wrap = (fn) => compile(fn);

describe('gradients that are added up make the step of the large batch', () => {
  const expected = train('whole', eager);
  const cases = [
    ['accumulator, eager', 'accumulator', eager],
    ['accumulator, compiled', 'accumulator', compiled],
    ['backward() several times, eager', 'grad', eager],
    ['backward() several times, compiled', 'grad', compiled],
  ] as const;

  test.each(cases)('%s', (_, mode, wrap) => {
    train(mode, wrap).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number)), `${i}`).toBeLessThan(2e-6);
    });
  });
});

test('parameters without a gradient get none, and applying nothing is refused', () => {
  const [used, idle] = [parameter(tensor([1, 2])), parameter(tensor([3]))];
  const accumulator = new GradientAccumulator([used, idle], 2);
  expect(() => accumulator.apply()).toThrow('before any add()');
  for (let i = 0; i < 2; i++) {
    used.square().sum().backward();
    accumulator.add();
    expect(used.grad).toBeNull();
  }
  accumulator.apply();
  expect(used.grad?.arraySync()).toEqual([2, 4]);
  expect(idle.grad).toBeNull();
  expect(() => new GradientAccumulator([used], 0)).toThrow('steps is 0');
  for (const one of [used, idle, accumulator]) one.dispose();
});
