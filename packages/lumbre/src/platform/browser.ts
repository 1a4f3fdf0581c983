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

/** Browsers do not say: what some have, `deviceMemory`, is rounded down to a few values. */
export function machineMemory(): number | undefined {
  return undefined;
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

/** A worker that answers messages. */
export interface MessageWorker {
  /** Sends a message; the buffers in `transfer` are moved rather than copied. */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Whether the process waits for this worker, where there is a process. It does not at first. */
  keepAlive(on: boolean): void;
  /** Ends the worker, whatever it is doing. */
  terminate(): Promise<void>;
}

/**
 * Starts a worker that runs `source`, in which `listen(callback)` hands over what is posted to it and `post(message,
 * transfer)` answers. `onError` is called when it fails, or ends by itself.
 */
export function startMessageWorker(
  source: string,
  onMessage: (message: unknown) => void,
  onError: (error: Error) => void,
): MessageWorker {
  const prelude =
    'const post = (message, transfer) => postMessage(message, transfer);\n' +
    'const listen = (callback) => { onmessage = (event) => callback(event.data); };\n';
  const url = URL.createObjectURL(new Blob([prelude + source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = (event) => onMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    onError(new Error(event.message || 'The worker failed.'));
  };
  worker.onmessageerror = () => onError(new Error('The worker sent a message that cannot be read.'));
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    keepAlive() {},
    async terminate() {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
