import { expect, test } from 'vitest';
import { InputPool, makeBits } from '../src/inputs.ts';
import { checksum, productDeviation, relativeDeviation } from '../src/oracle.ts';

const sizes = [5, 7, 6] as const;

function product(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const [m, k, n] = sizes;
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let i = 0; i < k; i++) sum += (a[row * k + i] as number) * (b[i * n + column] as number);
    return sum;
  });
}

test('a product is recognized, and so is one wrong element of it', () => {
  const [m, k, n] = sizes;
  const a = new InputPool(m * k, 1).next();
  const b = new InputPool(k * n, 2).next();
  const bits = makeBits(3);
  const sign = () => (bits() < 0 ? -1 : 1);
  const c = product(a, b);
  expect(productDeviation(sizes, a, b, c, sign)).toBeLessThan(1e-12);
  c[13] = (c[13] as number) + 0.01;
  expect(productDeviation(sizes, a, b, c, sign)).toBeGreaterThan(1e-3);
  c[13] = Number.NaN;
  expect(productDeviation(sizes, a, b, c, sign)).toBeNaN();
});

test('differences are relative to what is expected', () => {
  expect(relativeDeviation([101, 200], [100, 200])).toBeCloseTo(1 / Math.sqrt(25000), 10);
  expect(relativeDeviation([0, 0], [0, 0])).toBe(0);
  expect(relativeDeviation([Number.NaN, 1, 5], [1, 1, 1])).toBeNaN();
});

test('what is not finite is no checksum', () => {
  expect(checksum([1, 2, 3], 'sum')).toBe(6);
  expect(() => checksum([1, Number.POSITIVE_INFINITY], 'matmul')).toThrow(/matmul: the 2 results/);
});

test('a pool gives other numbers each time, in range', () => {
  const pool = new InputPool(8, 1);
  const [first, second] = [pool.next(), pool.next()];
  expect([...first]).not.toEqual([...second]);
  expect(Math.max(...first, ...second)).toBeLessThanOrEqual(1);
  expect(Math.min(...first, ...second)).toBeGreaterThanOrEqual(-1);
});
