import { formatShape } from '../graph/shape.ts';
import { zerosLike } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Optimizer, type OptimizerInput, type ParameterGroup, type Update } from './optimizer.ts';
import type { GroupSettings } from './settings.ts';

export interface MuonSettings extends GroupSettings {
  /** The part of a parameter, times `lr`, that each step takes away. */
  weightDecay: number;
  /** How much of the running mean of gradients is kept at each step. */
  momentum: number;
  /** Whether to look one step ahead along the mean (Nesterov). */
  readonly nesterov: boolean;
  /** a, b and c of a Newton–Schulz step X ← a·X + (b·A + c·A²)·X with A = X·Xᵀ. */
  readonly nsCoefficients: readonly [number, number, number];
  /** The least norm that a gradient is divided by. */
  readonly eps: number;
  /** How many Newton–Schulz steps to make. */
  readonly nsSteps: number;
  /**
   * How `lr` follows the shape [rows, columns]: times √max(1, rows / columns), as Jordan has it, or times
   * 0.2·√max(rows, columns), so that steps are of AdamW's size and its rates can be kept (Liu et al., arXiv:2502.16982).
   */
  readonly adjustLrFn: 'original' | 'matchRmsAdamW';
}

/** What is remembered of a parameter: the running mean of its gradients, of its shape. */
export interface MuonState {
  readonly momentumBuffer: Tensor;
}

type Scalar = 'lr' | 'keep' | 'momentum' | 'rest';

/** About U·Vᵀ, where U·S·Vᵀ is the singular value decomposition of a matrix [rows, columns]: about, since that will do. */
function orthogonalized(matrix: Tensor, { nsCoefficients, nsSteps, eps }: MuonSettings): Tensor {
  const [a, b, c] = nsCoefficients;
  const [rows, columns] = matrix.shape as [number, number];
  const tall = rows > columns;
  const wide = tall ? matrix.T : matrix;
  let x = wide.div(wide.norm().clamp({ min: eps }));
  for (let step = 0; step < nsSteps; step++) {
    const gram = x.matmul(x.T);
    x = x.mul(a).add(gram.mul(b).add(gram.matmul(gram).mul(c)).matmul(x));
  }
  return tall ? x.T : x;
}

/**
 * Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/): steps along the orthogonalized mean of gradients.
 * For the matrices of hidden layers alone; biases, norms, embeddings and the output layer go to an AdamW of their own.
 * Step for step as `torch.optim.Muon`, with Newton–Schulz in the parameter's dtype where PyTorch uses bfloat16.
 */
export class Muon extends Optimizer<MuonSettings, MuonState, Scalar> {
  /**
   * Defaults as PyTorch's: lr 1e-3, weightDecay 0.1, momentum 0.95, nesterov true, nsCoefficients [3.4445, -4.775, 2.0315],
   * eps 1e-7, nsSteps 5, adjustLrFn 'original'.
   */
  constructor(params: OptimizerInput<MuonSettings>, settings: Partial<MuonSettings> = {}) {
    super(
      params,
      {
        lr: 1e-3,
        weightDecay: 0.1,
        momentum: 0.95,
        nesterov: true,
        nsCoefficients: [3.4445, -4.775, 2.0315],
        eps: 1e-7,
        nsSteps: 5,
        adjustLrFn: 'original',
      },
      settings,
    );
  }

  protected override checkGroup({ params }: ParameterGroup<MuonSettings>): void {
    const others = params.filter(({ ndim }) => ndim !== 2).map(({ shape }) => formatShape(shape));
    if (others.length === 0) return;
    throw new RangeError(
      `Muon: only matrices have a direction to orthogonalize, and there are parameters of shape ${others.join(', ')}. ` +
        'Give those to an AdamW: parameters.filter(({ ndim }) => ndim !== 2).',
    );
  }

  protected override initialState(parameter: Tensor): MuonState {
    return { momentumBuffer: zerosLike(parameter) };
  }

  protected override scalars({
    lr,
    weightDecay,
    momentum,
  }: ParameterGroup<MuonSettings>): Record<Scalar, number> {
    return { lr, keep: 1 - lr * weightDecay, momentum, rest: 1 - momentum };
  }

  protected override update(
    parameter: Tensor,
    gradient: Tensor,
    state: MuonState,
    { lr, keep, momentum, rest }: Readonly<Record<Scalar, Tensor>>,
    group: ParameterGroup<MuonSettings>,
  ): Update<MuonState> {
    const [rows, columns] = parameter.shape as [number, number];
    const momentumBuffer = state.momentumBuffer.mul(momentum).add(gradient.mul(rest));
    const mean = group.nesterov ? gradient.mul(rest).add(momentumBuffer.mul(momentum)) : momentumBuffer;
    const byShape =
      group.adjustLrFn === 'original'
        ? Math.sqrt(Math.max(1, rows / columns))
        : 0.2 * Math.sqrt(Math.max(rows, columns));
    const direction = orthogonalized(mean, group);
    return {
      parameter: parameter.mul(keep).sub(direction.mul(lr.mul(byShape))),
      state: { momentumBuffer },
    };
  }
}
