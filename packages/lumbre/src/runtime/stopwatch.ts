import type { DeviceStatistics } from './device.ts';

/** Counts the programs of a device and the time in their kernels: two looks at the clock a program. */
export class Stopwatch {
  #threads = 1;
  #programs = 0;
  #kernelMs = 0;

  /** Runs the kernels of one program. */
  time(threads: number, runKernels: () => void): void {
    const start = performance.now();
    try {
      runKernels();
    } finally {
      this.add(threads, performance.now() - start);
    }
  }

  /** Counts a program whose kernels took this long. */
  add(threads: number, milliseconds: number): void {
    this.#kernelMs += milliseconds;
    this.#programs++;
    this.#threads = threads;
  }

  read(): DeviceStatistics {
    return { threads: this.#threads, programs: this.#programs, kernelMs: this.#kernelMs };
  }
}
