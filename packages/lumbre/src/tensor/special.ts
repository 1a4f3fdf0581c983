import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { absNode } from './arithmetic.ts';
import { binary, type TensorLike, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';
import { TrigonometricTensor } from './trigonometric.ts';

/** -|x|, whose gradient at 0 is that of x > 0: formulas that are put together from two halves stay smooth there. */
const minusAbs = (a: Node): Node => build.where(isNegative(a), a, build.neg(a));

export const isNegative = (a: Node): Node => build.lt(a, build.full(a, 0));

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
  return build.add(positivePart, build.log1p(build.exp(minusAbs(a))));
}

/** a · log b, and 0 where a is 0 but for b = NaN. */
export function xlogyNode(a: Node, b: Node): Node {
  const zero = build.full(a, 0);
  const infinity = build.full(a, Number.POSITIVE_INFINITY);
  const usable = build.and(build.lt(zero, b), build.lt(b, infinity));
  const undefinedThere = build.eq(build.eq(b, b), build.full(usable, 0));
  const vanishes = build.and(
    build.eq(a, zero),
    build.eq(build.or(usable, undefinedThere), build.full(usable, 0)),
  );
  return build.mul(a, build.log(build.where(vanishes, build.full(b, 1), b)));
}

/** b + softplus(a - b); of infinities the larger one. */
function logaddexpNode(a: Node, b: Node): Node {
  const infinity = build.full(a, Number.POSITIVE_INFINITY);
  const infinite = build.eq(build.max(absNode(a), absNode(b)), infinity);
  const zero = build.full(a, 0);
  const [x, y] = [build.where(infinite, zero, a), build.where(infinite, zero, b)] as const;
  return build.where(infinite, build.max(a, b), build.add(y, softplusNode(build.sub(x, y))));
}

/** Exponentials, logarithms and special functions. Integers are converted to the default float dtype. */
export abstract class SpecialTensor extends TrigonometricTensor {
  /** e^this */
  exp(this: Tensor): Tensor {
    return unary('exp', this, 'float', build.exp);
  }

  /** 2^this, exact for integers. */
  exp2(this: Tensor): Tensor {
    return unary('exp2', this, 'float', build.exp2);
  }

  /** e^this - 1, accurate near 0. */
  expm1(this: Tensor): Tensor {
    return unary('expm1', this, 'float', build.expm1);
  }

  /** The natural logarithm: -∞ of 0, NaN of negative numbers. */
  log(this: Tensor): Tensor {
    return unary('log', this, 'float', build.log);
  }

  /** The logarithm to base 2, exact for powers of two. */
  log2(this: Tensor): Tensor {
    return unary('log2', this, 'float', build.log2);
  }

  /** The logarithm to base 10. */
  log10(this: Tensor): Tensor {
    return unary('log10', this, 'float', (a) => build.mul(build.log(a), build.full(a, Math.LOG10E)));
  }

  /** log(1 + this), accurate near 0. */
  log1p(this: Tensor): Tensor {
    return unary('log1p', this, 'float', build.log1p);
  }

  /** log(e^this + e^other), without overflow. */
  logaddexp(this: Tensor, other: TensorLike): Tensor {
    return binary('logaddexp', this, other, 'float', logaddexpNode);
  }

  /** this · log(other), and 0 where this is 0 (unless other is NaN). */
  xlogy(this: Tensor, other: TensorLike): Tensor {
    return binary('xlogy', this, other, 'float', xlogyNode);
  }

  /** 1 / (1 + e^-this), accurate at both ends. */
  sigmoid(this: Tensor): Tensor {
    return unary('sigmoid', this, 'float', sigmoidNode);
  }

  /**
   * log(this / (1 - this)), the inverse of sigmoid.
   * @param eps where given, this is first limited to [eps, 1 - eps]; otherwise what is outside [0, 1] gives NaN
   */
  logit(this: Tensor, eps?: number): Tensor {
    return unary('logit', this, 'float', (a) => {
      const [low, high] = eps === undefined ? [0, 1] : [eps, 1 - eps];
      const raised =
        eps === undefined ? a : build.where(build.lt(a, build.full(a, low)), build.full(a, low), a);
      const limited =
        eps === undefined
          ? a
          : build.where(build.lt(build.full(a, high), raised), build.full(a, high), raised);
      return build.sub(build.log(limited), build.log1p(build.neg(limited)));
    });
  }

  /** The error function, 2/√π ∫₀ˣ exp(-t²) dt. */
  erf(this: Tensor): Tensor {
    return unary('erf', this, 'float', build.erf);
  }

  /** 1 - erf(this), accurate where that is tiny. */
  erfc(this: Tensor): Tensor {
    return unary('erfc', this, 'float', build.erfc);
  }

  /** The inverse of the error function: ±∞ at ±1, NaN beyond. */
  erfinv(this: Tensor): Tensor {
    return unary('erfinv', this, 'float', build.erfinv);
  }

  /** log |Γ(this)|: ∞ at 0 and at negative integers. */
  lgamma(this: Tensor): Tensor {
    return unary('lgamma', this, 'float', build.lgamma);
  }

  /** The derivative of lgamma. */
  digamma(this: Tensor): Tensor {
    return unary('digamma', this, 'float', (a) => build.polygamma(a, 0));
  }

  /**
   * The derivative of digamma of order `order`: digamma itself for 0.
   * @throws RangeError if the order is not a whole number from 0 to 20.
   */
  polygamma(this: Tensor, order: number): Tensor {
    if (!Number.isInteger(order) || order < 0 || order > 20) {
      throw new RangeError(`polygamma: the order must be a whole number from 0 to 20, not ${order}.`);
    }
    return unary('polygamma', this, 'float', (a) => build.polygamma(a, order));
  }
}
