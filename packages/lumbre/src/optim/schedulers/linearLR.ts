import { type AnyOptimizer, checkCount, checkRange, LRScheduler } from './lrScheduler.ts';

export interface LinearLROptions {
  /** What the rate is multiplied by at step 0. Default 1/3. */
  readonly startFactor?: number;
  /** What it is multiplied by from step `totalIters` on. Default 1. */
  readonly endFactor?: number;
  /** The steps from one to the other. Default 5. */
  readonly totalIters?: number;
}

/** The rate times a factor that goes from one number to another in a straight line; as `torch.optim.lr_scheduler.LinearLR`. */
export class LinearLR extends LRScheduler {
  readonly startFactor: number;
  readonly endFactor: number;
  readonly totalIters: number;

  constructor(
    optimizer: AnyOptimizer,
    { startFactor = 1 / 3, endFactor = 1, totalIters = 5 }: LinearLROptions = {},
  ) {
    super(optimizer);
    checkRange('LinearLR', 'startFactor', startFactor, Number.MIN_VALUE, 1);
    checkRange('LinearLR', 'endFactor', endFactor, 0, 1);
    checkCount('LinearLR', 'totalIters', totalIters);
    this.startFactor = startFactor;
    this.endFactor = endFactor;
    this.totalIters = totalIters;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    const { startFactor, endFactor, totalIters } = this;
    if (step >= totalIters) return baseLr * endFactor;
    return baseLr * (startFactor + ((endFactor - startFactor) * step) / totalIters);
  }
}
