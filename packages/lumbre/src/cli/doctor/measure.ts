/** Milliseconds that one call takes. */
export interface Measured {
  readonly best: number;
  readonly median: number;
  readonly samples: number;
}

export interface MeasureOptions {
  /** How long to measure, besides a third of it to warm up; at least three samples are taken. */
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** The third run of a program is machine code; the fourth has all caches warm. */
const WARM_UP_RUNS = 4;
const LEAST_SAMPLES = 3;
/** Shorter samples would measure the clock. */
const SAMPLE_MS = 1;
const MOST_CALLS = 10_000;
/** How long Ctrl-C and worker threads that start may wait for their turn. */
const TURN_MS = 25;

/** Lets the event loop go on now and then. */
function makePauses(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < TURN_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        last = performance.now();
        resolve();
      });
    });
  };
}

/** Times a function. @returns `null` after Ctrl-C */
export async function measure(
  call: () => void,
  { milliseconds, signal }: MeasureOptions,
): Promise<Measured | null> {
  const pause = makePauses();
  const warming = performance.now();
  let runs = 0;
  while (runs < WARM_UP_RUNS || performance.now() - warming < milliseconds / 3) {
    call();
    runs++;
    await pause();
    if (signal.aborted) return null;
  }
  const timed = (calls: number): number => {
    const begin = performance.now();
    for (let i = 0; i < calls; i++) call();
    return (performance.now() - begin) / calls;
  };
  // The clock ticks in microseconds: of calls as short, a few are needed to know how many make a sample.
  const first = timed(1);
  const about = first < SAMPLE_MS / 10 ? timed(10) : first;
  const calls = Math.min(MOST_CALLS, Math.max(1, Math.round(SAMPLE_MS / Math.max(about, 1e-6))));
  const samples: number[] = [];
  const begin = performance.now();
  while (samples.length < LEAST_SAMPLES || performance.now() - begin < milliseconds) {
    samples.push(timed(calls));
    await pause();
    if (signal.aborted) return null;
  }
  samples.sort((a, b) => a - b);
  return {
    best: samples[0] as number,
    median: samples[samples.length >> 1] as number,
    samples: samples.length,
  };
}
