export interface CosineScheduleOptions {
  /** The learning rate at the top. */
  readonly lr: number;
  /** What it falls to, and then stays at. Default lr / 10. */
  readonly minLr?: number;
  /** Steps in which it rises from near 0. Default 0. */
  readonly warmupSteps?: number;
  /** The step at which it arrives at `minLr`. */
  readonly decaySteps: number;
}

/**
 * The learning rate by the step, which counts from 0: a straight line up, then half a cosine down (Loshchilov and
 * Hutter, arXiv:1608.03983; nanoGPT's `get_lr`). Before each step: `optimizer.lr = schedule(step)`.
 *
 * @throws RangeError when the warm-up is longer than the whole.
 */
export function cosineSchedule(options: CosineScheduleOptions): (step: number) => number {
  const { lr, minLr = lr / 10, warmupSteps = 0, decaySteps } = options;
  if (!(warmupSteps >= 0 && warmupSteps <= decaySteps)) {
    throw new RangeError(
      `cosineSchedule: a warm-up of ${warmupSteps} steps does not fit into ${decaySteps}; it must end before the decay.`,
    );
  }
  return (step) => {
    if (step < warmupSteps) return (lr * (step + 1)) / (warmupSteps + 1);
    if (step >= decaySteps) return minLr;
    const progress = (step - warmupSteps) / (decaySteps - warmupSteps);
    return minLr + 0.5 * (1 + Math.cos(Math.PI * progress)) * (lr - minLr);
  };
}
