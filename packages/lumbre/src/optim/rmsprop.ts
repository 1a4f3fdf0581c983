import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface RMSpropSettings extends GroupSettings {
  /** How much of the running mean of squared gradients is kept at each step. */
  readonly alpha: number;
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
  /** How much of the sum of past steps is kept. */
  momentum: number;
  /** Whether to divide by the standard deviation of gradients in place of their root mean square. */
  readonly centered: boolean;
}

/** What is remembered of a parameter, each of its shape. */
export interface RMSpropState {
  readonly squareAvg: Tensor;
  /** In groups that were made with momentum. */
  readonly momentumBuffer?: Tensor;
  /** With `centered`. */
  readonly gradAvg?: Tensor;
}

type Scalar = 'lr' | 'weightDecay' | 'momentum';

/**
 * RMSprop (Hinton's lecture 6e of his neural networks course; centered: Graves, arXiv:1308.0850), step for step as
 * `torch.optim.RMSprop`.
 */
export class RMSprop extends Optimizer<RMSpropSettings, RMSpropState, Scalar> {
  /** Defaults as PyTorch's: lr 1e-2, alpha 0.99, eps 1e-8, weightDecay 0, momentum 0, centered false. */
  constructor(params: OptimizerInput<RMSpropSettings>, settings: Partial<RMSpropSettings> = {}) {
    const defaults = { lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false };
    super(params, defaults, settings);
  }

  protected override initialState(
    parameter: Tensor,
    { momentum, centered }: ParameterGroup<RMSpropSettings>,
  ): RMSpropState {
    return {
      squareAvg: zerosLike(parameter),
      ...(momentum > 0 && { momentumBuffer: zerosLike(parameter) }),
      ...(centered && { gradAvg: zerosLike(parameter) }),
    };
  }

  protected override scalars({
    lr,
    weightDecay,
    momentum,
  }: ParameterGroup<RMSpropSettings>): Record<Scalar, number> {
    return { lr, weightDecay, momentum };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: RMSpropState,
    { lr, weightDecay, momentum }: Readonly<Record<Scalar, Tensor>>,
    { alpha, eps }: ParameterGroup<RMSpropSettings>,
  ): Update<RMSpropState> {
    const slope = gradient.add(parameter.mul(weightDecay));
    const squareAvg = state.squareAvg.mul(alpha).add(slope.square().mul(1 - alpha));
    const gradAvg = state.gradAvg?.mul(alpha).add(slope.mul(1 - alpha));
    const variance = gradAvg ? squareAvg.sub(gradAvg.square()) : squareAvg;
    const direction = slope.div(variance.sqrt().add(eps));
    const momentumBuffer = state.momentumBuffer?.mul(momentum).add(direction);
    return {
      parameter: parameter.sub((momentumBuffer ?? direction).mul(lr)),
      state: { squareAvg, ...(momentumBuffer && { momentumBuffer }), ...(gradAvg && { gradAvg }) },
    };
  }
}
