import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface AdamaxSettings extends GroupSettings {
  /** How much of the running mean of gradients, and of their largest size, is kept at each step. */
  betas: readonly [number, number];
  /** Added to the size of each gradient. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
}

/** What is remembered of a parameter, each of its shape. */
export interface AdamaxState {
  readonly expAvg: Tensor;
  readonly expInf: Tensor;
}

type Scalar = 'beta1' | 'rest1' | 'beta2' | 'weightDecay' | 'stepSize';

/** Adam by the largest gradient (Kingma and Ba, arXiv:1412.6980, section 7.1), step for step as `torch.optim.Adamax`. */
export class Adamax extends Optimizer<AdamaxSettings, AdamaxState, Scalar> {
  /** Defaults as PyTorch's: lr 2e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0. */
  constructor(params: OptimizerInput<AdamaxSettings>, settings: Partial<AdamaxSettings> = {}) {
    super(params, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0 }, settings);
  }

  protected override initialState(parameter: Tensor): AdamaxState {
    return { expAvg: zerosLike(parameter), expInf: zerosLike(parameter) };
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], weightDecay }: ParameterGroup<AdamaxSettings>,
    step: number,
  ): Record<Scalar, number> {
    return { beta1, rest1: 1 - beta1, beta2, weightDecay, stepSize: lr / (1 - beta1 ** step) };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: AdamaxState,
    { beta1, rest1, beta2, weightDecay, stepSize }: Readonly<Record<Scalar, Tensor>>,
    { eps }: ParameterGroup<AdamaxSettings>,
  ): Update<AdamaxState> {
    const slope = gradient.add(parameter.mul(weightDecay));
    const expAvg = state.expAvg.mul(beta1).add(slope.mul(rest1));
    const expInf = state.expInf.mul(beta2).maximum(slope.abs().add(eps));
    return { parameter: parameter.sub(expAvg.div(expInf).mul(stepSize)), state: { expAvg, expInf } };
  }
}
