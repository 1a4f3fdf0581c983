import { describe, expect, test } from 'vitest';
import {
  Bernoulli,
  Beta,
  Categorical,
  Dirichlet,
  type Distribution,
  Exponential,
  Gamma,
  Gumbel,
  Independent,
  klDivergence,
  Laplace,
  LogNormal,
  Multinomial,
  Normal,
  OneHotCategorical,
  RelaxedOneHotCategorical,
  StudentT,
  Uniform,
} from '../../src/distributions/index.ts';
import { logGammaSlope } from '../../src/distributions/standardGamma.ts';
import { compile, deviceNames, Generator, type Tensor, tensor } from '../../src/index.ts';

const values = (t: Tensor) => Array.from(t.dataSync());
const average = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
const generator = () => new Generator(20_240);

const n = 20_000;

/** Fails if the mean of `list` is more than 5 standard errors from `expected`. */
function expectMean(list: readonly number[], expected: number, what: string): void {
  const mean = average(list);
  const spread = Math.sqrt(average(list.map((x) => (x - mean) ** 2)));
  expect(Math.abs(mean - expected), `${what}: ${mean}, expected ${expected}`).toBeLessThanOrEqual(
    (5 * spread) / Math.sqrt(list.length),
  );
}

const on = (device: string) => {
  const t = (data: number | number[] | number[][]) => tensor(data, { device });
  return [
    new Normal(t(1.5), 2),
    new LogNormal(t(0.25), 0.5),
    new Uniform(t(-1), 3),
    new Exponential(t(2)),
    new Laplace(t(-1), 0.5),
    new Gumbel(t(1), 2),
    new Gamma(t(0.3), 2),
    new Gamma(t(1), 0.5),
    new Gamma(t(7.5), 3),
    new Gamma(t(400), 1),
    new Beta(t(0.4), 0.7),
    new Beta(t(5), 2),
    new StudentT(t(9), 1, 2),
    new Bernoulli({ probs: t(0.2) }),
  ];
};

describe.each(deviceNames())('draws on %s', (device) => {
  test.each(on(device).map((d, i) => [`${d.name} ${i}`, i] as const))('%s has its moments', (_, i) => {
    const d = on(device)[i] as Distribution;
    const [mean, variance] = [d.mean.itemSync(), d.variance.itemSync()];
    const drawn = values(d.sample([n], { generator: generator() }));
    expect(drawn.every(Number.isFinite)).toBe(true);
    expectMean(drawn, mean, 'mean');
    expectMean(
      drawn.map((x) => (x - mean) ** 2),
      variance,
      'variance',
    );
  });

  test('the densities of draws average to the entropy', () => {
    for (const d of on(device)) {
      const logProb = values(d.logProb(d.sample([n], { generator: generator() })));
      expectMean(logProb, -d.entropy().itemSync(), d.name);
    }
  });

  test('Categorical, OneHotCategorical and Multinomial count right', () => {
    const probs = tensor([0.5, 0, 0.125, 0.375], { device });
    const wanted = [0.5, 0, 0.125, 0.375];
    const drawn = new Categorical({ probs }).sample([n], { generator: generator() });
    expect([drawn.dtype, drawn.shape]).toEqual(['int32', [n]]);
    const list = values(drawn);
    wanted.forEach((p, k) => {
      const share = list.filter((x) => x === k).length / n;
      expect(Math.abs(share - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / n));
    });
    const vectors = new OneHotCategorical({ probs }).sample([2, 3], { generator: generator() });
    expect(vectors.shape).toEqual([2, 3, 4]);
    expect(values(vectors.sum(-1))).toEqual(Array(6).fill(1));
    const counts = new Multinomial(12, { probs }).sample([2000], { generator: generator() });
    expect(values(counts.sum(-1)).every((x) => x === 12)).toBe(true);
    expectMean(values(counts.select(1, 3)), 4.5, 'count');
    expect(values(counts.select(1, 1)).every((x) => x === 0)).toBe(true);
  });

  test('Dirichlet and RelaxedOneHotCategorical lie in the simplex', () => {
    const concentration = tensor([0.05, 2, 0.5], { device });
    const dirichlet = new Dirichlet(concentration);
    const drawn = dirichlet.sample([n], { generator: generator() });
    expect(values(drawn.sum(-1)).every((x) => Math.abs(x - 1) < 1e-5)).toBe(true);
    const [mean, variance] = [dirichlet.mean, dirichlet.variance].map(values) as [number[], number[]];
    mean.forEach((m, k) => {
      const component = values(drawn.select(1, k));
      expectMean(component, m, 'mean');
      expectMean(
        component.map((x) => (x - m) ** 2),
        variance[k] as number,
        'variance',
      );
    });
    const relaxed = new RelaxedOneHotCategorical(0.5, { logits: tensor([1, 0, -1], { device }) });
    const soft = relaxed.rsample([n], { generator: generator() });
    expect(values(soft.sum(-1)).every((x) => Math.abs(x - 1) < 1e-5)).toBe(true);
    // The largest component is that of a categorical draw.
    const share = values(soft.argmax(-1)).filter((k) => k === 0).length / n;
    const p = Math.E / (Math.E + 1 + 1 / Math.E);
    expect(Math.abs(share - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
  });
});

test('every device draws the same', () => {
  const draws = deviceNames().map((device) => {
    const options = { generator: generator() };
    const categories = new Categorical({ logits: tensor([0.5, 1, -1], { device }) }).sample([200], options);
    const floats = on(device).map((d) => values(d.sample([50], options)));
    return { categories: values(categories), floats };
  });
  const [first, ...others] = draws as [(typeof draws)[number], ...typeof draws];
  for (const other of others) {
    expect(other.categories).toEqual(first.categories);
    other.floats.forEach((list, i) => {
      list.forEach((x, k) => {
        const wanted = first.floats[i]?.[k] as number;
        expect(Math.abs(x - wanted)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted)));
      });
    });
  }
});

test('tiny concentrations give finite numbers and gradients', () => {
  const concentration = tensor([0.001, 0.01, 1e-4], { requiresGrad: true });
  const x = new Dirichlet(concentration).rsample([100], { generator: generator() });
  x.square().sum().backward();
  expect(values(x).every((v) => v >= 0 && v <= 1)).toBe(true);
  expect(values(concentration.grad as Tensor).every(Number.isFinite)).toBe(true);
});

describe('reparameterized gradients', () => {
  /** The regularized lower incomplete gamma function, by its series. */
  function lower(a: number, x: number): number {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 2000 && term > sum * 1e-17; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return sum * Math.exp(a * Math.log(x) - x - lgammaOf(a));
  }

  const lgammaOf = (a: number) => tensor(a, { device: 'js', dtype: 'float64' }).lgamma().itemSync();

  /** x with P(a, x) = p, by bisection of log x. */
  function quantile(a: number, p: number): number {
    let [low, high] = [-60, 8];
    for (let i = 0; i < 80; i++) {
      const middle = (low + high) / 2;
      if (lower(a, Math.exp(middle)) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  test.each(deviceNames())('of the gamma distribution are those of its quantiles, on %s', (device) => {
    const points = [0.15, 0.5, 1, 1.7, 4, 12, 60].flatMap((a) =>
      [0.02, 0.3, 0.5, 0.8, 0.99].map((p) => ({ a, logX: quantile(a, p), p })),
    );
    const of = (list: number[]) => tensor(list, { device });
    const slopes = values(logGammaSlope(of(points.map(({ a }) => a)), of(points.map(({ logX }) => logX))));
    points.forEach(({ a, p }, i) => {
      const h = 1e-4 * a;
      const exact = (quantile(a + h, p) - quantile(a - h, p)) / (2 * h);
      expect(Math.abs((slopes[i] as number) / exact - 1), `a = ${a}, p = ${p}`).toBeLessThan(1e-4);
    });
  });

  /** The gradient by which E[x] and E[x²] of draws grow, against that of the formulas. */
  test.each([
    ['Normal', (a: Tensor, b: Tensor) => new Normal(a, b), 1.5, 0.7],
    ['LogNormal', (a: Tensor, b: Tensor) => new LogNormal(a, b), 0.5, 0.4],
    ['Uniform', (a: Tensor, b: Tensor) => new Uniform(a, b.add(2)), 0.5, 1],
    ['Laplace', (a: Tensor, b: Tensor) => new Laplace(a, b), 0.5, 1],
    ['Gumbel', (a: Tensor, b: Tensor) => new Gumbel(a, b), 0.5, 1],
    ['Gamma', (a: Tensor, b: Tensor) => new Gamma(a, b), 0.6, 2],
    ['Gamma', (a: Tensor, b: Tensor) => new Gamma(a, b), 3, 1],
    ['Beta', (a: Tensor, b: Tensor) => new Beta(a, b), 0.6, 2],
    ['Beta', (a: Tensor, b: Tensor) => new Beta(a, b), 5, 3],
    ['StudentT', (a: Tensor, b: Tensor) => new StudentT(a.add(12), 0.5, b), 1, 2],
  ] as const)('of %s move the moments as they should', (name, make, first, second) => {
    const leaves = (count: number) =>
      [first, second].map((x) => tensor(Array<number>(count).fill(x), { requiresGrad: true })) as [
        Tensor,
        Tensor,
      ];
    const exact = leaves(1);
    const d = make(...exact);
    d.mean.square().add(d.variance).sum().backward();
    // Each draw has parameters of its own, and so its own gradient.
    const own = leaves(n);
    make(...own)
      .rsample([], { generator: generator() })
      .square()
      .sum()
      .backward();
    own.forEach((leaf, i) => {
      const wanted = exact[i]?.grad?.itemSync() as number;
      expectMean(values(leaf.grad as Tensor), wanted, `${name}, parameter ${i}`);
    });
  });

  test('sample passes none, and discrete distributions have no rsample', () => {
    const a = tensor([1, 2], { requiresGrad: true });
    expect(new Gamma(a, 1).sample().requiresGrad).toBe(false);
    expect(new Normal(a, 1).rsample().requiresGrad).toBe(true);
    expect(() => new Categorical({ logits: a }).rsample()).toThrow(/Categorical: rsample.*discrete/);
    expect(new Independent(new Bernoulli({ logits: a }), 1).hasRsample).toBe(false);
  });

  test('a compiled function draws anew each time', () => {
    const g = generator();
    const step = compile((a: Tensor) => new Gamma(a, 1).sample([], { generator: g }));
    const a = tensor([0.5, 2, 30]);
    const [first, second] = [values(step(a)), values(step(a))];
    expect(first).not.toEqual(second);
    const again = generator();
    expect(values(new Gamma(a, 1).sample([], { generator: again }))).toEqual(first);
    expect(values(new Gamma(a, 1).sample([], { generator: again }))).toEqual(second);
    step.dispose();
  });
});

describe('shapes and errors', () => {
  test('parameters broadcast, and samples come in front', () => {
    const d = new Normal(tensor([[0], [1]]), tensor([1, 2, 3]));
    expect([d.batchShape, d.eventShape]).toEqual([[2, 3], []]);
    expect(d.sample([4, 5]).shape).toEqual([4, 5, 2, 3]);
    expect(d.logProb(0.5).shape).toEqual([2, 3]);
    const diagonal = new Independent(d, 1);
    expect([diagonal.batchShape, diagonal.eventShape]).toEqual([[2], [3]]);
    expect(diagonal.logProb(diagonal.sample([7])).shape).toEqual([7, 2]);
    expect(String(diagonal)).toBe('Independent(batchShape [2], eventShape [3])');
    const m = new Multinomial(3, {
      probs: tensor([
        [1, 1],
        [1, 3],
      ]),
    });
    expect(m.sample([5]).shape).toEqual([5, 2, 2]);
  });

  test('numbers are checked at once, tensors on demand', async () => {
    expect(() => new Normal(0, -1)).toThrow(/Normal: scale must be positive and finite, not -1/);
    expect(() => new Uniform(2, 1)).toThrow(/low must be less than high, got 2 and 1/);
    expect(() => new Bernoulli({ probs: 1.5 })).toThrow(/probs must be a probability from 0 to 1, not 1.5/);
    expect(() => new Bernoulli({})).toThrow(/give either probs or logits/);
    expect(() => new Bernoulli({ probs: 0.5, logits: 0 })).toThrow(/give either probs or logits/);
    expect(() => new Categorical({ probs: tensor(1) })).toThrow(/\[.., categories\] .* got \[\]/);
    expect(() => new Multinomial(1.5, { probs: tensor([1]) })).toThrow(/totalCount must be a whole number/);
    expect(() => new RelaxedOneHotCategorical(0, { probs: tensor([1]) })).toThrow(
      /temperature must be positive/,
    );
    expect(() => new Dirichlet(tensor(1))).toThrow(/at least one dimension/);
    expect(() => new Normal(tensor([1, 2]), tensor([1, 2, 3]))).toThrow(/Normal/);
    expect(() => new Independent(new Normal(0, 1), 1)).toThrow(/cannot count 1 of its dimensions/);
    await expect(new Gamma(tensor([1, -2]), 1).validate()).rejects.toThrow(
      /Gamma: concentration must be positive and finite, but has the value -2/,
    );
    await expect(new Uniform(tensor([0, 2]), 1).validate()).rejects.toThrow(/high - low must be positive/);
    const fine = new Beta(tensor([1]), 2);
    expect(await fine.validate()).toBe(fine);
  });

  test('what is not there says so', () => {
    expect(() => klDivergence(new Gumbel(0, 1), new Laplace(0, 1))).toThrow(/for Gumbel and Laplace/);
    expect(() => new Gamma(1, 1).cdf(1)).toThrow(/Gamma: cdf\(\) has no closed form/);
    const m = (count: number) => new Multinomial(count, { probs: tensor([1, 1]) });
    expect(() => klDivergence(m(2), m(3))).toThrow(/count 2 and 3 draws/);
    expect(klDivergence(m(4), m(4)).itemSync()).toBeCloseTo(0, 6);
  });

  test('densities are -∞ outside the support', () => {
    const outside = [
      new Uniform(0, 1).logProb(2),
      new Exponential(1).logProb(-1),
      new Gamma(2, 1).logProb(-1),
      new Beta(2, 2).logProb(1.5),
      new LogNormal(0, 1).logProb(-1),
      new Categorical({ probs: tensor([1, 1]) }).logProb(tensor(2, { dtype: 'int32' })),
    ];
    expect(outside.map((t) => t.itemSync())).toEqual(Array(6).fill(Number.NEGATIVE_INFINITY));
  });
});
