import { type AnyOptimizer, checkCount, checkRange } from './lrScheduler.ts';

export interface ReduceLROnPlateauOptions {
  /** Whether the figure should fall or rise. Default 'min'. */
  readonly mode?: 'min' | 'max';
  /** What rates are multiplied by. Default 0.1. */
  readonly factor?: number;
  /** How many steps without improvement are put up with. Default 10. */
  readonly patience?: number;
  /** How much better the figure must be to count. Default 1e-4. */
  readonly threshold?: number;
  /** Whether `threshold` is a part of the best figure, or a difference from it. Default 'rel'. */
  readonly thresholdMode?: 'rel' | 'abs';
  /** How many steps after a reduction do not count. Default 0. */
  readonly cooldown?: number;
  /** The lowest rate: one, or one for each group. Default 0. */
  readonly minLr?: number | readonly number[];
  /** Reductions by less than this are not made. Default 1e-8. */
  readonly eps?: number;
}

/** What a checkpoint must keep: numbers that JSON can say. */
export interface PlateauState {
  /** `null` before the first step. */
  readonly best: number | null;
  readonly badSteps: number;
  readonly cooldown: number;
  readonly lrs: readonly number[];
}

/**
 * Lowers learning rates when a figure, such as the loss on validation data, has stopped improving; as
 * `torch.optim.lr_scheduler.ReduceLROnPlateau`. It may work beside another scheduler, a warm-up say.
 */
export class ReduceLROnPlateau {
  readonly optimizer: AnyOptimizer;
  readonly #options: Required<ReduceLROnPlateauOptions>;
  #best: number | null = null;
  #badSteps = 0;
  #cooldown = 0;

  constructor(optimizer: AnyOptimizer, options: ReduceLROnPlateauOptions = {}) {
    this.optimizer = optimizer;
    this.#options = {
      mode: 'min',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: 'rel',
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...options,
    };
    const { factor, patience, cooldown, minLr } = this.#options;
    checkRange('ReduceLROnPlateau', 'factor', factor, 0, 1 - Number.EPSILON);
    checkCount('ReduceLROnPlateau', 'patience', patience, 0);
    checkCount('ReduceLROnPlateau', 'cooldown', cooldown, 0);
    const { length } = optimizer.groups;
    if (typeof minLr !== 'number' && minLr.length !== length) {
      throw new RangeError(`ReduceLROnPlateau: there are ${minLr.length} lowest rates for ${length} groups.`);
    }
  }

  /** The learning rate of the first group. */
  get lr(): number {
    return this.optimizer.lr;
  }

  /** The learning rates of all groups. */
  get lrs(): number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  #isBetter(value: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const best = this.#best;
    if (best === null) return !Number.isNaN(value);
    const sign = mode === 'min' ? -1 : 1;
    const bar = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === 'min' ? value < bar : value > bar;
  }

  /** @param metric the figure that is watched, read from its tensor */
  step(metric: number): void {
    if (typeof metric !== 'number') {
      throw new TypeError(
        `ReduceLROnPlateau: expected a number, got ${typeof metric}; read the tensor first.`,
      );
    }
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#badSteps = 0;
    } else this.#badSteps++;
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#badSteps = 0;
    }
    if (this.#badSteps > this.#options.patience) {
      this.#reduce();
      this.#cooldown = this.#options.cooldown;
      this.#badSteps = 0;
    }
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    for (const [g, group] of this.optimizer.groups.entries()) {
      const least = typeof minLr === 'number' ? minLr : (minLr[g] ?? 0);
      const next = Math.max(group.lr * factor, least);
      if (group.lr - next > eps) group.lr = next;
    }
  }

  /** Plain numbers, for a checkpoint. */
  state(): PlateauState {
    return { best: this.#best, badSteps: this.#badSteps, cooldown: this.#cooldown, lrs: this.lrs };
  }

  /**
   * Goes back to a state, and sets the learning rates to those that it had.
   * @throws RangeError when it is that of an optimizer with other groups.
   */
  setState({ best, badSteps, cooldown, lrs }: PlateauState): this {
    const { groups } = this.optimizer;
    if (lrs?.length !== groups.length) {
      throw new RangeError(
        `ReduceLROnPlateau: the state, of ${lrs?.length} groups, does not fit an optimizer with ${groups.length}.`,
      );
    }
    this.#best = best;
    this.#badSteps = badSteps;
    this.#cooldown = cooldown;
    for (const [g, group] of groups.entries()) group.lr = lrs[g] as number;
    return this;
  }
}
