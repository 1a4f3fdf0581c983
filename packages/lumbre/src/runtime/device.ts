import type { DType, NumericArray } from '../graph/dtype.ts';
import type { Storage } from '../graph/node.ts';
import type { Graph } from '../schedule/normalize.ts';

export interface MemoryUse {
  /** Bytes held by tensors now. */
  readonly liveBytes: number;
  /** The most that were held at one time, intermediate values of running programs included. */
  readonly peakBytes: number;
  readonly storages: number;
}

/** What a device has done since it was started. A share of a step is the difference between two readings. */
export interface DeviceStatistics {
  /** How many threads computed the last program. */
  readonly threads: number;
  /** How often a program ran. */
  readonly programs: number;
  /** Milliseconds that they spent in kernels, from the first to the last of each program; the rest is preparation. */
  readonly kernelMs: number;
}

/** One kernel of a program, in words and figures. */
export interface KernelReport {
  readonly name: string;
  /** What it computes, one line a node. */
  readonly nodes: readonly string[];
  readonly bytes: number;
  readonly operations: number;
}

export interface ProgramReport {
  readonly device: string;
  readonly kernels: readonly KernelReport[];
  /** Where each intermediate value lies in the program's arena. */
  readonly memory: readonly { readonly name: string; readonly offset: number; readonly bytes: number }[];
  readonly arenaBytes: number;
}

/** A prepared graph: runs as often as needed on other inputs of the same shapes. */
export interface Program {
  /**
   * Computes the graph's outputs.
   * @param inputs one storage a slot
   * @param reuse for each output, an input's storage that it may overwrite and own, or `null` for a new one. Only
   *   pairs that `reusable` allows.
   * @throws RangeError when an index in the data is out of range.
   */
  run(inputs: readonly Storage[], reuse?: readonly (Storage | null)[]): Storage[];
  /**
   * The same in the background, on devices that can: the event loop goes on. `done` is called once, when all is computed,
   * with the outputs or with an error; from the event loop, or earlier, from within whatever needs the device next.
   */
  runInBackground?(
    inputs: readonly Storage[],
    reuse: readonly (Storage | null)[],
    done: (error: unknown, outputs: Storage[]) => void,
  ): void;
  /** Whether output number `output` may be written over the input in `slot`. */
  reusable(output: number, slot: number): boolean;
  report(): ProgramReport;
}

/** Computes graphs. Programs are cached by the graph's key; devices share no memory. */
export interface Device {
  readonly name: string;
  supports(dtype: DType): boolean;
  /**
   * Copies values in, rounded or wrapped to `dtype`. Unless they are to be copied (the default), a device may keep the
   * array itself, if it is a typed array of the dtype.
   * @throws if there is no memory left.
   */
  upload(dtype: DType, values: ArrayLike<number>, copy?: boolean): Storage;
  /** Copies values out; 16-bit floats as a Float32Array. */
  read(storage: Storage): NumericArray;
  /**
   * Makes a program, or finds the one made before for the same graph.
   * @param repeated whether it will run many times, so that time spent on compiling it well comes back
   */
  prepare(graph: Graph, repeated?: boolean): Program;
  memory(): MemoryUse;
  /** Waits until nothing is running in the background, and until whoever asked for it has what came out. */
  settle?(): void;
  statistics(): DeviceStatistics;
}
