import { bytesPerElement, type DType, isDType } from '../../graph/dtype.ts';
import type { Storage } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import type { Graph } from '../../schedule/normalize.ts';
import { type Plan, plan } from '../../schedule/plan.ts';
import type { Device, DeviceStatistics, MemoryUse, Program, ProgramReport } from '../device.ts';
import { Ledger } from '../js/storage.ts';
import { describePlan } from '../report.ts';

/** Somebody asked for a value where none is computed. */
export class MetaReadError extends Error {
  override readonly name = 'MetaReadError';
  readonly code = 'runtime.meta';

  constructor() {
    super(
      'meta: there are no values on this device, only shapes: it tells how much memory something takes. Read on another one.',
    );
  }
}

/** A value that is not there: its dtype, its size, and an entry in the ledger. */
class MetaStorage implements Storage {
  readonly device: string;
  readonly dtype: DType;
  readonly size: number;
  readonly #ledger: Ledger;
  #freed = false;

  constructor(device: string, dtype: DType, size: number, ledger: Ledger) {
    this.device = device;
    this.dtype = dtype;
    this.size = size;
    this.#ledger = ledger;
    ledger.opened(this.#bytes);
  }

  get #bytes(): number {
    return this.size * bytesPerElement(this.dtype);
  }

  get freed(): boolean {
    return this.#freed;
  }

  free(): void {
    if (this.#freed)
      throw new Error(`meta: a storage of ${this.size} ${this.dtype} elements was freed twice.`);
    this.#freed = true;
    this.#ledger.closed(this.#bytes);
  }
}

/** A plan that is walked by nobody: what it would take is written down. */
class MetaProgram implements Program {
  readonly #device: string;
  readonly #plan: Plan;
  readonly #ledger: Ledger;

  constructor(device: string, schedule: Plan, ledger: Ledger) {
    this.#device = device;
    this.#plan = schedule;
    this.#ledger = ledger;
  }

  run(_: readonly Storage[], reuse: readonly (Storage | null)[] = []): Storage[] {
    const outputs = this.#plan.outputs.map(
      (node, i) => reuse[i] ?? new MetaStorage(this.#device, node.dtype, sizeOf(node.shape), this.#ledger),
    );
    this.#ledger.touched(this.#plan.arenaBytes);
    return outputs;
  }

  reusable(output: number, slot: number): boolean {
    return this.#plan.reusable(output, slot);
  }

  report(): ProgramReport {
    return describePlan(this.#device, this.#plan);
  }
}

/**
 * Plans as the fast devices do, computes nothing and holds nothing: models of any size can be made here, and `memory()`
 * tells what they would take. Reading a value is an error.
 */
export class MetaDevice implements Device {
  readonly name: string;
  readonly #ledger = new Ledger();
  readonly #programs = new Map<string, MetaProgram>();

  constructor(name: string) {
    this.name = name;
  }

  supports(dtype: DType): boolean {
    return isDType(dtype);
  }

  upload(dtype: DType, values: ArrayLike<number>): Storage {
    return new MetaStorage(this.name, dtype, values.length, this.#ledger);
  }

  /** @throws MetaReadError */
  read(): never {
    throw new MetaReadError();
  }

  prepare(graph: Graph): Program {
    let program = this.#programs.get(graph.key);
    if (!program) {
      program = new MetaProgram(this.name, plan(graph), this.#ledger);
      this.#programs.set(graph.key, program);
    }
    return program;
  }

  memory(): MemoryUse {
    return this.#ledger.read();
  }

  statistics(): DeviceStatistics {
    return { threads: 0, programs: 0, kernelMs: 0 };
  }
}
