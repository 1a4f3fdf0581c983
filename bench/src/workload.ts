/** What a workload is, for those who run it. Sizes are data, so that peers are told the same ones. */

export type Unit = 'GFLOP/s' | 'ms' | 'tokens/s' | 'MB/s';

/** How far the results were from an oracle's, and what was compared. */
export interface Check {
  readonly what: string;
  /** The largest relative difference. */
  readonly deviation: number;
  readonly tolerance: number;
}

/** A case, set up on a device. Only `run` is timed. */
export interface Session {
  /** Makes fresh inputs for this many steps. */
  prepare(steps: number): void | Promise<void>;
  /** Makes the steps that were prepared; their results are there when it returns. */
  run(): void | Promise<void>;
  /** Reads all results whole and looks at them. @throws Error for what cannot be right. */
  inspect(): void | Promise<void>;
  /** Compares with an oracle, after all has been measured. */
  check(): Check | Promise<Check>;
  dispose(): void;
}

export interface Case {
  readonly name: string;
  readonly unit: Unit;
  /** What peers need to know to do the same. */
  readonly sizes: Readonly<Record<string, number | string>>;
  /** Additions and multiplications that a step cannot do without. */
  readonly operations: number;
  /** Bytes that a step has to read from or write to memory, at the least. */
  readonly bytes: number;
  /** Tokens that a step writes. */
  readonly tokens?: number;
  /** Steps that are timed in one go, so that waking the threads up does not count for each. Default 1. */
  readonly together?: number;
  open(device: string): Session;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly cases: readonly Case[];
}

/** Milliseconds a step in the unit of a case. */
export function inUnit(one: Case, ms: number): number {
  const { unit, operations, tokens = 1 } = one;
  switch (unit) {
    case 'GFLOP/s':
      return operations / ms / 1e6;
    case 'tokens/s':
      return (tokens * 1000) / ms;
    case 'MB/s':
      return one.bytes / ms / 1000;
    case 'ms':
      return ms;
  }
}

export const isRate = (unit: Unit): boolean => unit !== 'ms';
