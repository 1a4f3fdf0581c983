import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface AdadeltaSettings extends GroupSettings {
  /** How much of the running means of squared gradients and of squared steps is kept at each step. */
  readonly rho: number;
  /** Added to both means. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
}

/** What is remembered of a parameter, each of its shape. */
export interface AdadeltaState {
  readonly squareAvg: Tensor;
  readonly accDelta: Tensor;
}

type Scalar = 'lr' | 'weightDecay';

/** Adadelta (Zeiler, arXiv:1212.5701), step for step as `torch.optim.Adadelta`. */
export class Adadelta extends Optimizer<AdadeltaSettings, AdadeltaState, Scalar> {
  /** Defaults as PyTorch's: lr 1, rho 0.9, eps 1e-6, weightDecay 0. */
  constructor(params: OptimizerInput<AdadeltaSettings>, settings: Partial<AdadeltaSettings> = {}) {
    super(params, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0 }, settings);
  }

  protected override initialState(parameter: Tensor): AdadeltaState {
    return { squareAvg: zerosLike(parameter), accDelta: zerosLike(parameter) };
  }

  protected override scalars({ lr, weightDecay }: ParameterGroup<AdadeltaSettings>): Record<Scalar, number> {
    return { lr, weightDecay };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: AdadeltaState,
    { lr, weightDecay }: Readonly<Record<Scalar, Tensor>>,
    { rho, eps }: ParameterGroup<AdadeltaSettings>,
  ): Update<AdadeltaState> {
    const slope = gradient.add(parameter.mul(weightDecay));
    const squareAvg = state.squareAvg.mul(rho).add(slope.square().mul(1 - rho));
    const delta = state.accDelta.add(eps).sqrt().div(squareAvg.add(eps).sqrt()).mul(slope);
    const accDelta = state.accDelta.mul(rho).add(delta.square().mul(1 - rho));
    return { parameter: parameter.sub(delta.mul(lr)), state: { squareAvg, accDelta } };
  }
}
