import * as build from '../graph/builder.ts';
import type { Combine, Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { castOn, commonDevice, inArithmetic, inDomain } from './operands.ts';
import { isFiniteNode, ReduceTensor, reverseOrder, widened } from './reduce.ts';
import type { Tensor } from './tensor.ts';

export interface DiffOptions {
  /** How many times the difference is taken. Default 1. */
  readonly n?: number;
  /** The dimension to go along. Default -1, the last. */
  readonly dim?: number;
  /** Tensors put before and after this one along `dim`, of this one's shape but along it. */
  readonly prepend?: Tensor;
  readonly append?: Tensor;
}

function running(operation: string, tensor: Tensor, dim: number, combine: Combine): Tensor {
  const { node, device } = tensor;
  const axis = normalizeAxis(operation, dim, node.shape.length);
  return wrapNode(build.accumulate(widened(node), axis, combine), device);
}

/** Running extremes and where they are; bools compare as numbers and come back as bools. */
function runningExtreme(
  operation: string,
  tensor: Tensor,
  dim: number,
  order: (a: Node) => Node,
): [values: Tensor, indices: Tensor] {
  const { node, device } = tensor;
  const axis = normalizeAxis(operation, dim, node.shape.length);
  const ordered = order(node.dtype === 'bool' ? build.cast(node, 'int32') : node);
  const largest = build.accumulate(ordered, axis, 'max');
  const values = build.cast(order(largest), node.dtype);
  const indices = build.runningArgmax(build.detach(ordered), build.detach(largest), axis);
  return [wrapNode(values, device), wrapNode(indices, device)];
}

/**
 * Each sum is kept relative to the largest element so far, and scaled down when a larger one comes:
 * s[i] = e^(m[i - 1] - m[i]) · s[i - 1] + e^(x[i] - m[i]). No exponent is positive, and none that matters is far below 0.
 */
function logCumSumExpNode(x: Node, axis: number): Node {
  if (sizeOf(x.shape) === 0) return x;
  const largest = build.detach(build.accumulate(x, axis, 'max'));
  // Subtracting an infinite maximum would give NaN where the answer is ±∞.
  const shift = build.where(isFiniteNode(largest), largest, build.full(largest, 0));
  // Before the first finite element the sum is 0, and stays so whatever it is multiplied by.
  const change = build.sub(build.shifted(shift, axis, -1), shift);
  const factors = build.exp(build.min(change, build.full(change, 0)));
  const sums = build.linearRecurrence(factors, build.exp(build.sub(x, shift)), axis);
  return build.add(build.log(sums), shift);
}

function join(tensor: Tensor, other: Tensor | undefined, axis: number, atEnd: boolean): Tensor {
  if (!other) return tensor;
  commonDevice('diff', [tensor, other]);
  const name = atEnd ? 'append' : 'prepend';
  const fits =
    other.ndim === tensor.ndim &&
    other.shape.every((size, i) => i === axis || size === tensor.shape[i]) &&
    other.dtype === tensor.dtype;
  if (!fits) {
    throw new RangeError(
      `diff: ${name} is ${other.dtype}${formatShape(other.shape)} and the tensor ` +
        `${tensor.dtype}${formatShape(tensor.shape)}; they must agree but in dimension ${axis}.`,
    );
  }
  const [first, second] = atEnd ? [tensor.node, other.node] : [other.node, tensor.node];
  const zeros = tensor.shape.map(() => 0);
  const before = build.pad(first, zeros, zeros.with(axis, second.shape[axis] as number));
  const after = build.pad(second, zeros.with(axis, first.shape[axis] as number), zeros);
  const joined = tensor.dtype === 'bool' ? build.or(before, after) : build.add(before, after);
  return wrapNode(joined, tensor.device);
}

function difference(a: Node, axis: number): Node {
  const zeros = a.shape.map(() => 0);
  const shape = a.shape.with(axis, Math.max((a.shape[axis] as number) - 1, 0));
  const later = build.shrink(a, shape[axis] === 0 ? zeros : zeros.with(axis, 1), shape);
  const earlier = build.shrink(a, zeros, shape);
  return a.dtype === 'bool' ? build.xor(later, earlier) : build.sub(later, earlier);
}

/** What runs along one axis, each element made of itself and those before it. */
export abstract class CumulativeTensor extends ReduceTensor {
  /** Sums of this and all before along one axis. Of bool, uint8 and int32: int32. */
  cumsum(this: Tensor, dim: number): Tensor {
    return running('cumsum', this, dim, 'sum');
  }

  /** Products of this and all before along one axis. Of bool, uint8 and int32: int32. */
  cumprod(this: Tensor, dim: number): Tensor {
    return running('cumprod', this, dim, 'prod');
  }

  /**
   * The largest of this and all before along one axis, and the int32 index at which it is: of equal elements the latest,
   * which also gets the gradient. A NaN is the largest from where it stands.
   */
  cummax(this: Tensor, dim: number): [values: Tensor, indices: Tensor] {
    return runningExtreme('cummax', this, dim, (a) => a);
  }

  /** The smallest of this and all before along one axis, and where it is; otherwise as `cummax`. */
  cummin(this: Tensor, dim: number): [values: Tensor, indices: Tensor] {
    return runningExtreme('cummin', this, dim, reverseOrder);
  }

  /** log Σ e^x over this and all before along one axis, without overflow or loss of small elements. */
  logcumsumexp(this: Tensor, dim: number): Tensor {
    const { node, device } = this;
    const axis = normalizeAxis('logcumsumexp', dim, node.shape.length);
    const x = castOn('logcumsumexp', node, inDomain(node.dtype, 'float'), device);
    return wrapNode(
      inArithmetic([x], (wide) => logCumSumExpNode(wide, axis)),
      device,
    );
  }

  /**
   * Differences of neighbours along one axis, `n` times; of bools, whether they differ. Each time the axis is one
   * shorter.
   * @throws RangeError if `n` is not a whole number from 0, or `prepend` or `append` do not fit.
   */
  diff(this: Tensor, { n = 1, dim = -1, prepend, append }: DiffOptions = {}): Tensor {
    if (!Number.isInteger(n) || n < 0) {
      throw new RangeError(`diff: n must be a whole number from 0, got ${n}.`);
    }
    const axis = normalizeAxis('diff', dim, this.ndim);
    let { node } = n === 0 ? this : join(join(this, prepend, axis, false), append, axis, true);
    for (let i = 0; i < n; i++) node = difference(node, axis);
    return wrapNode(node, this.device);
  }
}
