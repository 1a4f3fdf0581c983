import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface RAdamSettings extends GroupSettings {
  /** How much of the running means of gradients, and of their squares, is kept at each step. */
  betas: readonly [number, number];
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient; decoupled, that it loses at each step, times `lr`. */
  weightDecay: number;
  readonly decoupledWeightDecay: boolean;
}

/** What is remembered of a parameter, each of its shape. */
export interface RAdamState {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
}

type Scalar = 'beta1' | 'rest1' | 'beta2' | 'rest2' | 'keep' | 'decay' | 'stepSize' | 'adaptive';

/** The factor that sets right the variance of the step size; 0 while there are too few gradients to know it. */
function rectification(beta2: number, step: number): number {
  const longest = 2 / (1 - beta2) - 1;
  const length = longest - (2 * step * beta2 ** step) / (1 - beta2 ** step);
  if (length <= 5) return 0;
  return Math.sqrt(((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length));
}

/** Adam with a rectified step size (Liu et al., arXiv:1908.03265), step for step as `torch.optim.RAdam`. */
export class RAdam extends Optimizer<RAdamSettings, RAdamState, Scalar> {
  /** Defaults as PyTorch's: lr 1e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0, decoupledWeightDecay false. */
  constructor(params: OptimizerInput<RAdamSettings>, settings: Partial<RAdamSettings> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        decoupledWeightDecay: false,
      },
      settings,
    );
  }

  protected override initialState(parameter: Tensor): RAdamState {
    return { expAvg: zerosLike(parameter), expAvgSq: zerosLike(parameter) };
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], weightDecay, decoupledWeightDecay }: ParameterGroup<RAdamSettings>,
    step: number,
  ): Record<Scalar, number> {
    return {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      keep: decoupledWeightDecay ? 1 - lr * weightDecay : 1,
      decay: decoupledWeightDecay ? 0 : weightDecay,
      stepSize: lr / (1 - beta1 ** step),
      adaptive: rectification(beta2, step) * Math.sqrt(1 - beta2 ** step),
    };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: RAdamState,
    scalars: Readonly<Record<Scalar, Tensor>>,
    { eps }: ParameterGroup<RAdamSettings>,
  ): Update<RAdamState> {
    const { beta1, rest1, beta2, rest2, keep, decay, stepSize, adaptive } = scalars;
    const slope = gradient.add(parameter.mul(decay));
    const expAvg = state.expAvg.mul(beta1).add(slope.mul(rest1));
    const expAvgSq = state.expAvgSq.mul(beta2).add(slope.square().mul(rest2));
    // Which of both it is changes on the way, so a compiled step has both.
    const scale = adaptive.div(expAvgSq.sqrt().add(eps)).where(adaptive.gt(0), 1);
    return {
      parameter: parameter.mul(keep).sub(expAvg.mul(stepSize).mul(scale)),
      state: { expAvg, expAvgSq },
    };
  }
}
