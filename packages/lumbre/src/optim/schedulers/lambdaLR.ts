import { type AnyOptimizer, LRScheduler } from './lrScheduler.ts';

/** What a rate is multiplied by at a step. */
export type Factor = (step: number) => number;

/**
 * The rate times what a function says; as `torch.optim.lr_scheduler.LambdaLR`. The function is not part of the state: a
 * training that goes on has to be given the same.
 */
export class LambdaLR extends LRScheduler {
  readonly #factors: readonly Factor[];

  /** @param lrLambda one function, or one for each group */
  constructor(optimizer: AnyOptimizer, lrLambda: Factor | readonly Factor[]) {
    super(optimizer);
    const { length } = optimizer.groups;
    if (typeof lrLambda !== 'function' && lrLambda.length !== length) {
      throw new RangeError(`LambdaLR: there are ${lrLambda.length} functions for ${length} groups.`);
    }
    this.#factors = typeof lrLambda === 'function' ? [lrLambda] : lrLambda;
    this.start();
  }

  override rate(step: number, baseLr: number, group: number): number {
    const factor = this.#factors.length === 1 ? this.#factors[0] : this.#factors[group];
    if (!factor) throw new RangeError(`LambdaLR: there is no function for group ${group}.`);
    return baseLr * factor(step);
  }
}
