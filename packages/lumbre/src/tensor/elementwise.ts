import * as build from '../graph/builder.ts';
import { type DType, isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { ArithmeticTensor } from './arithmetic.ts';
import { wrapNode } from './core.ts';
import { castOn, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** Below a magnitude of 1/2 log1p and expm1 need a correction; above it the direct formula is as good. */
const isSmall = (a: Node): Node => build.lt(build.mul(a, a), build.full(a, 0.25));

/**
 * log(1 + x), with what 1 + x lost by rounding put back: log u - ((u - 1) - x) / u. The correction is detached, so that
 * the gradient is 1 / (1 + x) and nothing else.
 */
export function log1pNode(x: Node): Node {
  const one = build.full(x, 1);
  const u = build.add(x, one);
  const lost = build.div(build.sub(build.sub(u, one), x), u);
  return build.sub(build.log(u), build.detach(build.where(isSmall(x), lost, build.full(x, 0))));
}

/**
 * exp(x) - 1. Near zero Kahan's (u - 1) · x / log u with u = exp x, whose rounding errors cancel. Value and gradient are
 * kept apart as in `log1pNode`.
 */
export function expm1Node(x: Node): Node {
  const one = build.full(x, 1);
  const u = build.exp(x);
  const direct = build.sub(u, one);
  const accurate = build.where(build.eq(u, one), x, build.div(build.mul(direct, x), build.log(u)));
  const lost = build.where(isSmall(x), build.sub(accurate, direct), build.full(x, 0));
  return build.add(direct, build.detach(lost));
}

const ceilNode = (a: Node): Node => build.neg(build.floor(build.neg(a)));

/** To the nearest integer, ties to the even one. */
function roundNode(a: Node): Node {
  const half = build.full(a, 0.5);
  const low = build.floor(a);
  const high = build.add(low, build.full(a, 1));
  const rest = build.sub(a, low);
  const halved = build.mul(low, half);
  const even = build.where(build.eq(build.floor(halved), halved), low, high);
  return build.detach(build.where(build.lt(rest, half), low, build.where(build.lt(half, rest), high, even)));
}

function signNode(a: Node): Node {
  const zero = build.full(a, 0);
  // Zero and NaN are their own sign.
  const notPositive = a.dtype === 'uint8' ? a : build.where(build.lt(a, zero), build.full(a, -1), a);
  return build.detach(build.where(build.lt(zero, a), build.full(a, 1), notPositive));
}

/** Rounding leaves integers as they are. */
const rounded = (operation: string, tensor: Tensor, compute: (a: Node) => Node): Tensor =>
  unary(operation, tensor, 'any', (a) => (isFloat(a.dtype) ? compute(a) : a));

/** Functions of one number, and conversions. Integers are converted to the default float dtype where they must. */
export abstract class ElementwiseTensor extends ArithmeticTensor {
  /** e^this */
  exp(this: Tensor): Tensor {
    return unary('exp', this, 'float', build.exp);
  }

  /** e^this - 1, accurate near 0. */
  expm1(this: Tensor): Tensor {
    return unary('expm1', this, 'float', expm1Node);
  }

  /** The natural logarithm: -∞ of 0, NaN of negative numbers. */
  log(this: Tensor): Tensor {
    return unary('log', this, 'float', build.log);
  }

  /** log(1 + this), accurate near 0. */
  log1p(this: Tensor): Tensor {
    return unary('log1p', this, 'float', log1pNode);
  }

  /** The sine of an angle in radians. */
  sin(this: Tensor): Tensor {
    return unary('sin', this, 'float', build.sin);
  }

  /** The cosine of an angle in radians. */
  cos(this: Tensor): Tensor {
    return unary('cos', this, 'float', build.cos);
  }

  /** The tangent of an angle in radians. */
  tan(this: Tensor): Tensor {
    return unary('tan', this, 'float', (a) => build.div(build.sin(a), build.cos(a)));
  }

  /** The hyperbolic tangent. */
  tanh(this: Tensor): Tensor {
    return unary('tanh', this, 'float', build.tanh);
  }

  /** The error function, 2/√π ∫₀ˣ exp(-t²) dt. */
  erf(this: Tensor): Tensor {
    return unary('erf', this, 'float', build.erf);
  }

  /** The largest integer that is not greater. No gradient. */
  floor(this: Tensor): Tensor {
    return rounded('floor', this, build.floor);
  }

  /** The smallest integer that is not less. No gradient. */
  ceil(this: Tensor): Tensor {
    return rounded('ceil', this, ceilNode);
  }

  /** The nearest integer; halves go to the even one, as in NumPy and PyTorch. No gradient. */
  round(this: Tensor): Tensor {
    return rounded('round', this, roundNode);
  }

  /** Without the fraction: rounded towards zero. No gradient. */
  trunc(this: Tensor): Tensor {
    return rounded('trunc', this, (a) =>
      build.where(build.lt(a, build.full(a, 0)), ceilNode(a), build.floor(a)),
    );
  }

  /** -1, 0 or 1, NaN of NaN. No gradient. */
  sign(this: Tensor): Tensor {
    return unary('sign', this, 'number', signNode);
  }

  /**
   * Converted to another dtype: floats to integers by dropping the fraction, anything but 0 to true. Gradients flow
   * between float dtypes.
   * @throws TypeError if the device does not have the dtype.
   */
  to(this: Tensor, dtype: DType): Tensor {
    return wrapNode(castOn('to', this.node, dtype, this.device), this.device);
  }

  /** Converted to float32. */
  float(this: Tensor): Tensor {
    return this.to('float32');
  }

  /** Converted to int32. */
  int(this: Tensor): Tensor {
    return this.to('int32');
  }

  /** Converted to bool: true where it is not 0. */
  bool(this: Tensor): Tensor {
    return this.to('bool');
  }

  /** The same value, through which no gradient flows. */
  detach(this: Tensor): Tensor {
    return wrapNode(build.detach(this.node), this.device);
  }

  /** A tensor of its own with the same value, through which gradients flow. */
  clone(this: Tensor): Tensor {
    return wrapNode(build.identity(this.node), this.device);
  }
}
