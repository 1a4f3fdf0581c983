import {
  bytesPerElement,
  type DType,
  isHalf,
  type MemoryArray,
  makeArray,
  type NumericArray,
  readMemory,
  viewMemory,
  writeMemory,
} from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import type { MemoryUse } from '../device.ts';

/** The device's account of bytes: what storages hold, and the most that was held at one time. */
export class Ledger {
  #live = 0;
  #peak = 0;
  #storages = 0;

  opened(bytes: number): void {
    this.#storages++;
    this.#live += bytes;
    this.touched(0);
  }

  closed(bytes: number): void {
    this.#storages--;
    this.#live -= bytes;
  }

  /** Notes that a running program holds `scratchBytes` beside the storages. */
  touched(scratchBytes: number): void {
    this.#peak = Math.max(this.#peak, this.#live + scratchBytes);
  }

  read(): MemoryUse {
    return { liveBytes: this.#live, peakBytes: this.#peak, storages: this.#storages };
  }
}

/** A value of the `js` device: a typed array of its dtype, 16-bit floats as their bits. */
export class JsStorage implements Storage {
  readonly device = 'js';
  readonly dtype: DType;
  readonly size: number;
  readonly #ledger: Ledger;
  #array: MemoryArray | null;

  /**
   * Holds `values`, rounded or wrapped to `dtype`: a copy, or, where that is not asked for and the array is one of the
   * dtype, the array itself.
   * @throws RangeError if there is no memory left.
   */
  constructor(dtype: DType, values: ArrayLike<number>, ledger: Ledger, copy = true) {
    this.dtype = dtype;
    this.size = values.length;
    this.#array = !copy && isMemoryOf(dtype, values) ? values : copyAs(dtype, values);
    this.#ledger = ledger;
    ledger.opened(this.bytes);
  }

  get bytes(): number {
    return this.size * bytesPerElement(this.dtype);
  }

  get freed(): boolean {
    return this.#array === null;
  }

  /** The elements themselves, not to be written to. @throws if the storage has been freed. */
  get memory(): MemoryArray {
    if (!this.#array) {
      throw new Error(
        `js: a storage of ${this.size} ${this.dtype} elements was read after it had been freed.`,
      );
    }
    return this.#array;
  }

  /** The values, not to be written to: the elements themselves, or, of 16-bit floats, a copy. */
  get values(): NumericArray {
    const { memory } = this;
    return memory instanceof Uint16Array ? readMemory(this.dtype, memory) : memory;
  }

  free(): void {
    if (!this.#array) {
      throw new Error(
        `js: a storage of ${this.size} ${this.dtype} elements was freed twice; each has one owner.`,
      );
    }
    this.#array = null;
    this.#ledger.closed(this.bytes);
  }
}

function copyAs(dtype: DType, values: ArrayLike<number>): MemoryArray {
  const bytes = values.length * bytesPerElement(dtype);
  let memory: MemoryArray;
  try {
    memory = viewMemory(dtype, new ArrayBuffer(bytes), 0, values.length);
  } catch (error) {
    throw new RangeError(
      `js: no memory for ${values.length} ${dtype} elements (${bytes} bytes). ` +
        'Dispose of tensors that are no longer needed, or work in smaller batches.',
      { cause: error },
    );
  }
  writeMemory(dtype, values, memory);
  return memory;
}

/** Whether an array holds elements as the memory of a dtype does, whatever they are. */
const isMemoryOf = (dtype: DType, values: ArrayLike<number>): values is NumericArray =>
  dtype !== 'bool' && !isHalf(dtype) && values.constructor === makeArray(dtype, 0).constructor;
