import { describe, expect, test } from 'vitest';
import * as distributions from '../../src/distributions/index.ts';
import type { DType } from '../../src/graph/dtype.ts';
import { deviceNames, type Tensor, tensor } from '../../src/index.ts';
import { getDevice } from '../../src/runtime/devices.ts';
import fixtures from '../fixtures/distributions.json' with { type: 'json' };
import { toNumber } from '../support/call.ts';
import { difference, scaleOf } from '../support/compare.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface Case {
  readonly class: string;
  readonly args: readonly unknown[];
  readonly values: unknown;
  readonly batchShape: readonly number[];
  readonly eventShape: readonly number[];
  readonly logProb: Numbers;
  readonly gradients: readonly Numbers[];
  readonly quantiles?: unknown;
}

interface Divergence {
  readonly p: readonly [string, readonly unknown[]];
  readonly q: readonly [string, readonly unknown[]];
  readonly value: Numbers;
  readonly gradients?: readonly Numbers[];
}

const { cases, divergences } = fixtures as unknown as {
  readonly cases: readonly Case[];
  readonly divergences: readonly Divergence[];
};

type Options = { readonly device: string; readonly dtype: DType };
type Constructor = new (...args: unknown[]) => distributions.Distribution;

/** The distribution of these arguments, in which arrays are tensors, and those tensors. */
function build(
  name: string,
  args: readonly unknown[],
  options: Options,
): { readonly distribution: distributions.Distribution; readonly leaves: readonly Tensor[] } {
  const make = (distributions as unknown as Record<string, Constructor>)[name] as Constructor;
  if (name === 'Independent') {
    const [[inner, innerArgs], dims] = args as [[string, unknown[]], number];
    const base = build(inner, innerArgs, options);
    return { distribution: new make(base.distribution, dims), leaves: base.leaves };
  }
  const leaves: Tensor[] = [];
  const leaf = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    leaves.push(tensor(value as number[], { ...options, requiresGrad: true }));
    return leaves.at(-1);
  };
  const given = args.map((value) =>
    typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value as object).map(([key, v]) => [key, leaf(v)]))
      : leaf(value),
  );
  return { distribution: new make(...given), leaves };
}

const combinations = deviceNames().flatMap((device) =>
  (['float64', 'float32'] as const)
    .filter((dtype) => getDevice(device).supports(dtype))
    .map((dtype) => ({ device, dtype })),
);

/** What differs from PyTorch, if anything. */
function compare(what: string, actual: Tensor, expected: Numbers, dtype: DType): string[] {
  const numbers = expected.data.map(toNumber);
  // Densities are differences of large terms: single precision has an ulp of these.
  const tolerance = dtype === 'float64' ? { relative: 1e-9, scaled: 1e-9 } : { relative: 3e-5, scaled: 1e-5 };
  if (actual.shape.join() !== expected.shape.join())
    return [`${what}: shape [${actual.shape}], expected [${expected.shape}]`];
  const problem = difference(actual.dataSync(), numbers, tolerance, scaleOf(numbers));
  return problem ? [`${what}: ${problem}`] : [];
}

const gradientsOf = (leaves: readonly Tensor[], expected: readonly Numbers[], dtype: DType): string[] =>
  expected.flatMap((numbers, i) => {
    const { grad, shape } = leaves[i] as Tensor;
    const zeros = tensor(new Float32Array(numbers.data.length), {
      shape,
      device: (leaves[i] as Tensor).device,
      dtype,
    });
    return compare(`gradient of argument ${i}`, grad ?? zeros, numbers, dtype);
  });

/** Sums what is finite, as the script does. */
const finiteSum = (t: Tensor): Tensor => t.where(t.isfinite(), 0).sum();

describe.each(combinations)('on $device in $dtype', (options) => {
  const { dtype } = options;

  test.each(cases.map((c, i) => [`${c.class} ${i}`, c] as const))('%s', (_, c) => {
    const { distribution, leaves } = build(c.class, c.args, options);
    expect([distribution.batchShape, distribution.eventShape]).toEqual([c.batchShape, c.eventShape]);
    const value = tensor(c.values as number[], options);
    const logProb = distribution.logProb(value);
    const problems = compare('logProb', logProb, c.logProb, dtype);
    finiteSum(logProb).backward();
    problems.push(...gradientsOf(leaves, c.gradients, dtype));
    const members = distribution as unknown as Record<string, Tensor>;
    for (const name of ['mean', 'variance', 'stddev', 'mode']) {
      const expected = (c as unknown as Record<string, Numbers | undefined>)[name];
      if (expected) problems.push(...compare(name, members[name] as Tensor, expected, dtype));
    }
    const { entropy, cdf, icdf } = c as unknown as Record<string, Numbers | undefined>;
    if (entropy) problems.push(...compare('entropy', distribution.entropy(), entropy, dtype));
    if (cdf) problems.push(...compare('cdf', distribution.cdf(value), cdf, dtype));
    if (icdf) {
      const quantiles = tensor(c.quantiles as number[], options);
      problems.push(...compare('icdf', distribution.icdf(quantiles), icdf, dtype));
    }
    expect(problems).toEqual([]);
  });

  test.each(divergences.map((d, i) => [`KL(${d.p[0]}, ${d.q[0]}) ${i}`, d] as const))('%s', (_, d) => {
    const [p, q] = [d.p, d.q].map(([name, args]) => build(name, args, options)) as [
      ReturnType<typeof build>,
      ReturnType<typeof build>,
    ];
    const value = distributions.klDivergence(p.distribution, q.distribution);
    const problems = compare('value', value, d.value, dtype);
    if (d.gradients) {
      value.sum().backward();
      problems.push(...gradientsOf([...p.leaves, ...q.leaves], d.gradients, dtype));
    }
    expect(problems).toEqual([]);
  });
});
