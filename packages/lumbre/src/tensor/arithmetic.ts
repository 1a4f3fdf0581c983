import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { TensorCore, wrapNode } from './core.ts';
import { alignOperands, binary, inArithmetic, type TensorLike, unary } from './operands.ts';
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

/** Whether the sign is that of a negative number: true of -0. */
export function signBitNode(a: Node): Node {
  const zero = build.full(a, 0);
  const negative = build.lt(a, zero);
  if (!isFloat(a.dtype)) return negative;
  return build.or(negative, build.and(build.eq(a, zero), build.lt(build.recip(a), zero)));
}

/** The remainder with the sign of the dividend. */
function fmodNode(a: Node, b: Node): Node {
  const zero = build.full(a, 0);
  if (!isFloat(a.dtype)) {
    const rest = build.mod(a, b);
    const exact = build.eq(rest, zero);
    const opposite = build.xor(build.lt(a, zero), build.lt(b, zero));
    return build.where(
      build.or(exact, build.xor(opposite, build.full(opposite, 1))),
      rest,
      build.sub(rest, b),
    );
  }
  const quotient = build.div(a, b);
  const whole = build.where(
    build.lt(quotient, zero),
    build.neg(build.floor(build.neg(quotient))),
    build.floor(quotient),
  );
  const rest = build.sub(a, build.mul(build.detach(whole), b));
  // Nothing goes into infinity, where 0 · ∞ would be NaN.
  const infinity = build.full(a, Number.POSITIVE_INFINITY);
  const isWhole = build.and(build.eq(absNode(b), infinity), build.lt(absNode(a), infinity));
  return build.where(isWhole, a, rest);
}

/** Calls `compute` with three operands in one float dtype and one shape. */
function ternary(
  operation: string,
  operands: readonly [Tensor, TensorLike, TensorLike],
  compute: (a: Node, b: Node, c: Node) => Node,
): Tensor {
  const { nodes, device } = alignOperands(operation, operands, 'float');
  return wrapNode(
    inArithmetic(nodes, (...wide) => compute(...(wide as [Node, Node, Node]))),
    device,
  );
}

/**
 * Arithmetic. Operands broadcast by NumPy's rule and promote as in PyTorch (bool < uint8, int8 < int32 < float16,
 * bfloat16 < float32 < float64); bool counts as int32. A number takes the dtype of the tensor unless that cannot hold
 * it: an integer tensor and 0.5 give the default float dtype, uint8 and 300 give int32. Integers wrap around. Of 16-bit
 * floats each operation is computed in float32 and rounded once.
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

  /** this - trunc(this / other) · other: the remainder with the sign of this, as in C. Of integers by zero: 0. */
  fmod(this: Tensor, other: TensorLike): Tensor {
    return binary('fmod', this, other, 'number', fmodNode);
  }

  /** The magnitude of this with the sign of `other`, that of -0 included. */
  copysign(this: Tensor, other: TensorLike): Tensor {
    return binary('copysign', this, other, 'float', (a, b) => {
      const magnitude = absNode(a);
      return build.where(signBitNode(b), build.neg(magnitude), magnitude);
    });
  }

  /** this + weight · (end - this): this for a weight of 0, `end` for 1, exactly. */
  lerp(this: Tensor, end: TensorLike, weight: TensorLike): Tensor {
    return ternary('lerp', [this, end, weight], (a, b, w) => {
      const way = build.sub(b, a);
      const fromStart = build.add(a, build.mul(w, way));
      const fromEnd = build.sub(b, build.mul(way, build.sub(build.full(w, 1), w)));
      return build.where(build.lt(w, build.full(w, 0.5)), fromStart, fromEnd);
    });
  }

  /** this + value · a · b */
  addcmul(this: Tensor, a: TensorLike, b: TensorLike, { value = 1 }: { value?: number } = {}): Tensor {
    return ternary('addcmul', [this, a, b], (x, y, z) =>
      build.add(x, build.mul(build.full(x, value), build.mul(y, z))),
    );
  }

  /** this + value · a / b */
  addcdiv(this: Tensor, a: TensorLike, b: TensorLike, { value = 1 }: { value?: number } = {}): Tensor {
    return ternary('addcdiv', [this, a, b], (x, y, z) =>
      build.add(x, build.mul(build.full(x, value), build.div(y, z))),
    );
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
