import { full, zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface NAdamSettings extends GroupSettings {
  /** How much of the running means of gradients, and of their squares, is kept at each step. */
  betas: readonly [number, number];
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** The part of a parameter that is added to its gradient; decoupled, that it loses at each step, times `lr`. */
  weightDecay: number;
  /** How fast the momentum rises from half of beta 1 to the whole. */
  readonly momentumDecay: number;
  readonly decoupledWeightDecay: boolean;
}

/** What is remembered of a parameter: two tensors of its shape, and the product of all momenta, of shape []. */
export interface NAdamState {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  readonly muProduct: Tensor;
}

type Scalar =
  | 'beta1'
  | 'rest1'
  | 'beta2'
  | 'rest2'
  | 'correction2'
  | 'keep'
  | 'decay'
  | 'lr'
  | 'mu'
  | 'muNext';

/** Adam with Nesterov's momentum (Dozat, ICLR workshop 2016), step for step as `torch.optim.NAdam`. */
export class NAdam extends Optimizer<NAdamSettings, NAdamState, Scalar> {
  /** Defaults as PyTorch's: lr 2e-3, betas [0.9, 0.999], eps 1e-8, weightDecay 0, momentumDecay 4e-3. */
  constructor(params: OptimizerInput<NAdamSettings>, settings: Partial<NAdamSettings> = {}) {
    super(
      params,
      {
        lr: 2e-3,
        betas: [0.9, 0.999],
        eps: 1e-8,
        weightDecay: 0,
        momentumDecay: 4e-3,
        decoupledWeightDecay: false,
      },
      settings,
    );
  }

  protected override initialState(parameter: Tensor): NAdamState {
    const { device, dtype } = parameter;
    return {
      expAvg: zerosLike(parameter),
      expAvgSq: zerosLike(parameter),
      muProduct: full([], 1, { device, dtype }),
    };
  }

  protected override scalars(
    { lr, betas: [beta1, beta2], weightDecay, momentumDecay, ...group }: ParameterGroup<NAdamSettings>,
    step: number,
  ): Record<Scalar, number> {
    const momentumAt = (time: number) => beta1 * (1 - 0.5 * 0.96 ** (time * momentumDecay));
    return {
      beta1,
      rest1: 1 - beta1,
      beta2,
      rest2: 1 - beta2,
      correction2: 1 - beta2 ** step,
      keep: group.decoupledWeightDecay ? 1 - lr * weightDecay : 1,
      decay: group.decoupledWeightDecay ? 0 : weightDecay,
      lr,
      mu: momentumAt(step),
      muNext: momentumAt(step + 1),
    };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: NAdamState,
    scalars: Readonly<Record<Scalar, Tensor>>,
    { eps }: ParameterGroup<NAdamSettings>,
  ): Update<NAdamState> {
    const { beta1, rest1, beta2, rest2, correction2, keep, decay, lr, mu, muNext } = scalars;
    const slope = gradient.add(parameter.mul(decay));
    const expAvg = state.expAvg.mul(beta1).add(slope.mul(rest1));
    const expAvgSq = state.expAvgSq.mul(beta2).add(slope.square().mul(rest2));
    const muProduct = state.muProduct.mul(mu);
    const ofGradient = mu.neg().add(1).div(muProduct.neg().add(1)).mul(lr);
    const ofMean = muNext.div(muProduct.mul(muNext).neg().add(1)).mul(lr);
    const direction = slope.mul(ofGradient).add(expAvg.mul(ofMean));
    return {
      parameter: parameter.mul(keep).sub(direction.div(expAvgSq.div(correction2).sqrt().add(eps))),
      state: { expAvg, expAvgSq, muProduct },
    };
  }
}
