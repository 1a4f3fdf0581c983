import { bytesPerElement, type DType, makeArray, type NumericArray, toDType } from '../../graph/dtype.ts';
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

/** A value of the `js` device: a typed array of its dtype. */
export class JsStorage implements Storage {
  readonly device = 'js';
  readonly dtype: DType;
  readonly size: number;
  readonly #ledger: Ledger;
  #array: NumericArray | null;

  /** Copies `values`, rounded or wrapped to `dtype`. @throws RangeError if there is no memory left. */
  constructor(dtype: DType, values: ArrayLike<number>, ledger: Ledger) {
    this.dtype = dtype;
    this.size = values.length;
    this.#array = copyAs(dtype, values);
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
  get array(): NumericArray {
    if (!this.#array) {
      throw new Error(
        `js: a storage of ${this.size} ${this.dtype} elements was read after it had been freed.`,
      );
    }
    return this.#array;
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

function copyAs(dtype: DType, values: ArrayLike<number>): NumericArray {
  let array: NumericArray;
  try {
    array = makeArray(dtype, values);
  } catch (error) {
    throw new RangeError(
      `js: no memory for ${values.length} ${dtype} elements (${values.length * bytesPerElement(dtype)} bytes). ` +
        'Dispose of tensors that are no longer needed, or work in smaller batches.',
      { cause: error },
    );
  }
  // Typed arrays wrap and round numbers as toDType does, but know no bool.
  if (dtype === 'bool')
    for (let i = 0; i < array.length; i++) array[i] = toDType(values[i] as number, 'bool');
  return array;
}
