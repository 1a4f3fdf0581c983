import { warn } from '#platform';
import { type DType, type NumericArray, writeMemory } from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import { wasmFeatures } from '../../render/wasm/features.ts';
import type { Graph } from '../../schedule/normalize.ts';
import { plan } from '../../schedule/plan.ts';
import type { Device, DeviceStatistics, MemoryUse, Program } from '../device.ts';
import { Stopwatch } from '../stopwatch.ts';
import { Heap } from '../wasm/heap.ts';
import { KernelCache } from '../wasm/kernels.ts';
import { WasmProgram } from '../wasm/program.ts';
import { WasmStorage } from '../wasm/storage.ts';
import { ThreadPool, threadCount } from '../wasm/threads.ts';
import { Background } from './background.ts';
import { Engine, NativeMemory } from './engine.ts';
import { EngineError } from './engineError.ts';
import { NativeProgram, type Surroundings } from './program.ts';

/** Programs kept for graphs that may come again. */
const MOST_PROGRAMS = 256;

/** The third run of a program is machine code, or a later one of a program so small that it would not matter. */
const PROMOTE_AFTER = { runs: 2, work: 20_000_000 };

export interface NativeOptions {
  /** Threads that compute; LUMBRE_THREADS, or one a core, unless given. */
  readonly threads?: number;
  /** Runs on WebAssembly before a program becomes machine code, and the work (bytes and operations) of all its runs. */
  readonly promoteAfter?: { readonly runs: number; readonly work: number };
}

/** Kernels in C, compiled by the system's compiler. What runs once or twice, and what cannot be compiled, is WebAssembly. */
export class NativeDevice implements Device {
  readonly name = 'native';
  readonly threads: number;
  readonly #heap: Heap;
  readonly #pool: ThreadPool;
  readonly #wasmKernels: KernelCache;
  readonly #programs = new Map<string, NativeProgram>();
  readonly #stopwatch = new Stopwatch();
  readonly #background = new Background(this.#stopwatch);
  readonly #around: Surroundings;
  #engine: Engine | null | undefined;
  #base: number | undefined;

  constructor({ threads = threadCount(), promoteAfter = PROMOTE_AFTER }: NativeOptions = {}) {
    this.threads = threads;
    const shared = wasmFeatures().threads;
    this.#heap = new Heap(shared, 'native', new NativeMemory(() => this.engine));
    this.#pool = new ThreadPool(this.#heap, shared ? threads : 1);
    this.#wasmKernels = new KernelCache(this.#heap.memory, shared, this.#pool);
    this.#around = {
      heap: this.#heap,
      stopwatch: this.#stopwatch,
      background: this.#background,
      threads,
      promoteAfter,
      startKernels: (schedule) => this.engine && this.#attempt((engine) => engine.kernels.start([schedule])),
      finishKernels: (underWay) => this.#attempt((engine) => engine.kernels.finish(underWay)),
      addon: () => (this.engine as Engine).addon,
      base: () => this.#baseAddress(),
    };
  }

  /** What computes in machine code, started when it is first needed; `null` where it does not work. */
  get engine(): Engine | null {
    if (this.#engine === undefined) {
      try {
        this.#engine = new Engine();
      } catch (error) {
        this.#giveUp(error);
      }
    }
    return this.#engine ?? null;
  }

  /** From now on everything is WebAssembly. */
  #giveUp(error: unknown): void {
    this.#engine = null;
    const problem = error instanceof Error ? error.message : String(error);
    warn(`native: ${problem.replace(/^native: /, '')} Computing goes on in WebAssembly.`);
  }

  /** A program that cannot be compiled or loaded stays WebAssembly; so do those after it, since the next will not do better. */
  #attempt<Result>(action: (engine: Engine) => Result): Result | null {
    const { engine } = this;
    if (!engine) return null;
    try {
      return action(engine);
    } catch (error) {
      // A mistake of our own is not to be hidden.
      if (!(error instanceof EngineError)) throw error;
      this.#giveUp(error);
      return null;
    }
  }

  #baseAddress(): number {
    this.#base ??= this.#around.addon().addressOf(new Uint8Array(this.#heap.memory.buffer));
    return this.#base;
  }

  supports(dtype: DType): boolean {
    return dtype !== 'float64';
  }

  upload(dtype: DType, values: ArrayLike<number>): Storage {
    if (!this.supports(dtype)) {
      throw new TypeError(`native: ${dtype} is not supported; use float32 here, or the 'js' device.`);
    }
    this.settle();
    const storage = new WasmStorage(this.#heap, 'native', dtype, values.length);
    writeMemory(dtype, values, storage.view());
    return storage;
  }

  read(storage: Storage): NumericArray {
    this.settle();
    return (storage as WasmStorage).copy();
  }

  prepare(graph: Graph): NativeProgram & Program {
    const known = this.#programs.get(graph.key);
    if (known) {
      this.#programs.delete(graph.key);
      this.#programs.set(graph.key, known);
      return known;
    }
    const schedule = plan(graph);
    const inputs = graph.inputs.length;
    const kernels = this.#wasmKernels.compile(schedule, false);
    const wasm = new WasmProgram(
      this.#heap,
      this.#pool,
      this.#stopwatch,
      schedule,
      inputs,
      kernels,
      'native',
    );
    const program = new NativeProgram(this.#around, schedule, inputs, wasm);
    this.#programs.set(graph.key, program);
    if (this.#programs.size > MOST_PROGRAMS)
      this.#programs.delete(this.#programs.keys().next().value as string);
    return program;
  }

  settle(): void {
    this.#background.settle();
  }

  memory(): MemoryUse {
    return { liveBytes: this.#heap.usedBytes, peakBytes: this.#heap.peakBytes, storages: this.#heap.blocks };
  }

  statistics(): DeviceStatistics {
    return this.#stopwatch.read();
  }

  /** Ends the worker threads of WebAssembly; the device still works. */
  dispose(): void {
    this.#pool.dispose();
  }
}
