import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis } from '../graph/shape.ts';
import { absNode } from './arithmetic.ts';
import { wrapNode } from './core.ts';
import { ElementwiseTensor } from './elementwise.ts';
import { alignOperands, inArithmetic, unary } from './operands.ts';
import { isNegative, sigmoidNode, softplusNode } from './special.ts';
import type { Tensor } from './tensor.ts';

const isPositive = (a: Node): Node => build.lt(build.full(a, 0), a);
const times = (a: Node, factor: number): Node => build.mul(a, build.full(a, factor));

/** Where x is not positive the value is 0 (or NaN), and the gradient 0. */
const reluNode = (a: Node): Node =>
  isFloat(a.dtype)
    ? build.where(isPositive(a), a, build.detach(build.max(a, build.full(a, 0))))
    : build.max(a, build.full(a, 0));

/** x/2 · (1 + inner): both forms of GELU. */
const geluOf = (a: Node, inner: Node): Node => build.mul(times(a, 0.5), build.add(inner, build.full(a, 1)));

const geluExact = (a: Node): Node => geluOf(a, build.erf(times(a, Math.SQRT1_2)));

function geluTanh(a: Node): Node {
  const cube = build.mul(build.mul(a, a), a);
  return geluOf(a, build.tanh(times(build.add(a, times(cube, 0.044715)), Math.sqrt(2 / Math.PI))));
}

/** scale · x where it is positive, scale · alpha · (e^(x / width) - 1) elsewhere. */
function eluNode(a: Node, alpha: number, width = 1, scale = 1): Node {
  const positive = isPositive(a);
  // The exponential must not overflow where it is not used, or its gradient there would be 0 · ∞.
  const negativePart = times(build.where(positive, build.full(a, 0), a), 1 / width);
  return build.where(positive, times(a, scale), times(build.expm1(negativePart), alpha * scale));
}

/** Limited to [min, max]; the gradient is 1 between them and 0 at and beyond them. NaN stays NaN. */
function hardtanhNode(a: Node, min: number, max: number): Node {
  const [low, high] = [build.full(a, min), build.full(a, max)];
  const inside = build.and(build.lt(low, a), build.lt(a, high));
  return build.where(inside, a, build.detach(build.min(build.max(a, low), high)));
}

/** softplus(βx) / β, and x itself past the threshold. */
function scaledSoftplus(a: Node, beta: number, threshold: number): Node {
  const scaled = times(a, beta);
  const linear = build.lt(build.full(a, threshold), scaled);
  return build.where(linear, a, times(softplusNode(scaled), 1 / beta));
}

/** Not of NaN, which stays NaN in what is cut off by this. */
function notAbove(a: Node, limit: number): Node {
  const edge = build.full(a, limit);
  return build.or(build.lt(a, edge), build.eq(a, edge));
}

/** x where |x| is above `lambda`, 0 elsewhere. */
const hardshrinkNode = (a: Node, lambda: number): Node =>
  build.where(notAbove(absNode(a), lambda), build.full(a, 0), a);

/** The functions between the layers of a network. All but relu convert integers to the default float dtype. */
export abstract class ActivationTensor extends ElementwiseTensor {
  /** max(this, 0). Its gradient at 0 is 0; NaN stays NaN. */
  relu(this: Tensor): Tensor {
    return unary('relu', this, 'number', reluNode);
  }

  /** Limited to [0, 6]. */
  relu6(this: Tensor): Tensor {
    return unary('relu6', this, 'float', (a) => hardtanhNode(a, 0, 6));
  }

  /** this where it is positive, negativeSlope · this elsewhere. */
  leakyRelu(this: Tensor, negativeSlope = 0.01): Tensor {
    return unary('leakyRelu', this, 'float', (a) => build.where(isPositive(a), a, times(a, negativeSlope)));
  }

  /**
   * this where it is positive, weight · this elsewhere (He et al., arXiv:1502.01852).
   * @param weight one number, or one for each channel, which are dimension 1 of [batch, channels, ..]
   * @throws RangeError for any other shape of the weight.
   */
  prelu(this: Tensor, weight: Tensor): Tensor {
    const channels = this.ndim > 1 ? (this.shape[1] as number) : 1;
    if (weight.ndim > 1 || (weight.size !== 1 && weight.size !== channels)) {
      throw new RangeError(
        `prelu: a weight of shape ${formatShape(weight.shape)} does not fit ${formatShape(this.shape)}; expected 1 ` +
          `element, or one for each of the ${channels} channels.`,
      );
    }
    const shape = weight.size === 1 ? [] : [channels, ...Array<number>(this.ndim - 2).fill(1)];
    const spread = wrapNode(build.reshape(weight.node, shape), weight.device);
    const { nodes, device } = alignOperands('prelu', [this, spread], 'float');
    const bent = (a: Node, slope: Node) => build.where(isPositive(a), a, build.mul(slope, a));
    return wrapNode(inArithmetic(nodes, bent), device);
  }

  /** this where it is positive, alpha · (e^this - 1) elsewhere (Clevert et al., arXiv:1511.07289). */
  elu(this: Tensor, alpha = 1): Tensor {
    return unary('elu', this, 'float', (a) => eluNode(a, alpha));
  }

  /** elu with the constants that keep mean 0 and variance 1 (Klambauer et al., arXiv:1706.02515). */
  selu(this: Tensor): Tensor {
    return unary('selu', this, 'float', (a) => eluNode(a, 1.6732632423543772, 1, 1.0507009873554805));
  }

  /** this where it is positive, alpha · (e^(this / alpha) - 1) elsewhere: smooth for every alpha (arXiv:1704.07483). */
  celu(this: Tensor, alpha = 1): Tensor {
    if (alpha === 0) throw new RangeError('celu: alpha must not be 0.');
    return unary('celu', this, 'float', (a) => eluNode(a, alpha, alpha));
  }

  /**
   * x · Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel, arXiv:1606.08415).
   * @param options.approximate `none` by the error function, or `tanh`, the approximation that GPT-2 was trained with
   */
  gelu(this: Tensor, { approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}): Tensor {
    if (approximate !== 'none' && approximate !== 'tanh') {
      throw new RangeError(`gelu: approximate must be 'none' or 'tanh', not '${approximate}'.`);
    }
    return unary('gelu', this, 'float', approximate === 'tanh' ? geluTanh : geluExact);
  }

  /** x · sigmoid(x), also called swish. */
  silu(this: Tensor): Tensor {
    return unary('silu', this, 'float', (a) => build.mul(a, sigmoidNode(a)));
  }

  /** x · tanh(softplus(x)) (Misra, arXiv:1908.08681). */
  mish(this: Tensor): Tensor {
    return unary('mish', this, 'float', (a) => build.mul(a, build.tanh(softplusNode(a))));
  }

  /**
   * log(1 + e^(beta · this)) / beta, without overflow.
   * @param threshold where beta · this is above it, the result is this itself
   */
  softplus(this: Tensor, beta = 1, threshold = 20): Tensor {
    if (beta === 0) throw new RangeError('softplus: beta must not be 0.');
    return unary('softplus', this, 'float', (a) => scaledSoftplus(a, beta, threshold));
  }

  /** log sigmoid(this), accurate at both ends. */
  logSigmoid(this: Tensor): Tensor {
    return unary('logSigmoid', this, 'float', (a) => build.neg(softplusNode(build.neg(a))));
  }

  /** x / (1 + |x|) */
  softsign(this: Tensor): Tensor {
    return unary('softsign', this, 'float', (a) => build.div(a, build.add(absNode(a), build.full(a, 1))));
  }

  /** Limited to [min, max]; unlike that of `clamp` its gradient at the limits is 0. */
  hardtanh(this: Tensor, min = -1, max = 1): Tensor {
    if (!(min <= max)) throw new RangeError(`hardtanh: expected min ≤ max, got ${min} and ${max}.`);
    return unary('hardtanh', this, 'float', (a) => hardtanhNode(a, min, max));
  }

  /** relu6(x + 3) / 6 */
  hardsigmoid(this: Tensor): Tensor {
    return unary('hardsigmoid', this, 'float', (a) =>
      times(hardtanhNode(build.add(a, build.full(a, 3)), 0, 6), 1 / 6),
    );
  }

  /** x · relu6(x + 3) / 6 (Howard et al., arXiv:1905.02244). */
  hardswish(this: Tensor): Tensor {
    return unary('hardswish', this, 'float', (a) => {
      const three = build.full(a, 3);
      const gate = times(build.add(a, three), 1 / 6);
      const upper = build.where(build.lt(a, three), build.mul(a, gate), a);
      const below = build.lt(a, build.full(a, -3));
      return build.where(below, build.full(a, 0), upper);
    });
  }

  /** x - tanh x */
  tanhshrink(this: Tensor): Tensor {
    return unary('tanhshrink', this, 'float', (a) => build.sub(a, build.tanh(a)));
  }

  /** 0 where |x| ≤ lambda, x elsewhere. */
  hardshrink(this: Tensor, lambda = 0.5): Tensor {
    return unary('hardshrink', this, 'float', (a) => hardshrinkNode(a, lambda));
  }

  /** x drawn towards 0 by lambda, and 0 where it is nearer. */
  softshrink(this: Tensor, lambda = 0.5): Tensor {
    if (!(lambda >= 0)) throw new RangeError(`softshrink: lambda must not be negative, got ${lambda}.`);
    return unary('softshrink', this, 'float', (a) => {
      const shift = build.where(isNegative(a), build.full(a, -lambda), build.full(a, lambda));
      const kept = hardshrinkNode(a, lambda);
      const isZero = build.eq(kept, build.full(a, 0));
      return build.where(isZero, kept, build.sub(a, shift));
    });
  }

  /** this where it is above `threshold`, `value` elsewhere. */
  threshold(this: Tensor, threshold: number, value: number): Tensor {
    return unary('threshold', this, 'float', (a) =>
      build.where(notAbove(a, threshold), build.full(a, value), a),
    );
  }

  /**
   * The first half along a dimension times the sigmoid of the second (Dauphin et al., arXiv:1612.08083).
   * @throws RangeError if the dimension has an odd size.
   */
  glu(this: Tensor, dim = -1): Tensor {
    const axis = normalizeAxis('glu', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (size % 2 !== 0) {
      throw new RangeError(`glu: dimension ${axis} of ${formatShape(this.shape)} must have an even size.`);
    }
    return unary('glu', this, 'float', (a) => {
      const zeros = a.shape.map(() => 0);
      const half = a.shape.with(axis, size / 2);
      const value = build.shrink(a, zeros, half);
      const gate = build.shrink(a, zeros.with(axis, size / 2), half);
      return build.mul(value, sigmoidNode(gate));
    });
  }
}
