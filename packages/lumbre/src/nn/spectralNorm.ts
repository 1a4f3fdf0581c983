import { randn } from '../tensor/random.ts';
import { realizeNodes } from '../tensor/realize.ts';
import { noGrad, scope } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';
import type { LayerOptions } from './linear.ts';
import type { Module } from './module.ts';
import { buffer } from './parameter.ts';

export interface SpectralNormOptions extends Pick<LayerOptions, 'generator'> {
  /** How often the estimate is improved at each pass in training. Default 1. */
  readonly nPowerIterations?: number;
  /** Keeps from dividing by zero. Default 1e-12. */
  readonly eps?: number;
  /** The dimension of the weight that counts outputs. Default 0; 1 for transposed convolutions. */
  readonly dim?: number;
}

/** A layer with a weight: Linear, Conv2d and the like. */
export interface WeightedLayer extends Module {
  readonly weight: Tensor;
  forward(x: Tensor): Tensor;
}

/** How often the estimate is improved before the first pass: as often as PyTorch's newer parametrization does. */
const FIRST_ITERATIONS = 15;

/**
 * Divides a layer's weight by its largest singular value, so that the layer changes no difference by more than its own
 * size (Miyato et al., Spectral Normalization for Generative Adversarial Networks, arXiv:1802.05957). The value is
 * estimated by power iteration, which goes one step further at each pass in training.
 *
 * The layer itself is changed and returned. Names in its state are those of `torch.nn.utils.spectral_norm`: the parameter
 * `weight_orig` and the buffers `weight_u` and `weight_v`; `weight` is what is left after the division.
 */
export function spectralNorm<Layer extends WeightedLayer>(
  layer: Layer,
  { nPowerIterations = 1, eps = 1e-12, dim = 0, generator }: SpectralNormOptions = {},
): Layer {
  const original = layer.weight;
  const outputs = original.shape[dim] as number;
  const { dtype, device } = original;
  /** [outputs, everything else] */
  const matrix = () => (dim === 0 ? original : original.movedim(dim, 0)).reshape(outputs, -1);
  const start = (size: number) =>
    buffer(noGrad(() => randn([size], { dtype, device, generator }).normalize(0, { eps }).realize()));
  const u = start(outputs);
  const v = start(original.size / outputs);

  const improve = (times: number) =>
    noGrad(() =>
      scope(() => {
        const weight = matrix();
        let [left, right]: [Tensor, Tensor] = [u, v];
        for (let i = 0; i < times; i++) {
          right = weight.T.matmul(left).normalize(0, { eps });
          left = weight.matmul(right).normalize(0, { eps });
        }
        // Outside of a program each pass would hang on all passes before.
        if (!currentTrace()) realizeNodes([left.node, right.node], device);
        u.assign(left);
        v.assign(right);
      }),
    );
  improve(FIRST_ITERATIONS);

  const normalized = () => {
    // The vectors of this pass, though a later one changes them before the backward pass.
    const [left, right] = [u.detach(), v.detach()];
    return original.div(left.mul(matrix().matmul(right)).sum());
  };
  const forward = layer.forward.bind(layer);
  const { configurable } = Object.getOwnPropertyDescriptor(layer, 'weight') ?? { configurable: true };
  if (!configurable) throw new Error(`spectralNorm: the weight of this ${layer.constructor.name} is fixed.`);
  Object.assign(layer, { weight_orig: original, weight_u: u, weight_v: v });
  // Not enumerable, so that the module does not take it for state.
  Object.defineProperty(layer, 'weight', { get: normalized, enumerable: false, configurable: true });
  Object.defineProperty(layer, 'forward', {
    value: (x: Tensor) => {
      if (layer.training) improve(nPowerIterations);
      return forward(x);
    },
    enumerable: false,
    configurable: true,
  });
  return layer;
}
