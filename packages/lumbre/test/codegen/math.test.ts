import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import type { Node } from '../../src/graph/node.ts';
import { erf, erfc } from '../../src/graph/scalar.ts';
import { erfinv, lgamma, polygamma as polygammaOf } from '../../src/graph/special.ts';
import { type Tensor, tensor } from '../../src/index.ts';
import { wrapNode } from '../../src/tensor/core.ts';
import { callMethod } from '../support/call.ts';

const bits = new Int32Array(1);
const asFloat = new Float32Array(bits.buffer);

/** Floats spread evenly over [low, high], and the floats of all magnitudes in it. */
function samples(low: number, high: number): Float32Array {
  const values: number[] = [];
  for (let i = 0; i <= 20_000; i++) values.push(low + ((high - low) * i) / 20_000);
  for (let b = 0; b < 0x7f800000; b += 99_991) {
    bits[0] = b;
    for (const value of [asFloat[0] as number, -(asFloat[0] as number)]) {
      if (value >= low && value <= high) values.push(value);
    }
  }
  return Float32Array.from(values);
}

/** The distance of two floats in units of the last place of the expected one. */
function ulps(got: number, expected: number): number {
  if (Object.is(got, expected) || got === expected) return 0;
  const rounded = Math.fround(expected);
  if (got === rounded || (Number.isNaN(got) && Number.isNaN(rounded))) return 0;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(rounded))), -126);
  return Math.abs(got - expected) / 2 ** (exponent - 23);
}

const of = (f: (x: Node) => Node) => (x: Tensor) => wrapNode(f(x.node), x.device);

const cases: [
  name: string,
  kernel: (x: Tensor) => Tensor,
  exact: (x: number) => number,
  low: number,
  high: number,
  most: number,
][] = [
  ['exp', (x) => x.exp(), Math.exp, -104, 89, 2],
  ['log', (x) => x.log(), Math.log, 1e-45, 3e38, 2],
  ['tanh', (x) => x.tanh(), Math.tanh, -20, 20, 5],
  ['erf', (x) => x.erf(), erf, -6, 6, 6],
  ['erfc', of(build.erfc), erfc, -6, 9, 8],
  ['expm1', of(build.expm1), Math.expm1, -30, 89, 3],
  ['exp2', of(build.exp2), (x) => 2 ** x, -151, 128.5, 2],
  ['log1p', of(build.log1p), Math.log1p, -1, 3e38, 4],
  ['log2', of(build.log2), Math.log2, 1e-45, 3e38, 3],
  ['sin', (x) => x.sin(), Math.sin, -1e5, 1e5, 2],
  ['cos', (x) => x.cos(), Math.cos, -1e5, 1e5, 2],
  ['atan', of(build.atan), Math.atan, -3e38, 3e38, 4],
  ['sinh', of(build.sinh), Math.sinh, -89.5, 89.5, 4],
  ['cosh', of(build.cosh), Math.cosh, -89.5, 89.5, 3],
  ['asinh', of(build.asinh), Math.asinh, -3e38, 3e38, 4],
  ['acosh', of(build.acosh), Math.acosh, 1, 3e38, 4],
  ['erfinv', of(build.erfinv), erfinv, -1, 1, 6],
  ['lgamma', of(build.lgamma), lgamma, 0, 3e38, 6],
  ['digamma', of((x) => build.polygamma(x, 0)), (x) => polygammaOf(0, x), 2, 3e38, 12],
  ['trigamma', of((x) => build.polygamma(x, 1)), (x) => polygammaOf(1, x), 0, 3e38, 6],
  ['polygamma(3)', of((x) => build.polygamma(x, 3)), (x) => polygammaOf(3, x), 0, 1e9, 10],
  ['sqrt', (x) => x.sqrt(), Math.sqrt, 0, 3e38, 0.5],
];

describe('float32 functions on wasm', () => {
  test.each(cases)('%s is right to a few units in the last place', (name, kernel, exact, low, high, most) => {
    const values = samples(low, high);
    const results = kernel(tensor(values, { device: 'wasm' })).dataSync();
    let worst = 0;
    let where = 0;
    values.forEach((x, i) => {
      // Among the subnormal numbers a quotient has no digits to be right in.
      if (name === 'erf' && Math.abs(x) < 1e-30) return;
      const error = ulps(results[i] as number, exact(x));
      if (error > worst) [worst, where] = [error, x];
    });
    expect(worst, `at ${where}`).toBeLessThanOrEqual(most);
  });

  test('sin and cos stay bounded and near the truth up to 1e6', () => {
    const values = samples(-1e6, 1e6);
    const x = tensor(values, { device: 'wasm' });
    const [sin, cos] = [x.sin().dataSync(), x.cos().dataSync()];
    const worst = values.reduce(
      (most, v, i) =>
        Math.max(
          most,
          Math.abs((sin[i] as number) - Math.sin(v)),
          Math.abs((cos[i] as number) - Math.cos(v)),
        ),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
  });

  test('atan2 is right to a few units in the last place in every quadrant and for every magnitude', () => {
    const values = samples(-3e38, 3e38).filter((_, i) => i % 7 === 0);
    const others = values.map((_, i) => values[(i * 7919 + 13) % values.length] as number);
    const [y, x] = [values, others].map((list) => tensor(list, { device: 'wasm' })) as [Tensor, Tensor];
    const angles = y.atan2(x).dataSync();
    values.forEach((v, i) => {
      const exact = Math.atan2(v, others[i] as number);
      if (Math.abs(exact) < 2 ** -126) return;
      expect(ulps(angles[i] as number, exact), `of ${v}, ${others[i]}`).toBeLessThanOrEqual(4);
    });
  });

  test.each([
    ['asin', (x: Tensor) => x.asin(), Math.asin, -1, 1, 5],
    ['acos', (x: Tensor) => x.acos(), Math.acos, -1, 1, 5],
    ['atanh', (x: Tensor) => x.atanh(), Math.atanh, -1, 1, 5],
    ['log10', (x: Tensor) => x.log10(), Math.log10, 1e-45, 3e38, 4],
    ['softplus', (x: Tensor) => x.softplus(), (x: number) => Math.log1p(Math.exp(x)), -80, 80, 6],
    ['sigmoid', (x: Tensor) => x.sigmoid(), (x: number) => 1 / (1 + Math.exp(-x)), -80, 80, 4],
  ] as const)('%s, composed, keeps the accuracy of its parts', (_, f, exact, low, high, most) => {
    const values = samples(low, high);
    const results = f(tensor(values, { device: 'wasm' })).dataSync();
    const errors = values.map((x, i) => ulps(results[i] as number, exact(x)));
    const worst = errors.reduce((a, b) => Math.max(a, b), 0);
    expect(worst, `at ${values[errors.indexOf(worst)]}`).toBeLessThanOrEqual(most);
  });

  test('special values are those of IEEE 754', () => {
    const special = tensor([0, -0, 1, -1, Infinity, -Infinity, NaN], { device: 'wasm' });
    expect([...special.exp().dataSync()]).toEqual([
      1,
      1,
      Math.fround(Math.E),
      Math.fround(1 / Math.E),
      Infinity,
      0,
      NaN,
    ]);
    expect([...special.log().dataSync()]).toEqual([-Infinity, -Infinity, 0, NaN, Infinity, NaN, NaN]);
    expect([...special.tanh().dataSync()].slice(4)).toEqual([1, -1, NaN]);
    expect([...special.erf().dataSync()].slice(4)).toEqual([1, -1, NaN]);
    const all: [string, number[]][] = [
      ['expm1', [0, -0, Math.E - 1, 1 / Math.E - 1, Infinity, -1, NaN]],
      ['exp2', [1, 1, 2, 0.5, Infinity, 0, NaN]],
      ['log1p', [0, -0, Math.LN2, -Infinity, Infinity, NaN, NaN]],
      ['log2', [-Infinity, -Infinity, 0, NaN, Infinity, NaN, NaN]],
      ['sin', [0, -0, Math.sin(1), Math.sin(-1), NaN, NaN, NaN]],
      ['cos', [1, 1, Math.cos(1), Math.cos(1), NaN, NaN, NaN]],
      ['atan', [0, -0, Math.PI / 4, -Math.PI / 4, Math.PI / 2, -Math.PI / 2, NaN]],
      ['sinh', [0, -0, Math.sinh(1), Math.sinh(-1), Infinity, -Infinity, NaN]],
      ['cosh', [1, 1, Math.cosh(1), Math.cosh(1), Infinity, Infinity, NaN]],
      ['asinh', [0, -0, Math.asinh(1), Math.asinh(-1), Infinity, -Infinity, NaN]],
      ['acosh', [NaN, NaN, 0, NaN, Infinity, NaN, NaN]],
      ['erfinv', [0, -0, Infinity, -Infinity, NaN, NaN, NaN]],
      ['lgamma', [Infinity, Infinity, 0, Infinity, Infinity, Infinity, NaN]],
    ];
    for (const [name, expected] of all) {
      const got = [...(callMethod(special, name, [])[0] as Tensor).dataSync()];
      got.forEach((value, i) => {
        const wanted = expected[i] as number;
        expect(ulps(value, wanted), `${name} of element ${i}: ${value}`).toBeLessThan(4);
        if (wanted === 0) expect(Object.is(value, wanted), `the sign of ${name}, element ${i}`).toBe(true);
      });
    }
  });
});
