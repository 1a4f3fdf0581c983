/**
 * Words at the bottom of the shared memory through which the main thread and its workers agree. Kernels leave their
 * status below (see render/wasm), tensors lie above.
 */
export const CONTROL_ADDRESS = 64;

/** Indices of the words; each on a cache line of its own where several threads write. */
export const words = {
  /** Counts commands. Workers sleep on it. */
  command: 0,
  /** 1: walk a table of calls. 2: load a module. */
  kind: 1,
  /** Where the table or the module's bytes are, and how many calls or bytes. */
  address: 2,
  length: 3,
  /** For a module: the number of its first kernel, and how many it has. */
  firstKernel: 4,
  kernelCount: 5,
  /** For a walk: scratch memory of thread 0, and bytes from one thread's to the next's. */
  scratch: 6,
  scratchStride: 7,
  /** Set when a thread has failed: nothing will come of waiting. */
  failed: 8,
  /** What `arrived` was when the command was given. */
  base: 9,
  /**
   * Threads that have arrived at barriers, counted for ever (it wraps). Setting it back for a new command would leave a
   * worker that has not yet seen the last one's end waiting for it.
   */
  arrived: 16,
  /** Workers that are listening. */
  ready: 32,
} as const;

export const CONTROL_WORDS = 48;

export const commands = { walk: 1, load: 2 } as const;

/**
 * One call in a table. Its extent is cut in `parts`, which threads claim one at a time through `next`; the call is over
 * when all are `done`. So a thread that the system has put aside holds up nobody but for the part it is at.
 */
export const call = { kernel: 0, extent: 1, arguments: 2, parts: 3, next: 4, done: 5 } as const;

export const CALL_WORDS = 6;

/** Parts for each thread, where parts cost nothing to begin. */
const PARTS_PER_THREAD = 4;

export const partsOf = (extent: number, fewParts: boolean, threads: number): number =>
  threads === 1 ? 1 : Math.min(extent, fewParts ? threads : PARTS_PER_THREAD * threads);
