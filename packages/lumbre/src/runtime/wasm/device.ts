import { canShareMemory, warn } from '#platform';
import { type DType, type NumericArray, writeMemory } from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import { wasmFeatures } from '../../render/wasm/features.ts';
import type { Graph } from '../../schedule/normalize.ts';
import { plan } from '../../schedule/plan.ts';
import type { Device, DeviceStatistics, MemoryUse, Program } from '../device.ts';
import { Stopwatch } from '../stopwatch.ts';
import { Heap } from './heap.ts';
import { KernelCache } from './kernels.ts';
import { WasmProgram } from './program.ts';
import { WasmStorage } from './storage.ts';
import { ThreadPool, threadCount } from './threads.ts';

/** Programs kept for graphs that may come again. */
const MOST_PROGRAMS = 256;

/** The default device: kernels as WebAssembly, made at run time. */
export class WasmDevice implements Device {
  readonly name = 'wasm';
  readonly #heap: Heap;
  readonly #pool: ThreadPool;
  readonly #kernels: KernelCache;
  readonly #programs = new Map<string, Program>();
  readonly #stopwatch = new Stopwatch();

  /** @param threads how many threads to use; LUMBRE_THREADS, or one a core, unless given */
  constructor(threads = threadCount()) {
    const shared = threads > 1 && wasmFeatures().threads && canShareMemory();
    if (threads > 1 && !shared) {
      warn(
        'wasm: running with one thread, because memory cannot be shared here; a page needs the headers ' +
          'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
      );
    }
    this.#heap = new Heap(shared);
    this.#pool = new ThreadPool(this.#heap, shared ? threads : 1);
    this.#kernels = new KernelCache(this.#heap.memory, shared, this.#pool);
  }

  /** The threads that a large program would run on now: workers take a moment to start. */
  get threads(): number {
    return this.#pool.prepare();
  }

  supports(dtype: DType): boolean {
    return dtype !== 'float64';
  }

  upload(dtype: DType, values: ArrayLike<number>): Storage {
    if (!this.supports(dtype)) {
      throw new TypeError(`wasm: ${dtype} is not supported; use float32 here, or the 'js' device.`);
    }
    const storage = new WasmStorage(this.#heap, 'wasm', dtype, values.length);
    writeMemory(dtype, values, storage.view());
    return storage;
  }

  read(storage: Storage): NumericArray {
    return (storage as WasmStorage).copy();
  }

  prepare(graph: Graph, repeated = false): Program {
    const known = this.#programs.get(graph.key);
    if (known) {
      this.#programs.delete(graph.key);
      this.#programs.set(graph.key, known);
      return known;
    }
    const schedule = plan(graph);
    const kernels = this.#kernels.compile(schedule, repeated);
    const program = new WasmProgram(
      this.#heap,
      this.#pool,
      this.#stopwatch,
      schedule,
      graph.inputs.length,
      kernels,
    );
    this.#programs.set(graph.key, program);
    if (this.#programs.size > MOST_PROGRAMS)
      this.#programs.delete(this.#programs.keys().next().value as string);
    return program;
  }

  memory(): MemoryUse {
    return { liveBytes: this.#heap.usedBytes, peakBytes: this.#heap.peakBytes, storages: this.#heap.blocks };
  }

  statistics(): DeviceStatistics {
    return this.#stopwatch.read();
  }

  /** Ends the worker threads; the device still works, on the calling thread. */
  dispose(): void {
    this.#pool.dispose();
  }
}
