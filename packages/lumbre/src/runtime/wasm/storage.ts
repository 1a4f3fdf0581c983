import {
  bytesPerElement,
  type DType,
  type MemoryArray,
  type NumericArray,
  readMemory,
  viewMemory,
} from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import type { Heap } from './heap.ts';

/** A tensor's elements in the memory of the wasm device. */
export class WasmStorage implements Storage {
  readonly device = 'wasm';
  readonly dtype: DType;
  readonly size: number;
  readonly address: number;
  readonly #heap: Heap;
  #freed = false;

  constructor(heap: Heap, dtype: DType, size: number) {
    this.#heap = heap;
    this.dtype = dtype;
    this.size = size;
    this.address = heap.allocate(size * bytesPerElement(dtype));
  }

  get freed(): boolean {
    return this.#freed;
  }

  /** The elements themselves, until memory grows or the storage is freed. */
  view(): MemoryArray {
    if (this.#freed) throw new Error('wasm: this storage has been freed.');
    return viewMemory(this.dtype, this.#heap.memory.buffer, this.address, this.size);
  }

  copy(): NumericArray {
    return readMemory(this.dtype, this.view());
  }

  free(): void {
    if (this.#freed) throw new Error('wasm: this storage was freed twice.');
    this.#freed = true;
    this.#heap.free(this.address);
  }
}
