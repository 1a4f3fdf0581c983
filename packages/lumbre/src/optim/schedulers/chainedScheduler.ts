import { LRScheduler } from './lrScheduler.ts';
import { checkParts } from './sequentialLR.ts';

/**
 * Several schedules at once: their factors are multiplied; as `torch.optim.lr_scheduler.ChainedScheduler`. Step this one
 * alone, not those inside.
 */
export class ChainedScheduler extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];

  /** @throws RangeError when there are no schedulers, or they belong to several optimizers. */
  constructor(schedulers: readonly LRScheduler[]) {
    const [first] = schedulers;
    if (!first) throw new RangeError('ChainedScheduler: there are no schedulers.');
    super(first.optimizer);
    checkParts('ChainedScheduler', first.optimizer, schedulers);
    this.schedulers = [...schedulers];
    this.restart();
  }

  override rate(step: number, baseLr: number, group: number): number {
    return this.schedulers.reduce((lr, scheduler) => scheduler.rate(step, lr, group), baseLr);
  }

  override momentumAt(step: number, group: number): number | undefined {
    return this.schedulers.reduce<number | undefined>(
      (momentum, scheduler) => scheduler.momentumAt(step, group) ?? momentum,
      undefined,
    );
  }
}
