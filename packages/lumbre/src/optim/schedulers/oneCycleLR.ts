import { type AnyOptimizer, checkCount, checkRange, LRScheduler } from './lrScheduler.ts';

export interface OneCycleLROptions {
  /** How many steps the cycle has; or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** The part of the cycle in which the rate rises. Default 0.3. */
  readonly pctStart?: number;
  /** The shape of the way up and down. Default 'cos'. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Whether momentum (or beta 1) falls while the rate rises, and the other way round. Default true. */
  readonly cycleMomentum?: boolean;
  /** The lowest momentum. Default 0.85. */
  readonly baseMomentum?: number;
  /** The highest momentum. Default 0.95. */
  readonly maxMomentum?: number;
  /** The first rate is the highest divided by this. Default 25. */
  readonly divFactor?: number;
  /** The last rate is the first divided by this. Default 1e4. */
  readonly finalDivFactor?: number;
  /** Whether to come down to the first rate in as many steps as to the top, and only then further. Default false. */
  readonly threePhase?: boolean;
}

/** A part of the cycle: which rates and momenta it leads from and to, 0 the lowest, and the step at which it ends. */
interface Phase {
  readonly end: number;
  readonly lrs: readonly [from: Level, to: Level];
  readonly momenta: readonly [from: 'base' | 'max', to: 'base' | 'max'];
}

type Level = 'first' | 'top' | 'last';

const anneal = {
  cos: (from: number, to: number, done: number) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * done)),
  linear: (from: number, to: number, done: number) => from + (to - from) * done,
} as const;

/**
 * The 1cycle policy: up to `maxLr` and down to almost nothing, with momentum the other way round (Smith and Topin,
 * arXiv:1708.07120); as `torch.optim.lr_scheduler.OneCycleLR`. To be stepped after each batch.
 */
export class OneCycleLR extends LRScheduler {
  readonly totalSteps: number;
  readonly #maxLrs: readonly number[];
  readonly #options: Required<Omit<OneCycleLROptions, 'totalSteps' | 'epochs' | 'stepsPerEpoch'>>;
  readonly #phases: readonly Phase[];

  /**
   * @param maxLr the highest rate: one, or one for each group
   * @throws RangeError when a number does not fit, or the optimizer has no momentum to be cycled.
   */
  constructor(optimizer: AnyOptimizer, maxLr: number | readonly number[], options: OneCycleLROptions) {
    super(optimizer);
    const { totalSteps, epochs = Number.NaN, stepsPerEpoch = Number.NaN, ...shape } = options;
    this.totalSteps = totalSteps ?? epochs * stepsPerEpoch;
    checkCount('OneCycleLR', 'totalSteps (or epochs times stepsPerEpoch)', this.totalSteps);
    this.#options = {
      pctStart: 0.3,
      annealStrategy: 'cos',
      cycleMomentum: true,
      baseMomentum: 0.85,
      maxMomentum: 0.95,
      divFactor: 25,
      finalDivFactor: 1e4,
      threePhase: false,
      ...shape,
    };
    const { length } = optimizer.groups;
    this.#maxLrs = typeof maxLr === 'number' ? new Array<number>(length).fill(maxLr) : maxLr;
    if (this.#maxLrs.length !== length) {
      throw new RangeError(
        `OneCycleLR: there are ${this.#maxLrs.length} highest rates for ${length} groups.`,
      );
    }
    checkRange('OneCycleLR', 'pctStart', this.#options.pctStart, 0, 1);
    if (this.#options.cycleMomentum) checkMomentum(optimizer);
    this.#phases = this.#makePhases();
    this.restart();
  }

  #makePhases(): Phase[] {
    const { pctStart, threePhase } = this.#options;
    const up: Phase = {
      end: pctStart * this.totalSteps - 1,
      lrs: ['first', 'top'],
      momenta: ['max', 'base'],
    };
    const end = this.totalSteps - 1;
    if (!threePhase) return [up, { end, lrs: ['top', 'last'], momenta: ['base', 'max'] }];
    return [
      up,
      { end: 2 * pctStart * this.totalSteps - 2, lrs: ['top', 'first'], momenta: ['base', 'max'] },
      { end, lrs: ['first', 'last'], momenta: ['max', 'max'] },
    ];
  }

  /** The phase that a step lies in, and how far it has come, from 0 to 1. */
  #phaseAt(step: number): { phase: Phase; done: number } {
    if (step > this.totalSteps) {
      throw new RangeError(
        `OneCycleLR: step ${step} of ${this.totalSteps}; the cycle is over. Make it as long as the training.`,
      );
    }
    const found = this.#phases.findIndex(({ end }) => step <= end);
    const number = found < 0 ? this.#phases.length - 1 : found;
    const phase = this.#phases[number] as Phase;
    const start = this.#phases[number - 1]?.end ?? 0;
    return { phase, done: phase.end > start ? Math.min(1, (step - start) / (phase.end - start)) : 1 };
  }

  override rate(step: number, _baseLr: number, group: number): number {
    const { divFactor, finalDivFactor, annealStrategy } = this.#options;
    const top = this.#maxLrs[group];
    if (top === undefined) throw new RangeError(`OneCycleLR: there is no highest rate for group ${group}.`);
    const first = top / divFactor;
    const levels = { first, top, last: first / finalDivFactor };
    const { phase, done } = this.#phaseAt(step);
    return anneal[annealStrategy](levels[phase.lrs[0]], levels[phase.lrs[1]], done);
  }

  override momentumAt(step: number): number | undefined {
    const { cycleMomentum, baseMomentum, maxMomentum, annealStrategy } = this.#options;
    if (!cycleMomentum) return undefined;
    const levels = { base: baseMomentum, max: maxMomentum };
    const { phase, done } = this.#phaseAt(step);
    return anneal[annealStrategy](levels[phase.momenta[0]], levels[phase.momenta[1]], done);
  }
}

/** Momentum that is 0 from the start has no buffer. */
function checkMomentum({ groups }: AnyOptimizer): void {
  for (const group of groups as readonly { betas?: unknown; momentum?: number }[]) {
    if (group.betas || (group.momentum ?? 0) > 0) continue;
    throw new RangeError(
      'OneCycleLR: the optimizer has no momentum to be cycled; make it with a momentum above 0, or pass ' +
        '{ cycleMomentum: false }.',
    );
  }
}
