import { spawnSync } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import { type Addon, type AddonProgram, loadAddon } from '../../../src/runtime/native/addon.ts';

/** Kernels as the device will have them, written by hand. */
const kernelSource = `
#include <stdatomic.h>
#include <string.h>
#include <time.h>
typedef struct { _Atomic int code; int value; } lumbre_status;
#define KERNEL(name) void name(char *const *arguments, int begin, int end, char *scratch, lumbre_status *status)
#define FLOATS(i) ((float *)arguments[i])
#define INTS(i) ((int *)arguments[i])
#define UNUSED (void)scratch, (void)status

KERNEL(add) {
  UNUSED;
  for (int i = begin; i < end; i++) FLOATS(2)[i] = FLOATS(0)[i] + FLOATS(1)[i];
}
/* Rows of 64: element i of the result is a sum, for which the scratch memory is written and read again. */
KERNEL(sum_rows) {
  (void)status;
  float *own = (float *)scratch;
  for (int i = begin; i < end; i++) {
    for (int turn = 0; turn < 20; turn++) {
      memcpy(own, FLOATS(0) + 64 * i, 64 * sizeof(float));
      for (int width = 32; width > 0; width /= 2)
        for (int j = 0; j < width; j++) own[j] += own[j + width];
    }
    FLOATS(1)[i] = own[0];
  }
}
/* y[i] = x[(i + 1) mod n] + 1, where n is an argument: every element depends on another thread's. */
KERNEL(rotate) {
  UNUSED;
  const int n = INTS(2)[0];
  for (int i = begin; i < end; i++) INTS(1)[i] = INTS(0)[(i + 1) % n] + 1;
}
KERNEL(check_index) {
  (void)scratch;
  for (int i = begin; i < end; i++) {
    const int index = INTS(0)[i];
    int none = 0;
    if ((index < 0 || index >= 10) && atomic_compare_exchange_strong(&status->code, &none, 7)) status->value = index;
  }
}
/* Milliseconds are an argument. */
KERNEL(sleep_for) {
  UNUSED;
  (void)end;
  if (begin != 0) return;
  const struct timespec time = {INTS(0)[0] / 1000, INTS(0)[0] % 1000 * 1000000L};
  nanosleep(&time, 0);
  INTS(1)[0]++;
}
KERNEL(nothing) {
  UNUSED;
  (void)arguments, (void)begin, (void)end;
}
`;

const native = fileURLToPath(new URL('../../../native/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lumbre-runtime-'));
const addonPath = join(folder, 'runtime.node');
const kernelPath = join(folder, 'kernels.so');

const compile = (source: string, output: string) =>
  spawnSync(
    'cc',
    [
      ...['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-pthread'],
      ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : ['-ldl']),
      ...[source, '-o', output],
    ],
    { encoding: 'utf8' },
  );

writeFileSync(join(folder, 'kernels.c'), kernelSource);
const compiled = compile(join(folder, 'kernels.c'), kernelPath);
const hasCompiler = compiled.error === undefined;
if (!hasCompiler) console.warn('cc not found: tests of the native runtime passed over');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The argument's block, and the elements of 4 bytes from its beginning. */
type Argument = number | readonly [block: number, elements: number];

interface Call {
  readonly kernel: string;
  readonly extent: number;
  readonly parts: number;
  readonly arguments: readonly Argument[];
}

function program(
  addon: Addon,
  calls: readonly Call[],
  { sinksFrom = calls.length, scratchBytes = 0 } = {},
): AddonProgram {
  const words: number[] = [];
  const places: (readonly [number, number])[] = [];
  for (const { kernel, extent, parts, arguments: given } of calls) {
    words.push(addon.loadKernel(kernelPath, kernel), extent, parts, places.length, given.length);
    places.push(...given.map((place) => (typeof place === 'number' ? ([place, 0] as const) : place)));
  }
  const blocks = places.map(([block]) => block);
  const offsets = places.map(([, elements]) => elements * 4);
  return addon.createProgram(
    new Int32Array(words),
    new Int32Array(blocks),
    new Float64Array(offsets),
    sinksFrom,
    scratchBytes,
  );
}

const basesOf = (addon: Addon, ...views: (Float32Array | Int32Array)[]) =>
  new Float64Array(views.map((view) => addon.addressOf(view)));

describe.skipIf(!hasCompiler)('the C runtime', () => {
  const runtime = hasCompiler ? compile(join(native, 'runtime.c'), addonPath) : compiled;
  const addon = runtime.status === 0 ? loadAddon(addonPath) : ({} as Addon);

  test('it and its kernels compile without a warning', () => {
    expect(compiled.stderr).toBe('');
    expect(runtime.stderr).toBe('');
    expect(runtime.status).toBe(0);
  });

  describe.each([1, 2, 5])('with %i threads', (threads) => {
    test.each([0, 1, 3, 1000])('adds %i elements, in views that begin anywhere', (extent) => {
      const a = Float32Array.from({ length: 1000 }, (_, i) => i);
      const b = Float32Array.from({ length: 1010 }, (_, i) => 1000 * i);
      const sum = new Float32Array(1000);
      const added = program(addon, [{ kernel: 'add', extent, parts: 7, arguments: [0, [1, 10], 2] }]);
      expect(addon.run(added, basesOf(addon, a, b, sum), threads)).toBe(0);
      expect([...sum]).toEqual(
        [...sum].map((_, i) => (i < extent ? (a[i] as number) + (b[i + 10] as number) : 0)),
      );
    });

    test('each thread has scratch memory of its own, more where a program needs more', () => {
      const rows = 400;
      const input = Float32Array.from({ length: rows * 64 }, (_, i) => Math.floor(i / 64));
      const sums = new Float32Array(rows);
      const call = { kernel: 'sum_rows', extent: rows, parts: 40, arguments: [0, 1] };
      for (const scratchBytes of [256, 100_000, 256]) {
        sums.fill(0);
        const summed = program(addon, [call], { scratchBytes });
        expect(addon.run(summed, basesOf(addon, input, sums), threads)).toBe(0);
        expect([...sums]).toEqual([...sums].map((_, i) => 64 * i));
      }
    });

    test('2,000 runs of 50 calls, each of which needs all of the one before', () => {
      const n = 37;
      const a = new Int32Array(n);
      const b = new Int32Array(n);
      // Calls of one part, of a few, and of more than there are elements.
      const calls = Array.from({ length: 50 }, (_, i) => ({
        kernel: 'rotate',
        extent: n,
        parts: [4, 1, 9, 50, 2, 1, 1][i % 7] as number,
        arguments: i % 2 === 0 ? [0, 1, 2] : [1, 0, 2],
      }));
      const rotated = program(addon, calls);
      // Held to the end: what only an address tells of would be collected.
      const size = Int32Array.of(n);
      const bases = basesOf(addon, a, b, size);
      a.forEach((_, i) => {
        a[i] = i * 1_000_000;
      });
      for (let turn = 1; turn <= 2000; turn++) {
        addon.run(rotated, bases, threads);
        const right = a.every((value, i) => value === ((i + 50 * turn) % n) * 1_000_000 + 50 * turn);
        if (!right) throw new Error(`Run ${turn} went wrong.`);
      }
      expect(size[0]).toBe(n);
    });

    test('after a failure, sinks are not walked', () => {
      const indices = new Int32Array(100);
      const sink = new Int32Array(1);
      const calls = [
        { kernel: 'check_index', extent: 100, parts: 8, arguments: [0] },
        { kernel: 'nothing', extent: 100, parts: 8, arguments: [] },
        { kernel: 'sleep_for', extent: 1, parts: 1, arguments: [2, 1] },
      ];
      const checked = program(addon, calls, { sinksFrom: 2 });
      const bases = basesOf(addon, indices, sink, new Int32Array(1));
      expect(addon.run(checked, bases, threads)).toBe(0);
      expect(addon.failedValue()).toBe(0);
      expect(sink[0]).toBe(1);
      indices[42] = -5;
      expect(addon.run(checked, bases, threads)).toBe(7);
      expect(addon.failedValue()).toBe(-5);
      expect(sink[0]).toBe(1);
      indices[42] = 9;
      expect(addon.run(checked, bases, threads)).toBe(0);
      expect(sink[0]).toBe(2);
    });

    test('a failure among the sinks is told as well', () => {
      const checked = program(addon, [{ kernel: 'check_index', extent: 1, parts: 1, arguments: [0] }], {
        sinksFrom: 0,
      });
      expect(addon.run(checked, basesOf(addon, new Int32Array([11])), threads)).toBe(7);
      expect(addon.failedValue()).toBe(11);
    });

    test('meanwhile the event loop goes on', async () => {
      const count = new Int32Array(1);
      const slept = program(addon, [
        { kernel: 'nothing', extent: 10, parts: 10, arguments: [] },
        { kernel: 'sleep_for', extent: 10, parts: 5, arguments: [0, 1] },
      ]);
      const bases = basesOf(addon, new Int32Array([100]), count);
      const events: string[] = [];
      await new Promise<void>((resolve) => {
        addon.runAsync(slept, bases, threads, (error, code) => {
          expect([error, code]).toEqual([null, 0]);
          events.push('done');
          resolve();
        });
        // It has been copied.
        bases.fill(0);
        expect(addon.busy()).toBe(true);
        setTimeout(() => events.push('timer'), 5);
      });
      expect(events).toEqual(['timer', 'done']);
      expect(addon.busy()).toBe(false);
      expect(count[0]).toBe(1);
      expect(addon.lastNanoseconds()).toBeGreaterThan(90e6);
    });

    test('one can wait for it, and a second walk waits by itself', async () => {
      const count = new Int32Array(1);
      const indices = new Int32Array([12]);
      const calls = [
        { kernel: 'sleep_for', extent: 10, parts: 5, arguments: [0, 1] },
        { kernel: 'check_index', extent: 1, parts: 1, arguments: [2] },
      ];
      const slept = program(addon, calls);
      const bases = basesOf(addon, new Int32Array([30]), count, indices);
      const done: number[][] = [];
      const walk = () =>
        new Promise<void>((resolve) => {
          addon.runAsync(slept, bases, threads, (_, code, value) => {
            done.push([code, value]);
            resolve();
          });
        });
      const first = walk();
      addon.wait();
      expect([addon.busy(), addon.asyncResult(), addon.failedValue(), done.length]).toEqual([
        false,
        7,
        12,
        0,
      ]);
      expect(count[0]).toBe(1);
      indices[0] = 13;
      const second = walk();
      expect(addon.asyncResult()).toBe(7);
      const third = walk();
      expect(addon.run(slept, bases, threads)).toBe(7);
      expect(count[0]).toBe(4);
      await Promise.all([first, second, third]);
      // In any order: a walk is over before its thread has said so.
      expect(done.sort(([, a], [, b]) => (a as number) - (b as number))).toEqual([
        [7, 12],
        [7, 13],
        [7, 13],
      ]);
    });
  });

  test('waiting does not depend on libuv, whose threads may all be busy', async () => {
    const count = new Int32Array(1);
    const slept = program(addon, [{ kernel: 'sleep_for', extent: 10, parts: 5, arguments: [0, 1] }]);
    let hashes = 0;
    const hash = () =>
      new Promise<void>((resolve) => {
        pbkdf2('password', 'salt', 100_000, 32, 'sha256', () => {
          hashes++;
          resolve();
        });
      });
    const busy = Array.from({ length: 16 }, hash);
    const walk = new Promise<number>((resolve) => {
      const bases = basesOf(addon, new Int32Array([1]), count);
      addon.runAsync(slept, bases, 2, (_, code) => resolve(code));
    });
    addon.wait();
    expect([count[0], hashes]).toEqual([1, 0]);
    expect(await walk).toBe(0);
    await Promise.all(busy);
    expect(count[0]).toBe(1);
  });

  test('it computes in the memory of WebAssembly, shared or not', () => {
    for (const shared of [false, true]) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared });
      const numbers = new Float32Array(memory.buffer, 64, 3);
      numbers.set([1, 2, 3]);
      const base = addon.addressOf(new Uint8Array(memory.buffer));
      expect(addon.addressOf(numbers)).toBe(base + 64);
      const added = program(addon, [
        { kernel: 'add', extent: 3, parts: 1, arguments: [0, 0, [0, 100]] },
        { kernel: 'add', extent: 3, parts: 2, arguments: [0, [0, 100], 0] },
      ]);
      expect(addon.run(added, new Float64Array([base + 64]), 2)).toBe(0);
      expect([...numbers]).toEqual([3, 6, 9]);
    }
  });

  test('memory from the system is zeroed, and refused where there is none', () => {
    for (const bytes of [0, 1, 5000, 3 * 2 ** 20 + 1]) {
      const buffer = addon.allocate(bytes);
      const bytesOf = new Uint8Array(buffer);
      expect(addon.addressOf(bytesOf)).toBe(addon.addressOf(buffer));
      expect(bytesOf.length).toBe(bytes);
      expect(bytesOf.every((byte) => byte === 0)).toBe(true);
      bytesOf.fill(1);
      if (bytes > 2 ** 21) expect(addon.addressOf(bytesOf) % 2 ** 21).toBe(0);
    }
    expect(() => addon.allocate(2 ** 52)).toThrow(RangeError);
    expect(() => addon.allocate(2 ** 52)).toThrow(/allocate: the system has no 4503599627370496 bytes/);
    const pages = new Uint8Array(addon.allocate(2 ** 22));
    expect(typeof addon.adviseHuge(addon.addressOf(pages), pages.length)).toBe('boolean');
    expect(addon.adviseHuge(addon.addressOf(pages), 10)).toBe(false);
  });

  test('memory is given back when it is released, not when the event loop turns', () => {
    for (let turn = 0; turn < 20; turn++) {
      const before = process.memoryUsage.rss();
      const buffer = addon.allocate(2 ** 26);
      const view = new Uint8Array(buffer).fill(1);
      expect(process.memoryUsage.rss() - before).toBeGreaterThan(2 ** 25);
      addon.release(buffer);
      expect([buffer.byteLength, view.length]).toEqual([0, 0]);
      expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 25);
      addon.release(buffer);
    }
    const ordinary = new ArrayBuffer(10);
    addon.release(ordinary);
    expect(ordinary.byteLength).toBe(0);
  });

  test('wrong arguments are refused', () => {
    // biome-ignore lint/suspicious/noExplicitAny: what the types forbid is tried.
    const loose = addon as any;
    const nothing = addon.loadKernel(kernelPath, 'nothing');
    expect(() => loose.loadKernel()).toThrow(/loadKernel: got 0 arguments, expected 2/);
    expect(() => loose.loadKernel(3, 'add')).toThrow(/loadKernel: path is not a string/);
    expect(() => loose.loadKernel(kernelPath, null)).toThrow(/loadKernel: symbol is not a string/);
    expect(() => addon.loadKernel(kernelPath, 'add\0')).toThrow(/symbol has a zero byte/);
    expect(() => addon.loadKernel('/nowhere.so', 'add')).toThrow(/loadKernel: .*nowhere/);
    expect(() => addon.loadKernel(kernelPath, 'subtract')).toThrow(/loadKernel: .*subtract/);
    for (const view of [null, 3, new SharedArrayBuffer(8), [1]])
      expect(() => loose.addressOf(view)).toThrow(/addressOf: view is neither a typed array nor/);
    for (const buffer of [null, 3, new Uint8Array(8), new SharedArrayBuffer(8)])
      expect(() => loose.release(buffer)).toThrow(/release: buffer is not an ArrayBuffer/);
    expect(() => addon.release(new WebAssembly.Memory({ initial: 1 }).buffer)).toThrow(/cannot be detached/);
    for (const bytes of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => addon.allocate(bytes)).toThrow(RangeError);
      expect(() => addon.adviseHuge(bytes, 0)).toThrow(/adviseHuge: address is/);
    }
    expect(() => loose.allocate('1')).toThrow(/allocate: bytes is not a number/);

    const create = (call: number[], blocks = [0], offsets = [0], sinksFrom = 0, scratchBytes = 0) =>
      addon.createProgram(
        new Int32Array(call),
        new Int32Array(blocks),
        new Float64Array(offsets),
        sinksFrom,
        scratchBytes,
      );
    expect(() => create([nothing, 1, 1, 0])).toThrow(/createProgram: calls has 4 words/);
    expect(() => create([-1, 1, 1, 0, 1])).toThrow(/the kernel of call 0 is -1/);
    expect(() => create([1e6, 1, 1, 0, 1])).toThrow(/the kernel of call 0 is 1000000/);
    expect(() => create([nothing, -1, 1, 0, 1])).toThrow(/the extent of call 0/);
    expect(() => create([nothing, 1, 0, 0, 1])).toThrow(/the number of parts of call 0/);
    expect(() => create([nothing, 1, 1, 2, 0])).toThrow(/the first argument of call 0/);
    expect(() => create([nothing, 1, 1, 1, 1])).toThrow(/the number of arguments of call 0/);
    expect(() => create([nothing, 1, 1, 0, -1])).toThrow(/the number of arguments of call 0/);
    expect(() => create([], [0, 1], [0])).toThrow(/2 blocks, but 1 offsets/);
    expect(() => create([], [-1])).toThrow(/the block of argument 0 is -1/);
    for (const offset of [-1, 0.5, Number.NaN, 1e300])
      expect(() => create([], [0], [offset])).toThrow(/the offset of argument 0/);
    expect(() => create([], [], [], 1)).toThrow(/sinksFrom is 1; expected a whole number from 0 to 0/);
    expect(() => create([], [], [], 0, -1)).toThrow(/scratchBytes is -1/);
    expect(() => loose.createProgram(new Uint32Array(5), new Int32Array(), new Float64Array(), 0, 0)).toThrow(
      /calls is not an Int32Array/,
    );

    const right = create([nothing, 1, 1, 0, 1], [2]);
    const bases = new Float64Array(3);
    for (const [name, walk] of [
      ['run', addon.run],
      ['runAsync', (...given: Parameters<Addon['run']>) => addon.runAsync(...given, () => {})],
    ] as const) {
      // biome-ignore lint/suspicious/noExplicitAny: what the types forbid is tried.
      const looseWalk = walk as any;
      for (const wrong of [null, {}, 3, Symbol.iterator])
        expect(() => looseWalk(wrong, bases, 1)).toThrow(`${name}: program is not from createProgram`);
      expect(() => looseWalk(right, [0], 1)).toThrow(`${name}: bases is not a Float64Array`);
      expect(() => looseWalk(right, new Float64Array(2), 1)).toThrow(/bases has 2 addresses; .* needs 3/);
      expect(() => looseWalk(right, new Float64Array([0, 0, -1]), 1)).toThrow(/base 2 is no address/);
      for (const threads of [0, 1.5, 1000])
        expect(() => looseWalk(right, bases, threads)).toThrow(`${name}: threads is ${threads}`);
    }
    expect(() => loose.runAsync(right, bases, 1, null)).toThrow(/runAsync: done is not a function/);
    expect(() => addon.run(create([], [], [], 0, 2 ** 52), bases, 2)).toThrow(/no memory for/);
    expect(addon.run(right, bases, 1)).toBe(0);
    expect(addon.run(create([], [], []), new Float64Array(), 3)).toBe(0);
  });

  const workerSource = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { addonPath, kernelPath, threads, leave } = workerData;
    const module = { exports: {} };
    process.dlopen(module, addonPath);
    const addon = module.exports;
    const n = 1000;
    const rotate = addon.loadKernel(kernelPath, 'rotate');
    const sleep = addon.loadKernel(kernelPath, 'sleep_for');
    const calls = [];
    const blocks = [];
    for (let i = 0; i < 50; i++) {
      calls.push(rotate, n, 8, 3 * i, 3);
      blocks.push(i % 2, 1 - i % 2, 2);
    }
    const make = (calls, blocks) => addon.createProgram(
      new Int32Array(calls), new Int32Array(blocks), new Float64Array(blocks.length), calls.length / 5, 0);
    const program = make(calls, blocks);
    const a = new Int32Array(n);
    const b = new Int32Array(n);
    const bases = new Float64Array([a, b, new Int32Array([n])].map((view) => addon.addressOf(view)));
    for (let turn = 0; turn < 200; turn++) addon.run(program, bases, threads);
    const slow = make([sleep, 1, 1, 0, 2], [0, 1]);
    const times = new Int32Array([20]);
    const count = new Int32Array(1);
    addon.runAsync(slow, new Float64Array([addon.addressOf(times), addon.addressOf(count)]), threads, () => {
      parentPort.postMessage({ right: a.every((value) => value === 10000), kernels: rotate + sleep, count: count[0] });
    });
    if (leave) process.exit();
  `;

  /** Runs the worker's program and tells what it says before it ends. */
  const inWorker = (threads: number, leave: boolean) =>
    new Promise<unknown>((resolve, reject) => {
      const worker = new Worker(workerSource, {
        eval: true,
        workerData: { addonPath, kernelPath, threads, leave },
      });
      let message: unknown = null;
      worker.on('message', (received: unknown) => {
        message = received;
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve(message));
    });

  test('two workers at once do not hear of each other, and end by themselves', async () => {
    const right = { right: true, kernels: 1, count: 1 };
    expect(await Promise.all([inWorker(2, false), inWorker(3, false)])).toEqual([right, right]);
  });

  test('a worker may leave in the middle of a walk', async () => {
    expect(await Promise.all([inWorker(2, true), inWorker(1, true)])).toEqual([null, null]);
  });

  test('threads do not keep the process alive', () => {
    const source = `
      const module = { exports: {} };
      process.dlopen(module, ${JSON.stringify(addonPath)});
      const addon = module.exports;
      const nothing = addon.loadKernel(${JSON.stringify(kernelPath)}, 'nothing');
      const program = addon.createProgram(
        new Int32Array([nothing, 9, 9, 0, 0]), new Int32Array(), new Float64Array(), 1, 0);
      addon.run(program, new Float64Array(), 4);
      setTimeout(() => console.log('slept'), 20);
    `;
    for (const ending of ['', 'setTimeout(process.exit, 20)', 'process.exit()']) {
      const ran = spawnSync(process.execPath, ['-e', source + ending], { encoding: 'utf8', timeout: 20_000 });
      expect([ran.status, ran.stderr, ran.stdout]).toEqual([
        0,
        '',
        ending === 'process.exit()' ? '' : 'slept\n',
      ]);
    }
  });
});
