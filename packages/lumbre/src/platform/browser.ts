// What the library asks of its surroundings, answered by a browser. `node.ts` exports the same names and types.

/** Where this code runs. */
export const platformName: 'node' | 'browser' = 'browser';

/** Browsers that know relaxed SIMD have it on: there is nothing to do. */
export function enableRelaxedSimd(): void {}

/** Browsers decide for themselves when to optimize. */
export const compileOptimized = <T>(compile: () => T): T => compile();

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

/** Whether memory can be shared with workers: only in pages that are isolated from other origins. */
export const canShareMemory = (): boolean => typeof SharedArrayBuffer === 'function' && crossOriginIsolated;

/** Starts a worker that runs `source`, in which a function `receive(callback)` hands over `data`. */
export function startWorker(source: string, data: unknown): { terminate(): void } {
  const receive = 'const receive = (callback) => { onmessage = (event) => callback(event.data); };\n';
  const url = URL.createObjectURL(new Blob([receive + source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.postMessage(data);
  return {
    terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
