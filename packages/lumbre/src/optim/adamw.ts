import type { Tensor } from '../tensor/tensor.ts';
import {
  type GroupSettings,
  Optimizer,
  type OptimizerInput,
  type ParameterGroup,
  type Update,
} from './optimizer.ts';

export interface AdamWSettings extends GroupSettings {
  /** How much of the running means of gradients, and of their squares, is kept at each step. */
  readonly betas: readonly [number, number];
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** The part of a parameter, times `lr`, that each step takes away; it has no part in the means. */
  weightDecay: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), step for step as `torch.optim.AdamW`.
 */
export class AdamW extends Optimizer<AdamWSettings> {
  /** Defaults as PyTorch's: lr 1e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0.01. */
  constructor(params: OptimizerInput<AdamWSettings>, settings: Partial<AdamWSettings> = {}) {
    const defaults = { lr: 1e-3, betas: [0.9, 0.999] as const, eps: 1e-8, weightDecay: 0.01 };
    super(params, { ...defaults, ...settings }, ['expAvg', 'expAvgSq']);
    for (const { betas, eps, weightDecay } of this.groups) {
      if (!betas.every((beta) => beta >= 0 && beta < 1) || !(eps >= 0) || !(weightDecay >= 0)) {
        throw new RangeError(
          `AdamW: expected betas in [0, 1), eps >= 0 and weightDecay >= 0, got betas ${betas.join(' and ')}, ` +
            `eps ${eps}, weightDecay ${weightDecay}.`,
        );
      }
    }
  }

  protected override scalars(
    { lr, betas, weightDecay }: ParameterGroup<AdamWSettings>,
    step: number,
  ): number[] {
    const [correction1, correction2] = betas.map((beta) => 1 - beta ** step) as [number, number];
    return [1 - lr * weightDecay, lr / correction1, 1 / Math.sqrt(correction2)];
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: readonly Tensor[],
    scalars: readonly Tensor[],
    { betas: [beta1, beta2], eps }: ParameterGroup<AdamWSettings>,
  ): Update {
    const [mean, square] = state as [Tensor, Tensor];
    const [decay, stepSize, rootCorrection] = scalars as [Tensor, Tensor, Tensor];
    const expAvg = mean.mul(beta1).add(gradient.mul(1 - beta1));
    const expAvgSq = square.mul(beta2).add(gradient.square().mul(1 - beta2));
    const denominator = expAvgSq.sqrt().mul(rootCorrection).add(eps);
    return {
      parameter: parameter.mul(decay).sub(expAvg.div(denominator).mul(stepSize)),
      state: [expAvg, expAvgSq],
    };
  }
}
