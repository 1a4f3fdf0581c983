import { describe, expect, test } from 'vitest';
import { Generator, ones, scope, type Tensor, zeros } from '../../src/index.ts';
import { init, Linear, parameter } from '../../src/nn/index.ts';

/** Where nothing has to be compiled; what is drawn is the same on all devices. */
const js = { device: 'js' };

const generator = () => new Generator(7);

/** Mean, standard deviation, least and largest value. */
function describeValues(t: Tensor) {
  const values = [...t.dataSync()];
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  return { mean, std, min: Math.min(...values), max: Math.max(...values) };
}

/** [200, 100]: fanIn 100, fanOut 200; [50, 20, 2, 3]: 120 and 300. */
const matrix = () => zeros([200, 100], js);
const kernel = () => zeros([50, 20, 2, 3], js);

const uniforms: [string, () => Tensor, bound: number][] = [
  ['uniform', () => init.uniform(matrix(), -0.5, 0.5, { generator: generator() }), 0.5],
  ['xavierUniform', () => init.xavierUniform(matrix(), { generator: generator() }), Math.sqrt(6 / 300)],
  ['xavierUniform of a kernel', () => init.xavierUniform(kernel(), { gain: 2 }), 2 * Math.sqrt(6 / 420)],
  ['kaimingUniform', () => init.kaimingUniform(matrix()), Math.sqrt(6 / 100)],
  [
    'kaimingUniform as of Linear',
    () => init.kaimingUniform(matrix(), { a: Math.sqrt(5) }),
    1 / Math.sqrt(100),
  ],
  [
    'kaimingUniform of a kernel',
    () => init.kaimingUniform(kernel(), { mode: 'fanOut', nonlinearity: 'tanh' }),
    (5 / 3) * Math.sqrt(3 / 300),
  ],
];

const normals: [string, () => Tensor, std: number, mean?: number][] = [
  ['normal', () => init.normal(matrix(), 3, 2, { generator: generator() }), 2, 3],
  ['xavierNormal', () => init.xavierNormal(matrix()), Math.sqrt(2 / 300)],
  ['kaimingNormal', () => init.kaimingNormal(kernel(), { nonlinearity: 'relu' }), Math.sqrt(2 / 120)],
];

describe('init', () => {
  test.each(uniforms)('%s has its bounds and fills them', (_, make, bound) => {
    const { mean, std, min, max } = describeValues(make());
    expect(Math.abs(mean) / bound).toBeLessThan(0.03);
    expect(std / (bound / Math.sqrt(3))).toBeCloseTo(1, 1);
    for (const end of [-min, max]) {
      expect(end / bound).toBeLessThanOrEqual(1.000001);
      expect(end / bound).toBeGreaterThan(0.99);
    }
  });

  test.each(normals)('%s has its deviation', (_, make, std, mean = 0) => {
    const found = describeValues(make());
    expect(found.std / std).toBeCloseTo(1, 1);
    expect(Math.abs(found.mean - mean) / std).toBeLessThan(0.05);
    expect((found.max - mean) / std).toBeGreaterThan(3);
  });

  test('truncNormal stays within its ends', () => {
    const { std, min, max } = describeValues(init.truncNormal(matrix(), { std: 1, a: -1, b: 0.5 }));
    expect(min).toBeGreaterThanOrEqual(-1);
    expect(max).toBeLessThanOrEqual(0.5);
    expect([min, max].map((end) => Math.round(end * 100) / 100)).toEqual([-1, 0.5]);
    expect(std).toBeLessThan(0.5);
  });

  test.each([[[6, 6]], [[8, 3]], [[3, 8]], [[4, 3, 2, 2]]])('orthogonal of %j', (shape) => {
    const gain = 1.5;
    const t = init
      .orthogonal(zeros(shape, js), { gain, generator: generator() })
      .reshape(shape[0] as number, -1);
    const [rows, columns] = t.shape as [number, number];
    const product = (rows <= columns ? t.matmul(t.T) : t.T.matmul(t)).arraySync() as number[][];
    product.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(i === j ? gain ** 2 : 0, 5);
      });
    });
  });

  test('orthogonal matrices are as often of one sign as of the other', () => {
    const draw = generator();
    const signs = Array.from({ length: 40 }, () =>
      scope(() => Math.sign(init.orthogonal(zeros([1, 1], js), { generator: draw }).itemSync())),
    );
    const positive = signs.filter((sign) => sign === 1).length;
    expect(positive).toBeGreaterThan(8);
    expect(positive).toBeLessThan(32);
  });

  test('sparse zeroes as many of each column', () => {
    const t = init.sparse(zeros([10, 30], js), 0.25, { std: 2, generator: generator() });
    const columns = t.eq(0).sum(0);
    expect([...columns.dataSync()]).toEqual(new Array(30).fill(3));
    expect([...t.eq(0).sum(1).dataSync()].some((count) => count !== 9)).toBe(true);
    expect(describeValues(t).std).toBeCloseTo(2 * Math.sqrt(0.7), 0);
  });

  test('constant, ones, zeros, eye, dirac', () => {
    expect([...init.constant(zeros([2], js), 3).dataSync()]).toEqual([3, 3]);
    expect([...init.ones(zeros([2], js)).dataSync()]).toEqual([1, 1]);
    expect([...init.zeros(ones([2], js)).dataSync()]).toEqual([0, 0]);
    expect(init.eye(ones([2, 3], js)).arraySync()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    // Where PyTorch's dirac_ puts ones.
    const places = (t: Tensor) => [...t.dataSync()].flatMap((value, i) => (value === 1 ? [i] : []));
    expect(places(init.dirac(ones([2, 3, 4], js)))).toEqual([2, 18]);
    const at = (o: number, i: number) => ((o * 4 + i) * 3 + 1) * 3 + 1;
    expect(places(init.dirac(ones([6, 4, 3, 3], js), { groups: 2 }))).toEqual([
      at(0, 0),
      at(1, 1),
      at(2, 2),
      at(3, 0),
      at(4, 1),
      at(5, 2),
    ]);
  });

  test('gains are those of PyTorch', () => {
    const gains = (['linear', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const).map((name) =>
      init.calculateGain(name),
    );
    [1, 1, 1.6666666666666667, Math.SQRT2, 1.4141428569978354, 0.75].forEach((gain, i) => {
      expect(gains[i]).toBeCloseTo(gain, 14);
    });
    expect(init.calculateGain('leakyRelu', 0.2)).toBeCloseTo(1.3867504905630728, 14);
    expect(() => init.calculateGain('gelu' as 'relu')).toThrow("'gelu' is none of");
  });

  test('fills parameters in place, which stay parameters of their dtype', () => {
    const layer = new Linear(4, 3, { dtype: 'float16' });
    const { weight } = layer;
    expect(init.orthogonal(weight)).toBe(weight);
    expect([weight.requiresGrad, weight.dtype, weight.realized]).toEqual([true, 'float16', true]);
    init.normal(weight, 0, 1, { generator: generator() });
    const first = [...weight.dataSync()];
    init.normal(weight, 0, 1, { generator: generator() });
    expect([...weight.dataSync()]).toEqual(first);
    layer.dispose();
    const inScope = parameter(zeros([2, 2]));
    scope(() => {
      init.eye(inScope);
    });
    expect([...inScope.dataSync()]).toEqual([1, 0, 0, 1]);
    inScope.dispose();
  });

  test('refuses what has no fans', () => {
    const bias = zeros([3]);
    for (const fn of [init.xavierUniform, init.xavierNormal, init.kaimingUniform, init.kaimingNormal]) {
      expect(() => fn(bias)).toThrow(`init.${fn.name}: expected a weight [out, in, ..], got [3]`);
    }
    expect(() => init.orthogonal(bias)).toThrow('at least two dimensions');
    expect(() => init.eye(bias)).toThrow('expected a matrix');
    expect(() => init.dirac(bias)).toThrow('init.dirac');
    expect(() => init.dirac(zeros([3, 1, 1]), { groups: 2 })).toThrow('2 groups');
    expect(() => init.sparse(zeros([3, 3]), 2)).toThrow('sparsity');
  });
});
