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

/** Words of one call in a table: kernel, extent, and the address of its arguments. */
export const CALL_WORDS = 3;

/** The part of [0, extent) that thread `thread` of `threads` computes. */
export const shareOf = (extent: number, thread: number, threads: number): number =>
  Math.floor((extent * thread) / threads);
