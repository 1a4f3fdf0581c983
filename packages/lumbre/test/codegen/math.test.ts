import { describe, expect, test } from 'vitest';
import { erf } from '../../src/graph/scalar.ts';
import { type Tensor, tensor } from '../../src/index.ts';

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

  test('sin and cos are right to 1e-6 up to 1e4', () => {
    const values = samples(-1e4, 1e4).filter((x) => Math.abs(x) > 1e-3);
    const x = tensor(values, { device: 'wasm' });
    const [sin, cos] = [x.sin().dataSync(), x.cos().dataSync()];
    const worst = values.reduce(
      (most, v, i) => Math.max(most, Math.abs((sin[i] as number) - Math.sin(v))),
      0,
    );
    expect(worst).toBeLessThan(1e-6);
    const small = values.reduce(
      (most, v, i) => (Math.abs(v) > 10 ? most : Math.max(most, Math.abs((cos[i] as number) - Math.cos(v)))),
      0,
    );
    expect(small).toBeLessThan(2e-6);
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
  });
});
