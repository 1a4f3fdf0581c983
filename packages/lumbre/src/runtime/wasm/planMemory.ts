import type { Storage } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import type { Plan } from '../../schedule/plan.ts';
import { type Heap, isInWasm } from './heap.ts';
import { WasmStorage } from './storage.ts';

/** The memory of one run of a plan: its outputs, and a block for all that is over when it ends. */
export class RunMemory {
  readonly inputs: readonly WasmStorage[];
  readonly outputs: readonly WasmStorage[];
  /** The address of the block. */
  readonly block: number;
  readonly #heap: Heap;
  readonly #plan: Plan;
  readonly #made: WasmStorage[] = [];

  /**
   * @param reuse for each output, the storage that it takes over, or `null` for a new one
   * @throws RangeError when there is no more memory; nothing is kept then
   */
  constructor(
    heap: Heap,
    device: string,
    plan: Plan,
    inputs: readonly Storage[],
    reuse: readonly (Storage | null)[],
    blockBytes: number,
  ) {
    this.#heap = heap;
    this.#plan = plan;
    this.inputs = inputs as readonly WasmStorage[];
    try {
      this.outputs = plan.outputs.map((node, i): WasmStorage => {
        const old = reuse[i];
        if (old) return old as WasmStorage;
        const storage = new WasmStorage(heap, device, node.dtype, sizeOf(node.shape));
        this.#made.push(storage);
        return storage;
      });
      this.block = heap.allocate(blockBytes);
    } catch (error) {
      this.#freeMade();
      throw error;
    }
  }

  /** Whether all of it lies where WebAssembly reaches. */
  get isInWasm(): boolean {
    const reaches = ({ address }: WasmStorage) => isInWasm(address);
    return isInWasm(this.block) && this.inputs.every(reaches) && this.outputs.every(reaches);
  }

  /** The run went well: gives the block back and returns the outputs. */
  finish(): Storage[] {
    this.#heap.free(this.block);
    this.#copyResults();
    return [...this.outputs];
  }

  /** The run failed: gives everything back that was made for it. */
  abandon(): void {
    this.#heap.free(this.block);
    this.#freeMade();
  }

  #freeMade(): void {
    for (const storage of this.#made) storage.free();
  }

  /** Outputs that are equal to an earlier one, or to an input, are copies of it. */
  #copyResults(): void {
    this.#plan.results.forEach((place, i) => {
      if (place.kind === 'output' && place.index === i) return;
      const from = (
        place.kind === 'input' ? this.inputs[place.slot] : this.outputs[place.index]
      ) as WasmStorage;
      (this.outputs[i] as WasmStorage).view().set(from.view());
    });
  }
}

/** The next multiple of a cache line. */
export const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;
