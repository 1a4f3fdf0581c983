import type { Optimizer, ParameterGroup } from '../optimizer.ts';
import type { GroupSettings } from '../settings.ts';

/** Any optimizer. */
export type AnyOptimizer = Optimizer<GroupSettings>;

/** What a checkpoint must keep of a scheduler: numbers that JSON can say. */
export interface SchedulerState {
  /** How often `step` has been called. */
  readonly step: number;
  /** The learning rates that the schedule starts from, one for each group. */
  readonly baseLrs: readonly number[];
  /** The learning rates now. */
  readonly lrs: readonly number[];
}

/** Those settings that a schedule may change. */
type Cycled = GroupSettings & { momentum?: number; betas?: readonly [number, number] };

/** The rate that each group was made with: several schedulers of one optimizer start from the same. */
const initialLrs = new WeakMap<ParameterGroup<GroupSettings>, number>();

/**
 * Sets the learning rates of an optimizer, group by group: when it is made, to those of step 0, and to the next ones with
 * each `step()`, after the optimizer's. A compiled step takes them up, as they are fed in. The unit is the caller's: call
 * `step()` after each batch or after each epoch.
 *
 * A schedule is a pure function, `rate`, of the step and the rate that it starts from, with PyTorch's values. Where somebody
 * else has changed a rate meanwhile (the user, ReduceLROnPlateau), the schedule goes on from there in proportion.
 */
export abstract class LRScheduler {
  readonly optimizer: AnyOptimizer;
  #baseLrs: number[] = [];
  #step = 0;

  constructor(optimizer: AnyOptimizer) {
    this.optimizer = optimizer;
    this.#baseLrs = optimizer.groups.map((group) => this.#initialLr(group));
  }

  /** The schedule itself: the rate at step `step`, counted from 0, of group `group`, which starts from `baseLr`. */
  abstract rate(step: number, baseLr: number, group: number): number;

  /** The learning rate that a group has at any step, counted from 0: to plot a schedule, say. */
  lrAt(step: number, group = 0): number {
    return this.rate(step, this.baseLr(group), group);
  }

  /** The momentum (or first beta) at a step, of schedules that change it. */
  momentumAt(_step: number, _group: number): number | undefined {
    return undefined;
  }

  #initialLr(group: ParameterGroup<GroupSettings>): number {
    const initial = initialLrs.get(group) ?? group.lr;
    initialLrs.set(group, initial);
    return initial;
  }

  /** The rate that the schedule of a group starts from. */
  baseLr(group = 0): number {
    const known = this.#baseLrs[group];
    if (known !== undefined) return known;
    // A group that has been added since.
    const added = this.optimizer.groups[group];
    if (!added) throw new RangeError(`${this.constructor.name}: there is no group ${group}.`);
    const initial = this.#initialLr(added);
    this.#baseLrs[group] = initial;
    return initial;
  }

  /** How often `step` has been called. */
  get stepCount(): number {
    return this.#step;
  }

  /** The learning rate of the first group. */
  get lr(): number {
    return this.optimizer.lr;
  }

  /** The learning rates of all groups. */
  get lrs(): number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  /** Sets the rates of step 0 where nobody has changed them, as constructors of subclasses do at their end. */
  protected start(): void {
    this.optimizer.groups.forEach((group, g) => {
      group.lr = follow(group.lr, this.baseLr(g), this.lrAt(0, g));
      this.#setMomentum(group, g);
    });
  }

  /** Sets the rates of step 0 whatever they are. */
  protected restart(): void {
    this.optimizer.groups.forEach((group, g) => {
      group.lr = this.lrAt(0, g);
      this.#setMomentum(group, g);
    });
  }

  /** Goes on to the next learning rates. */
  step(): void {
    const next = this.#step + 1;
    const planned = this.optimizer.groups.map((group, g) => {
      return follow(group.lr, this.lrAt(this.#step, g), this.lrAt(next, g));
    });
    this.#step = next;
    this.optimizer.groups.forEach((group, g) => {
      group.lr = planned[g] as number;
      this.#setMomentum(group, g);
    });
  }

  #setMomentum(group: Cycled, number: number): void {
    const momentum = this.momentumAt(this.#step, number);
    if (momentum === undefined) return;
    if (group.betas) group.betas = [momentum, group.betas[1]];
    else group.momentum = momentum;
  }

  /** Plain numbers, for a checkpoint. */
  state(): SchedulerState {
    const groups = this.optimizer.groups.map((_, g) => this.baseLr(g));
    return { step: this.#step, baseLrs: groups, lrs: this.lrs };
  }

  /**
   * Goes back to a state, and sets the learning rates to those that it had.
   * @throws RangeError when it is that of an optimizer with other groups.
   */
  setState({ step, baseLrs, lrs }: SchedulerState): this {
    const count = this.optimizer.groups.length;
    if (!Number.isSafeInteger(step) || step < 0 || baseLrs?.length !== count || lrs?.length !== count) {
      throw new RangeError(
        `${this.constructor.name}: the state, of step ${step} and ${baseLrs?.length} groups, does not fit an optimizer ` +
          `with ${count}.`,
      );
    }
    this.#step = step;
    this.#baseLrs = [...baseLrs];
    this.optimizer.groups.forEach((group, g) => {
      group.lr = lrs[g] as number;
      this.#setMomentum(group, g);
    });
    return this;
  }
}

/** Where a rate goes that should go from `planned` to `next`: in proportion if it has been changed to another. */
function follow(lr: number, planned: number, next: number): number {
  if (planned === next) return lr;
  return lr === planned || planned === 0 ? next : lr * (next / planned);
}

/** @throws RangeError unless `value` is a whole number of at least `least`. */
export function checkCount(scheduler: string, name: string, value: number, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${scheduler}: ${name} is ${value}, expected a whole number of at least ${least}.`);
}

/** @throws RangeError unless `value` is in [least, most]. */
export function checkRange(
  scheduler: string,
  name: string,
  value: number,
  least: number,
  most: number,
): void {
  if (value >= least && value <= most) return;
  throw new RangeError(`${scheduler}: ${name} is ${value}, expected a number in [${least}, ${most}].`);
}
