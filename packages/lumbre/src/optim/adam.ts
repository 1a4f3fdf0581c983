import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface AdamSettings extends GroupSettings {
  /** How much of the running means of gradients, and of their squares, is kept at each step. */
  betas: readonly [number, number];
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient; decoupled, see `decoupledWeightDecay`. */
  weightDecay: number;
  /** Whether to divide by the largest mean square so far (Reddi et al., arXiv:1904.09237). */
  readonly amsgrad: boolean;
  /** Whether decay is taken from the parameter itself, times `lr`, and has no part in the means: then it is AdamW. */
  readonly decoupledWeightDecay: boolean;
}

/** What is remembered of a parameter, each of its shape. */
export interface AdamState {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  /** With `amsgrad`. */
  readonly maxExpAvgSq?: Tensor;
}

type Scalar = 'beta1' | 'rest1' | 'beta2' | 'rest2' | 'keep' | 'decay' | 'stepSize' | 'rootCorrection';

/** Adam (Kingma and Ba, arXiv:1412.6980), step for step as `torch.optim.Adam`. */
export class Adam extends Optimizer<AdamSettings, AdamState, Scalar> {
  /** Defaults as PyTorch's: lr 1e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0, amsgrad false. */
  constructor(params: OptimizerInput<AdamSettings>, settings: Partial<AdamSettings> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        amsgrad: false,
        decoupledWeightDecay: false,
      },
      settings,
    );
  }

  protected override initialState(parameter: Tensor, { amsgrad }: ParameterGroup<AdamSettings>): AdamState {
    return {
      expAvg: zerosLike(parameter),
      expAvgSq: zerosLike(parameter),
      ...(amsgrad && { maxExpAvgSq: zerosLike(parameter) }),
    };
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], weightDecay, decoupledWeightDecay }: ParameterGroup<AdamSettings>,
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
      rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: AdamState,
    { beta1, rest1, beta2, rest2, keep, decay, stepSize, rootCorrection }: Readonly<Record<Scalar, Tensor>>,
    { eps, decoupledWeightDecay }: ParameterGroup<AdamSettings>,
  ): Update<AdamState> {
    const slope = decoupledWeightDecay ? gradient : gradient.add(parameter.mul(decay));
    const kept = decoupledWeightDecay ? parameter.mul(keep) : parameter;
    const expAvg = state.expAvg.mul(beta1).add(slope.mul(rest1));
    const expAvgSq = state.expAvgSq.mul(beta2).add(slope.square().mul(rest2));
    const maxExpAvgSq = state.maxExpAvgSq?.maximum(expAvgSq);
    const denominator = (maxExpAvgSq ?? expAvgSq).sqrt().mul(rootCorrection).add(eps);
    return {
      parameter: kept.sub(expAvg.div(denominator).mul(stepSize)),
      state: { expAvg, expAvgSq, ...(maxExpAvgSq && { maxExpAvgSq }) },
    };
  }
}
