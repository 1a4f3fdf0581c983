import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { ComparisonTensor } from './comparison.ts';
import { binary, type TensorLike, unary } from './operands.ts';
import type { Tensor } from './tensor.ts';

function checkBits(operation: string, a: Node, boolToo = true): void {
  if (!isFloat(a.dtype) && (boolToo || a.dtype !== 'bool')) return;
  throw new TypeError(
    `${operation}: expected integers${boolToo ? ' or bools' : ''}, got ${a.dtype}; convert with .int() first.`,
  );
}

const bits = (
  operation: string,
  tensor: Tensor,
  other: TensorLike,
  compute: (a: Node, b: Node) => Node,
  boolToo = true,
): Tensor =>
  binary(operation, tensor, other, 'any', (a, b) => {
    checkBits(operation, a, boolToo);
    return compute(a, b);
  });

const invert = (a: Node): Node =>
  build.xor(a, build.full(a, a.dtype === 'bool' ? 1 : a.dtype === 'uint8' ? 255 : -1));

/** Copies of the sign bit come in from the left: of a negative number, zeros into its complement. */
function shiftRightNode(a: Node, b: Node): Node {
  if (a.dtype === 'uint8') return build.shr(a, b);
  const negative = build.lt(a, build.full(a, 0));
  const shifted = build.shr(build.where(negative, invert(a), a), b);
  return build.where(negative, invert(shifted), shifted);
}

/** Operations on the bits of integers, in two's complement, or on bools. */
export abstract class BitwiseTensor extends ComparisonTensor {
  /** The bits that are set in both. */
  bitwiseAnd(this: Tensor, other: TensorLike): Tensor {
    return bits('bitwiseAnd', this, other, build.and);
  }

  /** The bits that are set in at least one. */
  bitwiseOr(this: Tensor, other: TensorLike): Tensor {
    return bits('bitwiseOr', this, other, build.or);
  }

  /** The bits that are set in exactly one. */
  bitwiseXor(this: Tensor, other: TensorLike): Tensor {
    return bits('bitwiseXor', this, other, build.xor);
  }

  /** Every bit turned over: -1 - this for int32 and int8, 255 - this for uint8, not for bool. */
  bitwiseNot(this: Tensor): Tensor {
    return unary('bitwiseNot', this, 'any', (a) => {
      checkBits('bitwiseNot', a);
      return invert(a);
    });
  }

  /** Moved to the left by a number of bits, of which those of 32 and more count modulo 32. */
  bitwiseLeftShift(this: Tensor, other: TensorLike): Tensor {
    return bits('bitwiseLeftShift', this, other, build.shl, false);
  }

  /** Moved to the right by a number of bits (modulo 32): divided by a power of two, rounded down. */
  bitwiseRightShift(this: Tensor, other: TensorLike): Tensor {
    return bits('bitwiseRightShift', this, other, shiftRightNode, false);
  }
}
