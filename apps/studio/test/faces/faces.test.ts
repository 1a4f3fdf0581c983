import * as lumbre from 'lumbre';
import { type Tensor, tensor } from 'lumbre';
import { beforeAll, describe, expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { isTensor } from '../../src/cell/core/values.ts';
import { facesOf, recordedLumbre, startRecording } from '../../src/faces/record.ts';

beforeAll(startRecording);

const a = () =>
  tensor([
    [1, -2, 3],
    [0.5, 4, -1],
  ]);
const row = () => tensor([2, 3, -1]);

/** The numbers of a formula, computed: TeX that our rules write, as JavaScript. */
function evaluate(numbers: string): number {
  const [left = ''] = numbers.split(' = ');
  let code = left;
  for (let round = 0; round < 6; round++)
    code = code
      .replace(/\\dfrac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}/g, '(($1)/($2))')
      .replace(/\\sqrt\{([^{}]*)\}/g, 'Math.sqrt($1)')
      .replace(/e\^\{([^{}]*)\}/g, 'Math.exp($1)');
  code = code
    .replace(/\\left|\\right/g, '')
    .replace(/\|([^|]*)\|/g, 'Math.abs($1)')
    .replace(/\\ln ?(\([^()]*(?:\([^()]*\)[^()]*)*\))/g, 'Math.log$1')
    .replace(/\\ln ([\d.]+)/g, 'Math.log($1)')
    .replace(/\\(tanh|sin|cos) (\(?-?[\d.]+\)?)/g, 'Math.$1($2)')
    .replace(/\\(max|min)/g, 'Math.$1')
    .replace(/\\cdot/g, '*')
    .replace(/(\(?-?[\d.]+\)?)\^\{?(\(?-?[\d.]+\)?)\}?/g, '(($1)**($2))');
  return new Function(`return ${code};`)() as number;
}

const cases: Record<string, () => Tensor> = {
  add: () => a().add(row()),
  'sub a number': () => a().sub(2),
  mul: () => a().mul(row()),
  div: () => a().div(row()),
  pow: () => a().abs().pow(2),
  exp: () => a().exp(),
  log: () => a().abs().log(),
  sqrt: () => a().abs().sqrt(),
  tanh: () => a().tanh(),
  sigmoid: () => a().sigmoid(),
  relu: () => a().relu(),
  neg: () => a().neg(),
  sum: () => a().sum(),
  'sum of rows': () => a().sum(1),
  'sum of columns': () => a().sum(0),
  mean: () => a().mean(1),
  max: () => a().max(1) as Tensor,
  matmul: () =>
    a().matmul(
      tensor([
        [1, 2],
        [0.5, -1],
        [3, 0],
      ]),
    ),
  'matmul with a vector': () => a().matmul(row()),
  softmax: () => a().softmax(1),
  'softmax of columns': () => a().softmax(0),
  'log-softmax': () => a().logSoftmax(1),
  transpose: () => a().transpose(0, 1),
  reshape: () => a().reshape(3, 2),
};

describe.each(Object.entries(cases))('%s', (_, make) => {
  test('every element has a formula whose numbers come to it, and a check that it passes', async () => {
    const result = make();
    for (let index = 0; index < result.size; index++) {
      const { formula, value, checks } = await facesOf(result, index, { name: 'y' });
      expect(formula.tex).toContain('=');
      // Of a long sum only the beginning is written.
      if (!formula.numbers.includes('dots')) expect(evaluate(formula.numbers)).toBeCloseTo(value, 2);
      expect(checks).toMatchObject([{ by: 'oracle', passed: true }]);
    }
  });
});

describe('gradients', () => {
  test('are those of the last single number, and agree with differences', async () => {
    const w = tensor([0.5, -1, 2]);
    const x = tensor([1, 2, 3]);
    const loss = w.mul(x).tanh().square().sum();
    const { gradient, checks } = await facesOf(w, 1, { name: 'w', lossName: 'loss' });
    const h = Math.tanh(-2);
    expect(gradient?.value).toBeCloseTo(2 * h * (1 - h * h) * 2, 5);
    expect(checks.at(-1)).toMatchObject({ by: 'difference', passed: true });
    await loss.data();
  });

  test('of what is in between, too', async () => {
    const h = tensor([1, 2]).mul(3);
    const loss = h.square().sum();
    expect((await facesOf(h, 0, { name: 'h' })).gradient?.value).toBeCloseTo(6);
    await loss.data();
  });

  test('there is none where nothing depends on it', async () => {
    expect((await facesOf(tensor([1, 2]).exp(), 0, { name: 'x' })).gradient).toBeNull();
  });
});

test('what has no rule is given without a formula', async () => {
  const { formula, checks } = await facesOf(a().cumsum(1), 2, { name: 'c' });
  expect(formula.tex).toBe('c_{0,2}');
  expect(checks).toMatchObject([{ by: 'oracle', passed: true }]);
});

test('a wrong value is found out', async () => {
  const y = a().exp();
  await y.data();
  // As a kernel that computes nonsense would: other values stand where they should not.
  (y as unknown as { assign(other: Tensor): void }).assign(
    tensor([
      [9, 9, 9],
      [9, 9, 9],
    ]),
  );
  const { checks } = await facesOf(y, 0, { name: 'y' });
  expect(checks).toMatchObject([{ by: 'oracle', passed: false, found: 9 }]);
});

describe('code', () => {
  const run = async (source: string, name: string) => {
    const { captured, file, failure } = await runSource(source, {
      ...{ emit() {}, captures: [name], showLast: false },
      modules: { lumbre: recordedLumbre() },
    });
    expect(failure).toBeNull();
    const value = captured[name];
    if (!isTensor(value)) throw new Error('no tensor');
    return facesOf(value, 0, { name, source, file });
  };

  test('is the line that made it', async () => {
    const source =
      "import { tensor } from 'lumbre';\n\nconst a = tensor([1, 2]);\nconst b = a\n  .add(1)\n  .exp();\nb;";
    const { code } = await run(source, 'b');
    expect(code?.source.split('\n')[(code.line ?? 0) - 1]).toContain('.exp()');
    expect(code?.firstLine).toBe(4);
  });

  test('also for what a function of lumbre made', async () => {
    const { code } = await run(
      "import { linspace } from 'lumbre';\n\n\n\nconst x = linspace(0, 1, 5);\nx;",
      'x',
    );
    expect(code?.source.split('\n')[(code.line ?? 0) - 1]).toBe('const x = linspace(0, 1, 5);');
  });
});

test('the recorded module has all that lumbre has', () => {
  expect(Object.keys(recordedLumbre()).sort()).toEqual(Object.keys(lumbre).sort());
});
