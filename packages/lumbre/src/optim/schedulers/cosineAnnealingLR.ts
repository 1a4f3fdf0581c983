import { type AnyOptimizer, checkCount, LRScheduler } from './lrScheduler.ts';

export interface CosineAnnealingLROptions {
  /** The lowest rate. Default 0. */
  readonly etaMin?: number;
}

/**
 * Half a cosine down to `etaMin` in `tMax` steps (Loshchilov and Hutter, arXiv:1608.03983), and up again if it goes on; as
 * `torch.optim.lr_scheduler.CosineAnnealingLR`. `cosineSchedule` stays at the bottom.
 */
export class CosineAnnealingLR extends LRScheduler {
  readonly tMax: number;
  readonly etaMin: number;

  constructor(optimizer: AnyOptimizer, tMax: number, { etaMin = 0 }: CosineAnnealingLROptions = {}) {
    super(optimizer);
    checkCount('CosineAnnealingLR', 'tMax', tMax);
    this.tMax = tMax;
    this.etaMin = etaMin;
    this.start();
  }

  override rate(step: number, baseLr: number): number {
    return this.etaMin + ((baseLr - this.etaMin) * (1 + Math.cos((Math.PI * step) / this.tMax))) / 2;
  }
}
