import { failedCheck } from '../../codegen/failures.ts';
import type { Storage } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
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
import { WasmStorage } from './storage.ts';
import type { ThreadPool } from './threads.ts';

/** Below this much work (bytes and operations) a program is over before a second thread would have begun. */
const WORK_FOR_THREADS = 100_000;

/** A plan with its kernels: a table that is filled with addresses and walked. */
export class WasmProgram implements Program {
  readonly #heap: Heap;
  readonly #pool: ThreadPool;
  readonly #stopwatch: Stopwatch;
  readonly #plan: Plan;
  readonly #calls: CallList;
  readonly #inputs: number;
  readonly #scratchBytes: number;
  readonly #isLarge: boolean;

  constructor(
    heap: Heap,
    pool: ThreadPool,
    stopwatch: Stopwatch,
    plan: Plan,
    inputs: number,
    kernels: ReadonlyMap<Group, GroupKernel>,
  ) {
    this.#heap = heap;
    this.#pool = pool;
    this.#stopwatch = stopwatch;
    this.#plan = plan;
    this.#inputs = inputs;
    this.#calls = new CallList(plan, inputs, kernels);
    this.#scratchBytes = align(
      Math.max(0, ...[...kernels.values()].map(({ kernel }) => kernel.scratchBytes)),
    );
    const costs = plan.groups.map((group) => costOf(group, plan));
    this.#isLarge = costs.reduce((sum, cost) => sum + cost.bytes + cost.operations, 0) > WORK_FOR_THREADS;
  }

  run(inputs: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    const heap = this.#heap;
    const { arenaBytes, outputs, results } = this.#plan;
    const threads = this.#isLarge ? this.#pool.prepare() : 1;
    const made: WasmStorage[] = [];
    // The table, each thread's scratch memory and the arena in one block, given back when the program ends.
    const scratchAt = align(this.#tableWords * 4);
    const arenaAt = scratchAt + threads * this.#scratchBytes;
    let block = -1;
    try {
      const storages = outputs.map((node, i): WasmStorage => {
        const old = reuse[i];
        if (old) return old as WasmStorage;
        const storage = new WasmStorage(heap, node.dtype, sizeOf(node.shape));
        made.push(storage);
        return storage;
      });
      block = heap.allocate(arenaAt + arenaBytes);
      this.#fillTable(block, threads, block + arenaAt, inputs as readonly WasmStorage[], storages);
      this.#stopwatch.time(threads, () => this.#walk(block, block + scratchAt, threads));
      this.#copyResults(results, inputs as readonly WasmStorage[], storages);
      return storages;
    } catch (error) {
      for (const storage of made) storage.free();
      throw error;
    } finally {
      if (block >= 0) heap.free(block);
    }
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

  /** Outputs that are equal to an earlier one, or to an input, are copies of it. */
  #copyResults(
    results: Plan['results'],
    inputs: readonly WasmStorage[],
    outputs: readonly WasmStorage[],
  ): void {
    results.forEach((place, i) => {
      if (place.kind === 'output' && place.index === i) return;
      const from = (place.kind === 'input' ? inputs[place.slot] : outputs[place.index]) as WasmStorage;
      (outputs[i] as WasmStorage).view().set(from.view());
    });
  }

  reusable(output: number, slot: number): boolean {
    return this.#plan.reusable(output, slot);
  }

  report(): ProgramReport {
    return describePlan('wasm', this.#plan);
  }
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
