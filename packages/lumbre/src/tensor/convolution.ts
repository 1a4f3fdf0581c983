import * as build from '../graph/builder.ts';
import { arithmeticDtype, promote } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { correlate, correlateTransposed } from './correlate.ts';
import { observed } from './observer.ts';
import { broadcastNode, castOn, commonDevice, inDomain } from './operands.ts';
import { checkSpatial, type PerDimension, padded, perDimension } from './spatial.ts';
import type { Tensor } from './tensor.ts';

export interface ConvolutionOptions {
  /** Added to each output channel: [outChannels]. */
  readonly bias?: Tensor | null;
  /** From one window to the next. Default 1. */
  readonly stride?: PerDimension;
  /**
   * Zeros on both sides of each dimension. `valid` is none; `same` as many as keep the size, with the odd one behind,
   * and wants stride 1. Default 0.
   */
  readonly padding?: PerDimension | 'same' | 'valid';
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: PerDimension;
  /** Channels are split in so many groups, which do not see each other. Default 1. */
  readonly groups?: number;
}

export interface TransposedConvolutionOptions extends Omit<ConvolutionOptions, 'padding'> {
  /** The zeros that the convolution of which this is the transpose puts around its input; here they are cut off. Default 0. */
  readonly padding?: PerDimension;
  /** Added to the output's size on one side: with a stride, several sizes lead to the same one. Default 0. */
  readonly outputPadding?: PerDimension;
}

interface Operands {
  /** With a batch of one if there was none. */
  readonly x: Node;
  readonly weight: Node;
  readonly bias: Node | null;
  /** Gives the result the dtype of the operands and the number of dimensions that the input had. */
  readonly finish: (result: Node) => Tensor;
}

/** Brings the operands to the float dtype that is computed in, and the input to [batch, channels, spatial…]. */
function operandsOf(
  operation: string,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  rank: number,
): Operands {
  checkSpatial(operation, input.shape, rank);
  const tensors = bias ? [input, weight, bias] : [input, weight];
  const device = commonDevice(operation, tensors);
  const dtype = inDomain(tensors.map((t) => t.dtype).reduce(promote), 'float');
  const wide = arithmeticDtype(dtype);
  const [x, w, b] = tensors.map((t) => castOn(operation, t.node, wide, device)) as [Node, Node, Node?];
  const single = x.shape.length === rank + 1;
  return {
    x: single ? build.reshape(x, [1, ...x.shape]) : x,
    weight: w,
    bias: b ?? null,
    finish: (result) => {
      const rounded = build.cast(result, dtype);
      return wrapNode(single ? build.reshape(rounded, rounded.shape.slice(1)) : rounded, device);
    },
  };
}

function addBias(operation: string, result: Node, bias: Node | null): Node {
  if (!bias) return result;
  const [, channels, ...rest] = result.shape as [number, number, ...number[]];
  if (bias.shape.length !== 1 || bias.shape[0] !== channels) {
    throw new RangeError(
      `${operation}: bias has shape ${formatShape(bias.shape)}; expected [${channels}], one for each output channel.`,
    );
  }
  const aligned = build.reshape(bias, [channels, ...rest.map(() => 1)]);
  return build.add(result, broadcastNode(aligned, result.shape));
}

/** @throws RangeError unless the weight has `rank` kernel sizes of at least 1 and channels come in `groups`. */
function checkWeight(operation: string, x: Shape, weight: Shape, groups: number, transposed: boolean): void {
  const rank = x.length - 2;
  const layout = transposed
    ? '[inChannels, outChannels / groups, kernel…]'
    : '[outChannels, inChannels / groups, kernel…]';
  if (weight.length !== rank + 2 || weight.slice(2).includes(0)) {
    throw new RangeError(
      `${operation}: weight has shape ${formatShape(weight)}; expected ${layout} with ${rank} kernel ` +
        `size${rank > 1 ? 's' : ''} of at least 1.`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1) {
    throw new RangeError(`${operation}: groups is ${groups}; expected an integer of at least 1.`);
  }
  const channels = x[1] as number;
  const grouped = transposed ? channels : (weight[0] as number);
  if (channels % groups !== 0 || grouped % groups !== 0) {
    throw new RangeError(
      `${operation}: ${groups} groups do not divide ${channels % groups !== 0 ? `${channels} input` : `${grouped} output`} ` +
        'channels evenly.',
    );
  }
  const expected = transposed ? channels : channels / groups;
  const found = transposed ? weight[0] : weight[1];
  if (found !== expected) {
    throw new RangeError(
      `${operation}: input ${formatShape(x)} has ${channels} channels` +
        `${groups > 1 ? ` in ${groups} groups` : ''}, but weight ${formatShape(weight)} is for ${found}; expected ` +
        `${layout}.`,
    );
  }
}

/** Zeros before and after each spatial dimension. */
function paddingOf(
  operation: string,
  padding: PerDimension | 'same' | 'valid',
  kernel: readonly number[],
  stride: readonly number[],
  dilation: readonly number[],
): { readonly low: readonly number[]; readonly high: readonly number[] } {
  if (padding === 'same') {
    if (stride.some((step) => step !== 1)) {
      throw new RangeError(
        `${operation}: padding 'same' keeps the size only with stride 1, not ${formatShape(stride)}; give numbers.`,
      );
    }
    const total = kernel.map((size, i) => (size - 1) * (dilation[i] as number));
    return { low: total.map((n) => Math.floor(n / 2)), high: total.map((n) => Math.ceil(n / 2)) };
  }
  const both = perDimension(
    operation,
    'padding',
    padding === 'valid' ? 0 : (padding as PerDimension),
    kernel.length,
    0,
  );
  return { low: both, high: both };
}

function convolve(
  operation: string,
  input: Tensor,
  weight: Tensor,
  options: ConvolutionOptions,
  rank: number,
): Tensor {
  const { bias = null, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const { x, weight: w, bias: b, finish } = operandsOf(operation, input, weight, bias, rank);
  checkWeight(operation, x.shape, w.shape, groups, false);
  const kernel = w.shape.slice(2);
  const steps = perDimension(operation, 'stride', stride, rank, 1);
  const gaps = perDimension(operation, 'dilation', dilation, rank, 1);
  const { low, high } = paddingOf(operation, padding, kernel, steps, gaps);
  const sizes = padded(x.shape.slice(2), low, high);
  const reach = kernel.map((size, i) => (size - 1) * (gaps[i] as number) + 1);
  if (reach.some((size, i) => size > (sizes[i] as number))) {
    throw new RangeError(
      `${operation}: a kernel of ${formatShape(kernel)}, which reaches over ${formatShape(reach)} elements, does not fit ` +
        `into the padded input of ${formatShape(sizes)}; pad more, or use a smaller kernel.`,
    );
  }
  const result = correlate(x, w, { stride: steps, dilation: gaps, low, high, groups });
  return finish(addBias(operation, result, b));
}

function convolveTransposed(
  operation: string,
  input: Tensor,
  weight: Tensor,
  options: TransposedConvolutionOptions,
  rank: number,
): Tensor {
  const { bias = null, stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
  const { x, weight: w, bias: b, finish } = operandsOf(operation, input, weight, bias, rank);
  checkWeight(operation, x.shape, w.shape, groups, true);
  const kernel = w.shape.slice(2);
  const steps = perDimension(operation, 'stride', stride, rank, 1);
  const gaps = perDimension(operation, 'dilation', dilation, rank, 1);
  const cut = perDimension(operation, 'padding', padding, rank, 0);
  const extra = perDimension(operation, 'outputPadding', outputPadding, rank, 0);
  if (extra.some((n, i) => n >= Math.max(steps[i] as number, gaps[i] as number))) {
    throw new RangeError(
      `${operation}: outputPadding ${formatShape(extra)} must be smaller than the stride ${formatShape(steps)} or the ` +
        `dilation ${formatShape(gaps)}.`,
    );
  }
  const spatial = x.shape.slice(2);
  const sizes = spatial.map((size, i) => {
    const reach = ((kernel[i] as number) - 1) * (gaps[i] as number) + 1;
    return (size - 1) * (steps[i] as number) + reach - 2 * (cut[i] as number) + (extra[i] as number);
  });
  if (spatial.includes(0) || sizes.some((size) => size < 1)) {
    throw new RangeError(
      `${operation}: the output of ${formatShape(spatial)} would have size ${formatShape(sizes)}; pad less.`,
    );
  }
  const sliding = { stride: steps, dilation: gaps, low: cut, high: cut, groups };
  return finish(addBias(operation, correlateTransposed(x, w, sliding, sizes), b));
}

/**
 * Cross-correlation with learned kernels over one dimension, as PyTorch's conv1d: [batch, inChannels, length], or one
 * without the batch, by [outChannels, inChannels / groups, kernel] gives [batch, outChannels, positions]. Dtypes promote
 * to a float.
 * @throws RangeError when shapes or options do not fit, or the kernel is larger than the padded input.
 */
export const conv1d = /* @__PURE__ */ observed(
  'conv1d',
  (input: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor =>
    convolve('conv1d', input, weight, options, 1),
);

/**
 * Cross-correlation with learned kernels over two dimensions, as PyTorch's conv2d: [batch, inChannels, height, width], or
 * one without the batch, by [outChannels, inChannels / groups, kernelHeight, kernelWidth] gives [batch, outChannels,
 * rows, columns]. Dtypes promote to a float.
 *
 * It is one matrix product of the weights by all windows, `im2col` of Chellapilla, Puri and Simard (2006).
 * @throws RangeError when shapes or options do not fit, or the kernel is larger than the padded input.
 */
export const conv2d = /* @__PURE__ */ observed(
  'conv2d',
  (input: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor =>
    convolve('conv2d', input, weight, options, 2),
);

/**
 * The transpose of conv1d, as PyTorch's conv_transpose1d: [batch, inChannels, positions] by [inChannels, outChannels /
 * groups, kernel] gives [batch, outChannels, length], of the length that conv1d with the same options would have made
 * that many positions of. Also called deconvolution or fractionally strided convolution.
 * @throws RangeError when shapes or options do not fit, or the output would be empty.
 */
export const convTranspose1d = /* @__PURE__ */ observed(
  'convTranspose1d',
  (input: Tensor, weight: Tensor, options: TransposedConvolutionOptions = {}): Tensor =>
    convolveTransposed('convTranspose1d', input, weight, options, 1),
);

/**
 * The transpose of conv2d, as PyTorch's conv_transpose2d: [batch, inChannels, rows, columns] by [inChannels, outChannels /
 * groups, kernelHeight, kernelWidth] gives [batch, outChannels, height, width].
 * @throws RangeError when shapes or options do not fit, or the output would be empty.
 */
export const convTranspose2d = /* @__PURE__ */ observed(
  'convTranspose2d',
  (input: Tensor, weight: Tensor, options: TransposedConvolutionOptions = {}): Tensor =>
    convolveTransposed('convTranspose2d', input, weight, options, 2),
);
