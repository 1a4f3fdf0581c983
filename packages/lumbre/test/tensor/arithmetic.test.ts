import { describe, expect, test } from 'vitest';
import { type DType, full, type Tensor, type TensorLike, tensor, where, zeros } from '../../src/index.ts';

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
// The oracle has every dtype.
const of = (dtype: DType) => tensor([0, 1, 2], { dtype, device: 'js' });
const values = (t: Tensor) => Array.from(t.dataSync());

describe('promotion', () => {
  const all: DType[] = ['bool', 'uint8', 'int32', 'float32', 'float64'];

  test.each(all.flatMap((a, i) => all.map((b, j) => [a, b, all[Math.max(i, j)] as DType] as const)))(
    '%s + %s',
    (a, b, expected) => {
      const result = of(a).add(of(b));
      // Arithmetic of bools is arithmetic of integers.
      expect(result.dtype).toBe(expected === 'bool' ? 'int32' : expected);
      const one = (dtype: DType) => (dtype === 'bool' ? [0, 1, 1] : [0, 1, 2]);
      expect(values(result)).toEqual(one(a).map((x, k) => x + (one(b)[k] as number)));
    },
  );

  test.each<[DType, TensorLike, DType]>([
    ['float32', 2, 'float32'],
    ['float32', 0.5, 'float32'],
    ['float64', 0.1, 'float64'],
    ['int32', 2, 'int32'],
    ['int32', 0.5, 'float32'],
    ['int32', 2 ** 31, 'float32'],
    ['int32', nan, 'float32'],
    ['uint8', 255, 'uint8'],
    ['uint8', 256, 'int32'],
    ['uint8', -1, 'int32'],
    ['bool', 1, 'int32'],
    ['bool', true, 'int32'],
    ['int32', true, 'int32'],
    ['bool', 0.5, 'float32'],
  ])('%s and the number %s give %s', (dtype, other, expected) => {
    expect(of(dtype).mul(other).dtype).toBe(expected);
    expect(values(of(dtype).mul(other))[0]).toBe(Number.isNaN(other) ? nan : 0);
  });

  test('division is true division', () => {
    const quotient = tensor([7, -7], { dtype: 'int32' }).div(2);
    expect([quotient.dtype, values(quotient)]).toEqual(['float32', [3.5, -3.5]]);
    expect(values(tensor([7, -7], { dtype: 'int32' }).floorDivide(2))).toEqual([3, -4]);
    expect(values(tensor([7, -7], { dtype: 'int32' }).remainder(4))).toEqual([3, 1]);
    expect(values(tensor([7, -7], { dtype: 'int32' }).floorDivide(0))).toEqual([0, 0]);
  });

  test('comparisons promote too, and give bool', () => {
    const small = tensor([1, 200], { dtype: 'uint8' });
    expect(values(small.lt(300))).toEqual([1, 1]);
    expect(values(small.gt(-1))).toEqual([1, 1]);
    expect(values(tensor([1, 2], { dtype: 'int32' }).eq(1.5))).toEqual([0, 0]);
    expect(tensor([true, false]).eq(true).dtype).toBe('bool');
  });
});

describe('broadcasting', () => {
  test.each([
    [[3], [3], [3]],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      [4, 1, 3],
      [2, 1],
      [4, 2, 3],
    ],
    [[], [2], [2]],
    [
      [0, 3],
      [1, 3],
      [0, 3],
    ],
  ])('%j with %j gives %j', (a, b, expected) => {
    expect(zeros(a).add(zeros(b)).shape).toEqual(expected);
    expect(zeros(b).sub(zeros(a)).shape).toEqual(expected);
  });

  test('values', () => {
    const column = tensor([[10], [20]]);
    expect(column.add(tensor([1, 2, 3])).arraySync()).toEqual([
      [11, 12, 13],
      [21, 22, 23],
    ]);
  });

  test('says what does not fit', () => {
    expect(() => zeros([2, 3]).mul(zeros([2]))).toThrow(
      /^mul: shapes \[2, 3\] and \[2\] do not broadcast: counted from the end, dimension 1 is 3 against 2/,
    );
  });

  test('gradients are summed over what was broadcast', () => {
    const a = tensor([[1], [2]], { requiresGrad: true });
    const b = tensor([1, 2, 3], { requiresGrad: true });
    a.mul(b).sum().backward();
    expect(a.grad?.arraySync()).toEqual([[6], [6]]);
    expect(b.grad?.arraySync()).toEqual([3, 3, 3]);
  });
});

describe('bad operands', () => {
  test.each([[null], ['3'], [undefined], [[1, 2]], [{}]])('%j', (operand) => {
    expect(() => tensor([1]).add(operand as never)).toThrow(
      /^add: expected a tensor, a number or a boolean, got/,
    );
  });
});

describe('functions of numbers', () => {
  test('pow by numbers', () => {
    const x = tensor([-2, 0.5, 3]);
    for (const exponent of [0, 1, 2, 3, 5, -1, -2]) {
      expect(values(x.pow(exponent))).toEqual([-2, 0.5, 3].map((v) => Math.fround(v ** exponent)));
    }
    expect(values(tensor([4, 9]).pow(0.5))).toEqual([2, 3]);
    expect(values(tensor([2]).pow(tensor([10])))).toEqual([1024]);
    expect(values(tensor([0, 0]).pow(tensor([0, 2])))).toEqual([1, 0]);
  });

  test('pow of integers', () => {
    const n = tensor([2, -3], { dtype: 'int32' });
    expect([n.pow(5).dtype, values(n.pow(5))]).toEqual(['int32', [32, -243]]);
    expect([n.pow(20).dtype, values(n.pow(20))[0]]).toEqual(['int32', 2 ** 20]);
    expect([n.pow(-1).dtype, values(n.pow(-1))[0]]).toEqual(['float32', 0.5]);
    expect(() => n.pow(n)).toThrow(/pow: int32 to the power of int32 tensors has no exact result/);
  });

  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ['abs', (x) => x.abs(), [-1.5, 0, -0, 2, nan, -inf], [1.5, 0, 0, 2, nan, inf]],
    ['sign', (x) => x.sign(), [-3, 0, 2, nan], [-1, 0, 1, nan]],
    ['floor', (x) => x.floor(), [-1.5, 1.5, inf], [-2, 1, inf]],
    ['ceil', (x) => x.ceil(), [-1.5, 1.5, nan], [-1, 2, nan]],
    ['trunc', (x) => x.trunc(), [-1.5, 1.5, -inf], [-1, 1, -inf]],
    ['round', (x) => x.round(), [0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6, inf], [0, 2, 2, 0, -2, 2, 3, inf]],
    ['relu', (x) => x.relu(), [-1, 0, 2, nan, inf, -inf], [0, 0, 2, nan, inf, 0]],
    ['leakyRelu', (x) => x.leakyRelu(0.5), [-1, 0, 2, nan], [-0.5, 0, 2, nan]],
    ['sigmoid', (x) => x.sigmoid(), [0, inf, -inf, nan], [0.5, 1, 0, nan]],
    ['softplus', (x) => x.softplus(), [1000, -1000, inf], [1000, 0, inf]],
    ['elu', (x) => x.elu(), [1000, 0, -inf], [1000, 0, -1]],
    ['log1p', (x) => x.log1p(), [0, -1, inf], [0, -inf, inf]],
    ['expm1', (x) => x.expm1(), [0, -inf, inf], [0, -1, inf]],
    ['maximum', (x) => x.maximum(1), [0, 2, nan], [1, 2, nan]],
    ['minimum', (x) => x.minimum(1), [0, 2, nan], [0, 1, nan]],
    ['clamp', (x) => x.clamp({ min: -1, max: 1 }), [-2, 0.5, 2, nan], [-1, 0.5, 1, nan]],
    ['clamp with min above max', (x) => x.clamp({ min: 2, max: 1 }), [0, 3], [1, 1]],
    ['isnan', (x) => x.isnan(), [nan, 1, inf], [1, 0, 0]],
    ['isfinite', (x) => x.isfinite(), [nan, 1, inf, -inf], [0, 1, 0, 0]],
    ['ne', (x) => x.ne(1), [nan, 1, 2], [1, 0, 1]],
    ['le', (x) => x.le(1), [nan, 1, 2], [0, 1, 0]],
    ['ge', (x) => x.ge(1), [nan, 1, 2], [0, 1, 1]],
  ])('%s', (_name, compute, input, expected) => {
    const result = values(compute(tensor(input)));
    // Signs of zero aside.
    expect(result.map((v) => v + 0)).toEqual(expected);
  });

  test('abs makes -0 positive', () => {
    expect(Object.is(values(tensor([-0]).abs())[0], 0)).toBe(true);
  });

  test.each<[string, (x: Tensor) => Tensor, (x: number) => number]>([
    ['log1p', (x) => x.log1p(), Math.log1p],
    ['expm1', (x) => x.expm1(), Math.expm1],
    ['sigmoid', (x) => x.sigmoid(), (v) => 1 / (1 + Math.exp(-v))],
    ['softplus', (x) => x.softplus(), (v) => Math.log1p(Math.exp(v))],
    ['tan', (x) => x.tan(), Math.tan],
    ['rsqrt', (x) => x.abs().rsqrt(), (v) => 1 / Math.sqrt(Math.abs(v))],
  ])('%s is accurate where a plain formula would cancel', (_name, compute, expected) => {
    const points = [1e-30, -1e-12, 1e-7, -1e-5, 1e-3, -0.3, 0.49, -0.51, 0.7];
    const result = compute(tensor(points)).dataSync();
    points.forEach((point, i) => {
      const wanted = expected(Math.fround(point));
      expect(Math.abs((result[i] as number) - wanted)).toBeLessThanOrEqual(3e-7 * Math.abs(wanted));
    });
  });

  test.each<[string, (x: Tensor) => Tensor, number, number]>([
    ['relu', (x) => x.relu(), 0, 0],
    ['abs', (x) => x.abs(), 0, 0],
    ['sigmoid', (x) => x.sigmoid(), 0, 0.25],
    ['sigmoid', (x) => x.sigmoid(), -200, 0],
    ['softplus', (x) => x.softplus(), 0, 0.5],
    ['softplus', (x) => x.softplus(), 200, 1],
    ['silu', (x) => x.silu(), 0, 0.5],
    ['gelu', (x) => x.gelu(), 0, 0.5],
    ['elu', (x) => x.elu(2), 0, 2],
    ['elu', (x) => x.elu(), 1000, 1],
    ['log1p', (x) => x.log1p(), 1e-9, 1],
    ['expm1', (x) => x.expm1(), 1e-9, 1],
    ['clamp', (x) => x.clamp({ min: 0, max: 1 }), 0, 1],
    ['clamp', (x) => x.clamp({ min: 0, max: 1 }), 1.5, 0],
    ['norm', (x) => x.norm(), 0, 0],
    ['maximum', (x) => x.maximum(0), 0, 0.5],
  ])('the gradient of %s at a special point', (_name, compute, point, expected) => {
    const x = tensor([point], { requiresGrad: true });
    compute(x).sum().backward();
    expect(x.grad?.dataSync()[0]).toBeCloseTo(expected, 6);
  });

  test('gelu in both forms', () => {
    expect(tensor([1]).gelu().itemSync()).toBeCloseTo(0.8413447, 6);
    expect(tensor([1]).gelu({ approximate: 'tanh' }).itemSync()).toBeCloseTo(0.841192, 6);
    expect(() => tensor([1]).gelu({ approximate: 'fast' as 'none' })).toThrow(/'none' or 'tanh'/);
  });

  test('rounding leaves integers alone; others convert them', () => {
    const n = tensor([-3, 4], { dtype: 'int32' });
    expect([n.round().dtype, n.floor().dtype, n.trunc().dtype]).toEqual(['int32', 'int32', 'int32']);
    expect([n.exp().dtype, n.sqrt().dtype, n.sigmoid().dtype]).toEqual(['float32', 'float32', 'float32']);
    expect([values(n.abs()), values(n.relu()), values(n.sign())]).toEqual([
      [3, 4],
      [0, 4],
      [-1, 1],
    ]);
  });
});

describe('choices and logic', () => {
  test('where promotes, broadcasts, and takes two numbers', () => {
    const condition = tensor([true, false]);
    expect(values(where(condition, 1, 0.5))).toEqual([1, 0.5]);
    expect(where(condition, true, false).dtype).toBe('bool');
    expect(values(where(condition, true, 0.5))).toEqual([1, 0.5]);
    const mixed = where(condition, tensor([[1], [2]], { dtype: 'int32' }), 0.5);
    expect([mixed.dtype, mixed.arraySync()]).toEqual([
      'float32',
      [
        [1, 0.5],
        [2, 0.5],
      ],
    ]);
    expect(() => where(tensor([1, 0]), 1, 2)).toThrow(/the condition must be bool, got float32/);
  });

  test('maskedFill keeps infinities out of the gradient', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const filled = x.maskedFill(tensor([false, true]), -inf);
    expect(values(filled)).toEqual([1, -inf]);
    filled.exp().sum().backward();
    expect(x.grad?.dataSync()[1]).toBe(0);
  });

  test('logic takes anything that is not 0 for true', () => {
    const a = tensor([0, 2, 0.5, 0]);
    const b = tensor([1, 0, 3, 0], { dtype: 'int32' });
    expect(values(a.logicalAnd(b))).toEqual([0, 0, 1, 0]);
    expect(values(a.logicalOr(b))).toEqual([1, 1, 1, 0]);
    expect(values(a.logicalXor(b))).toEqual([1, 1, 0, 0]);
    expect(values(a.logicalNot())).toEqual([1, 0, 0, 1]);
  });

  test('clamp takes tensors, and wants a limit', () => {
    expect(values(tensor([1, 5]).clamp({ min: tensor([2, 2]), max: 4 }))).toEqual([2, 4]);
    expect(() => tensor([1]).clamp({})).toThrow(/at least one limit/);
  });
});

describe('conversions', () => {
  test('to()', () => {
    expect(values(tensor([1.9, -1.9, 0]).int())).toEqual([1, -1, 0]);
    expect(values(tensor([0.5, 0, nan]).bool())).toEqual([1, 0, 1]);
    expect(tensor([1], { dtype: 'int32' }).float().dtype).toBe('float32');
    expect(() => tensor([1]).to('half' as DType)).toThrow(/no dtype 'half'/);
  });

  test('gradients flow between floats only', () => {
    const x = tensor([2], { requiresGrad: true, device: 'js' });
    x.to('float64').square().sum().backward();
    expect(x.grad?.dtype).toBe('float32');
    expect(values(x.grad as Tensor)).toEqual([4]);
    expect(x.int().requiresGrad).toBe(false);
  });

  test('detach stops gradients, clone passes them on', () => {
    const x = tensor([3], { requiresGrad: true });
    expect(x.detach().requiresGrad).toBe(false);
    x.clone().mul(x.detach()).sum().backward();
    expect(values(x.grad as Tensor)).toEqual([3]);
  });

  test('full of a number keeps out of the way of other dtypes', () => {
    expect(full([], 2).add(tensor([1], { dtype: 'int32' })).dtype).toBe('float32');
  });
});
