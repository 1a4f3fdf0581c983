import { type AnyOptimizer, checkCount, LRScheduler } from './lrScheduler.ts';

export interface PolynomialLROptions {
  /** The step from which on the rate is 0. Default 5. */
  readonly totalIters?: number;
  /** Default 1: a straight line. */
  readonly power?: number;
}

/** The rate times (1 - step / totalIters)^power; as `torch.optim.lr_scheduler.PolynomialLR`. */
export class PolynomialLR extends LRScheduler {
  readonly totalIters: number;
  readonly power: number;

  constructor(optimizer: AnyOptimizer, { totalIters = 5, power = 1 }: PolynomialLROptions = {}) {
    super(optimizer);
    checkCount('PolynomialLR', 'totalIters', totalIters);
    this.totalIters = totalIters;
    this.power = power;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    return baseLr * (1 - Math.min(step, this.totalIters) / this.totalIters) ** this.power;
  }
}
