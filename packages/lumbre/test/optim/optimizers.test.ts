import { describe, expect, test } from 'vitest';
import { compile, deviceNames, type Tensor } from '../../src/index.ts';
import { AdamW } from '../../src/optim/index.ts';
import fixture from '../fixtures/optim.json' with { type: 'json' };
import { gradientOf, makeOptimizer, newParameter, optimizerNames, waveAt } from '../support/optimizers.ts';

interface Case {
  readonly optimizer: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly start: readonly number[];
  readonly path: readonly (readonly number[])[];
}

const cases = fixture.cases as readonly Case[];

/** Relative to values of about 1. Newton–Schulz makes its rounding errors larger in each of its steps. */
const toleranceOf = (optimizer: string) => (optimizer === 'Muon' ? 3e-5 : 3e-6);

function expectPath(actual: readonly ArrayLike<number>[], expected: Case['path'], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((values, step) => {
    Array.from(values).forEach((value, i) => {
      const wanted = expected[step]?.[i] as number;
      const difference = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
      expect(difference, `step ${step}, element ${i}: ${value} for ${wanted}`).toBeLessThan(tolerance);
    });
  });
}

/** Where an optimizer leads; `wrap` is compile, or nothing. */
function trajectory(
  { optimizer: name, settings, shape, start, path }: Case,
  device: string,
  wrap: (step: (wave: Tensor) => void) => (wave: Tensor) => void,
): ArrayLike<number>[] {
  const w = newParameter(start, shape, device);
  const optimizer = makeOptimizer(name, [w], settings);
  const step = wrap((wave) => {
    w.grad = gradientOf(w, wave);
    optimizer.step();
    optimizer.zeroGrad();
  });
  const seen = path.map((_, number) => {
    step(waveAt(number, shape, device));
    return w.dataSync().slice();
  });
  expect(optimizer.stepCount).toBe(path.length);
  optimizer.dispose();
  w.dispose();
  return seen;
}

test('every optimizer has cases', () => {
  expect([...new Set(cases.map(({ optimizer }) => optimizer))].sort()).toEqual([...optimizerNames].sort());
});

describe.each(deviceNames())("PyTorch's trajectories on %s", (device) => {
  const titled = cases.map(
    (one) => [`${one.optimizer} ${JSON.stringify(one.settings)} ${one.shape}`, one] as const,
  );

  test.each(titled)('%s', (_, one) => {
    const tolerance = toleranceOf(one.optimizer);
    expectPath(
      trajectory(one, device, (step) => step),
      one.path,
      tolerance,
    );
    let compiled: { explain(): unknown[] } | undefined;
    const path = trajectory(one, device, (step) => {
      const made = compile(step);
      compiled = made;
      return made;
    });
    expectPath(path, one.path, tolerance);
    expect(compiled?.explain().length).toBe(1);
  });
});

test('Muon is near to what PyTorch computes in bfloat16', () => {
  const one = fixture.muonInBfloat16 as Case;
  expectPath(
    trajectory(one, 'js', (step) => step),
    one.path,
    0.02,
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
    if (step === 4 && optimizer.groups[0]) optimizer.groups[0].lr = 0.01;
    // In the fixture every tensor counts its own elements.
    for (const w of [a, b]) w.grad = gradientOf(w, waveAt(step, [2]));
    optimizer.step();
    return [...a.dataSync(), ...b.dataSync()];
  });
  expectPath(path, fixture.adamWGroups, 3e-6);
  for (const thing of [optimizer, a, b]) thing.dispose();
});
