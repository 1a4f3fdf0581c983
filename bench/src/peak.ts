import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { BYTES_PER_TURN, multiplyAddModule, OPERATIONS_PER_TURN, readModule } from './peakModules.ts';
import type { MachineAnswer } from './protocol.ts';

/** All threads together read this much at a time: more than caches hold. */
const READ_BYTES = 512 * 2 ** 20;

/** Turns of the multiply-add loop in one call: a fraction of a millisecond, so that the engine notices and optimizes. */
const TURNS_PER_CALL = 20_000;
/** Calls in one measurement, of some tens of milliseconds. */
const CALLS = 40;

/** Measurements of each kind at a time; the best counts, since nothing makes a machine faster than it is. */
const ATTEMPTS = 5;

/**
 * A thread: waits for a kind of work and a number of calls, meets the others, works, and says when it began and ended.
 * As text, so that it runs from sources and from a build.
 */
const threadSource = `
const { parentPort, workerData } = require('node:worker_threads');
const { modules, meeting, threads, fill } = workerData;
const instances = modules.map((module) => new WebAssembly.Instance(module).exports);
// Pages that were never written are all the same page.
new Float32Array(instances[1].memory.buffer).fill(fill);
const counter = new Int32Array(meeting);
const now = () => performance.timeOrigin + performance.now();
parentPort.on('message', ({ kind, calls, turns, round }) => {
  Atomics.add(counter, 0, 1);
  while (Atomics.load(counter, 0) < round * threads);
  const start = now();
  for (let i = 0; i < calls; i++) instances[kind].run(turns);
  parentPort.postMessage({ start, end: now() });
});
parentPort.postMessage('ready');
`;

interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What 128-bit WebAssembly can do on this machine with a number of threads; what `wasm` is measured against. */
export class Peak {
  readonly #workers: readonly Worker[];
  #round = 0;
  /** Whether multiply-adds are fused. */
  readonly fused: boolean;

  private constructor(workers: readonly Worker[], fused: boolean) {
    this.#workers = workers;
    this.fused = fused;
  }

  /** Starts the threads and lets the engine optimize the loops. */
  static async start(threads: number): Promise<Peak> {
    // Node 20 keeps relaxed SIMD behind a flag.
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    const fused = WebAssembly.validate(multiplyAddModule(true));
    const modules = [multiplyAddModule(fused), readModule(READ_BYTES / threads)].map(
      (bytes) => new WebAssembly.Module(bytes),
    );
    const meeting = new SharedArrayBuffer(4);
    const workers = Array.from(
      { length: threads },
      (_, i) =>
        new Worker(threadSource, { eval: true, workerData: { modules, meeting, threads, fill: i + 1 } }),
    );
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('message', resolve))));
    const peak = new Peak(workers, fused);
    for (let i = 0; i < 3; i++) await peak.measure();
    return peak;
  }

  async measure(): Promise<MachineAnswer> {
    const threads = this.#workers.length;
    let operations = 0;
    let bytes = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const computing = await this.#together(0, CALLS, TURNS_PER_CALL);
      operations = Math.max(operations, (threads * CALLS * TURNS_PER_CALL * OPERATIONS_PER_TURN) / computing);
      const turns = Math.floor(READ_BYTES / threads / BYTES_PER_TURN);
      const reading = await this.#together(1, 1, turns);
      bytes = Math.max(bytes, (threads * turns * BYTES_PER_TURN) / reading);
    }
    return { gflops: operations / 1e6, gigabytes: bytes / 1e6 };
  }

  /** Milliseconds from the first thread's beginning to the last one's end. */
  async #together(kind: number, calls: number, turns: number): Promise<number> {
    this.#round++;
    const intervals = await Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<Interval>((resolve) => {
            worker.once('message', resolve);
            worker.postMessage({ kind, calls, turns, round: this.#round });
          }),
      ),
    );
    return Math.max(...intervals.map(({ end }) => end)) - Math.min(...intervals.map(({ start }) => start));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
