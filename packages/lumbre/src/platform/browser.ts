// What the library asks of its surroundings, answered by a browser. `node.ts` exports the same names and types.

/** Where this code runs. */
export const platformName: 'node' | 'browser' = 'browser';

/** Browsers that know relaxed SIMD have it on: there is nothing to do. */
export function enableRelaxedSimd(): void {}

/** The number of threads that can run at the same time: at least 1. */
export function hardwareConcurrency(): number {
  return navigator.hardwareConcurrency || 1;
}

/** Browsers have no environment variables: always undefined. */
export function environment(_name: string): string | undefined {
  return undefined;
}

const warned = new Set<string>();

/** Tells the user something once, on the console; the same message again is dropped. */
export function warn(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  console.warn(message);
}
