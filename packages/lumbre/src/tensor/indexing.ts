import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { broadcastShapes, formatShape, normalizeAxis, type Shape, sameShape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { checkWhole, move } from './movement.ts';
import { broadcastNode, commonDevice, isTensor, valueNode } from './operands.ts';
import { SlicingTensor } from './slicing.ts';
import { indexAlong, indexNode, takeNode, wrappedIndexNode } from './taking.ts';
import type { Tensor } from './tensor.ts';

/** Whether `inner` lies within `outer`, whatever their sizes along `axis`. */
const liesWithin = (inner: Shape, outer: Shape, axis: number): boolean =>
  inner.length === outer.length && inner.every((size, i) => i === axis || size <= (outer[i] as number));

/** The first elements of each axis, as many as `shape` says. */
const firstElements = (a: Node, shape: Shape): Node =>
  build.shrink(
    a,
    shape.map(() => 0),
    shape,
  );

type Scatter = (base: Node, index: Node, updates: Node, axis: number) => Node;

/**
 * What `gather` reads, written: `index` has as many dimensions as the tensor and is nowhere larger than `source`, nor,
 * but along `dim`, than the tensor.
 */
function scatter(
  operation: string,
  tensor: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor | number | boolean,
  compute: Scatter,
): Tensor {
  const axis = normalizeAxis(operation, dim, tensor.ndim);
  const device = commonDevice(operation, [tensor, index, ...(isTensor(source) ? [source] : [])]);
  const sourceShape = isTensor(source) ? source.shape : index.shape;
  if (!liesWithin(index.shape, tensor.shape, axis) || !liesWithin(index.shape, sourceShape, -1)) {
    throw new RangeError(
      `${operation}: index ${formatShape(index.shape)} and source ${formatShape(sourceShape)} do not fit ` +
        `${formatShape(tensor.shape)}; all need as many dimensions, and the index no larger size than the source, ` +
        `nor than the tensor but in dimension ${axis}.`,
    );
  }
  const base = tensor.node;
  const size = base.shape[axis] as number;
  const region = index.shape.with(axis, size);
  const where = indexNode(operation, index, size);
  const updates = isTensor(source)
    ? firstElements(source.node, index.shape)
    : valueNode(operation, source, index.shape, base.dtype, device);
  if (sameShape(region, base.shape)) return wrapNode(compute(base, where, updates, axis), device);
  // The index covers a corner of the tensor only; the rest stays.
  const none = region.map(() => 0);
  const rest = base.shape.map((whole, i) => whole - (region[i] as number));
  const corner = compute(firstElements(base, region), where, updates, axis);
  const inside = build.pad(build.constant(region, 'bool', 1), none, rest);
  return wrapNode(build.where(inside, build.pad(corner, none, rest), base), device);
}

function checkSameDtype(operation: string, verb: string, tensor: Tensor, source: Tensor): void {
  if (source.dtype === tensor.dtype) return;
  throw new TypeError(
    `${operation}: cannot ${verb} ${source.dtype} to ${tensor.dtype}; both must have one dtype. Convert one with .to().`,
  );
}

/** Slices `index[i]` along `dim` of the tensor, and those of `source` in their order. */
function atIndices(
  operation: string,
  tensor: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor | number | boolean,
  compute: Scatter,
): Tensor {
  const axis = normalizeAxis(operation, dim, tensor.ndim);
  const device = commonDevice(operation, [tensor, index, ...(isTensor(source) ? [source] : [])]);
  if (index.ndim > 1) {
    throw new RangeError(
      `${operation}: expected a vector of indices, got shape ${formatShape(index.shape)}; flatten() it.`,
    );
  }
  const region = tensor.shape.with(axis, index.size);
  if (isTensor(source)) {
    checkSameDtype(operation, 'write', tensor, source);
    if (!sameShape(source.shape, region)) {
      throw new RangeError(
        `${operation}: source ${formatShape(source.shape)} does not fit; expected ${formatShape(region)}, one slice ` +
          'for each index.',
      );
    }
  }
  const checked = indexNode(operation, index, tensor.shape[axis] as number);
  const updates = isTensor(source) ? source.node : valueNode(operation, source, region, tensor.dtype, device);
  return wrapNode(compute(tensor.node, indexAlong(checked, tensor.shape, axis), updates, axis), device);
}

/** The index and the tensor in shapes that agree but along `axis`, where sizes of 1 have grown. */
function takeAlong(operation: string, tensor: Tensor, index: Tensor, dim: number): Tensor {
  const axis = normalizeAxis(operation, dim, tensor.ndim);
  const device = commonDevice(operation, [tensor, index]);
  if (index.ndim !== tensor.ndim) {
    throw new RangeError(
      `${operation}: index ${formatShape(index.shape)} needs as many dimensions as ${formatShape(tensor.shape)}.`,
    );
  }
  const size = tensor.shape[axis] as number;
  const common = broadcastShapes(operation, tensor.shape.with(axis, 1), index.shape.with(axis, 1));
  const checked = wrappedIndexNode(operation, index, size);
  const where = broadcastNode(checked, common.with(axis, index.shape[axis] as number));
  return wrapNode(build.gather(broadcastNode(tensor.node, common.with(axis, size)), where, axis), device);
}

/**
 * Elements chosen by a tensor of indices, one axis at a time. Indices are int32 or uint8 and, unless a method says
 * otherwise, not negative.
 */
export abstract class IndexingTensor extends SlicingTensor {
  /**
   * result[.., i, ..] = this[.., index[.., i, ..], ..], with the index in dimension `dim`. The result has the shape of
   * `index`, which has as many dimensions as this tensor and is nowhere larger, but along `dim`.
   * @throws RangeError when shapes do not fit, and, once the value is computed, for an index that is out of range.
   */
  gather(this: Tensor, dim: number, index: Tensor): Tensor {
    const axis = normalizeAxis('gather', dim, this.ndim);
    const device = commonDevice('gather', [this, index]);
    if (!liesWithin(index.shape, this.shape, axis)) {
      throw new RangeError(
        `gather: index ${formatShape(index.shape)} does not fit ${formatShape(this.shape)}; it needs as many ` +
          `dimensions, and no larger size but in dimension ${axis}.`,
      );
    }
    const size = this.shape[axis] as number;
    const source = firstElements(this.node, index.shape.with(axis, size));
    return wrapNode(build.gather(source, indexNode('gather', index, size), axis), device);
  }

  /**
   * As `gather`, where the index and the tensor broadcast but along `dim`, and negative indices count from the end: for
   * what `argsort` and `argmax` (with `keepdim`) give.
   */
  takeAlongDim(this: Tensor, index: Tensor, dim: number): Tensor {
    return takeAlong('takeAlongDim', this, index, dim);
  }

  /** NumPy's name for `takeAlongDim`. */
  takeAlongAxis(this: Tensor, index: Tensor, axis: number): Tensor {
    return takeAlong('takeAlongAxis', this, index, axis);
  }

  /**
   * This tensor with source[.., i, ..] added at [.., index[.., i, ..], ..], with the index in dimension `dim`. Elements
   * that share an index add up. `index` is nowhere larger than `source`, nor, but along `dim`, than this tensor.
   * @throws RangeError when shapes do not fit, and, once the value is computed, for an index that is out of range.
   */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    if (source.dtype !== this.dtype || this.dtype === 'bool') {
      throw new TypeError(
        `scatterAdd: cannot add ${source.dtype} to ${this.dtype}; both must have one dtype, and not bool.`,
      );
    }
    return scatter('scatterAdd', this, dim, index, source, build.scatterAdd);
  }

  /**
   * As `scatterAdd`, but source[.., i, ..], or one value, takes the place of what was there. Of elements that share an
   * index the last one stays, and it alone has a gradient.
   */
  scatter(this: Tensor, dim: number, index: Tensor, source: Tensor | number | boolean): Tensor {
    if (isTensor(source)) checkSameDtype('scatter', 'write', this, source);
    return scatter('scatter', this, dim, index, source, build.scatterSet);
  }

  /**
   * The elements `index` of dimension `dim`: the dimensions of `index`, of which it can have any number, take the place
   * of that one. `weight.indexSelect(0, ids)` looks up embeddings.
   * @throws RangeError, once the value is computed, for an index that is out of range.
   */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    const axis = normalizeAxis('indexSelect', dim, this.ndim);
    const device = commonDevice('indexSelect', [this, index]);
    const checked = indexNode('indexSelect', index, this.shape[axis] as number);
    return wrapNode(takeNode(this.node, checked, axis), device);
  }

  /**
   * This tensor with slice i of `source` along `dim` added to slice index[i]; slices that share an index add up.
   * @param index a vector of as many elements as `source` has along `dim`
   */
  indexAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    if (this.dtype === 'bool') {
      throw new TypeError('indexAdd: cannot add to bool; convert the tensor with .int().');
    }
    return atIndices('indexAdd', this, dim, index, source, build.scatterAdd);
  }

  /** As `indexAdd`, but slices take the place of what was there; of those that share an index the last one stays. */
  indexCopy(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return atIndices('indexCopy', this, dim, index, source, build.scatterSet);
  }

  /** This tensor with `value` in the slices `index` along `dim`. */
  indexFill(this: Tensor, dim: number, index: Tensor, value: number | boolean): Tensor {
    return atIndices('indexFill', this, dim, index, value, build.scatterSet);
  }

  /**
   * This tensor with the elements of `source`, in row-major order, where the bool `mask`, which broadcasts to this
   * tensor's shape, is true.
   * @throws RangeError, once the value is computed, if `source` has too few elements.
   */
  maskedScatter(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    const device = commonDevice('maskedScatter', [this, mask, source]);
    if (mask.dtype !== 'bool') {
      throw new TypeError(`maskedScatter: the mask must be bool, got ${mask.dtype}; make it with .bool().`);
    }
    checkSameDtype('maskedScatter', 'write', this, source);
    const whole = mask.broadcastTo(this.shape);
    if (this.size === 0) return move(this, build.identity);
    const flat = whole.ravel();
    const position = flat.cumsum(0).sub(1).where(flat, 0);
    const none = source.size === 0;
    // Where the mask is false, position 0 stands for nothing; there must be an element to read all the same.
    const elements = none ? this.ravel() : source.ravel();
    const checked = none
      ? build.checkIndex(build.cast(flat.node, 'int32'), 1, 'maskedScatter')
      : indexNode('maskedScatter', position, source.size);
    const chosen = wrapNode(takeNode(elements.node, checked, 0), device).reshape(this.shape);
    return chosen.where(whole, this);
  }

  /**
   * Of classes [..], int32 or uint8, the int32 vectors [.., classes] that are 1 at the class and 0 elsewhere.
   * @throws RangeError, once the value is computed, for a class that is not in [0, classes).
   */
  oneHot(this: Tensor, classes: number): Tensor {
    checkWhole('oneHot', 'the number of classes', classes, 1);
    const index = build.cast(indexNode('oneHot', this, classes), 'int32');
    const shape = [...index.shape, classes];
    const expanded = build.expand(build.reshape(index, [...index.shape, 1]), shape);
    const hit = build.eq(build.iota(shape, shape.length - 1), expanded);
    return wrapNode(build.cast(hit, 'int32'), this.device);
  }
}
