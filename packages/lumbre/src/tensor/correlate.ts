import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { type Shape, sizeOf } from '../graph/shape.ts';
import { broadcastNode } from './operands.ts';

/**
 * Convolutions and their transposes as matrix products over windows. Each is the other's gradient by its input, and is told
 * so: left to itself, the gradient of windows would be a product as large as all of them, added up where they overlap.
 */

/** Windows that slide over spatial dimensions: one entry for each. */
export interface Sliding {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly groups: number;
}

/** From this many positions on, an image is large enough for a matrix product of its own. */
const LARGE_IMAGE = 64;

const spatialAxes = (rank: number): number[] => Array.from({ length: rank }, (_, i) => i + 2);

/** `count` axes behind those of a value of `rank` dimensions. */
const following = (rank: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => rank + i);

/** Images [batch, groups, rows, positions] side by side: [groups, rows, batch · positions]. */
function sideBySide(images: Node): Node {
  const [batch, groups, rows, positions] = images.shape as [number, number, number, number];
  return build.reshape(build.permute(images, [1, 2, 0, 3]), [groups, rows, batch * positions]);
}

/**
 * The product of weights [groups, out, in] by columns [batch, groups, in, positions], as [batch, groups, out,
 * positions]. Small images are put side by side in one product, whose result is transposed by whoever reads it; large
 * ones have one each, which comes out in its place.
 */
function timesColumns(weight: Node, columns: Node): Node {
  const [batch, groups, inner, positions] = columns.shape as [number, number, number, number];
  const out = weight.shape[1] as number;
  // A single row is no product: it is summed where it is used.
  if (batch === 1 || out === 1 || positions >= LARGE_IMAGE) {
    return build.dot(broadcastNode(weight, [batch, groups, out, inner]), columns);
  }
  const product = build.dot(weight, sideBySide(columns));
  return build.permute(build.reshape(product, [groups, out, batch, positions]), [2, 0, 1, 3]);
}

/** What windows see of [batch, channels, spatial…], as columns [batch, groups, channels / groups · kernel, positions]. */
function columnsOf(
  x: Node,
  kernel: readonly number[],
  { stride, dilation, low, high, groups }: Sliding,
): { readonly columns: Node; readonly positions: readonly number[] } {
  const [batch, channels] = x.shape as [number, number];
  const rank = kernel.length;
  const axes = spatialAxes(rank);
  const seen = build.windows(build.pad(x, [0, 0, ...low], [0, 0, ...high]), {
    axes,
    sizes: kernel,
    stride,
    dilation,
  });
  const positions = axes.map((axis) => seen.shape[axis] as number);
  // [batch, channels, kernel…, positions…]
  const rows = build.permute(seen, [0, 1, ...following(rank + 2, rank), ...axes]);
  const inner = (channels / groups) * sizeOf(kernel);
  return { columns: build.reshape(rows, [batch, groups, inner, sizeOf(positions)]), positions };
}

/** `correlate` without a gradient of its own. */
function product(x: Node, weight: Node, sliding: Sliding): Node {
  const { groups } = sliding;
  const [out, inChannels, ...kernel] = weight.shape as [number, number, ...number[]];
  const { columns, positions } = columnsOf(x, kernel, sliding);
  const matrices = build.reshape(weight, [groups, out / groups, inChannels * sizeOf(kernel)]);
  return build.reshape(timesColumns(matrices, columns), [x.shape[0] as number, out, ...positions]);
}

/** The gradient of `correlate` by its weight of this shape, [out, channels / groups, kernel…]. */
function weightGradient(x: Node, dy: Node, shape: Shape, sliding: Sliding): Node {
  const { groups } = sliding;
  const [out, , ...kernel] = shape as [number, number, ...number[]];
  const { columns } = columnsOf(x, kernel, sliding);
  const [batch, , inner, positions] = columns.shape as [number, number, number, number];
  const rows = build.reshape(dy, [batch, groups, out / groups, positions]);
  // One for each image is added up afterwards, and should be no larger than what comes in.
  const apart = batch === 1 || positions >= Math.max(LARGE_IMAGE, inner);
  const gradient = apart
    ? build.sum(build.dot(rows, build.transpose(columns)), [0])
    : build.dot(sideBySide(rows), build.transpose(sideBySide(columns)));
  return build.reshape(gradient, shape);
}

/** Values with a gradient of somebody's own, given the two that they were made of. */
function withGradient(
  name: string,
  value: Node,
  [x, weight]: readonly [x: Node, weight: Node],
  gradient: (dy: Node, x: Node, weight: Node) => [dx: Node, dWeight: Node],
): Node {
  if (!value.tracksGradient) return value;
  return build.custom(build.detach(value), [x, weight], {
    name,
    gradient: ({ sources }, dy) => [null, ...gradient(dy, sources[1] as Node, sources[2] as Node)],
  });
}

/** [batch, channels, spatial…] by [out, channels / groups, kernel…]. */
export function correlate(x: Node, weight: Node, sliding: Sliding): Node {
  const sizes = x.shape.slice(2);
  return withGradient('convolution', product(x, weight, sliding), [x, weight], (dy, from, by) => [
    correlateTransposed(dy, by, sliding, sizes),
    weightGradient(from, dy, by.shape, sliding),
  ]);
}

/**
 * [batch, channels, spatial…] by [channels, out / groups, kernel…]: the gradient of a convolution by its input.
 * @param sizes the spatial sizes of that input
 */
export function correlateTransposed(x: Node, weight: Node, sliding: Sliding, sizes: readonly number[]): Node {
  const { stride, low } = sliding;
  const kernel = weight.shape.slice(2);
  const value = (stride.every((step) => step === 1) ? turnedRound : overlaps)(x, weight, sliding, sizes);
  const reached = reachOf(x, kernel, sliding).map((reach, i) => reach - (low[i] as number));
  const high = reached.map((reach, i) => Math.max(0, reach - (sizes[i] as number)));
  return withGradient('transposed convolution', value, [x, weight], (dy, from, by) => {
    // With output padding there may be more than windows reach, which would see more positions than there are.
    const seen = fitted(
      dy,
      low.map(() => 0),
      reached.map((reach, i) => Math.min(reach, sizes[i] as number)),
    );
    const back = { ...sliding, high };
    return [correlate(seen, by, back), weightGradient(seen, from, by.shape, back)];
  });
}

/** For each spatial dimension, how much the windows over it reach whose values are `x`. */
const reachOf = (x: Node, kernel: readonly number[], { stride, dilation }: Sliding): number[] =>
  kernel.map((size, i) => {
    const positions = x.shape[i + 2] as number;
    return (positions - 1) * (stride[i] as number) + (size - 1) * (dilation[i] as number) + 1;
  });

/** The part of [batch, channels, spatial…] of these sizes that begins at `start`, with zeros where there is nothing. */
function fitted(x: Node, start: readonly number[], sizes: readonly number[]): Node {
  const [batch, channels, ...spatial] = x.shape as [number, number, ...number[]];
  const low = start.map((from) => Math.max(0, -from));
  const high = sizes.map((size, i) => Math.max(0, (start[i] as number) + size - (spatial[i] as number)));
  const padded = build.pad(x, [0, 0, ...low], [0, 0, ...high]);
  return build.shrink(padded, [0, 0, ...start.map((from) => Math.max(0, from))], [batch, channels, ...sizes]);
}

/** Windows' values added up one by one where they overlap. */
function overlaps(x: Node, weight: Node, sliding: Sliding, sizes: readonly number[]): Node {
  const { stride, dilation, low, groups } = sliding;
  const [batch, channels, ...positions] = x.shape as [number, number, ...number[]];
  const [, out, ...kernel] = weight.shape as [number, number, ...number[]];
  const rank = kernel.length;
  const columns = build.reshape(x, [batch, groups, channels / groups, sizeOf(positions)]);
  const matrices = build.reshape(weight, [groups, channels / groups, out * sizeOf(kernel)]);
  const products = timesColumns(build.transpose(matrices), columns);
  const apart = build.reshape(products, [batch, groups * out, ...kernel, ...positions]);
  const axes = spatialAxes(rank);
  const values = build.permute(apart, [0, 1, ...following(rank + 2, rank), ...axes]);
  const shape = [batch, groups * out, ...reachOf(x, kernel, sliding)];
  return fitted(build.overlapAdd(values, { axes, sizes: kernel, stride, dilation }, shape), low, sizes);
}

/**
 * The same where windows lie side by side: what an element gets from them is a convolution again, with the kernel turned
 * round. (With strides it would be one for each phase of them, which is no faster than adding up.)
 */
function turnedRound(x: Node, weight: Node, sliding: Sliding, sizes: readonly number[]): Node {
  const { dilation, low, groups } = sliding;
  const [channels, out, ...kernel] = weight.shape as [number, number, ...number[]];
  const spatial = kernel.map((_, i) => 3 + i);
  const apart = build.reshape(weight, [groups, channels / groups, out, ...kernel]);
  const turned = build.permute(build.flip(apart, spatial), [0, 2, 1, ...spatial]);
  const kernels = build.reshape(turned, [groups * out, channels / groups, ...kernel]);
  const around = kernel.map((size, i) => (size - 1) * (dilation[i] as number));
  const seen = fitted(
    x,
    low.map((start, i) => start - (around[i] as number)),
    sizes.map((size, i) => size + (around[i] as number)),
  );
  const none = kernel.map(() => 0);
  return product(seen, kernels, { ...sliding, low: none, high: none });
}
