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

/** A tensor's elements in the memory of a device that computes with WebAssembly, at least at first. */
export class WasmStorage implements Storage {
  readonly device: string;
  readonly dtype: DType;
  readonly size: number;
  readonly address: number;
  readonly #heap: Heap;
  #freed = false;

  constructor(heap: Heap, device: string, dtype: DType, size: number) {
    this.device = device;
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
    if (this.#freed) throw new Error(`${this.device}: this storage has been freed.`);
    const { buffer, offset } = this.#heap.locate(this.address);
    return viewMemory(this.dtype, buffer, offset, this.size);
  }

  copy(): NumericArray {
    return readMemory(this.dtype, this.view());
  }

  free(): void {
    if (this.#freed) throw new Error(`${this.device}: this storage was freed twice.`);
    this.#freed = true;
    this.#heap.free(this.address);
  }
}
