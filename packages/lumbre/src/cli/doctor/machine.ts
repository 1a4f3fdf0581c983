import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { environment } from '#platform';
import { type WasmFeatures, wasmFeatures } from '../../render/wasm/features.ts';
import { threadCount } from '../../runtime/wasm/threads.ts';
import { explainError, type Say } from './reasons.ts';

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** As it calls itself; empty where the system does not say. */
  readonly processor: string;
  readonly cores: number;
  /** Threads that Lumbre computes with; `null` where LUMBRE_THREADS is no such number. */
  readonly threads: number | null;
  readonly threadsProblem: Say | null;
  /** What this process may use: in a container, less than there is. */
  readonly memoryBytes: number;
  readonly freeBytes: number;
  readonly node: string;
  readonly wasm: WasmFeatures;
}

function threads(): Pick<Machine, 'threads' | 'threadsProblem'> {
  try {
    return { threads: threadCount(), threadsProblem: null };
  } catch (error) {
    return { threads: null, threadsProblem: explainError(error) };
  }
}

function memory(): Pick<Machine, 'memoryBytes' | 'freeBytes'> {
  // 0, or a number beyond all memory, where nothing limits it.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const memoryBytes = Math.min(totalmem(), limit);
  return { memoryBytes, freeBytes: Math.min(freemem(), memoryBytes) };
}

export function examineMachine(): Machine {
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    platform: process.platform,
    arch: process.arch,
    // Linux on arm64 does not know.
    processor: model === 'unknown' ? '' : model.replace(/\s+/g, ' '),
    cores: availableParallelism(),
    ...threads(),
    ...memory(),
    node: process.versions.node,
    wasm: { ...wasmFeatures() },
  };
}

/** Variables that change what Lumbre does here. */
const VARIABLES = [
  'LUMBRE_DEVICE',
  'LUMBRE_THREADS',
  'LUMBRE_CC',
  'CC',
  'LUMBRE_CFLAGS',
  'LUMBRE_CACHE',
  'LUMBRE_CACHE_MB',
] as const;

/** Those that are set, with their values. */
export function variablesSet(): Readonly<Record<string, string>> {
  const set: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = environment(name);
    if (value) set[name] = value;
  }
  return set;
}
