import { describe, expect, test } from 'vitest';
import { compile, memory, randn, scope, type Tensor, tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import { AdamW, clipGradNorm, Muon, NAdam, SGD } from '../../src/optim/index.ts';
import { gradientOf, newParameter, waveAt } from '../support/optimizers.ts';

const start = [1, -2, 0.5, 3];

describe('a compiled step', () => {
  /** Minimizes Σ (w - x)² for a few steps; `wrap` is compile, or nothing. */
  function train(wrap: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor): number[] {
    const w = newParameter(start);
    const optimizer = new AdamW([w], { lr: 0.1 });
    const step = wrap((x) => {
      const loss = w.sub(x).square().sum();
      loss.backward();
      clipGradNorm([w], 2);
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    const target = tensor([0.5, 0.5, 0.5, 0.5]);
    const seen: number[] = [];
    for (let i = 0; i < 6; i++) {
      // The rate and the momentum change after the trace: the replay must take them up.
      optimizer.lr = i < 3 ? 0.1 : 0.02;
      for (const group of optimizer.groups) group.betas = i < 4 ? [0.9, 0.999] : [0.5, 0.999];
      const loss = step(target);
      seen.push(loss.itemSync(), ...w.dataSync());
      loss.dispose();
    }
    expect(optimizer.stepCount).toBe(6);
    expect(w.grad).toBeNull();
    if ('dispose' in step && typeof step.dispose === 'function') step.dispose();
    optimizer.dispose();
    w.dispose();
    return seen;
  }

  test('does what the same steps do one by one', () => {
    const eager = train((step) => step);
    const compiled = train((step) => compile(step));
    compiled.forEach((value, i) => {
      expect(value, `value ${i}`).toBeCloseTo(eager[i] as number, 5);
    });
  });

  test('takes up a group that is added later', () => {
    const [a, b] = [newParameter(start), newParameter(start)];
    const optimizer = new SGD([a], { lr: 0.1 });
    const step = compile((wave: Tensor) => {
      for (const w of [a, b]) w.grad = gradientOf(w, wave);
      optimizer.step();
      for (const w of [a, b]) w.grad = null;
    });
    step(waveAt(0, [4]));
    expect([...b.dataSync()]).toEqual(start);
    optimizer.addParamGroup({ params: [b], lr: 0.05 });
    expect(optimizer.groups.map(({ lr }) => lr)).toEqual([0.1, 0.05]);
    step(waveAt(1, [4]));
    const expected = start.map((value, i) => value - 0.05 * (0.5 * value + 2 * Math.sin(1 + i)));
    for (const [i, value] of b.dataSync().entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
    for (const thing of [optimizer, a, b]) thing.dispose();
  });

  test('that fails counts nothing', () => {
    const w = newParameter(start);
    const optimizer = new SGD([w]);
    w.grad = tensor([1, 2, 3, 4]);
    const broken = compile(() => {
      optimizer.step();
      throw new Error('no');
    });
    expect(() => broken()).toThrow('no');
    expect(optimizer.stepCount).toBe(0);
    expect([...w.dataSync()]).toEqual(start);
    optimizer.dispose();
    w.dispose();
  });
});

describe('Optimizer', () => {
  test('leaves parameters without a gradient alone', () => {
    const [w, idle] = [newParameter(start), newParameter(start)];
    const optimizer = new AdamW([w, idle], { lr: 0.1 });
    w.grad = gradientOf(w, waveAt(0, [4]));
    optimizer.step();
    expect([...idle.dataSync()]).toEqual(start);
    expect([...w.dataSync()]).not.toEqual(start);
    for (const thing of [w, idle, optimizer]) thing.dispose();
  });

  test('keeps no history: memory stays level from step to step', () => {
    const w = newParameter(start);
    const optimizer = new SGD([w], { lr: 0.1, momentum: 0.9 });
    const live: number[] = [];
    for (let step = 0; step < 5; step++) {
      scope(() => {
        w.grad = gradientOf(w, waveAt(step, [4]));
      });
      optimizer.step();
      optimizer.zeroGrad();
      live.push(memory().liveBytes);
    }
    expect(live[4]).toBe(live[1]);
    optimizer.dispose();
    w.dispose();
  });

  test('remembers what its settings need, and no more', () => {
    const w = newParameter(start);
    const names = (optimizer: { stateDict(): { tensors: ReadonlyMap<string, Tensor> }; dispose(): void }) => {
      const { tensors } = optimizer.stateDict();
      optimizer.dispose();
      return [...tensors.keys()];
    };
    expect(names(new SGD([w]))).toEqual([]);
    expect(names(new SGD([w], { momentum: 0.9 }))).toEqual(['0.momentumBuffer']);
    expect(names(new AdamW([w]))).toEqual(['0.expAvg', '0.expAvgSq']);
    expect(names(new AdamW([w], { amsgrad: true }))).toEqual(['0.expAvg', '0.expAvgSq', '0.maxExpAvgSq']);
    expect(names(new NAdam([w]))).toEqual(['0.expAvg', '0.expAvgSq', '0.muProduct']);
    w.dispose();
  });

  test('says what is wrong with its parameters, settings and state', () => {
    const w = newParameter(start);
    expect(() => new AdamW([])).toThrow('no parameters');
    expect(() => new AdamW([w, w])).toThrow('given twice');
    expect(() => new AdamW([tensor([1])])).toThrow('requires no gradient');
    expect(() => new AdamW([w], { betas: [0.9, 1] })).toThrow(
      'AdamW: betas is [0.9, 1], expected two numbers in [0, 1)',
    );
    expect(() => new AdamW([{ params: [w], lr: -1 }])).toThrow('lr is -1');
    expect(() => new SGD([w], { nesterov: true })).toThrow('momentum above 0');
    expect(() => new SGD([w], { momentum: 0.9, dampening: 0.1, nesterov: true })).toThrow('dampening 0');
    expect(() => new SGD([w], { learningRate: 1 } as object)).toThrow(
      "'learningRate' is no setting; there are maximize, lr, momentum",
    );
    const elsewhere = parameter(randn([2], { device: w.device === 'js' ? 'wasm' : 'js' }));
    expect(() => new SGD([w, elsewhere])).toThrow('one optimizer for each');
    const optimizer = new SGD([w], { momentum: 0.9 });
    expect(() => optimizer.addParamGroup({ params: [w] })).toThrow('given twice');
    expect(optimizer.groups.length).toBe(1);
    const load = (tensors: ReadonlyMap<string, Tensor>) => optimizer.loadStateDict({ step: 1, tensors });
    expect(() => load(new Map())).toThrow('0.momentumBuffer is missing');
    expect(() => load(new Map([['0.momentumBuffer', tensor([1])]]))).toThrow('shape [1], expected [4]');
    expect(optimizer.stepCount).toBe(0);
    for (const thing of [optimizer, w, elsewhere]) thing.dispose();
  });

  test('Muon takes matrices alone', () => {
    const [matrix, bias] = [parameter(randn([3, 2])), newParameter(start)];
    expect(() => new Muon([matrix, bias])).toThrow(/parameters of shape \[4\]\. Give those to an AdamW/);
    matrix.dispose();
    bias.dispose();
  });
});
