import { expect, test } from 'vitest';
import {
  bfloat16ToNumber,
  decodeHalf,
  encodeHalf,
  float16ToNumber,
  type HalfFloat,
  halfBits,
  roundToHalf,
} from '../../src/graph/halfFloat.ts';

const formats: [HalfFloat, (bits: number) => number, infinity: number][] = [
  ['float16', float16ToNumber, 0x7c00],
  ['bfloat16', bfloat16ToNumber, 0x7f80],
];

/** The doubles next to a positive one. */
function neighbours(value: number): [below: number, above: number] {
  const bits = new BigInt64Array(Float64Array.of(value).buffer)[0] as bigint;
  return [bits - 1n, bits + 1n].map((b) => new Float64Array(BigInt64Array.of(b).buffer)[0]) as [
    number,
    number,
  ];
}

test('known values of float16', () => {
  expect([0x0000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x2e66].map(float16ToNumber)).toEqual([
    0,
    1,
    -2,
    65504,
    2 ** -14,
    2 ** -24,
    0.0999755859375,
  ]);
  expect(float16ToNumber(0x8000)).toBe(-0);
  expect(float16ToNumber(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
});

test('known values of bfloat16', () => {
  expect([0x3f80, 0xc000, 0x3dcd, 0x7f7f, 0x0080, 0x0001].map(bfloat16ToNumber)).toEqual([
    1,
    -2,
    0.10009765625,
    (2 - 2 ** -7) * 2 ** 127,
    2 ** -126,
    2 ** -133,
  ]);
});

test.each(formats)('every value of %s comes back, with its bits', (type, toNumber, infinity) => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const values = decodeHalf(all, type);
  const back = encodeHalf(values, type);
  for (const bits of all) {
    const value = values[bits] as number;
    const noNumber = (bits & 0x7fff) > infinity;
    if (Number.isNaN(value) !== noNumber) expect.fail(`${bits} is ${value}`);
    if (!noNumber && back[bits] !== bits) expect.fail(`${bits} is ${value} and comes back as ${back[bits]}`);
    if (!Object.is(roundToHalf(value, type), value)) expect.fail(`${value} is rounded`);
    if (!Object.is(toNumber(bits), value)) expect.fail(`${bits}`);
  }
  expect(halfBits(Number.NaN, type) & 0x7fff).toBeGreaterThan(infinity);
});

test.each(formats)(
  'between two values of %s the nearer one is taken, the even one at a tie',
  (type, toNumber, infinity) => {
    // What would be the next value if there were no infinity.
    const last = infinity - 1;
    const beyond = toNumber(last) + (toNumber(last) - toNumber(last - 1));
    for (let bits = 0; bits <= last; bits++) {
      const low = toNumber(bits);
      const high = bits === last ? beyond : toNumber(bits + 1);
      const middle = (low + high) / 2;
      const [below, above] = neighbours(middle);
      const even = bits % 2 === 0 ? bits : bits + 1;
      const got = [below, middle, above].flatMap((value) => [halfBits(value, type), halfBits(-value, type)]);
      const expected = [bits, even, bits + 1].flatMap((wanted) => [wanted, wanted | 0x8000]);
      if (got.join() !== expected.join()) expect.fail(`around ${middle}: ${got}, expected ${expected}`);
      const rounded = toNumber(even);
      if (!Object.is(roundToHalf(-middle, type), -rounded)) expect.fail(`${-middle}`);
    }
  },
);

test('far beyond the range is infinity, far below it is zero with its sign', () => {
  for (const [type, toNumber] of formats) {
    const rounded = [1e300, -1e300, 1e-300, -1e-300].map((value) => toNumber(halfBits(value, type)));
    expect(rounded).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0]);
  }
});

test.each(formats)('float32 in bulk becomes %s as one number does', (type) => {
  // All exponents and signs, with fractions that are ties, next to ties, and others.
  const fractions = [
    0, 1, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001, 0x7fff, 0x8000, 0x8001, 0x17fff, 0x18000,
  ];
  const words: number[] = [];
  let state = 12345;
  for (let exponent = 0; exponent < 256; exponent++) {
    for (let i = 0; i < 200; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const drawn = state >>> 9;
      const fraction =
        i < fractions.length ? (fractions[i] as number) : i < 30 ? 0x7fffff - (drawn % 9) : drawn;
      words.push(((i % 2) * 2 ** 31 + exponent * 2 ** 23 + fraction) >>> 0);
    }
  }
  const values = new Float32Array(Uint32Array.from(words).buffer);
  const bits = encodeHalf(values, type);
  for (const [i, value] of values.entries()) {
    if (bits[i] !== halfBits(value, type))
      expect.fail(`${value} gives ${bits[i]}, expected ${halfBits(value, type)}`);
  }
  expect(encodeHalf(values.subarray(3, 9), type)).toEqual(bits.slice(3, 9));
});
