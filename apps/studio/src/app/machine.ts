import { useSyncExternalStore } from 'react';
import { startEngine } from '../engine/client.ts';
import { load, save } from '../progress/database.ts';
import type { Machine } from '../progress/model.ts';

// What this machine can do. It is measured once, in two seconds of a worker, when the Studio is first opened; every default
// and every estimate is made from it.

const KEY = 'this';
const MONTH = 30 * 24 * 3600 * 1000;

let machine: Machine | null = null;
const listeners = new Set<() => void>();

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The machine's figures; null until they are known. */
export const useMachine = (): Machine | null => useSyncExternalStore(subscribe, () => machine);
export const currentMachine = (): Machine | null => machine;

function know(figures: Machine): void {
  machine = figures;
  for (const listener of listeners) listener();
}

/** Measures the machine, also when its figures are known already. */
export async function measureMachine(): Promise<Machine> {
  const engine = await startEngine<typeof import('../engine/benchmark.ts')>('engine/benchmark');
  try {
    const figures: Machine = { ...(await engine.module.measure()), measured: Date.now() };
    know(figures);
    await save('machine', KEY, figures);
    return figures;
  } finally {
    engine.terminate();
  }
}

/** Reads the figures of the last time, and measures when there are none or they are old. */
export async function openMachine(): Promise<void> {
  const known = await load('machine', KEY);
  if (known) know(known);
  if (!known || Date.now() - known.measured > MONTH) await measureMachine();
}
