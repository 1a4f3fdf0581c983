import fc from 'fast-check';
import { avgPool2d, cat, conv1d, conv2d, maxPool2d, scope, stack, type Tensor, tensor, where } from 'lumbre';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../../src/faces/formulas/index.ts';
import { facesOf, forgetValues, startRecording } from '../../src/faces/record.ts';
import { currentValue } from '../../src/faces/values.ts';
import { evaluate } from './evaluate.ts';

beforeAll(() => startRecording({ keepValues: true }));
afterEach(forgetValues);

type Numbers = (...shape: number[]) => Tensor;
type Sizes = { readonly m: number; readonly n: number; readonly k: number };
type Case = (make: Numbers, sizes: Sizes) => Tensor;

const whole = (make: Numbers, shape: number[], most: number): Tensor =>
  make(...shape)
    .abs()
    .mul(100)
    .round()
    .remainder(most)
    .to('int32');

const cases: Record<string, Case> = {
  add: (x, { m, n }) => x(m, n).add(x(n)),
  'add a number': (x, { m }) => x(m).add(-2),
  sub: (x, { m, n }) => x(m, n).sub(x(m, 1)),
  mul: (x, { m, n }) => x(m, n).mul(x(n)),
  div: (x, { m, n }) => x(m, n).div(x(n).abs().add(1)),
  pow: (x, { n }) => x(n).abs().add(0.5).pow(x(n)),
  'pow of a number': (x, { n }) => x(n).pow(2),
  floorDivide: (x, { n }) => x(n).mul(4).floorDivide(2),
  maximum: (x, { m, n }) => x(m, n).maximum(x(n)),
  minimum: (x, { m, n }) => x(m, n).minimum(0),
  eq: (x, { n }) => x(n).round().eq(1),
  ne: (x, { n }) => x(n).round().ne(1),
  lt: (x, { n }) => x(n).lt(x(n)),
  le: (x, { n }) => x(n).le(x(n)),
  gt: (x, { n }) => x(n).gt(0),
  ge: (x, { n }) => x(n).ge(0),
  neg: (x, { n }) => x(n).neg(),
  abs: (x, { n }) => x(n).abs(),
  square: (x, { n }) => x(n).square(),
  sqrt: (x, { n }) => x(n).abs().sqrt(),
  rsqrt: (x, { n }) => x(n).abs().add(0.5).rsqrt(),
  reciprocal: (x, { n }) => x(n).abs().add(0.5).reciprocal(),
  exp: (x, { n }) => x(n).exp(),
  exp2: (x, { n }) => x(n).exp2(),
  expm1: (x, { n }) => x(n).expm1(),
  log: (x, { n }) => x(n).abs().add(0.5).log(),
  log1p: (x, { n }) => x(n).abs().log1p(),
  log2: (x, { n }) => x(n).abs().add(0.5).log2(),
  log10: (x, { n }) => x(n).abs().add(0.5).log10(),
  sin: (x, { n }) => x(n).sin(),
  cos: (x, { n }) => x(n).cos(),
  tan: (x, { n }) => x(n).mul(0.4).tan(),
  tanh: (x, { n }) => x(n).tanh(),
  floor: (x, { n }) => x(n).floor(),
  ceil: (x, { n }) => x(n).ceil(),
  sigmoid: (x, { n }) => x(n).sigmoid(),
  relu: (x, { n }) => x(n).relu(),
  relu6: (x, { n }) => x(n).mul(4).relu6(),
  silu: (x, { n }) => x(n).silu(),
  softsign: (x, { n }) => x(n).softsign(),
  logSigmoid: (x, { n }) => x(n).logSigmoid(),
  float: (x, { n }) => x(n).round().to('int32').float(),
  leakyRelu: (x, { n }) => x(n).leakyRelu(0.2),
  elu: (x, { n }) => x(n).elu(),
  gelu: (x, { n }) => x(n).gelu(),
  'gelu by tanh': (x, { n }) => x(n).gelu({ approximate: 'tanh' }),
  clamp: (x, { n }) => x(n).clamp({ min: -0.5, max: 1 }),
  'clamp from below': (x, { n }) => x(n).clamp({ min: 0 }),
  where: (x, { m, n }) => where(x(m, n).gt(0), x(n), 7),
  'where as a method': (x, { m, n }) => x(m, n).where(x(m, n).gt(0), x(n)),
  maskedFill: (x, { n }) => x(n).maskedFill(x(n).gt(0), -9),
  sum: (x, { m, n }) => x(m, n).sum(),
  'sum of rows': (x, { m, n }) => x(m, n).sum(1),
  'sum of columns, kept': (x, { m, n }) => x(m, n).sum(0, { keepdim: true }),
  'sum over two': (x, { m, n, k }) => x(m, n, k).sum([0, -1]),
  mean: (x, { m, n }) => x(m, n).mean(-1),
  prod: (x, { m, n }) => x(m, n).prod(0),
  max: (x, { m, n }) => x(m, n).max(1),
  amax: (x, { m, n }) => x(m, n).amax(0),
  min: (x, { m, n }) => x(m, n).min(),
  amin: (x, { m, n }) => x(m, n).amin(1, { keepdim: true }),
  var: (x, { m, n }) => x(m, n + 1).var(1),
  'var of all that there is': (x, { m, n }) => x(m, n).var(1, { correction: 0 }),
  std: (x, { m, n }) => x(m + 1, n).std(0),
  norm: (x, { m, n }) => x(m, n).norm(1),
  'norm of magnitudes': (x, { n }) => x(n).norm(0, { p: 1 }),
  logsumexp: (x, { m, n }) => x(m, n).logsumexp(1),
  cumsum: (x, { m, n }) => x(m, n).cumsum(1),
  matmul: (x, { m, n, k }) => x(m, k).matmul(x(k, n)),
  'matmul of batches': (x, { m, n, k }) => x(2, m, k).matmul(x(k, n)),
  'matmul with a vector': (x, { m, k }) => x(m, k).matmul(x(k)),
  'matmul of a vector': (x, { n, k }) => x(k).matmul(x(k, n)),
  dot: (x, { k }) => x(k).dot(x(k)),
  outer: (x, { m, n }) => x(m).outer(x(n)),
  conv1d: (x, { m, n, k }) => conv1d(x(2, m, k + 3), x(n, m, 3), { padding: 'same', bias: x(n) }),
  conv2d: (x, { m, n, k }) => conv2d(x(1, m, k + 2, 5), x(n, m, 2, 3), { stride: 2, padding: 1 }),
  'conv2d in groups': (x, { m, n }) => conv2d(x(2 * m, 4, 4), x(2 * n, m, 2, 2), { groups: 2, dilation: 2 }),
  maxPool1d: (x, { m, n }) => maxPool2d(x(m, 4, n + 3), 2, { stride: 1, padding: 1 }) as Tensor,
  maxPool2d: (x, { m }) => maxPool2d(x(1, m, 4, 5), [2, 3]) as Tensor,
  avgPool2d: (x, { m }) => avgPool2d(x(1, m, 4, 5), 2, { padding: 1, countIncludePad: false }),
  avgPool1d: (x, { m }) => avgPool2d(x(1, m, 4, 5), 2, { padding: 1 }),
  softmax: (x, { m, n }) => x(m, n).softmax(),
  'softmax of columns': (x, { m, n }) => x(m, n).softmax(0),
  logSoftmax: (x, { m, n }) => x(m, n).logSoftmax(1),
  crossEntropy: (x, { m, n }) => x(m, n).crossEntropy(whole(x, [m], n)),
  'crossEntropy of each': (x, { m, n }) => x(m, n).crossEntropy(whole(x, [m], n), { reduction: 'none' }),
  transpose: (x, { m, n, k }) => x(m, n, k).transpose(0, 2),
  T: (x, { m, n }) => x(m, n).T,
  reshape: (x, { m, n }) => x(m, n).reshape(n, m),
  slice: (x, { m, n }) => x(m + 1, n).slice([1, null], -1),
  gather: (x, { m, n }) => x(m, n).gather(1, whole(x, [m, 2], n)),
  indexSelect: (x, { m, n, k }) => x(m, n).indexSelect(0, whole(x, [k], m)),
  split: (x, { m, n }) => x(m, 2 * n).split(n, 1)[1] as Tensor,
  cat: (x, { m, n, k }) => cat([x(m, n), x(k, n)]),
  stack: (x, { m, n }) => stack([x(m, n), x(m, n), x(m, n)], 1),
};

/** Numbers that a printed formula does not round. */
const coarse = fc.integer({ min: -300, max: 300 }).map((n) => n / 100);

describe.each(Object.entries(cases))('%s', (_, make) => {
  test('any element has a formula whose numbers come to it, and a check that it passes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(coarse, { minLength: 40, maxLength: 40 }),
        fc.nat(),
        async (m, n, k, numbers, place) => {
          let next = 0;
          const x: Numbers = (...shape) => {
            const size = shape.reduce((a, b) => a * b, 1);
            return tensor(
              Float32Array.from({ length: size }, () => numbers[next++ % 40] as number),
              { shape },
            );
          };
          const result = scope(() => make(x, { m, n, k }));
          const unchanged = currentValue(result).record === null;
          const { formula, value, checks } = await facesOf(result, place % result.size, { name: 'y' });
          result.dispose();
          // What changes nothing gives back what was there.
          if (unchanged) return;
          expect(formula.tex).toMatch(/^y.* = /);
          expect(formula.tex).not.toContain('undefined');
          expect(formula.numbers).toMatch(/ = [^=]*$/);
          const told = evaluate(formula.numbers.replace(/^(.*) = [^=]*$/, '$1'));
          if (!Number.isNaN(told))
            expect(told / Math.max(1, Math.abs(value))).toBeCloseTo(value / Math.max(1, Math.abs(value)), 1);
          expect(checks[0]).toMatchObject({ by: 'oracle', passed: true });
        },
      ),
      { numRuns: 12, seed: 7 },
    );
  });
});

test('every rule is tried', () => {
  const tried = Object.keys(cases).map((name) => name.split(' ')[0]);
  expect([...rules.keys()].filter((op) => !tried.includes(op))).toEqual([]);
});

test('a movement is an element of its source, exactly', async () => {
  const a = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect((await facesOf(a.T, 1, { name: 'y', names: { a } })).formula).toEqual({
    tex: 'y_{0,1} = a_{1,0}',
    numbers: '4 = 4',
  });
  const joined = cat([a, a.mul(10)], 1);
  expect((await facesOf(joined, 4, { name: 'y', names: { a } })).formula.numbers).toBe('20 = 20');
});
