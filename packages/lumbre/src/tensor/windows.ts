import * as build from '../graph/builder.ts';
import { formatShape, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { checkSpatial, type PerDimension, padded, perDimension } from './spatial.ts';
import type { Tensor } from './tensor.ts';

export interface WindowOptions {
  /** From one window to the next. Default 1. */
  readonly stride?: PerDimension;
  /** Zeros on both sides of each dimension. Default 0. */
  readonly padding?: PerDimension;
  /** From one element of a window to the next. Default 1. */
  readonly dilation?: PerDimension;
}

/** Windows over the last two dimensions, how many there are along each, and the padding around what they are over. */
function slide(
  operation: string,
  sizes: readonly number[],
  kernelSize: PerDimension,
  { stride = 1, padding = 0, dilation = 1 }: WindowOptions,
) {
  const kernel = perDimension(operation, 'kernelSize', kernelSize, 2, 1);
  const low = perDimension(operation, 'padding', padding, 2, 0);
  const over: build.Windows = {
    axes: [2, 3],
    sizes: kernel,
    stride: perDimension(operation, 'stride', stride, 2, 1),
    dilation: perDimension(operation, 'dilation', dilation, 2, 1),
  };
  const whole = padded(sizes, low, low);
  const counts = whole.map((size, i) => build.windowCount(over, i, size));
  if (counts.includes(0)) {
    throw new RangeError(
      `${operation}: windows of ${formatShape(kernel)} with dilation ${formatShape(over.dilation)} do not fit into the ` +
        `padded size ${formatShape(whole)}; pad more, or use smaller windows.`,
    );
  }
  return { kernel, low, over, whole, counts };
}

/**
 * The elements of all windows of an image, as columns, as PyTorch's F.unfold (`im2col`): [batch, channels, height, width],
 * or one without the batch, gives [batch, channels · kernelHeight · kernelWidth, windows].
 * @throws RangeError when no window fits.
 */
export function unfold(input: Tensor, kernelSize: PerDimension, options: WindowOptions = {}): Tensor {
  checkSpatial('unfold', input.shape, 2);
  const single = input.ndim === 3;
  const x = single ? build.reshape(input.node, [1, ...input.shape]) : input.node;
  const [batch, channels] = x.shape as [number, number];
  const { kernel, low, over, counts } = slide('unfold', x.shape.slice(2), kernelSize, options);
  const seen = build.windows(build.pad(x, [0, 0, ...low], [0, 0, ...low]), over);
  const shape = [channels * sizeOf(kernel), sizeOf(counts)];
  const columns = build.reshape(build.permute(seen, [0, 1, 4, 5, 2, 3]), single ? shape : [batch, ...shape]);
  return wrapNode(columns, input.device);
}

/**
 * The transpose of `unfold`, as PyTorch's F.fold (`col2im`): columns of windows [batch, channels · kernelHeight ·
 * kernelWidth, windows] become an image [batch, channels, height, width] of `outputSize`, in which values add up where
 * windows overlap.
 * @throws RangeError when the columns are not those of such an image; TypeError for bool.
 */
export function fold(
  input: Tensor,
  outputSize: PerDimension,
  kernelSize: PerDimension,
  options: WindowOptions = {},
): Tensor {
  const sizes = perDimension('fold', 'outputSize', outputSize, 2, 1);
  const { kernel, low, over, whole, counts } = slide('fold', sizes, kernelSize, options);
  const [rows, columns] = input.shape.slice(-2) as [number, number];
  const single = input.ndim === 2;
  if (
    (!single && input.ndim !== 3) ||
    rows % sizeOf(kernel) !== 0 ||
    columns !== sizeOf(counts) ||
    input.dtype === 'bool'
  ) {
    throw new RangeError(
      `fold: input is ${input.dtype}${formatShape(input.shape)}; expected numbers [batch, channels · ${sizeOf(kernel)}, ` +
        `${sizeOf(counts)}], or without the batch, for ${formatShape(counts)} windows of ${formatShape(kernel)}.`,
    );
  }
  const batch = single ? 1 : (input.shape[0] as number);
  const channels = rows / sizeOf(kernel);
  const apart = build.reshape(input.node, [batch, channels, ...kernel, ...counts]);
  const values = build.permute(apart, [0, 1, 4, 5, 2, 3]);
  const full = build.overlapAdd(values, over, [batch, channels, ...whole]);
  const image = build.shrink(full, [0, 0, ...low], [batch, channels, ...sizes]);
  return wrapNode(single ? build.reshape(image, image.shape.slice(1)) : image, input.device);
}
