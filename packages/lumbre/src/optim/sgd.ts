import type { Tensor } from '../tensor/tensor.ts';
import {
  type GroupSettings,
  Optimizer,
  type OptimizerInput,
  type ParameterGroup,
  type Update,
} from './optimizer.ts';

export interface SGDSettings extends GroupSettings {
  /** How much of the velocity is kept at each step; 0 is plain gradient descent. */
  readonly momentum: number;
  /** Whether to look one step ahead along the velocity (Nesterov). */
  readonly nesterov: boolean;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
}

/** Stochastic gradient descent with momentum, step for step as `torch.optim.SGD` with dampening 0. */
export class SGD extends Optimizer<SGDSettings> {
  /** Defaults: lr 1e-3, momentum 0, nesterov false, weightDecay 0. */
  constructor(params: OptimizerInput<SGDSettings>, settings: Partial<SGDSettings> = {}) {
    super(params, { lr: 1e-3, momentum: 0, nesterov: false, weightDecay: 0, ...settings }, ['velocity']);
    for (const { momentum, nesterov } of this.groups) {
      if (!(momentum >= 0 && momentum < 1) || (nesterov && momentum === 0)) {
        throw new RangeError(
          `SGD: expected a momentum in [0, 1)${nesterov ? ', and above 0 for nesterov' : ''}, got ${momentum}.`,
        );
      }
    }
  }

  protected override scalars({ lr, weightDecay }: ParameterGroup<SGDSettings>): number[] {
    return [lr, weightDecay];
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: readonly Tensor[],
    scalars: readonly Tensor[],
    { momentum, nesterov }: ParameterGroup<SGDSettings>,
  ): Update {
    const [lr, weightDecay] = scalars as [Tensor, Tensor];
    const slope = gradient.add(parameter.mul(weightDecay));
    // With velocities that start as zeros the first is the gradient itself, as in PyTorch.
    const velocity = (state[0] as Tensor).mul(momentum).add(slope);
    const direction = nesterov ? slope.add(velocity.mul(momentum)) : velocity;
    return { parameter: parameter.sub(direction.mul(lr)), state: [velocity] };
  }
}
