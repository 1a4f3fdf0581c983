import * as build from '../graph/builder.ts';
import { type DType, isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { wrapNode } from './core.ts';
import { binary, castOn, type TensorLike, unary } from './operands.ts';
import { SpecialTensor } from './special.ts';
import type { Tensor } from './tensor.ts';

const ceilNode = (a: Node): Node => build.neg(build.floor(build.neg(a)));

/** Rounded towards zero. */
export const truncNode = (a: Node): Node =>
  build.where(build.lt(a, build.full(a, 0)), ceilNode(a), build.floor(a));

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
export abstract class ElementwiseTensor extends SpecialTensor {
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
    return rounded('trunc', this, truncNode);
  }

  /** What `trunc` takes away: this - trunc(this), with the sign of this. Of integers: 0. */
  frac(this: Tensor): Tensor {
    return unary('frac', this, 'number', (a) =>
      isFloat(a.dtype) ? build.sub(a, truncNode(a)) : build.full(a, 0),
    );
  }

  /** -1, 0 or 1, NaN of NaN. No gradient. */
  sign(this: Tensor): Tensor {
    return unary('sign', this, 'number', signNode);
  }

  /** 0 where this is negative, 1 where it is positive, and `values` where it is 0; NaN of NaN. No gradient. */
  heaviside(this: Tensor, values: TensorLike): Tensor {
    return binary('heaviside', this, values, 'number', (a, b) => {
      const zero = build.full(a, 0);
      const atZero = build.where(build.eq(a, zero), b, a);
      const notNegative = build.where(build.lt(zero, a), build.full(a, 1), atZero);
      return build.detach(build.where(build.lt(a, zero), zero, notNegative));
    });
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

  /** Converted to float16: 16 bits an element, computed in float32. Beyond 65504 it is infinite. */
  half(this: Tensor): Tensor {
    return this.to('float16');
  }

  /** Converted to bfloat16: 16 bits an element with the range of float32 and 8 significant bits, computed in float32. */
  bfloat16(this: Tensor): Tensor {
    return this.to('bfloat16');
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
