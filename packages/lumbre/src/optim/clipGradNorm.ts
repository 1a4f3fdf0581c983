import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Scales all gradients by one factor so that their norm, taken together, is at most `maxNorm` (Pascanu et al.,
 * arXiv:1211.5063); as `torch.nn.utils.clip_grad_norm_`.
 *
 * @returns the norm before clipping, not yet computed
 * @throws Error when no parameter has a gradient.
 */
export function clipGradNorm(parameters: Iterable<Tensor>, maxNorm: number): Tensor {
  if (!(maxNorm > 0)) throw new RangeError(`clipGradNorm: maxNorm must be positive, not ${maxNorm}.`);
  const withGradient = [...parameters].filter(({ grad }) => grad !== null);
  return noGrad(() => {
    const squares = withGradient.map(({ grad }) => (grad as Tensor).square().sum());
    const [first, ...others] = squares;
    if (!first) throw new Error('clipGradNorm: no parameter has a gradient; call backward() first.');
    const norm = others.reduce((total, square) => total.add(square), first).sqrt();
    const factor = norm.add(1e-6).reciprocal().mul(maxNorm).clamp({ max: 1 });
    for (const parameter of withGradient) parameter.grad = (parameter.grad as Tensor).mul(factor);
    return norm;
  });
}
