import * as build from '../graph/builder.ts';
import { lowestOf } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { observed } from './observer.ts';
import { castOn, inArithmetic, inDomain } from './operands.ts';
import { checkSpatial, perDimension } from './spatial.ts';
import type { Tensor } from './tensor.ts';

/** A size for all dimensions, or one for each, of which `null` keeps what is there. */
export type AdaptiveSize = number | readonly (number | null)[];

/** Parts of an axis: as a new axis before the elements, and whether an element is in a part where that varies. */
interface Parts {
  /** [.., part, element, ..] with the parts along `axis`. */
  readonly seen: Node;
  readonly inside: Node | null;
}

/** Where each part of an axis of `size` begins and ends, in `shape`, which has the parts along `axis`. */
function borders(shape: Shape, axis: number, size: number, count: number): { from: Node; to: Node } {
  const number = (value: number) => build.constant(shape, 'int32', value);
  const start = build.mul(build.iota(shape, axis), number(size));
  const from = build.idiv(start, number(count));
  const to = build.idiv(build.add(start, number(size + count - 1)), number(count));
  return { from, to };
}

/**
 * An axis in `count` parts that cover it, part i from floor(i · size / count) to ceil((i + 1) · size / count). Parts of
 * different sizes overlap, so that each looks at the whole axis and leaves out what is not in it.
 */
function partsOf(a: Node, axis: number, count: number): Parts {
  const size = a.shape[axis] as number;
  if (size % count === 0) {
    return { seen: build.reshape(a, a.shape.toSpliced(axis, 1, count, size / count)), inside: null };
  }
  const shape = a.shape.toSpliced(axis, 1, count, size);
  const seen = build.expand(build.reshape(a, shape.with(axis, 1)), shape);
  // The same for all that is not on this axis.
  const once = shape.map((length, i) => (i === axis || i === axis + 1 ? length : 1));
  const { from, to } = borders(once, axis, size, count);
  const element = build.iota(once, axis + 1);
  const passed = build.lt(element, from);
  const inside = build.and(build.lt(element, to), build.xor(passed, build.full(passed, 1)));
  return { seen, inside: build.expand(inside, shape) };
}

function averageParts(a: Node, axis: number, count: number): Node {
  const { seen, inside } = partsOf(a, axis, count);
  const kept = inside ? build.where(inside, seen, build.full(seen, 0)) : seen;
  const total = build.sum(kept, [axis + 1]);
  const once = total.shape.map((length, i) => (i === axis ? length : 1));
  const { from, to } = borders(once, axis, a.shape[axis] as number, count);
  const elements = build.cast(build.sub(to, from), total.dtype);
  const mean = build.div(total, build.expand(elements, total.shape));
  return build.reshape(mean, a.shape.with(axis, count));
}

function maxOfParts(a: Node, axis: number, count: number): Node {
  const { seen, inside } = partsOf(a, axis, count);
  const kept = inside ? build.where(inside, seen, build.full(seen, lowestOf(a.dtype))) : seen;
  return build.reshape(build.maxReduce(kept, [axis + 1], 'first'), a.shape.with(axis, count));
}

function adaptivePool(
  operation: string,
  input: Tensor,
  outputSize: AdaptiveSize,
  rank: number,
  domain: 'float' | 'any',
  pool: (a: Node, axis: number, count: number) => Node,
): Tensor {
  checkSpatial(operation, input.shape, rank);
  const sizes = input.shape.slice(-rank);
  if (sizes.includes(0) || input.dtype === 'bool') {
    throw new RangeError(
      `${operation}: expected numbers with at least one element along each dimension, got ` +
        `${input.dtype}${formatShape(input.shape)}.`,
    );
  }
  const wanted =
    typeof outputSize === 'number' ? outputSize : outputSize.map((size, i) => size ?? (sizes[i] as number));
  const counts = perDimension(operation, 'outputSize', wanted, rank, 1);
  const source = castOn(operation, input.node, inDomain(input.dtype, domain), input.device);
  const pooled = inArithmetic([source], (whole) => {
    let a = whole;
    // The last dimension first: of equal values, the first in row-major order is chosen this way.
    for (let i = rank - 1; i >= 0; i--) {
      if (counts[i] !== sizes[i]) a = pool(a, a.shape.length - rank + i, counts[i] as number);
    }
    return a;
  });
  return wrapNode(pooled, input.device);
}

/**
 * Means over as many parts as are asked for, as PyTorch's adaptive_avg_pool1d: [batch, channels, length], or without the
 * batch, gives [batch, channels, outputSize]. Parts differ by one element where sizes do not divide.
 * @throws RangeError for empty tensors and sizes below 1.
 */
export const adaptiveAvgPool1d = /* @__PURE__ */ observed(
  'adaptiveAvgPool1d',
  (input: Tensor, outputSize: number): Tensor =>
    adaptivePool('adaptiveAvgPool1d', input, outputSize, 1, 'float', averageParts),
);

/**
 * Means over as many parts as are asked for, as PyTorch's adaptive_avg_pool2d: [batch, channels, height, width], or
 * without the batch. `adaptiveAvgPool2d(x, 1)` is the mean of each image.
 * @throws RangeError for empty tensors and sizes below 1.
 */
export const adaptiveAvgPool2d = /* @__PURE__ */ observed(
  'adaptiveAvgPool2d',
  (input: Tensor, outputSize: AdaptiveSize): Tensor =>
    adaptivePool('adaptiveAvgPool2d', input, outputSize, 2, 'float', averageParts),
);

/**
 * The largest of each of as many parts as are asked for, as PyTorch's adaptive_max_pool2d: [batch, channels, height,
 * width], or without the batch. The gradient goes to the first of the largest.
 * @throws RangeError for empty tensors, sizes below 1, and bool.
 */
export const adaptiveMaxPool2d = /* @__PURE__ */ observed(
  'adaptiveMaxPool2d',
  (input: Tensor, outputSize: AdaptiveSize): Tensor =>
    adaptivePool('adaptiveMaxPool2d', input, outputSize, 2, 'any', maxOfParts),
);
