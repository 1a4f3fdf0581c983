import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { TensorCore } from './core.ts';
import { binary, type TensorLike, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** Powers by a whole number up to this are multiplications; past it one call of pow is cheaper. */
const LARGEST_UNROLLED_EXPONENT = 16;

/** base^exponent for a positive integer exponent, by squaring. */
function integerPower(base: Node, exponent: number): Node {
  if (exponent === 1) return base;
  const half = integerPower(base, Math.floor(exponent / 2));
  const square = build.mul(half, half);
  return exponent % 2 === 0 ? square : build.mul(square, base);
}

/** base^exponent for one number, without the generic pow where there is a shorter way. */
function numberPower(base: Node, exponent: number): Node {
  if (exponent === 0) return build.full(base, 1);
  if (exponent === 0.5) return build.sqrt(base);
  const magnitude = Math.abs(exponent);
  if (!Number.isInteger(magnitude) || (isFloat(base.dtype) && magnitude > LARGEST_UNROLLED_EXPONENT)) {
    return build.pow(base, build.full(base, exponent));
  }
  const power = integerPower(base, magnitude);
  return exponent < 0 ? build.recip(power) : power;
}

/**
 * The larger of the number and its negative. Unlike a comparison with zero it makes -0 positive, keeps NaN, and has the
 * gradient 0 at 0.
 */
export const absNode = (a: Node): Node => build.max(a, build.neg(a));

/**
 * Arithmetic. Operands broadcast by NumPy's rule and promote as in PyTorch (bool < uint8 < int32 < float32 < float64);
 * bool counts as int32. A number takes the dtype of the tensor unless that cannot hold it: an integer tensor and 0.5
 * give the default float dtype, uint8 and 300 give int32. Integers wrap around.
 */
export abstract class ArithmeticTensor extends TensorCore {
  /** this + other */
  add(this: Tensor, other: TensorLike): Tensor {
    return binary('add', this, other, 'number', build.add);
  }

  /** this - other */
  sub(this: Tensor, other: TensorLike): Tensor {
    return binary('sub', this, other, 'number', build.sub);
  }

  /** this · other, elementwise */
  mul(this: Tensor, other: TensorLike): Tensor {
    return binary('mul', this, other, 'number', build.mul);
  }

  /** this / other. Integers give the default float dtype; see `floorDivide` for integers that stay integers. */
  div(this: Tensor, other: TensorLike): Tensor {
    return binary('div', this, other, 'float', build.div);
  }

  /** The quotient rounded down, towards -∞. Integers divided by zero give 0. No gradient. */
  floorDivide(this: Tensor, other: TensorLike): Tensor {
    return binary('floorDivide', this, other, 'number', build.idiv);
  }

  /** this - floorDivide(other) · other: the remainder, with the sign of `other`. Of integers by zero: 0. */
  remainder(this: Tensor, other: TensorLike): Tensor {
    return binary('remainder', this, other, 'number', build.mod);
  }

  /** The smaller of both, NaN if either is NaN. The gradient goes to the smaller, half to each at a tie. */
  minimum(this: Tensor, other: TensorLike): Tensor {
    return binary('minimum', this, other, 'number', build.min);
  }

  /** The larger of both, NaN if either is NaN. The gradient goes to the larger, half to each at a tie. */
  maximum(this: Tensor, other: TensorLike): Tensor {
    return binary('maximum', this, other, 'number', build.max);
  }

  /**
   * this to the power of `exponent`. Integers to a whole, non-negative number stay integers; with any other number they
   * give the default float dtype.
   * @throws TypeError for an integer tensor to the power of an integer tensor.
   */
  pow(this: Tensor, exponent: TensorLike): Tensor {
    if (typeof exponent !== 'number') {
      return binary('pow', this, exponent, 'any', (a, b) => {
        if (isFloat(a.dtype)) return build.pow(a, b);
        throw new TypeError(
          `pow: ${this.dtype} to the power of ${a.dtype} tensors has no exact result; convert one with .float().`,
        );
      });
    }
    const staysInteger = Number.isInteger(exponent) && exponent >= 0;
    return unary('pow', this, staysInteger ? 'number' : 'float', (a) => numberPower(a, exponent));
  }

  /** -this */
  neg(this: Tensor): Tensor {
    return unary('neg', this, 'number', build.neg);
  }

  /** The absolute value; its gradient at 0 is 0. */
  abs(this: Tensor): Tensor {
    return unary('abs', this, 'any', (a) => (a.dtype === 'bool' || a.dtype === 'uint8' ? a : absNode(a)));
  }

  /** this · this */
  square(this: Tensor): Tensor {
    return unary('square', this, 'number', (a) => build.mul(a, a));
  }

  /** 1 / this */
  reciprocal(this: Tensor): Tensor {
    return unary('reciprocal', this, 'float', build.recip);
  }

  /** The square root, NaN of negative numbers. */
  sqrt(this: Tensor): Tensor {
    return unary('sqrt', this, 'float', build.sqrt);
  }

  /** 1 / √this */
  rsqrt(this: Tensor): Tensor {
    return unary('rsqrt', this, 'float', (a) => build.recip(build.sqrt(a)));
  }
}
