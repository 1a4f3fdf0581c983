/**
 * What the C runtime in `native/` offers to JavaScript. Addresses are numbers, as 53 bits hold all of them, and every
 * function throws a TypeError or a RangeError that names it when an argument is wrong. Wrong addresses it cannot know:
 * memory that a program reads or writes must stay alive and in its place until the walk is over.
 */
export interface Addon {
  /**
   * Loads a function of a shared library; a path is opened once, whatever becomes of the file.
   * @returns its number, for `createProgram`.
   * @throws Error with the system's words when there is no such file or function.
   */
  loadKernel(path: string, symbol: string): number;
  /** Where the first byte lies, of a view of shared memory too. Above 4 GiB, Node 20 has no Uint8Array of a whole buffer. */
  addressOf(view: TypedArray | ArrayBuffer): number;
  /** Asks the system for huge pages on the whole pages inside. False where it has no such thing. */
  adviseHuge(address: number, bytes: number): boolean;
  /**
   * Zeroed memory from the system, on huge pages where it has them, given back when the buffer is collected. It begins at
   * a multiple of 2 MiB if it is as large, but Node before version 22 makes buffers of 4 GiB and more itself, at a
   * multiple of 16 bytes.
   * @throws RangeError when there is not that much.
   */
  allocate(bytes: number): ArrayBuffer;
  /** Detaches a buffer and gives its memory back now. Waits for an asynchronous walk, which may be using it. */
  release(buffer: ArrayBuffer): void;
  /**
   * A list of calls, checked and copied.
   * @param calls five words a call: kernel number, extent, parts (at least 1), its first argument, how many arguments.
   * @param blocks for each argument, the index of its block's address in `bases`.
   * @param offsets for each argument, bytes from the beginning of its block.
   * @param sinksFrom the number of calls that are walked before failures are looked at.
   * @param scratchBytes what each thread has for itself while it runs a kernel.
   */
  createProgram(
    calls: Int32Array,
    blocks: Int32Array,
    offsets: Float64Array,
    sinksFrom: number,
    scratchBytes: number,
  ): AddonProgram;
  /**
   * Walks the calls one after another, each cut in its parts (with one thread: whole). Waits first for an asynchronous
   * walk. Fewer threads take part where the system starts no more.
   * @param threads from 1 to 256, the calling one included; with 1, no other thread is touched.
   * @returns 0, or the code of the kernel that failed first; `failedValue` has its value.
   */
  run(program: AddonProgram, bases: Float64Array, threads: number): number;
  /**
   * The same on another thread, while the event loop goes on. `bases` may be written again at once.
   * @param done hears the code and the value of the failure, or 0 and 0. Its error is for a walk that was cancelled.
   */
  runAsync(
    program: AddonProgram,
    bases: Float64Array,
    threads: number,
    done: (error: Error | null, code: number, value: number) => void,
  ): void;
  /** Whether an asynchronous walk is computing, or is going to. */
  busy(): boolean;
  /** Blocks until no walk is computing. The callback comes later, from the event loop. */
  wait(): void;
  /** The code of the last asynchronous walk, for which it waits. */
  asyncResult(): number;
  /** What the failing kernel of the last walk left; 0 where none failed. */
  failedValue(): number;
  /** What the last walk took. */
  lastNanoseconds(): number;
}

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

declare const programBrand: unique symbol;

/** A program in C, collected with the last reference to it. */
export interface AddonProgram {
  readonly [programBrand]: true;
}

/**
 * Loads the compiled runtime. Every Node thread that does so has kernels, programs and threads of its own.
 * @throws Error when the file is no addon for this Node.
 */
export function loadAddon(path: string): Addon {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports as Addon;
}
