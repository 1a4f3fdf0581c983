import { failedCheck } from '../../codegen/failures.ts';
import type { Node, Storage } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import { STATUS_CODE_ADDRESS, STATUS_VALUE_ADDRESS } from '../../render/wasm/render.ts';
import { bytesOf, type Place, type Plan } from '../../schedule/plan.ts';
import type { Program, ProgramReport } from '../device.ts';
import { indexError } from '../indexError.ts';
import type { Heap } from './heap.ts';
import type { CompiledKernel } from './kernels.ts';
import { describePlan } from '../report.ts';
import { WasmStorage } from './storage.ts';

interface Call {
  readonly kernel: CompiledKernel;
  readonly places: readonly Place[];
  /** Offset of this call's part of the argument table, in bytes. */
  readonly table: number;
}

/** A plan with its kernels: a table that is filled with addresses and walked. */
export class WasmProgram implements Program {
  readonly #heap: Heap;
  readonly #plan: Plan;
  readonly #calls: readonly Call[];
  readonly #tableBytes: number;
  readonly #scratchBytes: number;

  constructor(heap: Heap, plan: Plan, kernels: readonly { kernel: CompiledKernel; nodes: readonly Node[] }[]) {
    this.#heap = heap;
    this.#plan = plan;
    let table = 0;
    let scratch = 0;
    this.#calls = kernels.map(({ kernel, nodes }) => {
      const call = { kernel, places: nodes.map((node) => placeOf(plan, node)), table };
      table += nodes.length * 4;
      scratch = Math.max(scratch, kernel.scratchBytes);
      return call;
    });
    this.#tableBytes = table;
    this.#scratchBytes = scratch;
  }

  run(inputs: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    const heap = this.#heap;
    const { arenaBytes, outputs, results } = this.#plan;
    const made: WasmStorage[] = [];
    // The table, the scratch memory and the arena in one block, given back when the program ends.
    const scratchAt = align(this.#tableBytes);
    const arenaAt = scratchAt + align(this.#scratchBytes);
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
      this.#fillTable(block, block + arenaAt, inputs as readonly WasmStorage[], storages);
      this.#walk(block, block + scratchAt);
      this.#copyResults(results, inputs as readonly WasmStorage[], storages);
      return storages;
    } catch (error) {
      for (const storage of made) storage.free();
      throw error;
    } finally {
      if (block >= 0) heap.free(block);
    }
  }

  #fillTable(table: number, arena: number, inputs: readonly WasmStorage[], outputs: readonly WasmStorage[]): void {
    const addresses = new Uint32Array(this.#heap.memory.buffer, table, this.#tableBytes / 4);
    let i = 0;
    for (const { places } of this.#calls) {
      for (const place of places) {
        addresses[i++] =
          place.kind === 'arena'
            ? arena + place.offset
            : ((place.kind === 'input' ? inputs[place.slot] : outputs[place.index]) as WasmStorage).address;
      }
    }
  }

  #walk(table: number, scratch: number): void {
    const status = new Int32Array(this.#heap.memory.buffer, STATUS_CODE_ADDRESS, 2);
    status[0] = 0;
    this.#calls.forEach(({ kernel, table: offset }, i) => {
      // From the first sink on, kernels may overwrite state: nothing may be wrong by then.
      if (i === this.#plan.firstSink) this.#checkStatus(status);
      kernel.run(table + offset, 0, kernel.extent, scratch);
    });
    this.#checkStatus(status);
  }

  #checkStatus(status: Int32Array): void {
    const code = status[0] as number;
    if (code === 0) return;
    const { what, size } = failedCheck(code);
    throw indexError(what, status[(STATUS_VALUE_ADDRESS - STATUS_CODE_ADDRESS) / 4] as number, size);
  }

  /** Outputs that are equal to an earlier one, or to an input, are copies of it. */
  #copyResults(results: Plan['results'], inputs: readonly WasmStorage[], outputs: readonly WasmStorage[]): void {
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

function placeOf(plan: Plan, node: Node): Place {
  const place = plan.places.get(node);
  if (!place) throw new Error(`wasm: ${node.op} of ${bytesOf(node)} bytes has no place in memory.`);
  return place;
}
