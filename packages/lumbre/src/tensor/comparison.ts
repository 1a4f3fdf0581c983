import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { broadcastShapes } from '../graph/shape.ts';
import { ActivationTensor } from './activation.ts';
import { absNode, signBitNode } from './arithmetic.ts';
import { wrapNode } from './core.ts';
import { alignOperands, binary, broadcastNode, commonDevice, type TensorLike, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

export const notNode = (a: Node): Node => build.xor(a, build.full(a, 1));

const truth = (a: Node): Node => build.cast(a, 'bool');

/** Not the negation of `greater`: a comparison with NaN is false either way. */
const lessOrEqual = (a: Node, b: Node): Node => build.or(build.lt(a, b), build.eq(a, b));

const infinityLike = (a: Node): Node => build.full(a, Number.POSITIVE_INFINITY);

/** Floats can be NaN or infinite; for other dtypes the answer is known. */
const classify = (
  operation: string,
  tensor: Tensor,
  ofFloat: (a: Node) => Node,
  otherwise: boolean,
): Tensor =>
  unary(operation, tensor, 'any', (a) =>
    isFloat(a.dtype) ? ofFloat(a) : build.constant(a.shape, 'bool', Number(otherwise)),
  );

/**
 * `yes` where the condition holds and `no` elsewhere, broadcast with the condition. One of the values must be a tensor.
 * @throws TypeError if the condition is not bool.
 */
export function choose(operation: string, condition: Tensor, yes: TensorLike, no: TensorLike): Tensor {
  if (condition.dtype !== 'bool') {
    throw new TypeError(
      `${operation}: the condition must be bool, got ${condition.dtype}; make it with a comparison or with .bool().`,
    );
  }
  const { nodes, device } = alignOperands(operation, [yes, no], 'any');
  const [a, b] = nodes as [Node, Node];
  commonDevice(operation, [condition, { device }]);
  const shape = broadcastShapes(operation, condition.shape, a.shape);
  const [c, x, y] = [condition.node, a, b].map((node) => broadcastNode(node, shape)) as [Node, Node, Node];
  return wrapNode(build.where(c, x, y), device);
}

export interface CloseOptions {
  /** The difference that is allowed, as a part of the other value. Default 1e-5. */
  readonly rtol?: number;
  /** The difference that is allowed whatever the value. Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN is close to NaN. Default false. */
  readonly equalNan?: boolean;
}

/** Comparisons, logic and choices. Operands broadcast and promote as in arithmetic; comparisons give bool. */
export abstract class ComparisonTensor extends ActivationTensor {
  /** this = other; NaN equals nothing. */
  eq(this: Tensor, other: TensorLike): Tensor {
    return binary('eq', this, other, 'any', build.eq);
  }

  /** this ≠ other; true of NaN. */
  ne(this: Tensor, other: TensorLike): Tensor {
    return binary('ne', this, other, 'any', (a, b) => notNode(build.eq(a, b)));
  }

  /** this < other */
  lt(this: Tensor, other: TensorLike): Tensor {
    return binary('lt', this, other, 'any', build.lt);
  }

  /** this ≤ other */
  le(this: Tensor, other: TensorLike): Tensor {
    return binary('le', this, other, 'any', lessOrEqual);
  }

  /** this > other */
  gt(this: Tensor, other: TensorLike): Tensor {
    return binary('gt', this, other, 'any', (a, b) => build.lt(b, a));
  }

  /** this ≥ other */
  ge(this: Tensor, other: TensorLike): Tensor {
    return binary('ge', this, other, 'any', (a, b) => lessOrEqual(b, a));
  }

  /**
   * True where |this - other| <= atol + rtol · |other|, as in NumPy and PyTorch; an infinity is close to itself alone.
   * Other dtypes are compared as floats.
   */
  isclose(this: Tensor, other: TensorLike, options: CloseOptions = {}): Tensor {
    const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
    if (!(rtol >= 0) || !(atol >= 0)) {
      throw new RangeError(`isclose: tolerances must not be negative, got rtol ${rtol} and atol ${atol}.`);
    }
    return binary('isclose', this, other, 'float', (a, b) => {
      const infinity = build.full(a, Number.POSITIVE_INFINITY);
      const allowed = build.add(build.full(b, atol), build.mul(absNode(b), build.full(b, rtol)));
      const near = lessOrEqual(absNode(build.sub(a, b)), allowed);
      // Infinities would allow any difference.
      const finite = build.and(build.lt(absNode(a), infinity), build.lt(absNode(b), infinity));
      const close = build.or(build.eq(a, b), build.and(near, finite));
      if (!equalNan) return close;
      return build.or(close, build.and(notNode(build.eq(a, a)), notNode(build.eq(b, b))));
    });
  }

  /** True where this is 0 or false. */
  logicalNot(this: Tensor): Tensor {
    return unary('logicalNot', this, 'any', (a) => notNode(truth(a)));
  }

  /** True where both are true, or not 0. */
  logicalAnd(this: Tensor, other: TensorLike): Tensor {
    return binary('logicalAnd', this, other, 'any', (a, b) => build.and(truth(a), truth(b)));
  }

  /** True where at least one is true, or not 0. */
  logicalOr(this: Tensor, other: TensorLike): Tensor {
    return binary('logicalOr', this, other, 'any', (a, b) => build.or(truth(a), truth(b)));
  }

  /** True where exactly one is true, or not 0. */
  logicalXor(this: Tensor, other: TensorLike): Tensor {
    return binary('logicalXor', this, other, 'any', (a, b) => build.xor(truth(a), truth(b)));
  }

  /** True where the value is not a number. */
  isnan(this: Tensor): Tensor {
    return classify('isnan', this, (a) => notNode(build.eq(a, a)), false);
  }

  /** True where the value is ∞ or -∞. */
  isinf(this: Tensor): Tensor {
    return classify('isinf', this, (a) => build.eq(absNode(a), infinityLike(a)), false);
  }

  /** True where the value is ∞. */
  isposinf(this: Tensor): Tensor {
    return classify('isposinf', this, (a) => build.eq(a, infinityLike(a)), false);
  }

  /** True where the value is -∞. */
  isneginf(this: Tensor): Tensor {
    return classify('isneginf', this, (a) => build.eq(build.neg(a), infinityLike(a)), false);
  }

  /** True where the sign is that of a negative number; of floats -0 has it too. */
  signbit(this: Tensor): Tensor {
    return unary('signbit', this, 'number', signBitNode);
  }

  /** True where the value is neither infinite nor NaN. */
  isfinite(this: Tensor): Tensor {
    return classify('isfinite', this, (a) => build.lt(absNode(a), infinityLike(a)), true);
  }

  /** this where the bool `condition` holds, `other` elsewhere; see the function `where` for two other values. */
  where(this: Tensor, condition: Tensor, other: TensorLike): Tensor {
    return choose('where', condition, this, other);
  }

  /** `value` where the bool `mask` is true, this elsewhere. */
  maskedFill(this: Tensor, mask: Tensor, value: TensorLike): Tensor {
    return choose('maskedFill', mask, value, this);
  }

  /**
   * Limited to [min, max], of which one may be left out; where min > max it is max. NaN stays NaN. The gradient is 1
   * inside, limits included, and 0 outside.
   */
  clamp(this: Tensor, { min, max }: { min?: TensorLike; max?: TensorLike } = {}): Tensor {
    if (min === undefined && max === undefined) {
      throw new TypeError('clamp: give at least one limit, as in clamp({ min: 0 }).');
    }
    const raised =
      min === undefined
        ? this
        : binary('clamp', this, min, 'number', (a, limit) => build.where(build.lt(a, limit), limit, a));
    if (max === undefined) return raised;
    return binary('clamp', raised, max, 'number', (a, limit) => build.where(build.lt(limit, a), limit, a));
  }
}
