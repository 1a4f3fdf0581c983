import { describe, expect, test } from 'vitest';
import { compile, Generator, randn, type Tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import { CosineAnnealingLR } from '../../src/optim/index.ts';
import { makeOptimizer, optimizerNames } from '../support/optimizers.ts';

/** Rates at which each solves the problem below. */
const settings: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  SGD: { lr: 0.05, momentum: 0.9 },
  Adam: { lr: 0.2, amsgrad: true },
  AdamW: { lr: 0.2 },
  RMSprop: { lr: 0.02, centered: true, momentum: 0.5 },
  Adagrad: { lr: 0.8 },
  Adadelta: { lr: 20 },
  Adamax: { lr: 0.2 },
  NAdam: { lr: 0.1 },
  RAdam: { lr: 0.3 },
  Lion: { lr: 0.1 },
  Muon: { lr: 0.3, weight_decay: 0 },
};

/** A small regression: x·W should be x·V. Everything of it is drawn anew from the same seed. */
class Problem {
  readonly w: Tensor;
  readonly optimizer;
  readonly scheduler;
  readonly #x: Tensor;
  readonly #y: Tensor;
  readonly step = compile((x: Tensor, y: Tensor) => {
    const loss = x.matmul(this.w).sub(y).square().mean();
    loss.backward();
    this.optimizer.step();
    this.optimizer.zeroGrad();
    return loss;
  });

  constructor(name: string) {
    const generator = new Generator(7);
    this.w = parameter(randn([6, 4], { generator }));
    this.#x = randn([16, 6], { generator }).realize();
    this.#y = this.#x.matmul(randn([6, 4], { generator })).realize();
    this.optimizer = makeOptimizer(name, [this.w], settings[name] as Readonly<Record<string, unknown>>);
    this.scheduler = new CosineAnnealingLR(this.optimizer, 40);
  }

  train(steps: number): number[] {
    return Array.from({ length: steps }, () => {
      const loss = this.step(this.#x, this.#y);
      this.scheduler.step();
      const value = loss.itemSync();
      loss.dispose();
      return value;
    });
  }

  dispose(): void {
    for (const thing of [this.step, this.optimizer, this.w]) thing.dispose();
  }
}

describe.each(optimizerNames)('%s, compiled', (name) => {
  test('lowers a loss, and goes on from a saved state to the bit', () => {
    const first = new Problem(name);
    const losses = first.train(15);
    const saved = first.optimizer.stateDict();
    const tensors = new Map([...saved.tensors].map(([key, value]) => [key, value.clone().realize()]));
    const schedule = JSON.parse(JSON.stringify(first.scheduler.state()));
    const weights = first.w.detach().clone().realize();
    losses.push(...first.train(20));
    expect(losses.at(-1)).toBeLessThan(0.2 * (losses[0] as number));

    const second = new Problem(name);
    second.w.assign(weights);
    second.optimizer.loadStateDict({ step: saved.step, tensors });
    second.scheduler.setState(schedule);
    expect(second.train(20)).toEqual(losses.slice(15));
    expect(second.w.dataSync()).toEqual(first.w.dataSync());
    first.dispose();
    second.dispose();
  });
});
