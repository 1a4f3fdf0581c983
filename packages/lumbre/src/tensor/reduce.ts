import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { normalizeAxes, normalizeAxis, type Shape, sizeOf } from '../graph/shape.ts';
import { BitwiseTensor } from './bitwise.ts';
import { notNode } from './comparison.ts';
import { wrapNode } from './core.ts';
import { castOn, type Domain, inDomain } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** The axes to reduce; left out or `null`, all of them. */
export type Axes = number | readonly number[] | null;

export interface ReduceOptions {
  /** Whether reduced axes stay, with size 1. Default false. */
  readonly keepdim?: boolean;
}

const without = (shape: Shape, axes: readonly number[]) => shape.filter((_, axis) => !axes.includes(axis));

/** Gives a reduction, made with its axes kept, the shape that was asked for. */
const dropAxes = (a: Node, axes: readonly number[], keepdim: boolean): Node =>
  keepdim ? a : build.reshape(a, without(a.shape, axes));

function reduce(
  operation: string,
  tensor: Tensor,
  dim: Axes | undefined,
  { keepdim = false }: ReduceOptions,
  domain: Domain,
  compute: (a: Node, axes: readonly number[]) => Node,
): Tensor {
  const { node, device } = tensor;
  const axes = normalizeAxes(operation, dim, node.shape.length);
  const a = castOn(operation, node, inDomain(node.dtype, domain), device);
  return wrapNode(dropAxes(compute(a, axes), axes, keepdim), device);
}

/** How many elements each result is made of. */
const countOver = (shape: Shape, axes: readonly number[]): number =>
  sizeOf(axes.map((axis) => shape[axis] as number));

/** Sums and products of small integers are int32, so that they do not overflow at 255. */
const widened = (a: Node): Node => (isFloat(a.dtype) ? a : build.cast(a, 'int32'));

const meanNode = (a: Node, axes: readonly number[]): Node => {
  const total = build.sum(a, axes);
  return build.div(total, build.full(total, countOver(a.shape, axes)));
};

/** The mean of the squared distances from the mean, in two passes: one pass would cancel. */
function varianceNode(a: Node, axes: readonly number[], correction: number): Node {
  const centered = build.sub(a, build.expand(meanNode(a, axes), a.shape));
  const squares = build.sum(build.mul(centered, centered), axes);
  const degrees = Math.max(countOver(a.shape, axes) - correction, 0);
  return build.div(squares, build.full(squares, degrees));
}

/** An order-reversing map and its own inverse; for integers ~x, which unlike -x cannot overflow. */
const reverseOrder = (a: Node): Node =>
  isFloat(a.dtype) ? build.neg(a) : build.xor(a, build.full(a, a.dtype === 'uint8' ? 255 : -1));

const smallest = (a: Node, axes: readonly number[]): Node =>
  reverseOrder(build.maxReduce(reverseOrder(a), axes));

/** Bools compare as numbers and come back as bools. */
const asNumber =
  (compute: (a: Node, axes: readonly number[]) => Node) =>
  (a: Node, axes: readonly number[]): Node =>
    a.dtype === 'bool' ? build.cast(compute(build.cast(a, 'int32'), axes), 'bool') : compute(a, axes);

/** How many are true. */
const countTrue = (truth: Node, axes: readonly number[]): Node => build.sum(build.cast(truth, 'int32'), axes);

function extremeIndex(
  operation: string,
  tensor: Tensor,
  dim: number | null | undefined,
  keepdim: boolean,
  order: (a: Node) => Node,
): Tensor {
  const { node, device } = tensor;
  const numeric = node.dtype === 'bool' ? build.cast(node, 'int32') : node;
  if (dim === undefined || dim === null) {
    const flat = build.argmax(order(build.reshape(numeric, [sizeOf(node.shape)])), 0);
    return wrapNode(build.reshape(flat, keepdim ? node.shape.map(() => 1) : []), device);
  }
  const axis = normalizeAxis(operation, dim, node.shape.length);
  return wrapNode(dropAxes(build.argmax(order(numeric), axis), [axis], keepdim), device);
}

/** The largest along the axes, for subtracting: what depends on it does not depend on its gradient. */
export const stabilizer = (a: Node, axes: readonly number[]): Node => build.detach(build.maxReduce(a, axes));

/** log Σ eˣ along the axes, which stay with size 1. */
function logSumExpNode(a: Node, axes: readonly number[]): Node {
  const largest = stabilizer(a, axes);
  // Subtracting an infinite maximum would give NaN where the answer is ±∞.
  const infinity = build.full(largest, Number.POSITIVE_INFINITY);
  const finite = build.lt(build.max(largest, build.neg(largest)), infinity);
  const shift = build.where(finite, largest, build.full(largest, 0));
  const exponentials = build.exp(build.sub(a, build.expand(shift, a.shape)));
  return build.add(build.log(build.sum(exponentials, axes)), shift);
}

function normNode(a: Node, axes: readonly number[], p: number): Node {
  const magnitude = build.max(a, build.neg(a));
  if (p === Number.POSITIVE_INFINITY) return build.maxReduce(magnitude, axes);
  if (p === 1) return build.sum(magnitude, axes);
  const powers = p === 2 ? build.mul(a, a) : build.pow(magnitude, build.full(a, p));
  const total = build.sum(powers, axes);
  const zero = build.full(total, 0);
  const isZero = build.eq(total, zero);
  // The root has no slope at 0; its gradient there shall be 0 and not NaN.
  const positive = build.where(isZero, build.full(total, 1), total);
  const root = p === 2 ? build.sqrt(positive) : build.pow(positive, build.full(total, 1 / p));
  return build.where(isZero, zero, root);
}

/** Reductions: along one axis, several, or all; negative axes count from the end. */
export abstract class ReduceTensor extends BitwiseTensor {
  /** The sum. Of bool, uint8 and int32: int32. */
  sum(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('sum', this, dim, options, 'any', (a, axes) => build.sum(widened(a), axes));
  }

  /** The product. Of bool, uint8 and int32: int32. */
  prod(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('prod', this, dim, options, 'any', (a, axes) => build.prod(widened(a), axes));
  }

  /** The mean. As in NumPy, integers and bools give the default float dtype. */
  mean(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('mean', this, dim, options, 'float', meanNode);
  }

  /** The variance: squared distances from the mean, summed and divided by n - correction (1 unless given). */
  var(this: Tensor, dim?: Axes, options: ReduceOptions & { readonly correction?: number } = {}): Tensor {
    const { correction = 1 } = options;
    return reduce('var', this, dim, options, 'float', (a, axes) => varianceNode(a, axes, correction));
  }

  /** The standard deviation, √var. */
  std(this: Tensor, dim?: Axes, options: ReduceOptions & { readonly correction?: number } = {}): Tensor {
    const { correction = 1 } = options;
    return reduce('std', this, dim, options, 'float', (a, axes) =>
      build.sqrt(varianceNode(a, axes, correction)),
    );
  }

  /** The largest value (values only: `argmax` says where). Ties share the gradient evenly. */
  max(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('max', this, dim, options, 'any', asNumber(build.maxReduce));
  }

  /** The smallest value (values only: `argmin` says where). Ties share the gradient evenly. */
  min(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('min', this, dim, options, 'any', asNumber(smallest));
  }

  /** Whether any is true, or not 0; false of nothing. */
  any(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('any', this, dim, options, 'any', (a, axes) =>
      build.cast(countTrue(build.cast(a, 'bool'), axes), 'bool'),
    );
  }

  /** Whether all are true, or not 0; true of nothing. */
  all(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('all', this, dim, options, 'any', (a, axes) =>
      notNode(build.cast(countTrue(notNode(build.cast(a, 'bool')), axes), 'bool')),
    );
  }

  /** The int32 index of the first largest value along one axis, or in the flattened tensor. */
  argmax(this: Tensor, dim?: number | null, { keepdim = false }: ReduceOptions = {}): Tensor {
    return extremeIndex('argmax', this, dim, keepdim, (a) => a);
  }

  /** The int32 index of the first smallest value along one axis, or in the flattened tensor. */
  argmin(this: Tensor, dim?: number | null, { keepdim = false }: ReduceOptions = {}): Tensor {
    return extremeIndex('argmin', this, dim, keepdim, reverseOrder);
  }

  /** log Σ e^this, without overflow. */
  logsumexp(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('logsumexp', this, dim, options, 'float', logSumExpNode);
  }

  /**
   * The vector norm (Σ |this|^p)^(1/p), the largest magnitude for p = ∞. Its gradient at 0 is 0.
   * @param options.p a positive number or Infinity; 2 unless given
   */
  norm(this: Tensor, dim?: Axes, options: ReduceOptions & { readonly p?: number } = {}): Tensor {
    const { p = 2 } = options;
    if (!(p > 0)) throw new RangeError(`norm: p must be positive, not ${p}.`);
    return reduce('norm', this, dim, options, 'float', (a, axes) => normNode(a, axes, p));
  }

  /** Sums of this and all before along one axis. Of bool, uint8 and int32: int32. */
  cumsum(this: Tensor, dim: number): Tensor {
    const { node, device } = this;
    const axis = normalizeAxis('cumsum', dim, node.shape.length);
    const length = node.shape[axis] as number;
    const zeros = node.shape.map(() => 0);
    let total = widened(node);
    // Hillis and Steele: after each round a sum reaches twice as far back.
    for (let reach = 1; reach < length; reach *= 2) {
      const earlier = build.shrink(total, zeros, node.shape.with(axis, length - reach));
      // Without a value of its own each round would be computed anew for both of its uses.
      total = build.contiguous(build.add(total, build.pad(earlier, zeros.with(axis, reach), zeros)));
    }
    return wrapNode(total, device);
  }
}
