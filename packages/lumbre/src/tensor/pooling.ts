import * as build from '../graph/builder.ts';
import { arithmeticDtype, lowestOf } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { observed } from './observer.ts';
import { castOn, inDomain } from './operands.ts';
import { checkSpatial, type PerDimension, perDimension } from './spatial.ts';
import type { Tensor } from './tensor.ts';

export interface PoolOptions {
  /** From one window to the next. Default the window's size, so that windows lie side by side. */
  readonly stride?: PerDimension;
  /** What is put on both sides of each dimension and never chosen, or counts as zero. At most half a window. Default 0. */
  readonly padding?: PerDimension;
  /** Whether a window that begins inside and ends outside counts too. Default false. */
  readonly ceilMode?: boolean;
}

export interface MaxPoolOptions extends PoolOptions {
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: PerDimension;
  /** Whether to return the row-major positions of the chosen elements in their images too, as int32. Default false. */
  readonly returnIndices?: boolean;
}

export interface AveragePoolOptions extends PoolOptions {
  /** Whether padding counts as elements. Default true. */
  readonly countIncludePad?: boolean;
  /** What to divide sums by, instead of the number of elements. */
  readonly divisorOverride?: number;
}

/** Windows over the last dimensions of an input of any rank; one entry for each. */
interface Pool {
  readonly over: build.Windows;
  /** The sizes that windows slide over, without padding. */
  readonly sizes: readonly number[];
  readonly low: readonly number[];
  /** At least as much as `low`; more where a window of `ceilMode` ends beyond it. */
  readonly high: readonly number[];
}

const lastAxes = (ndim: number, rank: number): number[] =>
  Array.from({ length: rank }, (_, i) => ndim - rank + i);

function poolOf(
  operation: string,
  shape: Shape,
  kernelSize: PerDimension,
  { stride = kernelSize, padding = 0, ceilMode = false, dilation = 1 }: MaxPoolOptions,
  rank: number,
): Pool {
  checkSpatial(operation, shape, rank);
  const kernel = perDimension(operation, 'kernelSize', kernelSize, rank, 1);
  const steps = perDimension(operation, 'stride', stride, rank, 1);
  const low = perDimension(operation, 'padding', padding, rank, 0);
  const gaps = perDimension(operation, 'dilation', dilation, rank, 1);
  const sizes = shape.slice(-rank);
  const reach = kernel.map((size, i) => (size - 1) * (gaps[i] as number) + 1);
  if (low.some((n, i) => n > (reach[i] as number) / 2)) {
    throw new RangeError(
      `${operation}: padding ${formatShape(low)} is more than half of a window of ${formatShape(reach)}; some windows ` +
        'would see nothing else. Pad less, or use pad() first.',
    );
  }
  const counts = sizes.map((size, i) => {
    const [step, pad] = [steps[i] as number, low[i] as number];
    const steppable = (size + 2 * pad - (reach[i] as number)) / step;
    if (!ceilMode) return Math.floor(steppable) + 1;
    const count = Math.ceil(steppable) + 1;
    // A window that would begin in the padding behind sees nothing.
    return (count - 1) * step >= size + pad ? count - 1 : count;
  });
  if (sizes.includes(0) || counts.some((count) => count < 1)) {
    throw new RangeError(
      `${operation}: windows of ${formatShape(reach)} do not fit into ${formatShape(sizes)} with padding ` +
        `${formatShape(low)}; use smaller windows, or ceilMode.`,
    );
  }
  const high = sizes.map((size, i) => {
    const end = ((counts[i] as number) - 1) * (steps[i] as number) + (reach[i] as number);
    return Math.max(low[i] as number, end - size - (low[i] as number));
  });
  const over = { axes: lastAxes(shape.length, rank), sizes: kernel, stride: steps, dilation: gaps };
  return { over, sizes, low, high };
}

/** `value` around `a`, as much as a pool wants. */
function surround(a: Node, { low, high }: Pool, value: number): Node {
  const before = new Array<number>(a.shape.length - low.length).fill(0);
  const sides = [
    [...before, ...low],
    [...before, ...high],
  ] as const;
  const zeros = build.pad(a, ...sides);
  if (value === 0 || zeros === a) return zeros;
  const inside = build.pad(build.constant(a.shape, 'bool', 1), ...sides);
  return build.where(inside, zeros, build.full(zeros, value));
}

/** The axes of the elements of windows over a value of `ndim` dimensions. */
const elementAxes = (ndim: number, rank: number): number[] =>
  Array.from({ length: rank }, (_, i) => ndim + i);

const withoutElements = (a: Node, rank: number): Node => build.reshape(a, a.shape.slice(0, -rank));

/** Positions in the image of the elements that windows have chosen, from their places in the windows. */
function positionsOf(places: Node, { over, sizes, low }: Pool): Node {
  const number = (value: number) => build.full(places, value);
  // From the first on, instead of from the end.
  let rest = build.sub(number(sizeOf(over.sizes)), places);
  let position = number(0);
  let step = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const kernel = over.sizes[i] as number;
    const offset = build.mod(rest, number(kernel));
    rest = build.idiv(rest, number(kernel));
    const start = build.mul(
      build.iota(places.shape, over.axes[i] as number),
      number(over.stride[i] as number),
    );
    const within = build.add(start, build.mul(offset, number(over.dilation[i] as number)));
    const index = build.sub(within, number(low[i] as number));
    position = build.add(position, build.mul(index, number(step)));
    step *= sizes[i] as number;
  }
  return position;
}

type Pooled<Options extends MaxPoolOptions> = Options extends { readonly returnIndices: true }
  ? [values: Tensor, indices: Tensor]
  : Tensor;

function maxPool(
  operation: string,
  input: Tensor,
  kernelSize: PerDimension,
  options: MaxPoolOptions,
  rank: number,
): Tensor | [Tensor, Tensor] {
  const pool = poolOf(operation, input.shape, kernelSize, options, rank);
  if (input.dtype === 'bool') {
    throw new TypeError(`${operation}: expected numbers, got bool; convert it with .to('…') first.`);
  }
  const seen = build.windows(surround(input.node, pool, lowestOf(input.dtype)), pool.over);
  const axes = elementAxes(input.ndim, rank);
  const largest = build.maxReduce(seen, axes, 'first');
  const values = wrapNode(withoutElements(largest, rank), input.device);
  if (!options.returnIndices) return values;
  const places = withoutElements(build.firstPlace(seen, largest, axes), rank);
  return [values, wrapNode(positionsOf(places, pool), input.device)];
}

/** How many elements each window along one dimension has, as a node of `shape` that varies along `axis`. */
function elementsAlong(shape: Shape, pool: Pool, i: number, countPadding: boolean): Node {
  const axis = pool.over.axes[i] as number;
  const number = (value: number) => build.constant(shape, 'int32', value);
  const [kernel, pad, size] = [pool.over.sizes[i], pool.low[i], pool.sizes[i]] as [number, number, number];
  const start = build.mul(build.iota(shape, axis), number(pool.over.stride[i] as number));
  // Both from the beginning of the padding.
  const from = countPadding ? start : build.max(start, number(pad));
  const to = build.min(build.add(start, number(kernel)), number(pad + size + (countPadding ? pad : 0)));
  return build.sub(to, from);
}

function averagePool(
  operation: string,
  input: Tensor,
  kernelSize: PerDimension,
  options: AveragePoolOptions,
  rank: number,
): Tensor {
  const { countIncludePad = true, divisorOverride } = options;
  if (divisorOverride !== undefined && !(Number.isInteger(divisorOverride) && divisorOverride !== 0)) {
    throw new RangeError(
      `${operation}: divisorOverride is ${divisorOverride}; expected an integer other than 0.`,
    );
  }
  const pool = poolOf(operation, input.shape, kernelSize, options, rank);
  const x = castOn(operation, input.node, arithmeticDtype(inDomain(input.dtype, 'float')), input.device);
  const seen = build.windows(surround(x, pool, 0), pool.over);
  const total = withoutElements(build.sum(seen, elementAxes(x.shape.length, rank)), rank);
  // Windows differ in what they count where some reach into padding that does not count.
  const uniform = pool.high.every((n, i) => n === pool.low[i] && (countIncludePad || n === 0));
  const divisor =
    divisorOverride !== undefined || uniform
      ? build.full(total, divisorOverride ?? sizeOf(pool.over.sizes))
      : build.cast(
          pool.sizes.map((_, i) => elementsAlong(total.shape, pool, i, countIncludePad)).reduce(build.mul),
          total.dtype,
        );
  const mean = build.div(total, divisor);
  return wrapNode(build.cast(mean, inDomain(input.dtype, 'float')), input.device);
}

/**
 * The largest element of each window, as PyTorch's max_pool1d: [batch, channels, length], or without the batch. The
 * gradient goes to the first of the largest.
 * @returns the values, and with `returnIndices` where they were too
 * @throws RangeError when no window fits, or for more padding than half a window; TypeError for bool.
 */
export const maxPool1d = /* @__PURE__ */ observed(
  'maxPool1d',
  <Options extends MaxPoolOptions>(
    input: Tensor,
    kernelSize: PerDimension,
    options?: Options,
  ): Pooled<Options> => maxPool('maxPool1d', input, kernelSize, options ?? {}, 1) as Pooled<Options>,
);

/**
 * The largest element of each window, as PyTorch's max_pool2d: [batch, channels, height, width], or without the batch. The
 * gradient goes to the first of the largest.
 * @returns the values, and with `returnIndices` their row-major positions in [height, width] too
 * @throws RangeError when no window fits, or for more padding than half a window; TypeError for bool.
 */
export const maxPool2d = /* @__PURE__ */ observed(
  'maxPool2d',
  <Options extends MaxPoolOptions>(
    input: Tensor,
    kernelSize: PerDimension,
    options?: Options,
  ): Pooled<Options> => maxPool('maxPool2d', input, kernelSize, options ?? {}, 2) as Pooled<Options>,
);

/**
 * The mean of each window, as PyTorch's avg_pool1d: [batch, channels, length], or without the batch. Integers give the
 * default float dtype.
 * @throws RangeError when no window fits, or for more padding than half a window.
 */
export const avgPool1d = /* @__PURE__ */ observed(
  'avgPool1d',
  (
    input: Tensor,
    kernelSize: PerDimension,
    options: Omit<AveragePoolOptions, 'divisorOverride'> = {},
  ): Tensor => averagePool('avgPool1d', input, kernelSize, options, 1),
);

/**
 * The mean of each window, as PyTorch's avg_pool2d: [batch, channels, height, width], or without the batch. Integers give
 * the default float dtype.
 * @throws RangeError when no window fits, or for more padding than half a window.
 */
export const avgPool2d = /* @__PURE__ */ observed(
  'avgPool2d',
  (input: Tensor, kernelSize: PerDimension, options: AveragePoolOptions = {}): Tensor =>
    averagePool('avgPool2d', input, kernelSize, options, 2),
);
