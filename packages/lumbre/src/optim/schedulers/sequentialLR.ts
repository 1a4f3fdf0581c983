import { type AnyOptimizer, checkCount, LRScheduler } from './lrScheduler.ts';

/**
 * One schedule after the other: each begins, at its step 0, at its milestone; as `torch.optim.lr_scheduler.SequentialLR`.
 * Step this one alone, not those inside.
 */
export class SequentialLR extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];
  readonly milestones: readonly number[];

  /**
   * @param milestones the steps at which the second schedule and those after it begin, in rising order
   * @throws RangeError when there is not one milestone less than schedulers, or they belong to another optimizer.
   */
  constructor(optimizer: AnyOptimizer, schedulers: readonly LRScheduler[], milestones: readonly number[]) {
    super(optimizer);
    checkParts('SequentialLR', optimizer, schedulers);
    if (milestones.length !== schedulers.length - 1) {
      throw new RangeError(
        `SequentialLR: ${schedulers.length} schedulers need ${schedulers.length - 1} milestones, got ${milestones.length}.`,
      );
    }
    let last = 0;
    for (const milestone of milestones) {
      checkCount('SequentialLR', 'a milestone', milestone, last);
      last = milestone;
    }
    this.schedulers = [...schedulers];
    this.milestones = [...milestones];
    this.restart();
  }

  #partAt(step: number): { part: LRScheduler; within: number } {
    const number = this.milestones.filter((milestone) => milestone <= step).length;
    return {
      part: this.schedulers[number] as LRScheduler,
      within: step - (number > 0 ? (this.milestones[number - 1] as number) : 0),
    };
  }

  override rate(step: number, baseLr: number, group: number): number {
    const { part, within } = this.#partAt(step);
    return part.rate(within, baseLr, group);
  }

  override momentumAt(step: number, group: number): number | undefined {
    const { part, within } = this.#partAt(step);
    return part.momentumAt(within, group);
  }
}

/** @throws RangeError when there are no schedulers, or they belong to another optimizer. */
export function checkParts(name: string, optimizer: AnyOptimizer, schedulers: readonly LRScheduler[]): void {
  if (schedulers.length === 0) throw new RangeError(`${name}: there are no schedulers.`);
  if (schedulers.every((scheduler) => scheduler.optimizer === optimizer)) return;
  throw new RangeError(`${name}: all schedulers must be of the optimizer that it is for.`);
}
