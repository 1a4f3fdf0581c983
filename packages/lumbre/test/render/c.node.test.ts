// Kernels in C against the interpreter: every operation on edge values in every width, and random kernels. All are compiled
// together, as a program's are.
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  bytesOf,
  f32,
  i32,
  type KernelBody,
  type MemoryType,
  mask,
  type Type,
  vector,
} from '../../src/codegen/ir.ts';
import { renderFunction } from '../../src/render/c/render.ts';
import { Engine } from '../../src/runtime/native/engine.ts';
import { compilerProblem } from '../../src/runtime/native/toolchain/compiler.ts';
import { buffer, constant, float, int, Locals, load, op, store } from './build.ts';
import { edgeCase, elementwise, signatures } from './edgeCases.ts';
import { type Call, type Outcome, runReference } from './harness.ts';
import { fmaFused } from './interpret.ts';
import { KernelMaker, randomCall } from './randomKernel.ts';

const problem = compilerProblem();
if (problem) console.warn(`Kernels in C are passed over: ${problem}`);

/** Compiles kernels in one go, and runs each by itself. */
class Kernels {
  readonly #engine = new Engine();
  readonly #keys: string[] = [];
  readonly #numbers: number[] = [];

  constructor(bodies: readonly KernelBody[]) {
    const { store: kernels, addon, prelude } = this.#engine;
    const sources = bodies.map((body) => {
      const source = renderFunction('kernel', body);
      const key = kernels.keyOf(source, prelude);
      this.#keys.push(key);
      return { key, source: source.replaceAll(/\bkernel(?=_part|\()/g, `kernel_${key}`) };
    });
    const missing = new Map(sources.filter(({ key }) => !kernels.find(key)).map((one) => [one.key, one]));
    const built = missing.size > 0 ? kernels.build([...missing.values()], prelude).wait() : new Map();
    for (const key of this.#keys) {
      const library = built.get(key) ?? kernels.find(key);
      if (!library) throw new Error(`Kernel ${key} was not compiled.`);
      this.#numbers.push(addon.loadKernel(library.path, library.symbol));
    }
  }

  get lanes(): number {
    return this.#engine.compiler.features.lanes;
  }

  run(index: number, { buffers, begin = 0, end = 0 }: Call): Outcome {
    const { addon } = this.#engine;
    const copies = buffers.map((data) => data.slice());
    // A part that does not begin at 0: the second of two, of an extent as long as both.
    const kernel = this.#numbers[index] as number;
    const calls = Int32Array.of(kernel, end, 1, 0, copies.length);
    if (begin > 0) throw new Error('Kernels are called whole here.');
    const blocks = Int32Array.from(copies, (_, i) => i);
    const program = addon.createProgram(calls, blocks, new Float64Array(copies.length), 1, 4096);
    const code = addon.run(
      program,
      Float64Array.from(copies, (copy) => addon.addressOf(copy)),
      1,
    );
    const integer = addon.failedValue();
    const [value] = new Float32Array(Int32Array.of(integer).buffer);
    return {
      buffers: copies.map((copy) => [...copy]),
      failure: { code, integer, float: value as number },
    };
  }
}

describe.skipIf(problem)('C', () => {
  const widths = [1, 4, 8, 16];
  const cases = signatures.flatMap((signature) =>
    widths.map((lanes) => ({
      signature,
      lanes,
      name: `${signature[0]} ${signature[1].join(' ')} x${lanes}`,
    })),
  );
  let kernels: Kernels;

  beforeAll(() => {
    const { lanes } = new Engine().compiler.features;
    kernels = new Kernels(cases.map((one) => elementwise(one.signature, Math.min(one.lanes, lanes))));
  }, 120_000);

  test.each(cases.map((one, index) => ({ ...one, index })))('$name', ({ signature, lanes, index }) => {
    if (lanes > kernels.lanes) return;
    const { rows, call } = edgeCase(signature);
    const results = call.buffers.length - 1;
    const kernel = elementwise(signature, lanes);
    const described = (values: readonly number[]) => rows.map((row, i) => [...row, values[i]]);
    const actual = kernels.run(index, call).buffers[results] as number[];
    expect(described(actual)).toEqual(
      described(runReference(kernel, call, fmaFused).buffers[results] as number[]),
    );
  });
});

describe.skipIf(problem)('random kernels', () => {
  test('leave the same memory as the interpreter', () => {
    const decisions = fc.array(fc.nat({ max: 2 ** 20 }), { minLength: 1, maxLength: 300, size: 'max' });
    const bodies = fc
      .sample(decisions, { seed: 20261127, numRuns: 200 })
      .map((numbers) => new KernelMaker(numbers).make());
    const kernels = new Kernels(bodies);
    const call = { ...randomCall, begin: 0 };
    bodies.forEach((body, index) => {
      expect(kernels.run(index, call), `kernel ${index}`).toEqual(runReference(body, call, fmaFused));
    });
  }, 180_000);
});

describe.skipIf(problem)('in C', () => {
  const memories: readonly MemoryType[] = ['f32', 'f16', 'bf16', 'i32', 'i16', 'i8', 'u8'];
  const arrays = {
    f32: Float32Array,
    f16: Uint16Array,
    bf16: Uint16Array,
    i32: Int32Array,
    i16: Int16Array,
    i8: Int8Array,
    u8: Uint8Array,
  };
  /** Bits of all kinds of floats, and integers of all sizes. */
  const contents = (memory: MemoryType) => {
    const bits = Uint32Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
    return new arrays[memory](bits.buffer.slice(0, 64 * bytesOf[memory]));
  };

  test('loading and storing goes through every memory in every width', () => {
    const lanes = new Engine().compiler.features.lanes;
    const list = memories.flatMap((memory) =>
      [1, 4, 8, 16].filter((width) => width <= lanes).map((width) => ({ memory, width })),
    );
    const body = ({ memory, width }: (typeof list)[number]) => {
      const type = ['f32', 'f16', 'bf16'].includes(memory) ? f32 : i32;
      const value = load(vector(type, width), memory, buffer(1), 3 * bytesOf[memory]);
      return new Locals().kernel(2, [store(memory, buffer(0), value, bytesOf[memory])]);
    };
    const kernels = new Kernels(list.map(body));
    list.forEach((one, index) => {
      const call = { buffers: [contents(one.memory), contents(one.memory).reverse()] };
      expect(kernels.run(index, call), `${one.memory} x${one.width}`).toEqual(runReference(body(one), call));
    });
  });

  test('quads, bytes by halves, and what a vector of lanes is made of', () => {
    const lanes = new Engine().compiler.features.lanes;
    const wide = vector(i32, lanes);
    const halves = load(wide, 'i32', buffer(2));
    const bodies = [
      ...Array.from({ length: lanes / 4 }, (_, i) =>
        new Locals().kernel(3, [store('i32', buffer(0), op('quad', vector(i32, 4), halves, int(i)))]),
      ),
      ...Array.from({ length: lanes / 4 }, (_, i) =>
        new Locals().kernel(3, [
          store(
            'f32',
            buffer(0),
            op('quad', vector(f32, 4), op('toF32', vector(f32, lanes), halves), int(i)),
          ),
        ]),
      ),
      ...[4, lanes].map((width) => {
        const type = vector(i32, width);
        const products = op('dotBytes', type, buffer(1), load(type, 'i32', buffer(2)), int(5));
        return new Locals().kernel(3, [store('i32', buffer(0), products)]);
      }),
      new Locals().kernel(3, [store('i32', buffer(0), op('ramp', wide))]),
      new Locals().kernel(3, [
        store('u8', buffer(0), op('splat', vector(mask, lanes), op('lt', mask, int(1), int(2)))),
      ]),
    ];
    const kernels = new Kernels(bodies);
    const random = (length: number, scale: number) =>
      Int32Array.from({ length }, (_, i) => Math.imul(i + 7, 0x9e3779b1) >> scale);
    bodies.forEach((body, index) => {
      const call = { buffers: [new Int32Array(16), Int8Array.from(random(64, 3)), random(16, 0)] };
      expect(kernels.run(index, call), `kernel ${index}`).toEqual(runReference(body, call));
    });
  });

  test('what a mask allows is loaded, at steps of one and of two and anywhere, and nothing else is read', () => {
    const lanes = new Engine().compiler.features.lanes;
    const bodies = [4, 8, 16]
      .filter((width) => width <= lanes)
      .flatMap((width) => {
        const [type, integers, truths] = [f32, i32, mask].map((scalar) => vector(scalar, width));
        const indices = load(integers as Type, 'i32', buffer(2));
        const where = op(
          'lt',
          truths as Type,
          load(integers as Type, 'i32', buffer(3)),
          constant(integers as Type, 0),
        );
        const values = [
          op('gather', type as Type, buffer(1), indices),
          op('gatherWhere', type as Type, where, buffer(1), indices),
          op('loadWhere', type as Type, where, buffer(1), int(1)),
          op('loadWhere', type as Type, where, buffer(1), int(2)),
        ];
        const asIntegers = values.map((value) => ({ ...value, type: integers as Type }));
        return [
          ...values.map((value) => new Locals().kernel(4, [store('f32', buffer(0), value)])),
          ...asIntegers.map((value) => new Locals().kernel(4, [store('i32', buffer(0), value)])),
        ];
      });
    const kernels = new Kernels(bodies);
    bodies.forEach((body, index) => {
      const call = {
        buffers: [
          new Float32Array(16),
          Float32Array.from({ length: 32 }, (_, i) => 1.5 * i - 7),
          Int32Array.from({ length: 16 }, (_, i) => (i * 13) % 32),
          Int32Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? 1 : -1)),
        ],
      };
      expect(kernels.run(index, call), `kernel ${index}`).toEqual(runReference(body, call));
    });
  });

  test.each([
    [
      'a missing buffer',
      [store('i32', buffer(0), load(i32, 'i32', buffer(3)))],
      'buffer 3 of a kernel with 1 buffers',
    ],
    ['a float in integer memory', [store('i32', buffer(0), float(1))], 'a store of f32 in i32 memory'],
    ['an address that is none', [store('i32', int(64), int(1))], 'an address that does not begin'],
    [
      'an address as a number',
      [store('i32', buffer(0), op('mul', i32, buffer(0), int(2)))],
      'an address where a number',
    ],
  ] as const)('%s is refused by name', (_, statements, message) => {
    const kernel = new Locals().kernel(1, statements);
    expect(() => renderFunction('sum', kernel)).toThrow(`Cannot render kernel 'sum' as C: `);
    expect(() => renderFunction('sum', kernel)).toThrow(message);
  });

  test('constants are exact', () => {
    const values = [0.1, -0, 1e-45, 3.4028235e38, 1 / 3, Number.NaN, Number.POSITIVE_INFINITY, 16777217];
    const body = new Locals().kernel(
      1,
      values.map((value, i) => store('f32', buffer(0), constant(f32, value), 4 * i)),
    );
    const kernels = new Kernels([body]);
    const [stored] = kernels.run(0, { buffers: [new Float32Array(values.length)] }).buffers;
    expect(stored).toEqual(values.map(Math.fround));
  });
});
