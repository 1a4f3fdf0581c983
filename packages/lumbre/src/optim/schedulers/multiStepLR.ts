import { type AnyOptimizer, checkCount, LRScheduler } from './lrScheduler.ts';

export interface MultiStepLROptions {
  /** What the rate is multiplied by. Default 0.1. */
  readonly gamma?: number;
}

/** Multiplies the rate by `gamma` at each of the steps `milestones`; as `torch.optim.lr_scheduler.MultiStepLR`. */
export class MultiStepLR extends LRScheduler {
  readonly milestones: readonly number[];
  readonly gamma: number;

  constructor(
    optimizer: AnyOptimizer,
    milestones: readonly number[],
    { gamma = 0.1 }: MultiStepLROptions = {},
  ) {
    super(optimizer);
    for (const milestone of milestones) checkCount('MultiStepLR', 'a milestone', milestone);
    this.milestones = [...milestones];
    this.gamma = gamma;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    return baseLr * this.gamma ** this.milestones.filter((milestone) => milestone <= step).length;
  }
}
