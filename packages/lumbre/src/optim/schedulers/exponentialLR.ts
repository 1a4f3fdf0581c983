import { type AnyOptimizer, LRScheduler } from './lrScheduler.ts';

/** Multiplies the rate by `gamma` at each step; as `torch.optim.lr_scheduler.ExponentialLR`. */
export class ExponentialLR extends LRScheduler {
  readonly gamma: number;

  constructor(optimizer: AnyOptimizer, gamma: number) {
    super(optimizer);
    this.gamma = gamma;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    return baseLr * this.gamma ** step;
  }
}
