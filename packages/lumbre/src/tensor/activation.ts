import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { ElementwiseTensor, expm1Node, log1pNode } from './elementwise.ts';
import { unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

const isPositive = (a: Node): Node => build.lt(build.full(a, 0), a);
const isNegative = (a: Node): Node => build.lt(a, build.full(a, 0));
const times = (a: Node, factor: number): Node => build.mul(a, build.full(a, factor));

/** -|x|, whose gradient at 0 is that of x > 0: formulas that are put together from two halves stay smooth there. */
const minusAbs = (a: Node): Node => build.where(isNegative(a), a, build.neg(a));

/** Where x is not positive the value is 0 (or NaN), and the gradient 0. */
const reluNode = (a: Node): Node =>
  isFloat(a.dtype)
    ? build.where(isPositive(a), a, build.detach(build.max(a, build.full(a, 0))))
    : build.max(a, build.full(a, 0));

/**
 * 1 / (1 + e^-x), written with e^-|x|, which cannot overflow: value and gradient are accurate for every x, infinities
 * included.
 */
export function sigmoidNode(a: Node): Node {
  const e = build.exp(minusAbs(a));
  const one = build.full(a, 1);
  return build.mul(build.where(isNegative(a), e, one), build.recip(build.add(e, one)));
}

/** log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). */
export function softplusNode(a: Node): Node {
  const positivePart = build.where(isNegative(a), build.full(a, 0), a);
  return build.add(positivePart, log1pNode(build.exp(minusAbs(a))));
}

/** x/2 · (1 + inner): both forms of GELU. */
const geluOf = (a: Node, inner: Node): Node => build.mul(times(a, 0.5), build.add(inner, build.full(a, 1)));

const geluExact = (a: Node): Node => geluOf(a, build.erf(times(a, Math.SQRT1_2)));

function geluTanh(a: Node): Node {
  const cube = build.mul(build.mul(a, a), a);
  return geluOf(a, build.tanh(times(build.add(a, times(cube, 0.044715)), Math.sqrt(2 / Math.PI))));
}

/** The functions between the layers of a network. All but relu convert integers to the default float dtype. */
export abstract class ActivationTensor extends ElementwiseTensor {
  /** 1 / (1 + e^-this), accurate at both ends. */
  sigmoid(this: Tensor): Tensor {
    return unary('sigmoid', this, 'float', sigmoidNode);
  }

  /** max(this, 0). Its gradient at 0 is 0; NaN stays NaN. */
  relu(this: Tensor): Tensor {
    return unary('relu', this, 'number', reluNode);
  }

  /** this where it is positive, negativeSlope · this elsewhere. */
  leakyRelu(this: Tensor, negativeSlope = 0.01): Tensor {
    return unary('leakyRelu', this, 'float', (a) => build.where(isPositive(a), a, times(a, negativeSlope)));
  }

  /** this where it is positive, alpha · (e^this - 1) elsewhere (Clevert et al., arXiv:1511.07289). */
  elu(this: Tensor, alpha = 1): Tensor {
    return unary('elu', this, 'float', (a) => {
      const positive = isPositive(a);
      // The exponential must not overflow where it is not used, or its gradient there would be 0 · ∞.
      const negativePart = build.where(positive, build.full(a, 0), a);
      return build.where(positive, a, times(expm1Node(negativePart), alpha));
    });
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

  /** log(1 + e^this), without overflow. */
  softplus(this: Tensor): Tensor {
    return unary('softplus', this, 'float', softplusNode);
  }
}
