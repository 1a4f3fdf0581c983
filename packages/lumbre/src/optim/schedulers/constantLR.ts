import { type AnyOptimizer, checkCount, checkRange, LRScheduler } from './lrScheduler.ts';

export interface ConstantLROptions {
  /** What the rate is multiplied by at first. Default 1/3. */
  readonly factor?: number;
  /** The step at which the rate is whole again. Default 5. */
  readonly totalIters?: number;
}

/** A smaller rate for the first steps; as `torch.optim.lr_scheduler.ConstantLR`. */
export class ConstantLR extends LRScheduler {
  readonly factor: number;
  readonly totalIters: number;

  constructor(optimizer: AnyOptimizer, { factor = 1 / 3, totalIters = 5 }: ConstantLROptions = {}) {
    super(optimizer);
    checkRange('ConstantLR', 'factor', factor, 0, 1);
    checkCount('ConstantLR', 'totalIters', totalIters, 0);
    this.factor = factor;
    this.totalIters = totalIters;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    return step < this.totalIters ? baseLr * this.factor : baseLr;
  }
}
