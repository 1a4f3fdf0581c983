import { isFloat } from '../../graph/dtype.ts';
import { formatShape, sameShape } from '../../graph/shape.ts';
import { where } from '../combine.ts';
import { arange, full, ones, tensor, zeros } from '../creation.ts';
import { commonDevice, isTensor } from '../operands.ts';
import { searchsorted } from '../searching.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor, floats } from './floats.ts';

/** What each element counts for: 1 (int32), or its weight. */
function countsOf(operation: string, x: Tensor, weights: Tensor | undefined): Tensor {
  if (weights === undefined) return ones([x.size], { dtype: 'int32', device: x.device });
  checkTensor(operation, weights);
  commonDevice(operation, [x, weights]);
  if (!sameShape(weights.shape, x.shape)) {
    throw new RangeError(
      `${operation}: weights of shape ${formatShape(weights.shape)} for elements of shape ${formatShape(x.shape)}; ` +
        'both must have one shape.',
    );
  }
  return (isFloat(weights.dtype) ? weights : weights.to('int32')).ravel();
}

export interface BincountOptions {
  /** What each element counts for instead of 1, in the shape of the elements. */
  readonly weights?: Tensor;
  /** How many counts there are at least. Default 0. */
  readonly minlength?: number;
}

export interface BincountLength {
  readonly weights?: Tensor;
  /** How many counts there are: all elements are less. */
  readonly length: number;
}

function checkCount(operation: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(`${operation}: ${name} must be a non-negative integer, not ${value}.`);
}

/**
 * How often each of the numbers 0, 1, .. occurs, as torch.bincount and numpy.bincount: int32 [length], or sums of weights.
 * The length depends on the data, the largest element plus one, so that the answer is awaited; with a `length` that is
 * known it comes at once, lazily, and works inside `compile`. Gradients flow to weights.
 *
 * @param x integers that are not negative, of any shape
 * @throws TypeError for floats; RangeError for negative elements, and, once the value is computed, for those that are not
 *   less than `length`.
 */
export function bincount(x: Tensor, options: BincountLength): Tensor;
export function bincount(x: Tensor, options?: BincountOptions): Promise<Tensor>;
export function bincount(
  x: Tensor,
  options: BincountOptions | BincountLength = {},
): Tensor | Promise<Tensor> {
  checkTensor('bincount', x);
  if (isFloat(x.dtype)) {
    throw new TypeError(
      `bincount: counts integers, got ${x.dtype}; convert them with .int(), or see histogram().`,
    );
  }
  const counts = countsOf('bincount', x, options.weights);
  const index = x.to('int32').ravel();
  const count = (length: number): Tensor =>
    zeros([length], { dtype: counts.dtype, device: x.device }).scatterAdd(0, index, counts);
  if ('length' in options) {
    checkCount('bincount', 'length', options.length);
    return count(options.length);
  }
  const { minlength = 0 } = options;
  checkCount('bincount', 'minlength', minlength);
  return lengthOf(index, minlength).then(count);
}

/** One more than the largest element. */
async function lengthOf(index: Tensor, minlength: number): Promise<number> {
  let length = minlength;
  for (const value of await index.data()) {
    if (value < 0)
      throw new RangeError(`bincount: the element ${value} is negative; only 0, 1, .. are counted.`);
    length = Math.max(length, value + 1);
  }
  return length;
}

export interface HistogramOptions {
  /** Where the first bin begins and the last one ends, for a number of bins. From the smallest to the largest element. */
  readonly range?: readonly [from: number, to: number];
  /** Whether to give the density, whose integral over the bins is 1, instead of counts. Default false. */
  readonly density?: boolean;
  /** What each element counts for instead of 1, in the shape of the elements. */
  readonly weights?: Tensor;
}

/** The ends of `bins` bins of one width. */
function evenEdges(a: Tensor, bins: number, range: HistogramOptions['range']): Tensor {
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(`histogram: the number of bins must be a positive integer, not ${bins}.`);
  }
  const { dtype, device } = a;
  if (range && !(range[0] <= range[1] && Number.isFinite(range[1] - range[0]))) {
    throw new RangeError(
      `histogram: the range must be two finite numbers that rise, not [${range.join(', ')}].`,
    );
  }
  const number = (value: number) => full([], value, { dtype, device });
  const known = range ?? (a.size === 0 ? ([0, 1] as const) : null);
  const [from, to] = known ? [number(known[0]), number(known[1])] : [a.detach().min(), a.detach().max()];
  // Of equal elements the bins are around them.
  const widened = where(from.eq(to), number(0.5), number(0));
  const [low, high] = [from.sub(widened), to.add(widened)];
  const step = arange(bins + 1, { dtype, device });
  // The end is exact, whatever the steps add up to.
  return where(step.eq(bins), high, low.add(high.sub(low).mul(step.div(bins))));
}

function givenEdges(a: Tensor, bins: Tensor | readonly number[]): Tensor {
  const { dtype, device } = a;
  if (!isTensor(bins)) {
    if (bins.some((edge, i) => i > 0 && !((bins[i - 1] as number) <= edge))) {
      throw new RangeError(`histogram: edges must rise, got [${bins.join(', ')}].`);
    }
  }
  const edges = isTensor(bins) ? bins.to(dtype) : tensor([...bins], { dtype, device });
  if (edges.ndim === 1 && edges.size >= 2) return edges;
  throw new RangeError(
    `histogram: edges must be a vector of two or more, got shape ${formatShape(edges.shape)}.`,
  );
}

/**
 * How many elements fall into each bin, as numpy.histogram: [counts [bins], edges [bins + 1]]. A bin holds its left edge and
 * not its right one, but for the last, which holds both. Elements outside, and NaN, are not counted. Counts are int32, or
 * sums of weights; densities are floats. All is lazy, and works inside `compile`. Gradients flow to weights.
 *
 * @param bins how many of one width, or their edges, rising: bins + 1 numbers or a vector
 * @throws RangeError for other bins, or weights of another shape.
 */
export function histogram(
  x: Tensor,
  bins: number | readonly number[] | Tensor = 10,
  { range, density = false, weights }: HistogramOptions = {},
): [hist: Tensor, binEdges: Tensor] {
  const { operands, dtype } = floats('histogram', x);
  const a = (operands[0] as Tensor).ravel();
  const edges = typeof bins === 'number' ? evenEdges(a, bins, range) : givenEdges(a, bins);
  const count = edges.size - 1;
  const after = searchsorted(edges, a, { right: true });
  const [first, last] = [edges.select(0, 0), edges.select(0, count)];
  const inside = a.ge(first).logicalAnd(a.le(last));
  // What is outside goes to a place of its own behind the last bin.
  const bin = where(inside, after.sub(1).clamp({ max: count - 1 }), count);
  const source = countsOf('histogram', x, weights);
  const sums = zeros([count + 1], { dtype: source.dtype, device: x.device })
    .scatterAdd(0, bin, source)
    .narrow(0, 0, count);
  if (!density) return [sums, edges.to(dtype)];
  const amounts = sums.to(edges.dtype);
  const widths = edges.narrow(0, 1, count).sub(edges.narrow(0, 0, count));
  return [amounts.div(widths).div(amounts.sum()).to(dtype), edges.to(dtype)];
}
