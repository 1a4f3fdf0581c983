import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface LionSettings extends GroupSettings {
  /** How much of the running mean counts in the direction of a step, and how much is kept of it afterwards. */
  betas: readonly [number, number];
  /** The part of a parameter, times `lr`, that each step takes away. */
  weightDecay: number;
}

/** What is remembered of a parameter: the running mean of gradients, of its shape. */
export interface LionState {
  readonly expAvg: Tensor;
}

type Scalar = 'beta1' | 'rest1' | 'beta2' | 'rest2' | 'keep' | 'lr';

/**
 * Lion (Chen et al., arXiv:2302.06675, algorithm 2): every element goes by the same amount, in the direction of a mean of
 * gradients. It wants a rate three to ten times smaller than AdamW's, and a decay as much larger.
 */
export class Lion extends Optimizer<LionSettings, LionState, Scalar> {
  /** Defaults as in the paper: lr 1e-4, betas [0.9, 0.99], weightDecay 0. */
  constructor(params: OptimizerInput<LionSettings>, settings: Partial<LionSettings> = {}) {
    super(params, { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0 }, settings);
  }

  protected override initialState(parameter: Tensor): LionState {
    return { expAvg: zerosLike(parameter) };
  }

  protected override scalars({
    lr,
    betas: [beta1, beta2],
    weightDecay,
  }: ParameterGroup<LionSettings>): Record<Scalar, number> {
    return { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, keep: 1 - lr * weightDecay, lr };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    { expAvg }: LionState,
    { beta1, rest1, beta2, rest2, keep, lr }: Readonly<Record<Scalar, Tensor>>,
  ): Update<LionState> {
    const direction = expAvg.mul(beta1).add(gradient.mul(rest1)).sign();
    return {
      parameter: parameter.mul(keep).sub(direction.mul(lr)),
      state: { expAvg: expAvg.mul(beta2).add(gradient.mul(rest2)) },
    };
  }
}
