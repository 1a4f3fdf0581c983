// Machine code for everything that a test file computed on the native device. Programs begin as WebAssembly, which is what
// most tests see; here the kernels of all of them are compiled, in few large files, and each program is run once more on
// the inputs of its first run. It must give the same bits, with any number of threads.
import { expect } from 'vitest';
import type { MemoryArray } from '../../src/graph/dtype.ts';
import type { Storage } from '../../src/graph/node.ts';
import type { NativeDevice } from '../../src/runtime/native/device.ts';
import { NativeProgram, walkable } from '../../src/runtime/native/program.ts';
import type { WasmStorage } from '../../src/runtime/wasm/storage.ts';
import type { Plan } from '../../src/schedule/plan.ts';

interface Recording {
  readonly program: NativeProgram;
  readonly inputs: readonly MemoryArray[];
  readonly outputs: readonly MemoryArray[];
}

const copyOf = (storage: Storage): MemoryArray => (storage as WasmStorage).view().slice();
const bytesIn = ({ buffer, byteOffset, byteLength }: MemoryArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Programs compiled together. */
const TOGETHER = 100;
const THREADS = [1, 2, 3];

/** Keeps the first run of each program: what went in and what came out. */
export class NativeRecorder {
  readonly #recordings = new Map<NativeProgram, Recording>();

  /** Begins to listen; everything that is recorded stays in memory until `replay`. */
  constructor() {
    const recordings = this.#recordings;
    const { run } = NativeProgram.prototype;
    NativeProgram.prototype.run = function (this: NativeProgram, inputs, reuse) {
      if (recordings.has(this)) return run.call(this, inputs, reuse);
      const before = inputs.map(copyOf);
      const outputs = run.call(this, inputs, reuse);
      recordings.set(this, { program: this, inputs: before, outputs: outputs.map(copyOf) });
      return outputs;
    };
  }

  /** Compiles and runs everything on `device`'s engine; fails where a bit differs. Returns how many programs there were. */
  replay(device: NativeDevice): number {
    const all = [...this.#recordings.values()];
    this.#recordings.clear();
    const { engine } = device;
    if (!engine) throw new Error('The native device does not work here.');
    for (let from = 0; from < all.length; from += TOGETHER) {
      const batch = all.slice(from, from + TOGETHER);
      const kernels = engine.kernels.finish(engine.kernels.start(batch.map(({ program }) => program.plan)));
      for (const recording of batch) {
        for (const threads of THREADS) {
          const { plan } = recording.program;
          const around = { threads, addon: () => engine.addon };
          const made = walkable(around, plan, recording.inputs.length, kernels, Number.POSITIVE_INFINITY);
          this.#compare(
            recording,
            plan,
            threads,
            (bases) => engine.addon.run(made.program, bases, threads),
            (view) => engine.addon.addressOf(view),
          );
        }
      }
    }
    return all.length;
  }

  /** Each value in memory of its own, so that what reads beyond it can be seen by a sanitizer. */
  #compare(
    { inputs, outputs, program }: Recording,
    plan: Plan,
    threads: number,
    run: (bases: Float64Array) => number,
    addressOf: (view: Uint8Array) => number,
  ): void {
    const place = (bytes: number) => new Uint8Array(Math.max(bytes, 1));
    const arena = place(plan.arenaBytes);
    const given = inputs.map((input) => {
      const bytes = place(input.byteLength);
      bytes.set(bytesIn(input));
      return bytes;
    });
    const made = outputs.map((output) => place(output.byteLength));
    // Held until the run is over: what only an address tells of would be collected.
    const blocks = [arena, ...given, ...made];
    const code = run(Float64Array.from(blocks, addressOf));
    expect(blocks.length).toBe(1 + inputs.length + outputs.length);
    const names = () =>
      program
        .report()
        .kernels.map(({ name, nodes }) => `${name}: ${nodes.join('; ')}`)
        .join('\n');
    expect(code, names()).toBe(0);
    plan.results.forEach((result, i) => {
      if (result.kind !== 'output' || result.index !== i) return;
      const expected = outputs[i] as MemoryArray;
      const actual = new (
        expected.constructor as new (
          buffer: ArrayBufferLike,
          offset: number,
          length: number,
        ) => MemoryArray
      )((made[i] as Uint8Array).buffer, 0, expected.length);
      const differs = expected.findIndex((value: number, j: number) => !Object.is(value, actual[j]));
      if (differs < 0) return;
      expect.fail(
        `With ${threads} threads, element ${differs} of output ${i} is ${actual[differs]} in machine code and ` +
          `${expected[differs]} in WebAssembly:\n${names()}`,
      );
    });
  }
}
