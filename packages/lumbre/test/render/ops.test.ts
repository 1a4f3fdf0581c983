// Every operation of the loop language, as scalars and as vectors, on all combinations of edge values.
import { describe, expect, test } from 'vitest';
import { type Expr, f32, i32, type KernelBody, type MemoryType, mask, vector } from '../../src/codegen/ir.ts';
import { renderModule } from '../../src/render/wasm/render.ts';
import { buffer, constant, float, int, Locals, lane, load, op, store } from './build.ts';
import { arrayOf, combinations, edgeCase, edges, elementwise, memoryOf, signatures } from './edgeCases.ts';
import { modes, runReference, runWasm } from './harness.ts';

const { fround } = Math;

describe.each(modes)('$name', ({ options, fma }) => {
  const cases = signatures.flatMap((signature) =>
    [1, 4].map((lanes) => ({
      signature,
      lanes,
      name: `${signature[0]} ${signature[1].join(' ')} x${lanes}`,
    })),
  );

  test.each(cases)('$name', ({ signature, lanes }) => {
    const { rows, call } = edgeCase(signature);
    const results = call.buffers.length - 1;
    const kernel = elementwise(signature, lanes);
    const actual = runWasm(kernel, call, options).buffers[results];
    const expected = runReference(kernel, call, fma).buffers[results];
    const described = (values: readonly number[]) => rows.map((row, index) => [...row, values[index]]);
    expect(described(actual)).toEqual(described(expected));
  });

  test('scalars and vectors of fma have the same bits', () => {
    const rows = combinations([edges.f32, edges.f32, edges.f32]).slice(0, 9260);
    const inputs = [0, 1, 2].map((index) => Float32Array.from(rows, (row) => row[index]));
    const call = { buffers: [...inputs, new Float32Array(rows.length)], end: rows.length };
    const results = [1, 4].map((lanes) => {
      const kernel = elementwise(['fma', ['f32', 'f32', 'f32'], 'f32'], lanes);
      return runWasm(kernel, call, options).buffers[3];
    });
    expect(results[0]).toEqual(results[1]);
  });
});

describe('known values', () => {
  /** Evaluates one expression over the i32 and f32 buffers 1 and 2, and stores it in buffer 0. */
  const valuesOf = (value: Expr, f32s: readonly number[] = [], i32s: readonly number[] = []): number[] => {
    const memory = memoryOf[value.type.scalar];
    const kernel = new Locals().kernel(3, [store(memory, buffer(0), value)]);
    const out = arrayOf(value.type.scalar, new Array<number>(value.type.lanes).fill(99));
    return runWasm(
      kernel,
      { buffers: [out, Int32Array.from(i32s), Float32Array.from(f32s)] },
      { relaxed: false },
    ).buffers[0];
  };
  const i32x4 = vector(i32, 4);
  const f32x4 = vector(f32, 4);
  const mask4 = vector(mask, 4);
  const integers = load(i32x4, 'i32', buffer(1));
  const floats = load(f32x4, 'f32', buffer(2));
  const negative = op('lt', mask4, integers, constant(i32x4, 0));

  test('nearest rounds half to even, floor goes down', () => {
    expect(valuesOf(op('nearest', f32x4, floats), [0.5, 1.5, -2.5, 3.5])).toEqual([0, 2, -2, 4]);
    expect(valuesOf(op('floor', f32x4, floats), [0.5, -0.5, -2, 1e9])).toEqual([0, -1, -2, 1e9]);
  });

  test('division truncates', () => {
    const by = constant(i32x4, -3);
    expect(valuesOf(op('divS', i32x4, integers, by), [], [7, -7, 2, 9])).toEqual([-2, 2, 0, -3]);
    expect(valuesOf(op('remS', i32x4, integers, by), [], [7, -7, 2, 9])).toEqual([1, -1, 2, 0]);
  });

  test('operands within operands keep their places', () => {
    const nested = op(
      'divS',
      i32x4,
      op('divS', i32x4, constant(i32x4, 100), integers),
      op('remS', i32x4, constant(i32x4, 9), constant(i32x4, 5)),
    );
    expect(valuesOf(nested, [], [1, 2, 5, 10])).toEqual([25, 12, 5, 2]);
    const smallest = op(
      'min',
      i32,
      op('max', i32, int(3), lane(integers, 1)),
      op('min', i32, int(8), lane(integers, 2)),
    );
    expect(valuesOf(smallest, [], [0, -5, 4, 0])).toEqual([3]);
  });

  test('min and max give NaN when one is NaN, and order the zeros', () => {
    const values = [Number.NaN, -0, 0, 1];
    expect(valuesOf(op('min', f32x4, floats, constant(f32x4, 0)), values)).toEqual([Number.NaN, -0, 0, 0]);
    expect(valuesOf(op('max', f32x4, floats, constant(f32x4, 0)), values)).toEqual([Number.NaN, 0, 0, 1]);
  });

  test('vector shifts by one count, by a splat and by counts of their own', () => {
    const values = [1, -8, 3, -(2 ** 31)];
    const all = constant(i32x4, 33);
    expect(valuesOf(op('shl', i32x4, integers, all), [], values)).toEqual([2, -16, 6, 0]);
    expect(valuesOf(op('shrU', i32x4, integers, all), [], values)).toEqual([0, 2147483644, 1, 2 ** 30]);
    expect(valuesOf(op('shrS', i32x4, integers, all), [], values)).toEqual([0, -4, 1, -(2 ** 30)]);
    const splat = op('splat', i32x4, lane(integers, 2));
    expect(valuesOf(op('shl', i32x4, integers, splat), [], values)).toEqual([8, -64, 24, 0]);
    const own = op('ramp', i32x4);
    expect(valuesOf(op('shl', i32x4, integers, own), [], values)).toEqual([1, -16, 12, 0]);
    expect(valuesOf(op('shrS', i32x4, integers, own), [], values)).toEqual([1, -4, 0, -(2 ** 28)]);
  });

  test('ramp, splat and pack', () => {
    expect(valuesOf(op('ramp', i32x4))).toEqual([0, 1, 2, 3]);
    expect(valuesOf(op('splat', f32x4, float(1.5)))).toEqual([1.5, 1.5, 1.5, 1.5]);
    expect(valuesOf(op('splat', f32x4, load(f32, 'f32', buffer(2), 8)), [1, 2, 3])).toEqual([3, 3, 3, 3]);
    expect(valuesOf(op('splat', i32x4, load(i32, 'u8', buffer(1), 1)), [], [0x0302])).toEqual([3, 3, 3, 3]);
    expect(valuesOf(op('splat', mask4, lane(negative, 1)), [], [0, -1, 0, 0])).toEqual([1, 1, 1, 1]);
    expect(valuesOf(op('splat', mask4, lane(negative, 0)), [], [0, -1, 0, 0])).toEqual([0, 0, 0, 0]);
    expect(valuesOf(op('pack', f32x4, float(1), float(-0), lane(floats, 1), float(4)), [8, 9])).toEqual([
      1, -0, 9, 4,
    ]);
    expect(valuesOf(op('pack', i32x4, int(1), int(2), int(3), int(-4)))).toEqual([1, 2, 3, -4]);
    const bits = [1, 0, 0, 1].map((bit) => constant(mask, bit));
    expect(valuesOf(op('pack', mask4, ...bits))).toEqual([1, 0, 0, 1]);
    // As i32, so that a mask of anything but 0 and 1 would be seen.
    expect(valuesOf(op('maskToI32', i32x4, op('pack', mask4, ...bits)))).toEqual([1, 0, 0, 1]);
  });

  test('lanes', () => {
    for (const index of [0, 1, 2, 3]) {
      expect(valuesOf(lane(floats, index), [1, 2, 3, 4])).toEqual([index + 1]);
      expect(valuesOf(lane(integers, index), [], [-1, -2, -3, -4])).toEqual([-index - 1]);
      expect(valuesOf(op('maskToI32', i32, lane(negative, index)), [], [-1, 1, -1, 1])).toEqual([
        1 - (index % 2),
      ]);
    }
  });

  test('any is true as soon as one lane is', () => {
    const any = op('any', mask, negative);
    expect(valuesOf(op('maskToI32', i32, any), [], [0, 0, 0, 0])).toEqual([0]);
    for (const index of [0, 1, 2, 3]) {
      const values = [0, 0, 0, 0].with(index, -1);
      expect(valuesOf(op('maskToI32', i32, any), [], values)).toEqual([1]);
    }
  });

  test('constants', () => {
    expect(valuesOf(constant(i32, 0xffff_ffff))).toEqual([-1]);
    expect(valuesOf(constant(f32, 0.1))).toEqual([fround(0.1)]);
    expect(valuesOf(constant(mask, 7))).toEqual([1]);
    expect(valuesOf(constant(i32x4, -5))).toEqual([-5, -5, -5, -5]);
    expect(valuesOf(constant(f32x4, Number.NEGATIVE_INFINITY))).toEqual(
      new Array(4).fill(Number.NEGATIVE_INFINITY),
    );
    expect(valuesOf(op('maskToF32', f32x4, constant(mask4, 1)))).toEqual([1, 1, 1, 1]);
    expect(valuesOf(op('maskToF32', f32x4, constant(mask4, 0)))).toEqual([0, 0, 0, 0]);
  });
});

describe('what cannot be rendered is refused by name', () => {
  const rendering = (kernel: KernelBody) => () =>
    renderModule([{ name: 'sum', body: kernel }], { relaxed: false });
  const storing = (value: Expr, memory: MemoryType = 'i32') =>
    new Locals().kernel(1, [store(memory, buffer(0), value)]);

  test.each([
    ['an operation on the wrong type', storing(op('and', f32, float(1), float(2)), 'f32'), 'no and of f32'],
    ['eight lanes', storing(constant(vector(i32, 8), 1)), '8 lanes'],
    ['a missing buffer', storing(load(i32, 'i32', buffer(3))), 'buffer 3 of a kernel with 1 buffers'],
    ['a float in integer memory', storing(float(1)), 'a store of f32 in i32 memory'],
    ['a short pack', storing(op('pack', vector(i32, 4), int(1))), 'a pack of 1 values'],
    ['an unknown local', storing(new Locals().name(i32)), 'local 0 is used before it has a value'],
  ])('%s', (_, kernel, message) => {
    expect(rendering(kernel)).toThrow(`Cannot render kernel 'sum' as WebAssembly: `);
    expect(rendering(kernel)).toThrow(message);
  });

  test('a loop that does not advance', () => {
    const locals = new Locals();
    expect(rendering(locals.kernel(0, [locals.loop(int(0), int(4), 0, () => [])]))).toThrow('step 0');
  });
});
