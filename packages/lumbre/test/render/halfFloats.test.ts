// The 16-bit floats in memory: every one of them loaded, and around every one of them stored.
import { describe, expect, test } from 'vitest';
import { f32, type IrOp, type MemoryType, vector } from '../../src/codegen/ir.ts';
import {
  bfloat16ToNumber,
  float16ToNumber,
  type HalfFloat,
  halfBits,
  roundToHalf,
} from '../../src/graph/halfFloat.ts';
import { Random } from '../support/random.ts';
import { buffer, element, end, int, Locals, load, op, store } from './build.ts';
import { runWasm } from './harness.ts';

const formats: [
  MemoryType & ('f16' | 'bf16'),
  HalfFloat,
  IrOp,
  (bits: number) => number,
  infinity: number,
][] = [
  ['f16', 'float16', 'roundF16', float16ToNumber, 0x7c00],
  ['bf16', 'bfloat16', 'roundBF16', bfloat16ToNumber, 0x7f80],
];

/** buffer1[i] = buffer0[i], `lanes` at a time, through `rounding` where there is one. */
function copy(from: MemoryType, to: MemoryType, lanes: number, rounding?: IrOp) {
  const locals = new Locals();
  const type = vector(f32, lanes);
  const bytes = (memory: MemoryType) => (memory === 'f32' ? 4 : 2);
  return locals.kernel(2, [
    locals.loop(int(0), end, lanes, (i) => {
      const value = load(type, from, element(buffer(0), i, bytes(from)));
      return [store(to, element(buffer(1), i, bytes(to)), rounding ? op(rounding, type, value) : value)];
    }),
  ]);
}

const CHUNK = 16384;

/** What a kernel makes of all values, in chunks that fit the memory of the tests. */
function run(
  kernel: ReturnType<typeof copy>,
  values: Float32Array | Uint16Array,
  out: 'float' | 'bits',
): number[] {
  const results: number[] = [];
  for (let start = 0; start < values.length; start += CHUNK) {
    const chunk = values.slice(start, start + CHUNK);
    const target = out === 'float' ? new Float32Array(chunk.length) : new Uint16Array(chunk.length);
    const { buffers } = runWasm(kernel, { buffers: [chunk, target], end: chunk.length }, { relaxed: false });
    for (const value of buffers[1] as number[]) results.push(value);
  }
  return results;
}

/** Floats at, between and beside all values of a format, of both signs; a multiple of four. */
function floatsAround(toNumber: (bits: number) => number, infinity: number): Float32Array {
  const values: number[] = [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    3.4e38,
    -3.4e38,
    1e-45,
    -1e-45,
    0.1,
  ];
  const word = new Int32Array(1);
  const float = new Float32Array(word.buffer);
  for (let bits = 0; bits < infinity; bits++) {
    const low = toNumber(bits);
    const high = bits + 1 === infinity ? low + (low - toNumber(bits - 1)) : toNumber(bits + 1);
    float[0] = (low + high) / 2;
    const middle = word[0] as number;
    for (const neighbour of [middle - 1, middle, middle + 1]) {
      word[0] = neighbour;
      values.push(float[0] as number, -(float[0] as number));
    }
    values.push(low, -low);
  }
  const random = new Random(5);
  for (let i = 0; i < 40000; i++) {
    word[0] = Math.floor(random.next() * 2 ** 32);
    values.push(float[0] as number);
  }
  return Float32Array.from(values);
}

const firstDifference = (actual: readonly number[], expected: readonly number[], what: ArrayLike<number>) => {
  const at = expected.findIndex((value, i) => !Object.is(value, actual[i]));
  return at < 0 ? null : `${what[at]} gives ${actual[at]}, expected ${expected[at]}`;
};

describe.each(formats)('%s', (memory, type, rounding, toNumber, infinity) => {
  const everyBits = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
  const floats = floatsAround(toNumber, infinity);

  test.each([1, 4])('every bit pattern is loaded as its value, %i at a time', (lanes) => {
    const loaded = run(copy(memory, 'f32', lanes), everyBits, 'float');
    expect(firstDifference(loaded, Array.from(everyBits, toNumber), everyBits)).toBe(null);
  });

  test.each([1, 4])('floats are stored as the nearest, %i at a time', (lanes) => {
    const stored = run(copy('f32', memory, lanes), floats, 'bits');
    expect(
      firstDifference(
        stored,
        Array.from(floats, (x) => halfBits(x, type)),
        floats,
      ),
    ).toBe(null);
  });

  test.each([1, 4])('rounding gives what storing and loading would, %i at a time', (lanes) => {
    const rounded = run(copy('f32', 'f32', lanes, rounding), floats, 'float');
    expect(
      firstDifference(
        rounded,
        Array.from(floats, (x) => roundToHalf(x, type)),
        floats,
      ),
    ).toBe(null);
    const stored = run(copy('f32', memory, lanes, rounding), floats, 'bits');
    expect(firstDifference(stored, run(copy('f32', memory, lanes), floats, 'bits'), floats)).toBe(null);
  });
});
