/** A free stretch of memory. */
interface Gap {
  start: number;
  bytes: number;
}

const ALIGNMENT = 64;
const PAGE = 65536;
const MOST_PAGES = 65536;
/** Below this lie the status words of kernels; address 0 is never handed out. */
const FIRST_ADDRESS = 1024;

/** Memory beyond the 4 GiB of WebAssembly, of a device that can compute there: its addresses are above 2^32. */
export interface Beyond {
  /** The address of a new block, of 64-byte alignment; `null` when the machine has no more. */
  allocate(bytes: number): number | null;
  free(address: number): void;
  /** The memory that a block lies in, from its beginning on. */
  bufferOf(address: number): ArrayBuffer;
}

/** The first address that WebAssembly does not have. */
const WASM_END = 2 ** 32;

/** Whether a block lies in the WebAssembly memory. */
export const isInWasm = (address: number): boolean => address < WASM_END;

/** Reserves room to grow in; some engines refuse 4 GiB, and then half of it, or a quarter, has to do. */
function makeMemory(shared: boolean): WebAssembly.Memory {
  for (let maximum = MOST_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 16, maximum, shared });
    } catch (error) {
      if (maximum < MOST_PAGES / 8) throw error;
    }
  }
}

/**
 * The memory of the wasm device: one WebAssembly memory, handed out in blocks of 64-byte alignment, best fit first, and
 * grown when no gap is large enough. Addresses are numbers up to 2^32 and never negative; those of blocks that are `beyond`
 * are larger.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Sorted by address; no two touch. */
  #gaps: Gap[] = [];
  readonly #blocks = new Map<number, number>();
  #end = FIRST_ADDRESS;
  #used = 0;
  #peak = 0;
  readonly #device: string;
  readonly #beyond: Beyond | null;

  /**
   * @param shared whether other threads shall see the memory
   * @param device whose it is, for messages
   * @param beyond where blocks go for which there is no room
   */
  constructor(shared: boolean, device = 'wasm', beyond: Beyond | null = null) {
    this.memory = makeMemory(shared);
    this.#device = device;
    this.#beyond = beyond;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** Blocks handed out and not yet freed. */
  get blocks(): number {
    return this.#blocks.size;
  }

  get peakBytes(): number {
    return this.#peak;
  }

  /**
   * The address of a new block.
   * @throws RangeError when there is no more memory.
   */
  allocate(bytes: number): number {
    const size = Math.max(Math.ceil(bytes / ALIGNMENT), 1) * ALIGNMENT;
    let best = -1;
    this.#gaps.forEach((gap, i) => {
      if (gap.bytes >= size && (best < 0 || gap.bytes < (this.#gaps[best] as Gap).bytes)) best = i;
    });
    let start: number;
    if (best >= 0) {
      const gap = this.#gaps[best] as Gap;
      start = gap.start;
      gap.start += size;
      gap.bytes -= size;
      if (gap.bytes === 0) this.#gaps.splice(best, 1);
    } else {
      start = this.#extend(size) ?? this.#beyond?.allocate(size) ?? this.#refuse(size);
    }
    this.#blocks.set(start, size);
    this.#used += size;
    this.#peak = Math.max(this.#peak, this.#used);
    return start;
  }

  #refuse(size: number): never {
    const most = this.#beyond ? 'this machine has no more' : 'the most is 4 GiB';
    throw new RangeError(
      `${this.#device}: no room for ${size} bytes more; ${this.#used} are in use and ${most}. Dispose of tensors ` +
        '(scope() does it), use smaller batches, or compute in parts.',
    );
  }

  /** A block at the end of the memory, which grows; `null` when it cannot. */
  #extend(size: number): number | null {
    const last = this.#gaps[this.#gaps.length - 1];
    const atEnd = last && last.start + last.bytes === this.#end ? last : null;
    const start = atEnd ? atEnd.start : this.#end;
    const needed = start + size;
    const missing = needed - this.memory.buffer.byteLength;
    if (missing > 0) {
      const pages = Math.ceil(missing / PAGE);
      try {
        this.memory.grow(pages);
      } catch {
        return null;
      }
    }
    if (atEnd) this.#gaps.pop();
    this.#end = needed;
    return start;
  }

  /** The memory that a block lies in, and where in it. */
  locate(start: number): { readonly buffer: ArrayBufferLike; readonly offset: number } {
    if (isInWasm(start) || !this.#beyond) return { buffer: this.memory.buffer, offset: start };
    return { buffer: this.#beyond.bufferOf(start), offset: 0 };
  }

  free(start: number): void {
    const bytes = this.#blocks.get(start);
    if (bytes === undefined)
      throw new Error(`${this.#device}: address ${start} was freed twice or never allocated.`);
    this.#blocks.delete(start);
    this.#used -= bytes;
    if (!isInWasm(start)) {
      this.#beyond?.free(start);
      return;
    }
    let index = this.#gaps.findIndex((gap) => gap.start > start);
    if (index < 0) index = this.#gaps.length;
    this.#gaps.splice(index, 0, { start, bytes });
    this.#join(index);
    this.#join(index - 1);
  }

  /** Joins a gap with the one after it if they touch. */
  #join(index: number): void {
    const gap = this.#gaps[index];
    const next = this.#gaps[index + 1];
    if (!gap || !next || gap.start + gap.bytes !== next.start) return;
    gap.bytes += next.bytes;
    this.#gaps.splice(index + 1, 1);
  }
}
