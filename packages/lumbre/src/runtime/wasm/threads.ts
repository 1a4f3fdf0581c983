import { environment, hardwareConcurrency, startWorker, warn } from '#platform';
import { CALL_WORDS, CONTROL_ADDRESS, CONTROL_WORDS, call, commands, words } from './control.ts';
import type { Heap } from './heap.ts';
import { workerSource } from './worker.ts';

/** Workers beyond this many share memory bandwidth rather than add to it. */
const MOST_THREADS = 8;

/** A compiled module as workers need it: its bytes, and where its kernels stand in everybody's list. */
export interface SharedModule {
  readonly bytes: Uint8Array;
  readonly firstKernel: number;
  readonly kernelCount: number;
}

/** How many threads to use: LUMBRE_THREADS, or as many as the machine runs at a time. */
export function threadCount(): number {
  const wanted = environment('LUMBRE_THREADS');
  if (wanted === undefined || wanted === '') return Math.min(hardwareConcurrency(), MOST_THREADS);
  const count = Number(wanted);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new RangeError(`LUMBRE_THREADS is '${wanted}'; expected a whole number from 1 to 64.`);
}

/**
 * Worker threads over the shared memory. They start in their own time; until all are listening, programs run on the
 * calling thread alone, with the same results.
 */
export class ThreadPool {
  readonly #heap: Heap;
  readonly #control: Int32Array;
  readonly #wanted: number;
  readonly #modules: SharedModule[] = [];
  readonly #workers: { terminate(): void }[] = [];
  #loaded = 0;
  #started = false;
  #broken = false;

  constructor(heap: Heap, threads: number) {
    this.#heap = heap;
    this.#control = new Int32Array(heap.memory.buffer, CONTROL_ADDRESS, CONTROL_WORDS);
    this.#wanted = threads;
  }

  /** Makes a module known to the workers before the next walk. */
  add(module: SharedModule): void {
    if (this.#wanted > 1) this.#modules.push(module);
  }

  /** The number of threads that can walk a program now, the calling one included. Starts workers at the first call. */
  prepare(): number {
    if (this.#wanted === 1 || this.#broken) return 1;
    if (!this.#started) {
      this.#started = true;
      for (let thread = 1; thread < this.#wanted; thread++) {
        const worker = startWorker(workerSource, {
          memory: this.#heap.memory,
          thread,
          threads: this.#wanted,
        });
        this.#workers.push(worker);
      }
    }
    if (Atomics.load(this.#control, words.ready) < this.#wanted - 1) return 1;
    for (; this.#loaded < this.#modules.length; this.#loaded++)
      this.#load(this.#modules[this.#loaded] as SharedModule);
    return this.#broken ? 1 : this.#wanted;
  }

  /** Ends the workers; from then on programs run on the calling thread. */
  dispose(): void {
    this.#broken = true;
    for (const worker of this.#workers) worker.terminate();
  }

  #load({ bytes, firstKernel, kernelCount }: SharedModule): void {
    const address = this.#heap.allocate(bytes.length);
    new Uint8Array(this.#heap.memory.buffer).set(bytes, address);
    const control = this.#control;
    control[words.address] = address;
    control[words.length] = bytes.length;
    control[words.firstKernel] = firstKernel;
    control[words.kernelCount] = kernelCount;
    try {
      this.#command(commands.load);
      this.#wait(this.#wanted - 1);
    } finally {
      this.#heap.free(address);
    }
  }

  /**
   * Walks a table of calls together with the workers: `run` computes a part of a call on the calling thread. Returns
   * when all is computed and no worker looks at the table any more.
   */
  walk(
    table: { readonly address: number; readonly calls: number },
    scratch: { readonly address: number; readonly stride: number },
    run: (index: number, begin: number, end: number) => void,
  ): void {
    const control = this.#control;
    control[words.address] = table.address;
    control[words.length] = table.calls;
    control[words.scratch] = scratch.address;
    control[words.scratchStride] = scratch.stride;
    this.#command(commands.walk);
    const rows = new Int32Array(this.#heap.memory.buffer, table.address, table.calls * CALL_WORDS);
    try {
      for (let index = 0; index < table.calls; index++) this.#join(rows, index, run);
    } catch (error) {
      // The workers would wait for this thread's parts for ever.
      this.#broken = true;
      Atomics.store(control, words.failed, 1);
      throw error;
    }
    this.#wait(this.#wanted - 1);
  }

  /** Computes parts of one call until none is left, and waits for those that others have begun. */
  #join(rows: Int32Array, index: number, run: (index: number, begin: number, end: number) => void): void {
    const row = index * CALL_WORDS;
    const parts = rows[row + call.parts] as number;
    const extent = rows[row + call.extent] as number;
    for (;;) {
      const part = Atomics.add(rows, row + call.next, 1);
      if (part >= parts) break;
      run(index, Math.floor((extent * part) / parts), Math.floor((extent * (part + 1)) / parts));
      Atomics.add(rows, row + call.done, 1);
    }
    while (Atomics.load(rows, row + call.done) < parts) this.#checkWorkers();
  }

  #command(kind: number): void {
    const control = this.#control;
    control[words.kind] = kind;
    control[words.base] = Atomics.load(control, words.arrived);
    Atomics.add(control, words.command, 1);
    Atomics.notify(control, words.command);
  }

  #wait(arrivals: number): void {
    const control = this.#control;
    const target = (control[words.base] as number) + arrivals;
    while (((Atomics.load(control, words.arrived) - target) | 0) < 0) this.#checkWorkers();
  }

  /** @throws Error when a worker has failed: nothing will come of waiting for it. */
  #checkWorkers(): void {
    if (Atomics.load(this.#control, words.failed) === 0) return;
    this.#broken = true;
    warn('wasm: a worker thread failed; computing goes on with one thread.');
    throw new Error('wasm: a worker thread failed in the middle of a program; run it again.');
  }
}
