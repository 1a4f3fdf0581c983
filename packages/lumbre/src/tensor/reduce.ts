import * as build from '../graph/builder.ts';
import { isFloat } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { normalizeAxes, normalizeAxis, type Shape, sizeOf } from '../graph/shape.ts';
import { BitwiseTensor } from './bitwise.ts';
import { notNode } from './comparison.ts';
import { wrapNode } from './core.ts';
import { castOn, type Domain, inArithmetic, inDomain } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** The axes to reduce; left out or `null`, all of them. */
export type Axes = number | readonly number[] | null;

export interface ReduceOptions {
  /** Whether reduced axes stay, with size 1. Default false. */
  readonly keepdim?: boolean;
}

export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the number of elements before dividing by it; 1 unless given. */
  readonly correction?: number;
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
  const reduced = inArithmetic([a], (wide) => compute(wide, axes));
  return wrapNode(dropAxes(reduced, axes, keepdim), device);
}

/** How many elements each result is made of. */
const countOver = (shape: Shape, axes: readonly number[]): number =>
  sizeOf(axes.map((axis) => shape[axis] as number));

/** Sums and products of small integers are int32, so that they do not overflow at 255. */
export const widened = (a: Node): Node => (isFloat(a.dtype) ? a : build.cast(a, 'int32'));

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
export const reverseOrder = (a: Node): Node =>
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

/** Whether floats are neither infinite nor NaN. */
export const isFiniteNode = (a: Node): Node =>
  build.lt(build.max(a, build.neg(a)), build.full(a, Number.POSITIVE_INFINITY));

/** log Σ eˣ along the axes, which stay with size 1. */
function logSumExpNode(a: Node, axes: readonly number[]): Node {
  const largest = stabilizer(a, axes);
  // Subtracting an infinite maximum would give NaN where the answer is ±∞.
  const shift = build.where(isFiniteNode(largest), largest, build.full(largest, 0));
  const exponentials = build.exp(build.sub(a, build.expand(shift, a.shape)));
  return build.add(build.log(build.sum(exponentials, axes)), shift);
}

/** √a, whose gradient at 0 is 0 and not NaN. */
function rootNode(a: Node): Node {
  const isZero = build.eq(a, build.full(a, 0));
  return build.where(isZero, a, build.sqrt(build.where(isZero, build.full(a, 1), a)));
}

/** The standard deviation; of equal numbers it has no slope, and its gradient shall be 0. */
const deviationNode = (a: Node, axes: readonly number[], correction: number): Node =>
  rootNode(varianceNode(a, axes, correction));

const isNonzero = (a: Node): Node => notNode(build.eq(a, build.full(a, 0)));

function normNode(a: Node, axes: readonly number[], p: number): Node {
  const magnitude = build.max(a, build.neg(a));
  if (p === Number.POSITIVE_INFINITY) return build.maxReduce(magnitude, axes);
  if (p === Number.NEGATIVE_INFINITY) return smallest(magnitude, axes);
  if (p === 0) return build.sum(build.cast(isNonzero(a), a.dtype), axes);
  if (p === 1) return build.sum(magnitude, axes);
  if (p === 2) return rootNode(build.sum(build.mul(a, a), axes));
  const total = build.sum(build.pow(magnitude, build.full(a, p)), axes);
  const zero = build.full(total, 0);
  const isZero = build.eq(total, zero);
  // The root has no slope at 0; its gradient there shall be 0 and not NaN.
  const positive = build.where(isZero, build.full(total, 1), total);
  const root = build.pow(positive, build.full(total, 1 / p));
  // Of a negative p a sum of 0 means infinite numbers, and so does the root.
  return build.where(isZero, p > 0 ? zero : build.full(total, Number.POSITIVE_INFINITY), root);
}

/** What is not NaN, and 0 elsewhere. */
const withoutNaN = (a: Node): Node => build.where(build.eq(a, a), a, build.full(a, 0));

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
  var(this: Tensor, dim?: Axes, options: VarianceOptions = {}): Tensor {
    const { correction = 1 } = options;
    return reduce('var', this, dim, options, 'float', (a, axes) => varianceNode(a, axes, correction));
  }

  /** The standard deviation, √var. */
  std(this: Tensor, dim?: Axes, options: VarianceOptions = {}): Tensor {
    const { correction = 1 } = options;
    return reduce('std', this, dim, options, 'float', (a, axes) => deviationNode(a, axes, correction));
  }

  /** The variance and the mean, [variance, mean]. */
  varMean(this: Tensor, dim?: Axes, options: VarianceOptions = {}): [Tensor, Tensor] {
    return [this.var(dim, options), this.mean(dim, options)];
  }

  /** The standard deviation and the mean, [deviation, mean]. */
  stdMean(this: Tensor, dim?: Axes, options: VarianceOptions = {}): [Tensor, Tensor] {
    return [this.std(dim, options), this.mean(dim, options)];
  }

  /** The sum of what is not NaN. */
  nansum(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('nansum', this, dim, options, 'any', (a, axes) =>
      build.sum(isFloat(a.dtype) ? withoutNaN(a) : widened(a), axes),
    );
  }

  /** The mean of what is not NaN; NaN where there is nothing else. */
  nanmean(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('nanmean', this, dim, options, 'float', (a, axes) =>
      build.div(build.sum(withoutNaN(a), axes), build.sum(build.cast(build.eq(a, a), a.dtype), axes)),
    );
  }

  /** How many elements are not 0, int32. */
  countNonzero(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('countNonzero', this, dim, options, 'any', (a, axes) =>
      countTrue(build.cast(a, 'bool'), axes),
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

  /** The largest value; another name of `max`. */
  amax(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('amax', this, dim, options, 'any', asNumber(build.maxReduce));
  }

  /** The smallest value; another name of `min`. */
  amin(this: Tensor, dim?: Axes, options: ReduceOptions = {}): Tensor {
    return reduce('amin', this, dim, options, 'any', asNumber(smallest));
  }

  /** The smallest and the largest value, [min, max]. */
  aminmax(this: Tensor, dim?: Axes, options: ReduceOptions = {}): [Tensor, Tensor] {
    return [this.amin(dim, options), this.amax(dim, options)];
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
   * The vector norm (Σ |this|^p)^(1/p); the largest magnitude for p = ∞, the smallest for -∞, the number of elements that
   * are not 0 for p = 0. Its gradient at 0 is 0.
   * @param options.p a number or ±Infinity; 2 unless given
   */
  norm(this: Tensor, dim?: Axes, options: ReduceOptions & { readonly p?: number } = {}): Tensor {
    const { p = 2 } = options;
    if (Number.isNaN(p)) throw new RangeError('norm: p must be a number, not NaN.');
    return reduce('norm', this, dim, options, 'float', (a, axes) => normNode(a, axes, p));
  }

  /**
   * Divided by its norm along `dim`, or by `eps` where that is smaller.
   * @param dim one axis or several; 1 unless given, as in PyTorch
   */
  normalize(this: Tensor, dim: Axes = 1, { p = 2, eps = 1e-12 }: { p?: number; eps?: number } = {}): Tensor {
    return this.div(this.norm(dim, { p, keepdim: true }).clamp({ min: eps }));
  }
}
