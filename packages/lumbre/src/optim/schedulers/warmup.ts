import { LinearLR } from './linearLR.ts';
import type { LRScheduler } from './lrScheduler.ts';
import { SequentialLR } from './sequentialLR.ts';

export interface WarmupOptions {
  /** What the rate is multiplied by at step 0. Default 1 / (steps + 1), so that step `steps` would be the first whole one. */
  readonly startFactor?: number;
}

/**
 * A straight line up in `steps` steps, and then the schedule: `warmup(new CosineAnnealingLR(optimizer, 1000), 100)`. Step
 * what it returns.
 */
export function warmup(
  scheduler: LRScheduler,
  steps: number,
  { startFactor = 1 / (steps + 1) }: WarmupOptions = {},
): LRScheduler {
  if (steps === 0) return scheduler;
  const { optimizer } = scheduler;
  const rise = new LinearLR(optimizer, { startFactor, totalIters: steps });
  return new SequentialLR(optimizer, [rise, scheduler], [steps]);
}
