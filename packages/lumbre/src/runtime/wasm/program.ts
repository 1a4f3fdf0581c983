import { failedCheck } from '../../codegen/failures.ts';
import type { Storage } from '../../graph/node.ts';
import { STATUS_CODE_ADDRESS, STATUS_VALUE_ADDRESS } from '../../render/wasm/render.ts';
import type { Group } from '../../schedule/group.ts';
import type { Plan } from '../../schedule/plan.ts';
import type { Program, ProgramReport } from '../device.ts';
import { indexError } from '../indexError.ts';
import { costOf, describePlan } from '../report.ts';
import type { Stopwatch } from '../stopwatch.ts';
import { CallList, type GroupKernel } from './calls.ts';
import { CALL_WORDS, call, partsOf } from './control.ts';
import type { Heap } from './heap.ts';
import type { CompiledKernel } from './kernels.ts';
import { aligned, RunMemory } from './planMemory.ts';
import type { WasmStorage } from './storage.ts';
import type { ThreadPool } from './threads.ts';

/** Below this much work (bytes and operations) a program is over before a second thread would have begun. */
export const WORK_FOR_THREADS = 100_000;

/** WebAssembly cannot compute here: what it would read or write lies beyond its memory. Nothing has been done. */
export class OutOfReach extends Error {}

/** A plan with its kernels: a table that is filled with addresses and walked. */
export class WasmProgram implements Program {
  readonly #heap: Heap;
  readonly #pool: ThreadPool;
  readonly #stopwatch: Stopwatch;
  readonly #plan: Plan;
  readonly #calls: CallList<CompiledKernel>;
  readonly #inputs: number;
  readonly #scratchBytes: number;
  readonly #work: number;
  readonly #device: string;

  constructor(
    heap: Heap,
    pool: ThreadPool,
    stopwatch: Stopwatch,
    plan: Plan,
    inputs: number,
    kernels: ReadonlyMap<Group, GroupKernel<CompiledKernel>>,
    device = 'wasm',
  ) {
    this.#device = device;
    this.#heap = heap;
    this.#pool = pool;
    this.#stopwatch = stopwatch;
    this.#plan = plan;
    this.#inputs = inputs;
    this.#calls = new CallList(plan, inputs, kernels);
    this.#scratchBytes = aligned(
      Math.max(0, ...[...kernels.values()].map(({ kernel }) => kernel.scratchBytes)),
    );
    this.#work = plan.groups.reduce((sum, group) => {
      const { bytes, operations } = costOf(group, plan);
      return sum + bytes + operations;
    }, 0);
  }

  /** Bytes and operations of one run, roughly. */
  get work(): number {
    return this.#work;
  }

  run(inputs: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    const threads = this.#work > WORK_FOR_THREADS ? this.#pool.prepare() : 1;
    // The table, each thread's scratch memory and the arena in one block.
    const scratchAt = aligned(this.#tableWords * 4);
    const arenaAt = scratchAt + threads * this.#scratchBytes;
    const blockBytes = arenaAt + this.#plan.arenaBytes;
    const memory = new RunMemory(this.#heap, this.#device, this.#plan, inputs, reuse, blockBytes);
    if (!memory.isInWasm) {
      memory.abandon();
      throw new OutOfReach();
    }
    const { block } = memory;
    try {
      this.#fillTable(block, threads, block + arenaAt, memory.inputs, memory.outputs);
      this.#stopwatch.time(threads, () => this.#walk(block, block + scratchAt, threads));
    } catch (error) {
      memory.abandon();
      throw error;
    }
    return memory.finish();
  }

  /** A row of CALL_WORDS for each call, and then the addresses of all arguments. */
  get #tableWords(): number {
    return this.#calls.kernels.length * CALL_WORDS + this.#calls.blocks.length;
  }

  #fillTable(
    table: number,
    threads: number,
    arena: number,
    inputs: readonly WasmStorage[],
    outputs: readonly WasmStorage[],
  ): void {
    const { kernels, blocks, offsets } = this.#calls;
    const filled = new Uint32Array(this.#heap.memory.buffer, table, this.#tableWords);
    const firstArgument = kernels.length * CALL_WORDS;
    let next = firstArgument;
    let row = 0;
    for (const kernel of kernels) {
      filled[row + call.kernel] = kernel.number;
      filled[row + call.extent] = kernel.extent;
      filled[row + call.arguments] = table + next * 4;
      filled[row + call.parts] = partsOf(kernel.extent, kernel.fewParts, threads);
      filled[row + call.next] = 0;
      filled[row + call.done] = 0;
      row += CALL_WORDS;
      next += kernel.arguments.length;
    }
    for (let i = 0; i < blocks.length; i++) {
      const block = (blocks[i] as number) - 1;
      const storage = block < this.#inputs ? inputs[block] : outputs[block - this.#inputs];
      filled[firstArgument + i] =
        (block < 0 ? arena : (storage as WasmStorage).address) + (offsets[i] as number);
    }
  }

  #walk(table: number, scratch: number, threads: number): void {
    const status = new Int32Array(this.#heap.memory.buffer, STATUS_CODE_ADDRESS, 2);
    status[0] = 0;
    // From the first sink on, kernels may overwrite state: nothing may be wrong by then.
    const { kernels, sinksFrom } = this.#calls;
    this.#walkCalls(table, scratch, threads, 0, sinksFrom);
    this.#checkStatus(status);
    this.#walkCalls(table, scratch, threads, sinksFrom, kernels.length);
    this.#checkStatus(status);
  }

  #walkCalls(table: number, scratch: number, threads: number, from: number, to: number): void {
    if (from === to) return;
    const { kernels } = this.#calls;
    const rows = new Uint32Array(this.#heap.memory.buffer, table, kernels.length * CALL_WORDS);
    const run = (i: number, begin: number, end: number) => {
      const row = (from + i) * CALL_WORDS;
      (kernels[from + i] as CompiledKernel).run(rows[row + call.arguments] as number, begin, end, scratch);
    };
    if (threads === 1) {
      for (let i = 0; i < to - from; i++) run(i, 0, (kernels[from + i] as CompiledKernel).extent);
      return;
    }
    const start = table + from * CALL_WORDS * 4;
    this.#pool.walk(
      { address: start, calls: to - from },
      { address: scratch, stride: this.#scratchBytes },
      run,
    );
  }

  #checkStatus(status: Int32Array): void {
    const code = status[0] as number;
    if (code === 0) return;
    const { what, size } = failedCheck(code);
    throw indexError(what, status[(STATUS_VALUE_ADDRESS - STATUS_CODE_ADDRESS) / 4] as number, size);
  }

  reusable(output: number, slot: number): boolean {
    return this.#plan.reusable(output, slot);
  }

  report(): ProgramReport {
    return describePlan(this.#device, this.#plan);
  }
}
