import { fullLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface AdagradSettings extends GroupSettings {
  /** At step t, counted from 1, `lr` is divided by 1 + (t - 1) · lrDecay. */
  readonly lrDecay: number;
  /** The part of a parameter that is added to its gradient. */
  weightDecay: number;
  /** What the sums of squares start from. */
  readonly initialAccumulatorValue: number;
  /** Added to the root of the sum. */
  readonly eps: number;
}

/** What is remembered of a parameter: the sum of its squared gradients, of its shape. */
export interface AdagradState {
  readonly sum: Tensor;
}

type Scalar = 'lr' | 'weightDecay';

/** Adagrad (Duchi, Hazan and Singer, JMLR 12, 2011), step for step as `torch.optim.Adagrad`. */
export class Adagrad extends Optimizer<AdagradSettings, AdagradState, Scalar> {
  /** Defaults as PyTorch's: lr 1e-2, lrDecay 0, weightDecay 0, initialAccumulatorValue 0, eps 1e-10. */
  constructor(params: OptimizerInput<AdagradSettings>, settings: Partial<AdagradSettings> = {}) {
    const defaults = { lr: 1e-2, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 };
    super(params, defaults, settings);
  }

  protected override initialState(
    parameter: Tensor,
    { initialAccumulatorValue }: ParameterGroup<AdagradSettings>,
  ): AdagradState {
    return { sum: fullLike(parameter, initialAccumulatorValue) };
  }

  protected override scalars(
    { lr, lrDecay, weightDecay }: ParameterGroup<AdagradSettings>,
    step: number,
  ): Record<Scalar, number> {
    return { lr: lr / (1 + (step - 1) * lrDecay), weightDecay };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: AdagradState,
    { lr, weightDecay }: Readonly<Record<Scalar, Tensor>>,
    { eps }: ParameterGroup<AdagradSettings>,
  ): Update<AdagradState> {
    const slope = gradient.add(parameter.mul(weightDecay));
    const sum = state.sum.add(slope.square());
    return { parameter: parameter.sub(slope.div(sum.sqrt().add(eps)).mul(lr)), state: { sum } };
  }
}
