// Loops, variables, branches, memory and reports, as WebAssembly, against the values that they must have.
import { describe, expect, test } from 'vitest';
import { type Expr, f32, i32, mask, type Stmt, vector } from '../../src/codegen/ir.ts';
import { wasmFeatures } from '../../src/render/wasm/features.ts';
import { renderModule } from '../../src/render/wasm/render.ts';
import {
  begin,
  buffer,
  constant,
  element,
  end,
  fail,
  float,
  int,
  Locals,
  lessThan,
  load,
  op,
  scratch,
  store,
  when,
} from './build.ts';
import { type Call, instantiate, modes, type Outcome, runReference, runWasm } from './harness.ts';

const { options } = modes[0];
const i32x4 = vector(i32, 4);
const f32x4 = vector(f32, 4);
const mask4 = vector(mask, 4);

/** Runs a kernel, having made sure that the interpreter agrees. */
function outcomeOf(locals: Locals, statements: readonly Stmt[], call: Call): Outcome {
  const kernel = locals.kernel(call.buffers.length, statements);
  const outcome = runWasm(kernel, call, options);
  expect(outcome).toEqual(runReference(kernel, call));
  return outcome;
}

const buffersAfter = (locals: Locals, statements: readonly Stmt[], call: Call): readonly number[][] =>
  outcomeOf(locals, statements, call).buffers;

const integerAt = (index: Expr, base = buffer(0)): Expr => load(i32, 'i32', element(base, index));
const add = (a: Expr, b: Expr): Expr => op('add', i32, a, b);

describe('loops', () => {
  /** The indices that a loop goes through, in order; -1 after the last. */
  const indicesOf = (start: Expr, last: Expr, step: number, call?: Partial<Call>): number[] => {
    const locals = new Locals();
    const [declare, count] = locals.declare('var', int(0));
    const loop = locals.loop(start, last, step, (index) => [
      store('i32', element(buffer(0), count), index),
      { kind: 'set', id: count.id, value: add(count, int(1)) },
    ]);
    const [after] = buffersAfter(locals, [declare, loop], {
      buffers: [new Int32Array(12).fill(-1)],
      ...call,
    });
    return after.slice(0, after.indexOf(-1));
  };

  test('between constants', () => {
    expect(indicesOf(int(2), int(5), 1)).toEqual([2, 3, 4]);
    expect(indicesOf(int(0), int(10), 4)).toEqual([0, 4, 8]);
    expect(indicesOf(int(0), int(8), 4)).toEqual([0, 4]);
    expect(indicesOf(int(3), int(3), 1)).toEqual([]);
    expect(indicesOf(int(4), int(-4), 1)).toEqual([]);
  });

  test('between values known only at run time', () => {
    expect(indicesOf(begin, end, 1, { begin: 3, end: 6 })).toEqual([3, 4, 5]);
    expect(indicesOf(begin, end, 2, { begin: 3, end: 4 })).toEqual([3]);
    expect(indicesOf(begin, end, 1, { begin: 6, end: 6 })).toEqual([]);
    expect(indicesOf(begin, end, 1, { begin: 6, end: 2 })).toEqual([]);
    expect(indicesOf(begin, int(2), 3, { begin: -5 })).toEqual([-5, -2, 1]);
  });

  test('nested: a matrix is transposed', () => {
    const locals = new Locals();
    const at = (row: Expr, column: Expr, columns: number) => add(op('mul', i32, row, int(columns)), column);
    const rows = locals.loop(int(0), int(2), 1, (row) => [
      locals.loop(int(0), end, 1, (column) => [
        store('i32', element(buffer(1), at(column, row, 2)), integerAt(at(row, column, 3))),
      ]),
    ]);
    const call = { buffers: [Int32Array.of(1, 2, 3, 4, 5, 6), new Int32Array(6)], end: 3 };
    expect(buffersAfter(locals, [rows], call)[1]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  test('the end is computed once, before the first round', () => {
    const locals = new Locals();
    const [declare, last] = locals.declare('var', int(3));
    const loop = locals.loop(int(0), last, 1, () => [
      { kind: 'set', id: last.id, value: add(last, int(10)) },
    ]);
    const call = { buffers: [new Int32Array(1)] };
    const statements = [declare, loop, store('i32', buffer(0), last)];
    expect(buffersAfter(locals, statements, call)).toEqual([[33]]);
  });

  test('a variable that is declared in a body starts anew in each round', () => {
    const locals = new Locals();
    const loop = locals.loop(int(0), int(3), 1, (index) => {
      const [declare, sum] = locals.declare('var', int(100));
      const increase: Stmt = { kind: 'set', id: sum.id, value: add(sum, index) };
      return [declare, increase, store('i32', element(buffer(0), index), sum)];
    });
    expect(buffersAfter(locals, [loop], { buffers: [new Int32Array(3)] })).toEqual([[100, 101, 102]]);
  });
});

test('vectors and their scalar tail sum a buffer', () => {
  const locals = new Locals();
  const [declareSums, sums] = locals.declare('var', constant(f32x4, 0));
  const full = op('and', i32, end, int(-4));
  const vectors = locals.loop(int(0), full, 4, (index) => [
    {
      kind: 'set',
      id: sums.id,
      value: op('add', f32x4, sums, load(f32x4, 'f32', element(buffer(0), index))),
    },
  ]);
  const lanes = [0, 1, 2, 3].map((lane): Expr => ({ kind: 'lane', type: f32, vector: sums, lane }));
  const [declareTotal, total] = locals.declare(
    'var',
    lanes.reduce((a, b) => op('add', f32, a, b)),
  );
  const tail = locals.loop(full, end, 1, (index) => [
    {
      kind: 'set',
      id: total.id,
      value: op('add', f32, total, load(f32, 'f32', element(buffer(0), index))),
    },
  ]);
  const statements = [declareSums, vectors, declareTotal, tail, store('f32', buffer(1), total)];
  for (const length of [0, 1, 3, 4, 7, 8]) {
    const numbers = Float32Array.from({ length: 8 }, (_, index) => index + 0.5);
    const call = { buffers: [numbers, new Float32Array(1)], end: length };
    expect(buffersAfter(locals, statements, call)[1]).toEqual([length ** 2 / 2]);
  }
});

describe('branches', () => {
  const classify = (otherwise: boolean): number[] => {
    const locals = new Locals();
    const loop = locals.loop(int(0), end, 1, (index) => {
      const set = (value: number) => [store('i32', element(buffer(0), index), int(value))];
      const small = when(lessThan(integerAt(index), int(10)), set(1), otherwise ? set(2) : []);
      return [when(lessThan(integerAt(index), int(0)), set(0), [small])];
    });
    return buffersAfter(locals, [loop], { buffers: [Int32Array.of(-5, 5, 50)], end: 3 })[0];
  };

  test('both sides, nested', () => expect(classify(true)).toEqual([0, 1, 2]));
  test('without the other side', () => expect(classify(false)).toEqual([0, 1, 50]));
});

describe('memory', () => {
  const bytes = Uint8Array.of(0, 1, 2, 127, 128, 254, 255, 3);
  const copy = (
    value: Expr,
    to: Call['buffers'][number],
    memory: 'f32' | 'i32' | 'u8',
    offset = 0,
  ): number[] => {
    const call = { buffers: [bytes, Int32Array.of(-1, 256, 511, -256, 0x1234_5678), to] };
    return buffersAfter(new Locals(), [store(memory, buffer(2), value, offset)], call)[2];
  };
  const integers = load(i32x4, 'i32', buffer(1), 4);

  test('bytes are loaded as unsigned integers', () => {
    expect(copy(load(i32, 'u8', buffer(0), 6), new Int32Array(1), 'i32')).toEqual([255]);
    expect(copy(load(i32x4, 'u8', buffer(0), 3), new Int32Array(4), 'i32')).toEqual([127, 128, 254, 255]);
  });

  test('bytes are loaded as masks: whatever is not zero is true', () => {
    expect(copy(op('maskToI32', i32, load(mask, 'u8', buffer(0), 4)), new Int32Array(1), 'i32')).toEqual([1]);
    expect(copy(op('maskToI32', i32, load(mask, 'u8', buffer(0))), new Int32Array(1), 'i32')).toEqual([0]);
    const masks = load(mask4, 'u8', buffer(0));
    expect(copy(op('maskToI32', i32x4, masks), new Int32Array(4), 'i32')).toEqual([0, 1, 1, 1]);
  });

  test('integers keep their low byte in byte memory, and neighbours are left alone', () => {
    expect(copy(load(i32, 'i32', buffer(1), 16), new Uint8Array(3), 'u8', 1)).toEqual([0, 0x78, 0]);
    expect(copy(integers, new Uint8Array(6).fill(9), 'u8', 1)).toEqual([9, 0, 255, 0, 0x78, 9]);
    const negative = op('neg', i32x4, constant(i32x4, 3));
    expect(copy(negative, new Uint8Array(5), 'u8')).toEqual([253, 253, 253, 253, 0]);
  });

  test('masks are stored as 0 and 1', () => {
    const odd = op('ne', mask4, op('and', i32x4, integers, constant(i32x4, 1)), constant(i32x4, 0));
    expect(copy(odd, new Uint8Array(6).fill(9), 'u8', 1)).toEqual([9, 0, 1, 0, 0, 9]);
    expect(copy(op('maskNot', mask, constant(mask, 0)), new Uint8Array(2), 'u8')).toEqual([1, 0]);
    expect(copy(odd, new Int32Array(4), 'i32')).toEqual([0, 1, 0, 0]);
  });

  test('vectors need no alignment beyond that of their elements', () => {
    expect(copy(integers, new Int32Array(6), 'i32', 4)).toEqual([0, 256, 511, -256, 0x1234_5678, 0]);
    const floats = op('toF32', f32x4, integers);
    expect(copy(floats, new Float32Array(5), 'f32', 4)).toEqual([
      0,
      256,
      511,
      -256,
      Math.fround(0x1234_5678),
    ]);
  });

  test('scratch memory is there', () => {
    const locals = new Locals();
    const statements = [
      store('i32', scratch, int(11)),
      store('i32', scratch, int(22), 4),
      store('i32', buffer(0), op('sub', i32, load(i32, 'i32', scratch, 4), load(i32, 'i32', scratch))),
    ];
    expect(buffersAfter(locals, statements, { buffers: [new Int32Array(1)] })).toEqual([[11]]);
  });

  test('only some of the buffers may be used, in any order', () => {
    const locals = new Locals();
    const statement = store('i32', buffer(3), add(load(i32, 'i32', buffer(4)), load(i32, 'i32', buffer(1))));
    const buffers = [1, 20, 300, 4000, 50000].map((value) => Int32Array.of(value));
    expect(buffersAfter(locals, [statement], { buffers })[3]).toEqual([50020]);
  });

  test('addresses and offsets past 2 GiB are unsigned', () => {
    const memory = new WebAssembly.Memory({ initial: 32768 + 1, maximum: 65536 });
    const view = new DataView(memory.buffer);
    const table = 1024;
    const high = 2 ** 31 + 256;
    view.setUint32(table, high, true);
    view.setInt32(table + 4, 512, true);
    const locals = new Locals();
    const [run] = instantiate(
      [
        locals.kernel(2, [
          store('i32', element(buffer(0), int(1)), int(7), 8),
          store('i32', buffer(1), int(8), 2 ** 31),
          store('i32', buffer(1), load(i32, 'i32', buffer(0), 12)),
          store('i32', buffer(0), load(i32x4, 'i32', buffer(0)), 32),
        ]),
      ],
      memory,
      options,
    );
    run(table, 0, 0, 0);
    expect(view.getInt32(high + 12, true)).toBe(7);
    expect(view.getInt32(2 ** 31 + 512, true)).toBe(8);
    expect(view.getInt32(512, true)).toBe(7);
    expect(view.getInt32(high + 44, true)).toBe(7);
  });
});

describe('a let that is used once', () => {
  const data = () => ({ buffers: [Int32Array.of(1, 2, 3, 4)] });
  const first = load(i32, 'i32', buffer(0));

  test('does not see a later store', () => {
    const locals = new Locals();
    const [declare, old] = locals.declare('let', first);
    const statements = [declare, store('i32', buffer(0), int(50)), store('i32', buffer(0), old, 4)];
    expect(buffersAfter(locals, statements, data())).toEqual([[50, 1, 3, 4]]);
  });

  test('does not see a later store through another let', () => {
    const locals = new Locals();
    const [declareOld, old] = locals.declare('let', first);
    const [declareMore, more] = locals.declare('let', add(old, int(1)));
    const statements = [
      declareOld,
      declareMore,
      store('i32', buffer(0), int(50)),
      store('i32', buffer(0), more, 4),
    ];
    expect(buffersAfter(locals, statements, data())).toEqual([[50, 2, 3, 4]]);
  });

  test('swaps two elements', () => {
    const locals = new Locals();
    const [declareA, a] = locals.declare('let', first);
    const [declareB, b] = locals.declare('let', load(i32, 'i32', buffer(0), 4));
    const statements = [declareA, declareB, store('i32', buffer(0), b), store('i32', buffer(0), a, 4)];
    expect(buffersAfter(locals, statements, data())).toEqual([[2, 1, 3, 4]]);
  });

  test('does not see a later set, nor one in a nested block', () => {
    for (const nest of [
      (set: Stmt) => set,
      (set: Stmt) => when(lessThan(int(0), first), [set]),
      (set: Stmt, locals: Locals) => locals.loop(int(0), int(2), 1, () => [set]),
    ]) {
      const locals = new Locals();
      const [declareVariable, variable] = locals.declare('var', int(7));
      const [declareOld, old] = locals.declare('let', add(variable, int(1)));
      const set: Stmt = { kind: 'set', id: variable.id, value: int(100) };
      const statements = [declareVariable, declareOld, nest(set, locals), store('i32', buffer(0), old)];
      expect(buffersAfter(locals, statements, data())[0][0]).toBe(8);
    }
  });

  test('is computed once when its use is in a loop', () => {
    const locals = new Locals();
    const [declare, old] = locals.declare('let', first);
    const loop = locals.loop(int(0), int(4), 1, (index) => [
      store('i32', element(buffer(0), index), add(integerAt(index), old)),
    ]);
    expect(buffersAfter(locals, [declare, loop], data())).toEqual([[2, 3, 4, 5]]);
  });

  test('may be the bounds of a loop, a condition or a count of shifts', () => {
    const locals = new Locals();
    const [declareStart, start] = locals.declare('let', first);
    const [declareEnd, last] = locals.declare('let', load(i32, 'i32', buffer(0), 8));
    const loop = locals.loop(start, last, 1, (index) => {
      const [declareSmall, small] = locals.declare('let', lessThan(index, int(2)));
      return [declareSmall, when(small, [store('i32', element(buffer(0), index), int(9))])];
    });
    const [declareCount, count] = locals.declare('let', op('splat', i32x4, load(i32, 'i32', buffer(0), 4)));
    const shift = store('i32', buffer(0), op('shl', i32x4, constant(i32x4, 1), count));
    const statements = [declareStart, declareEnd, loop, declareCount, shift];
    expect(buffersAfter(locals, statements, data())).toEqual([[512, 512, 512, 512]]);
  });

  test('takes no local of its own', () => {
    const locals = new Locals();
    const [declare, value] = locals.declare('let', float(2));
    const named = locals.kernel(1, [declare, store('f32', buffer(0), value)]);
    const plain = locals.kernel(1, [store('f32', buffer(0), float(2))]);
    const bytesOf = (body: typeof named) => renderModule([{ name: 'k', body }], { relaxed: false });
    expect(bytesOf(named)).toEqual(bytesOf(plain));
  });
});

describe.each(wasmFeatures().threads ? [false, true] : [false])(
  'reports, shared memory %s',
  (sharedMemory) => {
    const failureAfter = (statements: readonly Stmt[]) => {
      const kernel = new Locals().kernel(1, [...statements, store('i32', buffer(0), int(1))]);
      const call = { buffers: [new Int32Array(1)] };
      const outcome = runWasm(kernel, call, { relaxed: false, sharedMemory });
      expect(outcome).toEqual(runReference(kernel, call));
      // The kernel goes on.
      expect(outcome.buffers).toEqual([[1]]);
      return outcome.failure;
    };

    test('none', () => {
      expect(failureAfter([])).toMatchObject({ code: 0, integer: 0 });
      expect(failureAfter([when(lessThan(int(1), int(0)), [fail(3, int(4))])])).toMatchObject({ code: 0 });
    });

    test('an integer', () => {
      expect(failureAfter([fail(3, int(-40))])).toMatchObject({ code: 3, integer: -40 });
    });

    test('a float', () => {
      expect(failureAfter([fail(4, float(2.5))])).toMatchObject({ code: 4, float: 2.5 });
    });

    test('the first one wins', () => {
      expect(failureAfter([fail(5, int(50)), fail(6, int(60))])).toMatchObject({ code: 5, integer: 50 });
    });
  },
);
