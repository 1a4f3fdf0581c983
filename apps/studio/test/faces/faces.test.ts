import * as lumbre from 'lumbre';
import { noGrad, rand, scope, type Tensor, tensor } from 'lumbre';
import { Conv2d, Linear, RNN } from 'lumbre/nn';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runSource } from '../../src/cell/core/run.ts';
import { isTensor } from '../../src/cell/core/values.ts';
import { facesOf, forgetValues, recordedLumbre, startRecording } from '../../src/faces/record.ts';
import { currentValue } from '../../src/faces/values.ts';

/** As a kernel that computes nonsense: it is one too much, on every device but the oracle. */
const wrong = { now: false };

beforeAll(() => {
  const layer = prototypeWith('exp');
  const { exp } = layer;
  layer.exp = function (this: Tensor) {
    const right = exp.call(this);
    return wrong.now && this.device !== 'js' ? right.add(1) : right;
  };
  startRecording({ keepValues: true });
});
afterEach(forgetValues);

function prototypeWith(name: 'exp'): Pick<Tensor, 'exp'> {
  let layer = lumbre.Tensor.prototype as object;
  while (!Object.hasOwn(layer, name)) layer = Object.getPrototypeOf(layer);
  return layer as Pick<Tensor, 'exp'>;
}

const a = () =>
  tensor([
    [1, -2, 3],
    [0.5, 4, -1],
  ]);
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

test('of what has no rule it is said what was done, and no more', async () => {
  const { formula, checks } = await facesOf(a().cumprod(1), 2, { name: 'c' });
  expect(formula).toEqual({ tex: 'c_{0,2} = \\text{cumprod}(a)_{0,2}', numbers: '-6' });
  expect(checks).toMatchObject([{ by: 'oracle', passed: true }]);
});

test('operands are called by their names', async () => {
  const x = tensor([2]);
  const weight = tensor([3]);
  const y = x.mul(weight).sum();
  expect((await facesOf(x.mul(weight), 0, { name: 'y', names: { x, weight } })).formula).toEqual({
    tex: 'y_{0} = x_{0} \\cdot \\text{weight}_{0}',
    numbers: '2 \\cdot 3 = 6',
  });
  await y.data();
});

test('a wrong number is found out, and its formula does not pretend', async () => {
  wrong.now = true;
  const y = a().exp();
  wrong.now = false;
  const { checks, formula, value } = await facesOf(y, 0, { name: 'y' });
  expect(value).toBeCloseTo(Math.E + 1);
  expect(checks).toMatchObject([{ by: 'oracle', passed: false }]);
  expect(formula.numbers).toBe('e^{1} \\neq 3.718');
});

describe('what training does to tensors', () => {
  test('values that were used are what they were, although parameters have moved on', async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const y = w.mul(3);
    const loss = y.square().sum();
    loss.backward();
    w.assign(noGrad(() => w.sub(1)));
    const faces = await facesOf(y, 1, { name: 'y', loss });
    expect(faces.formula.numbers).toBe('2 \\cdot 3 = 6');
    expect(faces.checks).toMatchObject([{ passed: true }, { passed: true }]);
    expect(faces.gradient?.value).toBeCloseTo(12);
  });

  test('a parameter that has moved on is a new number, of the line that moved it', async () => {
    const source = [
      "import { tensor } from 'lumbre';",
      "import { SGD } from 'lumbre/optim';",
      'const w = tensor([1, 2], { requiresGrad: true });',
      'const optimizer = new SGD([w], { lr: 0.1 });',
      'w.square().sum().backward();',
      '',
      '',
      'optimizer.step();',
    ].join('\n');
    const { code, value, formula, checks } = await run(source, 'w');
    expect(value).toBeCloseTo(0.8);
    expect(code?.source.split('\n')[(code.line ?? 0) - 1]).toBe('optimizer.step();');
    expect(formula).toEqual({ tex: 'w_{0}', numbers: '0.8' });
    expect(checks).toEqual([]);
  });

  test('a thousand steps that are written out are not remembered to the first', async () => {
    let x = tensor([1]);
    for (let i = 0; i < 1000; i++) x = x.mul(0.999).add(0.001).realize();
    expect(currentValue(x).depth).toBeLessThan(500);
    expect((await facesOf(x, 0, { name: 'x' })).checks).toMatchObject([{ passed: true }]);
  });

  test('what a scope gave back is computed again', async () => {
    const w = tensor([3]);
    const y = scope(() => w.mul(2).add(1).square());
    const { formula, checks } = await facesOf(y, 0, { name: 'y' });
    expect(formula.numbers).toBe('7^2 = 49');
    expect(checks).toMatchObject([{ passed: true }]);
  });

  test('layers are seen through: the gradient of a weight of a convolution, checked', async () => {
    const conv = new Conv2d(1, 2, 3);
    const linear = new Linear(8, 1);
    const x = rand([1, 1, 4, 4]);
    const loss = linear.forward(conv.forward(x).relu().flatten(1)).square().mean();
    loss.backward();
    const { gradient, checks } = await facesOf(conv.weight, 4, { name: 'w' });
    expect(gradient?.value).toBeCloseTo(Number((await (conv.weight.grad as Tensor).data())[4]), 4);
    expect(checks).toMatchObject([{ by: 'difference', passed: true }]);
    expect((await facesOf(conv.forward(x), 0, { name: 'y' })).formula.tex).toMatch(/^y_\{0,0,0,0\} = a_/);
    conv.dispose();
    linear.dispose();
  });

  test('through a loop that is hidden, the gradient is the engine’s own, without a check', async () => {
    const rnn = new RNN(2, 3);
    const [out] = rnn.forward(rand([4, 1, 2])) as unknown as [Tensor];
    const loss = out.square().sum();
    loss.backward();
    const [weight] = rnn.parameters() as [Tensor];
    const { gradient, checks } = await facesOf(weight, 0, { name: 'w' });
    expect(gradient?.value).toBeCloseTo(Number((await (weight.grad as Tensor).data())[0]), 4);
    expect(checks).toEqual([]);
    rnn.dispose();
  });

  test('functions that are differentiated, and compiled', async () => {
    const { grad, valueAndGrad, compile } = recordedLumbre();
    const w = tensor([2]);
    const loss = (x: Tensor) => x.square().sum();
    const [value, gradient] = valueAndGrad(loss)(w);
    expect((await facesOf(value, 0, { name: 'L' })).formula.numbers).toBe('4 = 4');
    expect((await facesOf(w, 0, { name: 'w' })).gradient?.value).toBeCloseTo(4);
    expect((await facesOf(gradient, 0, { name: 'g' })).formula.numbers).toBe('4');
    expect((await facesOf(grad(loss)(w), 0, { name: 'g' })).value).toBe(4);
    const twice = compile((x: Tensor) => x.mul(2));
    expect((await facesOf(twice(w), 0, { name: 'y' })).formula.numbers).toBe('4');
    expect((await facesOf(twice(w), 0, { name: 'y' })).formula.numbers).toBe('4');
  });
});

test('nothing stays in memory', async () => {
  const before = lumbre.memory().liveBytes;
  const y = scope(() => a().matmul(a().T).exp().mean());
  for (let i = 0; i < 3; i++) await facesOf(y, 0, { name: 'y' });
  y.dispose();
  forgetValues();
  expect(lumbre.memory().liveBytes).toBe(before);
});

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

describe('code', () => {
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
