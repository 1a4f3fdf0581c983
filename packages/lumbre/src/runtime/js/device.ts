import { type DType, isDType, type NumericArray, readMemory } from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import { decompose } from '../../schedule/decompose.ts';
import type { Graph } from '../../schedule/normalize.ts';
import type { Device, DeviceStatistics, MemoryUse } from '../device.ts';
import { Stopwatch } from '../stopwatch.ts';
import { JsProgram } from './program.ts';
import { JsStorage, Ledger } from './storage.ts';

/** Programs to remember. They are quick to make and hold no data. */
const CACHED_PROGRAMS = 64;

/**
 * The oracle: every node in a plain loop, floats in double precision whatever their dtype. Slow and right, it shares no
 * code with the devices that are judged by it, but the op table and the normal form of graphs. What has kernels of its own
 * elsewhere is computed here by the composition that it stands for.
 */
export class JsDevice implements Device {
  readonly name = 'js';
  readonly #ledger = new Ledger();
  readonly #stopwatch = new Stopwatch();
  readonly #programs = new Map<string, JsProgram>();

  supports(dtype: DType): boolean {
    return isDType(dtype);
  }

  upload(dtype: DType, values: ArrayLike<number>, copy = true): JsStorage {
    return new JsStorage(dtype, values, this.#ledger, copy);
  }

  read(storage: Storage): NumericArray {
    if (!(storage instanceof JsStorage)) {
      throw new TypeError(`js: cannot read a storage of device '${storage.device}'; read it there.`);
    }
    return readMemory(storage.dtype, storage.memory);
  }

  prepare(graph: Graph): JsProgram {
    const program =
      this.#programs.get(graph.key) ??
      new JsProgram(
        decompose(graph, () => true),
        this.#ledger,
        this.#stopwatch,
      );
    // Most recently used last.
    this.#programs.delete(graph.key);
    this.#programs.set(graph.key, program);
    if (this.#programs.size > CACHED_PROGRAMS) {
      this.#programs.delete(this.#programs.keys().next().value as string);
    }
    return program;
  }

  memory(): MemoryUse {
    return this.#ledger.read();
  }

  statistics(): DeviceStatistics {
    return this.#stopwatch.read();
  }
}
