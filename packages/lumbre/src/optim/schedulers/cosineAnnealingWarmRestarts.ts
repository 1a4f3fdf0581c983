import { type AnyOptimizer, checkCount, LRScheduler } from './lrScheduler.ts';

export interface CosineAnnealingWarmRestartsOptions {
  /** How many times longer each cosine is than the one before. Default 1. */
  readonly tMult?: number;
  /** The lowest rate. Default 0. */
  readonly etaMin?: number;
}

/**
 * Half a cosine down in `t0` steps, then from the top again, with longer cosines for a `tMult` above 1 (SGDR: Loshchilov and
 * Hutter, arXiv:1608.03983); as `torch.optim.lr_scheduler.CosineAnnealingWarmRestarts`.
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  readonly t0: number;
  readonly tMult: number;
  readonly etaMin: number;

  constructor(
    optimizer: AnyOptimizer,
    t0: number,
    { tMult = 1, etaMin = 0 }: CosineAnnealingWarmRestartsOptions = {},
  ) {
    super(optimizer);
    checkCount('CosineAnnealingWarmRestarts', 't0', t0);
    checkCount('CosineAnnealingWarmRestarts', 'tMult', tMult);
    this.t0 = t0;
    this.tMult = tMult;
    this.etaMin = etaMin;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    let length = this.t0;
    let within = this.tMult === 1 ? step % length : step;
    while (within >= length) {
      within -= length;
      length *= this.tMult;
    }
    return this.etaMin + ((baseLr - this.etaMin) * (1 + Math.cos((Math.PI * within) / length))) / 2;
  }
}
