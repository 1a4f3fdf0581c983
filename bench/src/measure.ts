/** Times in milliseconds of the same work done again and again. */
export interface Timings {
  readonly first: number;
  readonly second: number;
  readonly median: number;
  readonly best: number;
  readonly worst: number;
}

/** Runs `work` `warmup + runs` times; the first two are reported apart, the warm-up is left out of the rest. */
export function measure(work: () => void, warmup: number, runs: number): Timings {
  const times: number[] = [];
  for (let i = 0; i < warmup + runs; i++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  const sorted = times.slice(warmup).sort((a, b) => a - b);
  return {
    first: times[0] as number,
    second: times[1] as number,
    median: sorted[Math.floor(sorted.length / 2)] as number,
    best: sorted[0] as number,
    worst: sorted[sorted.length - 1] as number,
  };
}

/** One line of a report. `limit`, `peer` and the like join it when something measures them. */
export interface Measurement {
  readonly workload: string;
  readonly case: string;
  readonly device: string;
  readonly threads: number;
  readonly unit: string;
  readonly median: number;
  readonly best: number;
  readonly worst: number;
  readonly firstStepMs: number;
  readonly peakMB: number;
  readonly machine: string;
}
