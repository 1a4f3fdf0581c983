import { describe, expect, test } from 'vitest';
import { storedNode } from '../../src/graph/node.ts';
import {
  bernoulli,
  compile,
  defaultGenerator,
  deviceNames,
  exponential,
  Generator,
  gumbel,
  manualSeed,
  multinomial,
  normal,
  ones,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randnLike,
  randperm,
  type Tensor,
  tensor,
  truncatedNormal,
  uniform,
} from '../../src/index.ts';
import { wrapNode } from '../../src/tensor/core.ts';
import { extendKey, threefry, threefryNodes } from '../../src/tensor/threefry.ts';

const values = (t: Tensor) => Array.from(t.dataSync());
const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;

/** Random123's known answers for threefry2x32 with 20 rounds: key, counter, words. */
const knownAnswers = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x13198a2e, 0x03707344],
    [0x243f6a88, 0x85a308d3],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const;

describe('Threefry-2x32', () => {
  test.each(knownAnswers)('key %j and counter %j on the host', (key, counter, words) => {
    expect(threefry(extendKey(key[0], key[1]), [...counter]).map((w) => w >>> 0)).toEqual(words);
  });

  test.each(deviceNames().flatMap((device) => knownAnswers.map((answer) => [device, ...answer] as const)))(
    'on %s: key %j and counter %j',
    (device, key, counter, words) => {
      const word = (value: number) => tensor([value | 0], { dtype: 'int32', device });
      const [k0, k1, k2] = extendKey(key[0], key[1]).map(word) as [Tensor, Tensor, Tensor];
      const [c0, c1] = counter.map(word) as [Tensor, Tensor];
      const result = threefryNodes([k0.node, k1.node, k2.node], [c0.node, c1.node]);
      expect(result.map((node) => wrapNode(node, device).itemSync() >>> 0)).toEqual(words);
    },
  );
});

describe('a generator', () => {
  test('gives the same numbers for the same seed, on every device', () => {
    const draws = deviceNames().map((device) => {
      const generator = new Generator(2 ** 40 + 7);
      const options = { generator, device };
      return [
        rand([50], options),
        randint(-5, 1000, [50], options),
        bernoulli(0.3, [50], options),
        randperm(20, options),
      ].map(values);
    });
    for (const draw of draws) expect(draw).toEqual(draws[0]);
  });

  test('gives new numbers at every draw, and others for another seed', () => {
    const generator = new Generator(1);
    const first = values(rand([8], { generator }));
    expect(values(rand([8], { generator }))).not.toEqual(first);
    expect(values(rand([8], { generator: new Generator(2) }))).not.toEqual(first);
    expect(values(rand([8], { generator: new Generator(1 + 2 ** 32) }))).not.toEqual(first);
    expect(values(rand([8], { generator: new Generator(1) }))).toEqual(first);
  });

  test('goes on from its state', () => {
    const generator = new Generator(5);
    values(randn([3], { generator }));
    const state = generator.state();
    expect(state).toEqual({ seed: 5, offset: 1 });
    const next = values(randn([3], { generator }));
    expect(
      values(randn([3], { generator: new Generator().setState(JSON.parse(JSON.stringify(state))) })),
    ).toEqual(next);
    expect(generator.manualSeed(5).state()).toEqual({ seed: 5, offset: 0 });
  });

  test('manualSeed seeds the default one', () => {
    expect(manualSeed(9)).toBe(defaultGenerator);
    const first = values(rand([4]));
    manualSeed(9);
    expect(values(rand([4]))).toEqual(first);
  });

  test('refuses what is no seed or state', () => {
    for (const seed of [-1, 0.5, 2 ** 53, Number.NaN])
      expect(() => new Generator(seed)).toThrow(/a seed is an integer/);
    expect(() => new Generator().setState({ seed: 1, offset: -1 })).toThrow(/an offset is an integer/);
    const spent = new Generator().setState({ seed: 1, offset: 2 ** 32 });
    expect(() => rand([1], { generator: spent })).toThrow(/all 2\^32 draws of this seed are used up/);
  });

  test('goes on in compiled functions as it would outside', () => {
    const step = (x: Tensor) => [x.dropout(0.5), x.mul(rand([16])), randperm(16)];
    const compiled = compile(step);
    const x = ones([16]);
    const run = (fn: (x: Tensor) => Tensor[]) => {
      manualSeed(11);
      return [0, 1, 2].map(() => fn(x).map(values));
    };
    const outside = run(step);
    const inside = run(compiled);
    expect(inside).toEqual(outside);
    expect(inside[1]).not.toEqual(inside[2]);
    expect(defaultGenerator.state()).toEqual({ seed: 11, offset: 9 });
    compiled.dispose();
  });

  test('the value of a draw does not change when it is computed later', () => {
    manualSeed(4);
    const early = rand([4]);
    const late = rand([4]);
    const lateValues = values(late);
    expect(storedNode(early.node)).toBe(null);
    manualSeed(4);
    expect(values(early)).toEqual(values(rand([4])));
    expect(lateValues).toEqual(values(rand([4])));
  });
});

describe('distributions', () => {
  const n = 20000;
  const options = () => ({ generator: new Generator(123) });

  test('uniform', () => {
    const u = values(rand([n], options()));
    expect(u.every((v) => v >= 0 && v < 1)).toBe(true);
    expect(u.every((v) => Number.isInteger(v * 2 ** 24))).toBe(true);
    expect(Math.abs(mean(u) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    const scaled = values(uniform(-3, 5, [n], options()));
    expect(scaled.every((v) => v >= -3 && v < 5)).toBe(true);
    expect(scaled[0]).toBeCloseTo(-3 + 8 * (u[0] as number), 5);
  });

  test('normal', () => {
    const z = values(randn([n], options()));
    expect(Math.abs(mean(z))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(mean(z.map((v) => v * v)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean(z.map((v) => v ** 4)) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
    const within = z.filter((v) => Math.abs(v) < 1).length / n;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.014);
    const moved = values(normal(10, 0.5, [n], options()));
    expect(moved[3]).toBeCloseTo(10 + 0.5 * (z[3] as number), 5);
  });

  test('randint is even, at any range', () => {
    const dice = values(randint(1, 7, [n], options()));
    for (let face = 1; face <= 6; face++) {
      const share = dice.filter((v) => v === face).length / n;
      expect(Math.abs(share - 1 / 6)).toBeLessThan(4 * Math.sqrt(5 / 36 / n));
    }
    for (const [low, high] of [
      [0, 100000],
      [-(2 ** 31), 2 ** 31],
      [-5, 2 ** 30 + 3],
    ] as const) {
      const drawn = values(randint(low, high, [n], options()));
      expect(drawn.every((v) => Number.isInteger(v) && v >= low && v < high)).toBe(true);
      const middle = mean(drawn.map((v) => (v - low) / (high - low)));
      expect(Math.abs(middle - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    }
    expect(randint(0, 9, [2], { dtype: 'uint8' }).dtype).toBe('uint8');
  });

  test('randint takes the high bits: word · range / 2^32', () => {
    // Over the full range it is the word itself.
    const words = values(randint(-(2 ** 31), 2 ** 31, [200], options())).map((v) => v + 2 ** 31);
    for (const range of [3, 65536, 65537, 123456789, 2 ** 32 - 1]) {
      const drawn = values(randint(-(2 ** 31), range - 2 ** 31, [200], options()));
      const exact = words.map((w) => Number((BigInt(w) * BigInt(range)) >> 32n) - 2 ** 31);
      expect(drawn).toEqual(exact);
    }
  });

  test('bernoulli of a number and of a tensor', () => {
    const fair = values(bernoulli(0.25, [n], options()));
    expect(Math.abs(mean(fair) - 0.25)).toBeLessThan(4 * Math.sqrt(0.1875 / n));
    expect(values(bernoulli(tensor([0, 1, 0, 1]), options()))).toEqual([0, 1, 0, 1]);
    expect([values(bernoulli(0, [9])), values(bernoulli(1, [9]))].map(mean)).toEqual([0, 1]);
  });

  test('exponential, gumbel and truncatedNormal have the moments of their distributions', () => {
    const near = (list: readonly number[], expected: number, variance: number) =>
      expect(Math.abs(mean(list) - expected)).toBeLessThan(5 * Math.sqrt(variance / n));
    const e = values(exponential(2, [n], options()));
    expect(e.every((v) => v > 0 && Number.isFinite(v))).toBe(true);
    near(e, 0.5, 0.25);
    near(
      e.map((v) => v * v),
      0.5,
      1.25,
    );
    const g = values(gumbel(1, 2, [n], options()));
    near(g, 1 + 2 * 0.5772156649, (4 * Math.PI ** 2) / 6);
    const below = g.filter((v) => v < 1).length / n;
    expect(Math.abs(below - Math.exp(-1))).toBeLessThan(5 * Math.sqrt(0.2325 / n));
    const t = values(truncatedNormal(1, 2, 0, 2, [n], options()));
    expect(t.every((v) => v >= 0 && v <= 2)).toBe(true);
    // Symmetric about the mean; with a = 1/2 the variance is 4 (1 - 2 a φ(a) / (2 Φ(a) - 1)).
    near(t, 1, 0.3222);
    near(
      t.map((v) => (v - 1) ** 2),
      0.3222,
      0.09,
    );
    const all = deviceNames().map((device) => values(exponential(1, [50], { ...options(), device })));
    for (const other of all) {
      other.forEach((v, i) => {
        expect(v).toBeCloseTo(all[0]?.[i] as number, 5);
      });
    }
  });

  test.each(deviceNames())('multinomial on %s', (device) => {
    const weights = tensor([4, 0, 1, 3], { device });
    const drawn = multinomial(weights, n, true, options());
    expect([drawn.dtype, drawn.shape]).toEqual(['int32', [n]]);
    const list = values(drawn);
    [0.5, 0, 0.125, 0.375].forEach((p, k) => {
      const share = list.filter((v) => v === k).length / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    });
    const rows = multinomial(weights.expand([n, 4]), 3, false, options());
    expect(rows.shape).toEqual([n, 3]);
    const orders = rows.arraySync() as number[][];
    expect(orders.every((row) => new Set(row).size === 3 && !row.includes(1))).toBe(true);
    // First 0 and then 3: 1/2 · 3/4.
    const share = orders.filter(([first, second]) => first === 0 && second === 3).length / n;
    expect(Math.abs(share - 0.375)).toBeLessThan(5 * Math.sqrt((0.375 * 0.625) / n));
    expect((multinomial(weights, 4, false, options()).arraySync() as number[])[3]).toBe(1);
    expect(values(multinomial(weights, 50, true, options()))).toEqual(
      values(multinomial(tensor([4, 0, 1, 3], { device: 'js' }), 50, true, options())),
    );
    expect(() => multinomial(weights, 5)).toThrow(/cannot draw 5 of 4 categories without replacement/);
    expect(() => multinomial(weights, 0)).toThrow(/at least 1 sample, got \[4\] and 0/);
    expect(() => multinomial(tensor(1, { device }), 1)).toThrow(/got \[\] and 1/);
  });

  test('like another tensor', () => {
    const whole = tensor([[1, 2, 3]], { dtype: 'int32', device: 'js' });
    const float = tensor([[1, 2]], { dtype: 'float64', device: 'js' });
    expect([randLike(float), randnLike(float), randintLike(float, 0, 5)].map((t) => t.dtype)).toEqual(
      Array(3).fill('float64'),
    );
    const drawn = randintLike(whole, 3, 5, options());
    expect([drawn.dtype, drawn.device, drawn.shape]).toEqual(['int32', 'js', [1, 3]]);
    expect(values(drawn).every((v) => v === 3 || v === 4)).toBe(true);
    expect(values(randLike(float, options()))).toEqual(values(rand([1, 2], { ...options(), device: 'js' })));
    expect(() => randLike(whole)).toThrow(/expected a float dtype, got int32/);
  });

  test('randperm is a permutation', () => {
    const order = values(randperm(100, options()));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(randperm(0).shape).toEqual([0]);
  });

  test('leaves, dtypes and shapes', () => {
    const w = randn([2, 3], { requiresGrad: true });
    w.sum().backward();
    expect(w.grad?.shape).toEqual([2, 3]);
    expect(rand([], { device: 'js', dtype: 'float64' }).dtype).toBe('float64');
    expect(rand([0, 2]).shape).toEqual([0, 2]);
  });

  test('refuses what makes no sense', () => {
    expect(() => rand([2.5])).toThrow(/uniform: \[2.5\] is not a shape/);
    expect(() => rand([2], { dtype: 'int32' })).toThrow(/expected a float dtype, got int32; randint/);
    expect(() => normal(0, -1, [2])).toThrow(/must not be negative, got -1/);
    expect(() => randint(3, 3, [2])).toThrow(/integers low < high .* got 3 and 3/);
    expect(() => exponential(0, [2])).toThrow(/the rate must be positive, got 0/);
    expect(() => gumbel(0, 0, [2])).toThrow(/the scale must be positive, got 0/);
    expect(() => truncatedNormal(0, 1, 2, 1, [2])).toThrow(/low < high, got 2 and 1/);
    expect(() => truncatedNormal(0, 1, 5, 6, [2])).toThrow(/more than 2 standard deviations/);
    expect(() => bernoulli(2, [2])).toThrow(/a probability from 0 to 1, not 2/);
  });
});
