import { failedCheck } from '../../codegen/failures.ts';
import type { Storage } from '../../graph/node.ts';
import type { Group } from '../../schedule/group.ts';
import type { Plan } from '../../schedule/plan.ts';
import type { Program, ProgramReport } from '../device.ts';
import { indexError } from '../indexError.ts';
import { describePlan } from '../report.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { CallList, type GroupKernel } from '../wasm/calls.ts';
import { partsOf } from '../wasm/control.ts';
import { type Heap, isInWasm } from '../wasm/heap.ts';
import { RunMemory } from '../wasm/planMemory.ts';
import { OutOfReach, type WasmProgram, WORK_FOR_THREADS } from '../wasm/program.ts';
import type { WasmStorage } from '../wasm/storage.ts';
import type { Addon, AddonProgram } from './addon.ts';
import type { Background } from './background.ts';
import type { KernelsUnderWay, NativeKernel } from './kernels.ts';

/** What the programs of a device share. */
export interface Surroundings {
  readonly heap: Heap;
  readonly stopwatch: Stopwatch;
  readonly background: Background;
  readonly threads: number;
  /** Runs of a program before it becomes machine code, and the work that it has to have done by then. */
  readonly promoteAfter: { readonly runs: number; readonly work: number };
  /** Begins to compile a plan, or says with `null` that there is no compiler that works. */
  startKernels(plan: Plan): KernelsUnderWay | null;
  /** Waits for it; `null` where it failed, of which the user has been told. */
  finishKernels(underWay: KernelsUnderWay): ReadonlyMap<Group, GroupKernel<NativeKernel>> | null;
  readonly addon: () => Addon;
  /** Where the address 0 of the heap's WebAssembly memory is. */
  readonly base: () => number;
}

/**
 * A program in two tiers over one memory: WebAssembly at first, machine code from a fixed point on. A graph that is run
 * once or twice does not wait for a compiler, which works in the background before it is needed; and as the point depends
 * on nothing but the program and its number of runs, so does everything that is computed.
 */
export class NativeProgram implements Program {
  readonly #around: Surroundings;
  readonly plan: Plan;
  readonly #inputs: number;
  readonly #wasm: WasmProgram;
  readonly #work: number;
  #runs = 0;
  #underWay: KernelsUnderWay | null = null;
  #native: Walkable | null = null;
  #isOnWasm = false;

  constructor(around: Surroundings, plan: Plan, inputs: number, wasm: WasmProgram) {
    this.#around = around;
    this.plan = plan;
    this.#inputs = inputs;
    this.#wasm = wasm;
    this.#work = wasm.work;
  }

  run(inputs: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    this.#around.background.settle();
    this.#runs++;
    const native = this.#native ?? this.#promote();
    if (native) return this.#runNative(native, inputs, reuse);
    try {
      return this.#wasm.run(inputs, reuse);
    } catch (error) {
      if (!(error instanceof OutOfReach)) throw error;
      return this.#runNative(this.promote(), inputs, reuse);
    }
  }

  /** Machine code, if it is time for it. */
  #promote(): Walkable | null {
    if (this.#isOnWasm) return null;
    const { promoteAfter } = this.#around;
    const isHot = (runs: number) => runs > promoteAfter.runs && runs * this.#work >= promoteAfter.work;
    if (isHot(this.#runs + 1)) this.#start();
    return isHot(this.#runs) ? this.#finish() : null;
  }

  #start(): void {
    if (this.#underWay || this.#isOnWasm) return;
    this.#underWay = this.#around.startKernels(this.plan);
    this.#isOnWasm = this.#underWay === null;
  }

  #finish(): Walkable | null {
    const kernels = this.#underWay && this.#around.finishKernels(this.#underWay);
    this.#underWay = null;
    this.#isOnWasm = kernels === null;
    if (kernels) this.#native = walkable(this.#around, this.plan, this.#inputs, kernels, this.#work);
    return this.#native;
  }

  /**
   * Compiles now what would be compiled after some runs.
   * @throws Error where that does not work
   */
  promote(): Walkable {
    if (!this.#native) {
      this.#start();
      this.#finish();
    }
    if (!this.#native) throw new Error('native: this program needs machine code, which cannot be made here.');
    return this.#native;
  }

  runInBackground(
    inputs: readonly Storage[],
    reuse: readonly (Storage | null)[],
    done: (error: unknown, outputs: Storage[]) => void,
  ): void {
    const native = this.#native ?? (this.#runs > 0 ? this.#promote() : null);
    if (!native) {
      done(null, this.run(inputs, reuse));
      return;
    }
    this.#runs++;
    this.#around.background.settle();
    const addon = this.#around.addon();
    const memory = this.#memoryFor(native, inputs, reuse);
    this.#around.background.start(addon, native, (error, code, value) => {
      if (error === null && code === 0) return done(null, memory.finish());
      memory.abandon();
      done(error ?? failure(code, value), []);
    });
  }

  /** Memory for a run, to which the program is bound. */
  #memoryFor(native: Walkable, inputs: readonly Storage[], reuse: readonly (Storage | null)[]): RunMemory {
    const memory = new RunMemory(this.#around.heap, 'native', this.plan, inputs, reuse, this.plan.arenaBytes);
    this.#bind(native.bases, memory);
    return memory;
  }

  #runNative(native: Walkable, inputs: readonly Storage[], reuse: readonly (Storage | null)[]): Storage[] {
    const { stopwatch } = this.#around;
    const addon = this.#around.addon();
    const memory = this.#memoryFor(native, inputs, reuse);
    try {
      let code = 0;
      stopwatch.time(native.threads, () => {
        code = addon.run(native.program, native.bases, native.threads);
      });
      if (code !== 0) throw failure(code, addon.failedValue());
    } catch (error) {
      memory.abandon();
      throw error;
    }
    return memory.finish();
  }

  /** Where the arena, the inputs and the outputs of a run lie. */
  #bind(bases: Float64Array, { block, inputs, outputs }: RunMemory): void {
    const base = this.#around.base();
    const absolute = (address: number) => (isInWasm(address) ? base + address : address);
    bases[0] = absolute(block);
    for (let i = 0; i < inputs.length; i++) bases[1 + i] = absolute((inputs[i] as WasmStorage).address);
    const firstOutput = 1 + this.#inputs;
    for (let i = 0; i < outputs.length; i++)
      bases[firstOutput + i] = absolute((outputs[i] as WasmStorage).address);
  }

  reusable(output: number, slot: number): boolean {
    return this.plan.reusable(output, slot);
  }

  report(): ProgramReport {
    return describePlan('native', this.plan);
  }
}

/** A plan as the addon walks it. */
export interface Walkable {
  readonly program: AddonProgram;
  readonly threads: number;
  /** Addresses of the arena, the inputs and the outputs, filled in for each run. */
  readonly bases: Float64Array;
}

/** Makes a plan and its kernels into what the addon walks. */
export function walkable(
  around: Pick<Surroundings, 'threads' | 'addon'>,
  plan: Plan,
  inputs: number,
  kernels: ReadonlyMap<Group, GroupKernel<NativeKernel>>,
  work: number,
): Walkable {
  const threads = work > WORK_FOR_THREADS ? around.threads : 1;
  const calls = new CallList(plan, inputs, kernels);
  let firstArgument = 0;
  const rows = calls.kernels.flatMap((kernel, i) => {
    const count = calls.argumentCounts[i] as number;
    const row = [
      kernel.number,
      kernel.extent,
      partsOf(kernel.extent, kernel.fewParts, threads),
      firstArgument,
      count,
    ];
    firstArgument += count;
    return row;
  });
  const scratchBytes = Math.max(0, ...[...kernels.values()].map(({ kernel }) => kernel.scratchBytes));
  return {
    program: around
      .addon()
      .createProgram(
        Int32Array.from(rows),
        Int32Array.from(calls.blocks),
        Float64Array.from(calls.offsets),
        calls.sinksFrom,
        scratchBytes,
      ),
    threads,
    bases: new Float64Array(1 + inputs + plan.outputs.length),
  };
}

function failure(code: number, value: number): Error {
  const { what, size } = failedCheck(code);
  return indexError(what, value, size);
}
