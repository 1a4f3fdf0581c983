import { Adam, type AdamSettings } from './adam.ts';
import type { OptimizerInput } from './optimizer.ts';

/** Those of Adam; `weightDecay` is the part of a parameter, times `lr`, that each step takes away. */
export type AdamWSettings = Omit<AdamSettings, 'decoupledWeightDecay'>;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), step for step as `torch.optim.AdamW`.
 */
export class AdamW extends Adam {
  /** Defaults as PyTorch's: lr 1e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0.01, amsgrad false. */
  constructor(params: OptimizerInput<AdamWSettings>, settings: Partial<AdamWSettings> = {}) {
    super(params, { weightDecay: 0.01, ...settings, decoupledWeightDecay: true });
  }
}
