// What the library asks of its surroundings, answered by Node. `browser.ts` exports the same names and types.
import { availableParallelism, totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';

/** Where this code runs. */
export const platformName: 'node' | 'browser' = 'node';

/**
 * Lets the engine accept relaxed SIMD instructions, which Node 20 keeps behind a flag.
 * It must be called before the first WebAssembly module is compiled and before workers start.
 */
export function enableRelaxedSimd(): void {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * Compiles WebAssembly for many runs: optimized at once, on all cores. Otherwise the engine begins with quick code, and
 * optimizes in the background what is used a lot, for which it has no core left while kernels run on all of them.
 */
export function compileOptimized<T>(compile: () => T): T {
  setFlagsFromString('--no-liftoff');
  setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    return compile();
  } finally {
    setFlagsFromString('--liftoff');
    setFlagsFromString('--wasm-lazy-compilation');
  }
}

/** The number of threads that can run at the same time: at least 1. */
export function hardwareConcurrency(): number {
  return availableParallelism();
}

/** The bytes of memory that the machine has, or undefined where nobody says. */
export function machineMemory(): number | undefined {
  return totalmem();
}

/** The value of an environment variable, or undefined when it is not set. */
export function environment(name: string): string | undefined {
  return process.env[name];
}

const warned = new Set<string>();

/** Tells the user something once, as one line on standard error; the same message again is dropped. */
export function warn(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  process.stderr.write(`${message}\n`);
}

/** Whether memory can be shared with workers. */
export const canShareMemory = (): boolean => true;

/**
 * Starts a worker that runs `source`, in which a function `receive(callback)` hands over `data`.
 * It does not keep the process alive.
 */
export function startWorker(source: string, data: unknown): { terminate(): void } {
  const receive = "const receive = (callback) => callback(require('node:worker_threads').workerData);\n";
  const worker = new Worker(receive + source, { eval: true, workerData: data });
  worker.unref();
  return { terminate: () => void worker.terminate() };
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
    "const { parentPort } = require('node:worker_threads');\n" +
    'const post = (message, transfer) => parentPort.postMessage(message, transfer);\n' +
    "const listen = (callback) => parentPort.on('message', callback);\n";
  const worker = new Worker(prelude + source, { eval: true });
  let ended = false;
  worker.on('message', onMessage);
  worker.on('error', onError);
  worker.on('exit', (code) => {
    if (!ended) onError(new Error(`The worker ended with exit code ${code}.`));
  });
  worker.unref();
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    keepAlive(on) {
      // Whoever awaits the end must not be left by a process that waits for nothing: a late answer changes nothing.
      if (ended) return;
      if (on) worker.ref();
      else worker.unref();
    },
    async terminate() {
      ended = true;
      worker.ref();
      await worker.terminate();
    },
  };
}
