import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface SGDSettings extends GroupSettings {
  /** How much of the sum of past gradients is kept at each step; 0 is plain gradient descent. */
  momentum: number;
  /** How much of each gradient but the first is left out of that sum. */
  readonly dampening: number;
  /** Whether to look one step ahead along the sum (Nesterov). */
  readonly nesterov: boolean;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
}

/** What is remembered of a parameter, of its shape: nothing in a group that was made without momentum. */
export interface SGDState {
  readonly momentumBuffer?: Tensor;
}

type Scalar = 'lr' | 'weightDecay' | 'momentum' | 'share';

/** Stochastic gradient descent with momentum, step for step as `torch.optim.SGD`. */
export class SGD extends Optimizer<SGDSettings, SGDState, Scalar> {
  /** Defaults as PyTorch's: lr 1e-3, momentum 0, dampening 0, nesterov false, weightDecay 0. */
  constructor(params: OptimizerInput<SGDSettings>, settings: Partial<SGDSettings> = {}) {
    super(params, { lr: 1e-3, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 }, settings);
  }

  protected override checkGroup({ momentum, dampening, nesterov }: ParameterGroup<SGDSettings>): void {
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError(
        `SGD: nesterov needs a momentum above 0 and dampening 0, got momentum ${momentum}, dampening ${dampening}.`,
      );
    }
  }

  protected override initialState(parameter: Tensor, { momentum }: ParameterGroup<SGDSettings>): SGDState {
    return momentum > 0 ? { momentumBuffer: zerosLike(parameter) } : {};
  }

  protected override scalars(
    { lr, weightDecay, momentum, dampening }: ParameterGroup<SGDSettings>,
    step: number,
  ): Record<Scalar, number> {
    // The first gradient comes in whole, as in PyTorch.
    return { lr, weightDecay, momentum, share: step === 1 ? 1 : 1 - dampening };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: SGDState,
    { lr, weightDecay, momentum, share }: Readonly<Record<Scalar, Tensor>>,
    { nesterov, dampening }: ParameterGroup<SGDSettings>,
  ): Update<SGDState> {
    const slope = gradient.add(parameter.mul(weightDecay));
    if (!state.momentumBuffer) return { parameter: parameter.sub(slope.mul(lr)), state };
    const momentumBuffer = state.momentumBuffer.mul(momentum).add(dampening === 0 ? slope : slope.mul(share));
    const direction = nesterov ? slope.add(momentumBuffer.mul(momentum)) : momentumBuffer;
    return { parameter: parameter.sub(direction.mul(lr)), state: { momentumBuffer } };
  }
}
