import { describe, expect, test } from 'vitest';
import { compile, memory, scope, type Tensor, tensor } from '../../src/index.ts';
import { parameter } from '../../src/nn/index.ts';
import { AdamW, clipGradNorm, type GroupSettings, type Optimizer, SGD } from '../../src/optim/index.ts';
import fixture from '../fixtures/optim.json' with { type: 'json' };

type AnyOptimizer = Pick<Optimizer<GroupSettings>, 'groups' | 'step' | 'zeroGrad' | 'dispose'>;

/** The gradient of `optim.py`: 0.5 · w + 2 · sin(step + i). */
const gradientOf = (w: Tensor, step: number, first = 0): Tensor => {
  const wave = Float64Array.from({ length: w.size }, (_, i) => 2 * Math.sin(step + first + i));
  return w
    .detach()
    .mul(0.5)
    .add(tensor(Float32Array.from(wave)));
};

const newParameter = (values: readonly number[] = fixture.start) =>
  parameter(tensor(Float32Array.from(values)));

function expectPath(actual: readonly number[][], expected: readonly number[][]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, step) => {
    values.forEach((value, i) => {
      expect(value, `step ${step}, element ${i}`).toBeCloseTo(expected[step]?.[i] as number, 5);
    });
  });
}

function trajectory(make: (params: Tensor[]) => AnyOptimizer, clip?: number): number[][] {
  const w = newParameter();
  const optimizer = make([w]);
  const path = fixture.adamW.map((_, step) => {
    w.grad = gradientOf(w, step);
    if (clip !== undefined) clipGradNorm([w], clip);
    optimizer.step();
    optimizer.zeroGrad();
    return [...w.dataSync()];
  });
  optimizer.dispose();
  w.dispose();
  return path;
}

describe("PyTorch's trajectories", () => {
  test('AdamW', () => {
    expectPath(
      trajectory((p) => new AdamW(p, { lr: 0.1 })),
      fixture.adamW,
    );
  });

  test('AdamW with decay and settings of its own', () => {
    const settings = { lr: 0.05, betas: [0.8, 0.95], eps: 1e-3, weightDecay: 0.4 } as const;
    expectPath(
      trajectory((p) => new AdamW(p, settings)),
      fixture.adamWDecay,
    );
  });

  test('AdamW with clipped gradients', () => {
    expectPath(
      trajectory((p) => new AdamW(p, { lr: 0.1 }), 1),
      fixture.adamWClipped,
    );
  });

  test('SGD, plain, with momentum and decay, and with Nesterov', () => {
    expectPath(
      trajectory((p) => new SGD(p, { lr: 0.1 })),
      fixture.sgd,
    );
    expectPath(
      trajectory((p) => new SGD(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.1 })),
      fixture.sgdMomentum,
    );
    expectPath(
      trajectory((p) => new SGD(p, { lr: 0.05, momentum: 0.9, nesterov: true })),
      fixture.sgdNesterov,
    );
  });

  test('AdamW in groups, one of whose rates changes', () => {
    const [a, b] = [newParameter(fixture.start.slice(0, 2)), newParameter(fixture.start.slice(2))];
    const groups = [
      { params: [a], weightDecay: 0.5 },
      { params: [b], lr: 0.3 },
    ];
    const optimizer = new AdamW(groups, { lr: 0.1, weightDecay: 0 });
    const path = fixture.adamWGroups.map((_, step) => {
      if (step === 6 && optimizer.groups[0]) optimizer.groups[0].lr = 0.01;
      // In the fixture every tensor counts its own elements.
      for (const w of [a, b]) w.grad = gradientOf(w, step);
      optimizer.step();
      return [...a.dataSync(), ...b.dataSync()];
    });
    expectPath(path, fixture.adamWGroups);
    for (const thing of [optimizer, a, b]) thing.dispose();
  });
});

describe('a compiled step', () => {
  /** Minimizes Σ (w - x)² for a few steps; `wrap` is compile, or nothing. */
  function train(wrap: (step: (x: Tensor) => Tensor) => (x: Tensor) => Tensor): number[] {
    const w = newParameter();
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
      // The rate changes after the trace: the replay must take it up.
      optimizer.lr = i < 3 ? 0.1 : 0.02;
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
});

describe('Optimizer', () => {
  test('goes on exactly from its saved state', () => {
    const values = (fromStep: number, w: Tensor, optimizer: AdamW) => {
      for (let step = fromStep; step < fromStep + 3; step++) {
        w.grad = gradientOf(w, step);
        optimizer.step();
      }
      return [...w.dataSync()];
    };
    const w = newParameter();
    const optimizer = new AdamW([w], { lr: 0.1 });
    values(0, w, optimizer);
    const again = newParameter([...w.dataSync()]);
    const resumed = new AdamW([again], { lr: 0.1 });
    resumed.loadStateDict(optimizer.stateDict());
    expect(resumed.stepCount).toBe(3);
    expect(values(3, again, resumed)).toEqual(values(3, w, optimizer));
    for (const thing of [w, again, optimizer, resumed]) thing.dispose();
  });

  test('leaves parameters without a gradient alone', () => {
    const [w, idle] = [newParameter(), newParameter()];
    const optimizer = new AdamW([w, idle], { lr: 0.1 });
    w.grad = gradientOf(w, 0);
    optimizer.step();
    expect([...idle.dataSync()]).toEqual(fixture.start);
    expect([...w.dataSync()]).not.toEqual(fixture.start);
    for (const thing of [w, idle, optimizer]) thing.dispose();
  });

  test('keeps no history: memory stays level from step to step', () => {
    const w = newParameter();
    const optimizer = new SGD([w], { lr: 0.1, momentum: 0.9 });
    const live: number[] = [];
    for (let step = 0; step < 5; step++) {
      scope(() => {
        w.grad = gradientOf(w, step);
      });
      optimizer.step();
      optimizer.zeroGrad();
      live.push(memory().liveBytes);
    }
    expect(live[4]).toBe(live[1]);
    optimizer.dispose();
    w.dispose();
  });

  test('says what is wrong with its parameters, settings and state', () => {
    const w = newParameter();
    expect(() => new AdamW([])).toThrow('no parameters');
    expect(() => new AdamW([w, w])).toThrow('given twice');
    expect(() => new AdamW([tensor([1])])).toThrow('requires no gradient');
    expect(() => new AdamW([w], { betas: [0.9, 1] })).toThrow('betas');
    expect(() => new SGD([w], { nesterov: true })).toThrow('momentum');
    const optimizer = new SGD([w]);
    expect(() => optimizer.loadStateDict({ step: 1, tensors: new Map() })).toThrow('0.velocity is missing');
    const wrong = new Map([['0.velocity', tensor([1])]]);
    expect(() => optimizer.loadStateDict({ step: 1, tensors: wrong })).toThrow('shape [1], expected [4]');
    optimizer.dispose();
    w.dispose();
  });
});

describe('clipGradNorm', () => {
  test('returns the norm of all gradients and scales them to the limit', () => {
    const [a, b] = [newParameter([0, 0]), newParameter([0])];
    a.grad = tensor([3, 0]);
    b.grad = tensor([4]);
    expect(clipGradNorm([a, b], 1).itemSync()).toBeCloseTo(5, 5);
    expect(a.grad.dataSync()[0]).toBeCloseTo(0.6, 5);
    expect(b.grad.itemSync()).toBeCloseTo(0.8, 5);
    expect(clipGradNorm([a, b], 2).itemSync()).toBeCloseTo(1, 5);
    expect(b.grad.itemSync()).toBeCloseTo(0.8, 5);
    a.dispose();
    b.dispose();
  });

  test('refuses a limit that is none, and parameters without gradients', () => {
    const w = newParameter();
    expect(() => clipGradNorm([w], 1)).toThrow('backward()');
    expect(() => clipGradNorm([w], 0)).toThrow('positive');
    w.dispose();
  });
});
