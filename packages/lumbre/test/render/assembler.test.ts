import { describe, expect, test } from 'vitest';
import { encodeModule, FunctionBody } from '../../src/render/wasm/assembler.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });

/** Runs one function and gives back the memory. */
function run(write: (body: FunctionBody) => void): DataView {
  const body = new FunctionBody(0);
  write(body);
  const limits = { module: 'env', name: 'memory', minimum: 1, maximum: 1, shared: false };
  const bytes = encodeModule(limits, [{ name: 'run', parameters: [], body }]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  new Uint8Array(memory.buffer).fill(0);
  (exports.run as () => void)();
  return new DataView(memory.buffer);
}

describe('numbers', () => {
  const powers = [6, 7, 13, 14, 20, 21, 27, 28, 30].map((bits) => 2 ** bits);
  const integers = [0, 1, 2 ** 31 - 1, ...powers.flatMap((power) => [power - 1, power, power + 1])];

  test.each(integers.flatMap((value) => [value, -value, -value - 1]))('i32 constant %i', (value) => {
    const view = run((body) => body.i32(0).i32(value).memoryOp('i32.store', 2, 0));
    expect(view.getInt32(0, true)).toBe(value | 0);
  });

  test.each([0, -0, 1.5, 2 ** -149, Number.POSITIVE_INFINITY, Number.NaN])('f32 constant %d', (value) => {
    const view = run((body) => body.i32(0).f32(value).memoryOp('f32.store', 2, 0));
    expect(view.getFloat32(0, true)).toBe(value);
  });

  test('a vector constant may be a part of a larger array', () => {
    const numbers = Int32Array.of(9, 1, 2, 3, 4, 9).subarray(1, 5);
    const view = run((body) => body.i32(0).v128(numbers).memoryOp('v128.store', 2, 16));
    expect([...new Int32Array(view.buffer, 16, 4)]).toEqual([1, 2, 3, 4]);
  });

  test.each([0, 127, 128, 16383, 16384, 65532])('offset %i', (offset) => {
    const view = run((body) => body.i32(0).i32(7).memoryOp('i32.store', 2, offset));
    expect(view.getInt32(offset, true)).toBe(7);
  });
});

test('locals of all types, in any order and number, keep their own values', () => {
  const types = ['i32', 'i32', 'f32', 'v128', 'i32', 'f32', 'f32'] as const;
  const count = 200;
  const view = run((body) => {
    const locals = Array.from({ length: count }, (_, index) => body.newLocal(types[index % types.length]));
    for (const [index, local] of locals.entries()) {
      const type = types[index % types.length];
      if (type === 'i32') body.i32(index);
      else if (type === 'f32') body.f32(index);
      else body.i32(index).op('i32x4.splat');
      body.set(local);
    }
    for (const [index, local] of locals.entries()) {
      const type = types[index % types.length];
      body.i32(0).get(local);
      if (type === 'f32') body.op('i32.trunc_sat_f32_s');
      else if (type === 'v128') body.laneOp('i32x4.extract_lane', 3);
      body.memoryOp('i32.store', 2, 4 * index);
    }
  });
  expect([...new Int32Array(view.buffer, 0, count)]).toEqual(
    Array.from({ length: count }, (_, index) => index),
  );
});

test('a function with more than 128 functions before it has the right index, and names are UTF-8', () => {
  const names = Array.from({ length: 300 }, (_, index) => `señal ${index}`);
  const functions = names.map((name, index) => {
    const body = new FunctionBody(1);
    body.get(0).i32(index).memoryOp('i32.store', 2, 0);
    return { name, parameters: ['i32'] as const, body };
  });
  const limits = { module: 'env', name: 'memory', minimum: 1, maximum: 1, shared: false };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encodeModule(limits, functions)), {
    env: { memory },
  });
  for (const [index, name] of names.entries()) {
    (exports[name] as (address: number) => void)(32);
    expect(new DataView(memory.buffer).getInt32(32, true)).toBe(index);
  }
});
