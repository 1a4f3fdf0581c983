import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { ArithmeticTensor, absNode } from './arithmetic.ts';
import { binary, type TensorLike, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** √(1 - x²), with the digits that 1 - x² would lose near ±1. */
function otherLeg(a: Node): Node {
  const one = build.full(a, 1);
  return build.sqrt(build.mul(build.sub(one, a), build.add(one, a)));
}

/** √(a² + b²) by the larger of both, so that squares neither overflow nor vanish; at the origin 0 with gradient 0. */
function hypotNode(a: Node, b: Node): Node {
  const zero = build.full(a, 0);
  const one = build.full(a, 1);
  const size = build.detach(build.max(absNode(a), absNode(b)));
  const usable = build.and(build.lt(zero, size), build.lt(size, build.full(a, Number.POSITIVE_INFINITY)));
  const unit = build.where(usable, size, one);
  const [x, y] = [build.div(a, unit), build.div(b, unit)];
  const squares = build.add(build.mul(x, x), build.mul(y, y));
  const origin = build.eq(squares, zero);
  const length = build.mul(unit, build.sqrt(build.where(origin, one, squares)));
  return build.where(origin, zero, length);
}

/** (-1)ᵏ / (2k + 1)!: the series of sin x / x in x². */
const sincSeries = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800];

/** Near 0 by the series: in the gradient of the quotient everything would cancel. */
function sincNode(a: Node): Node {
  const angle = build.mul(a, build.full(a, Math.PI));
  const near = build.lt(absNode(angle), build.full(a, 0.5));
  const far = build.where(near, build.full(a, 1), angle);
  const close = build.where(near, angle, build.full(a, 0));
  const square = build.mul(close, close);
  const series = sincSeries
    .slice(0, -1)
    .reduceRight(
      (sum, c) => build.add(build.mul(sum, square), build.full(a, c)),
      build.full(a, sincSeries.at(-1) as number),
    );
  return build.where(near, series, build.div(build.sin(far), far));
}

/** Angles are in radians. Integers are converted to the default float dtype. */
export abstract class TrigonometricTensor extends ArithmeticTensor {
  /** The sine of an angle. */
  sin(this: Tensor): Tensor {
    return unary('sin', this, 'float', build.sin);
  }

  /** The cosine of an angle. */
  cos(this: Tensor): Tensor {
    return unary('cos', this, 'float', build.cos);
  }

  /** The tangent of an angle. */
  tan(this: Tensor): Tensor {
    return unary('tan', this, 'float', (a) => build.div(build.sin(a), build.cos(a)));
  }

  /** The angle in [-π/2, π/2] with this sine; NaN outside [-1, 1]. */
  asin(this: Tensor): Tensor {
    return unary('asin', this, 'float', (a) => build.atan2(a, otherLeg(a)));
  }

  /** The angle in [0, π] with this cosine; NaN outside [-1, 1]. */
  acos(this: Tensor): Tensor {
    return unary('acos', this, 'float', (a) => build.atan2(otherLeg(a), a));
  }

  /** The angle in [-π/2, π/2] with this tangent. */
  atan(this: Tensor): Tensor {
    return unary('atan', this, 'float', build.atan);
  }

  /** The angle in [-π, π] of the point (other, this), that is, of x = other and y = this. */
  atan2(this: Tensor, other: TensorLike): Tensor {
    return binary('atan2', this, other, 'float', build.atan2);
  }

  /** The hyperbolic sine. */
  sinh(this: Tensor): Tensor {
    return unary('sinh', this, 'float', build.sinh);
  }

  /** The hyperbolic cosine. */
  cosh(this: Tensor): Tensor {
    return unary('cosh', this, 'float', build.cosh);
  }

  /** The hyperbolic tangent. */
  tanh(this: Tensor): Tensor {
    return unary('tanh', this, 'float', build.tanh);
  }

  /** The inverse of the hyperbolic sine. */
  asinh(this: Tensor): Tensor {
    return unary('asinh', this, 'float', build.asinh);
  }

  /** The inverse of the hyperbolic cosine; NaN below 1. */
  acosh(this: Tensor): Tensor {
    return unary('acosh', this, 'float', build.acosh);
  }

  /** The inverse of the hyperbolic tangent: ±∞ at ±1, NaN beyond. */
  atanh(this: Tensor): Tensor {
    return unary('atanh', this, 'float', (a) => {
      const difference = build.sub(build.log1p(a), build.log1p(build.neg(a)));
      return build.mul(difference, build.full(a, 0.5));
    });
  }

  /** √(this² + other²), without overflow; its gradient at the origin is 0. */
  hypot(this: Tensor, other: TensorLike): Tensor {
    return binary('hypot', this, other, 'float', hypotNode);
  }

  /** sin(π this) / (π this), and 1 at 0. */
  sinc(this: Tensor): Tensor {
    return unary('sinc', this, 'float', sincNode);
  }

  /** Degrees as radians. */
  deg2rad(this: Tensor): Tensor {
    return unary('deg2rad', this, 'float', (a) => build.mul(a, build.full(a, Math.PI / 180)));
  }

  /** Radians as degrees. */
  rad2deg(this: Tensor): Tensor {
    return unary('rad2deg', this, 'float', (a) => build.mul(a, build.full(a, 180 / Math.PI)));
  }
}
