import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, type Shape, sameShape, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { commonDevice } from './operands.ts';
import { SlicingTensor } from './slicing.ts';
import type { Tensor } from './tensor.ts';

/** An index into an axis of `size`; the device reports the values that are outside it. */
export function indexNode(operation: string, index: Tensor, size: number): Node {
  if (index.dtype !== 'int32' && index.dtype !== 'uint8') {
    throw new TypeError(
      `${operation}: indices must be int32 or uint8, got ${index.dtype}; make them with ` +
        "tensor([…], { dtype: 'int32' }), or convert them with .int().",
    );
  }
  return build.checkIndex(index.node, size, operation);
}

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

/** Elements chosen by a tensor of indices. Indices are int32 or uint8 and not negative. */
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
   * This tensor with source[.., i, ..] added at [.., index[.., i, ..], ..], with the index in dimension `dim`. Elements
   * that share an index add up. `index` is nowhere larger than `source`, nor, but along `dim`, than this tensor.
   * @throws RangeError when shapes do not fit, and, once the value is computed, for an index that is out of range.
   */
  scatterAdd(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    const axis = normalizeAxis('scatterAdd', dim, this.ndim);
    const device = commonDevice('scatterAdd', [this, index, source]);
    if (!liesWithin(index.shape, this.shape, axis) || !liesWithin(index.shape, source.shape, -1)) {
      throw new RangeError(
        `scatterAdd: index ${formatShape(index.shape)} and source ${formatShape(source.shape)} do not fit ` +
          `${formatShape(this.shape)}; all need as many dimensions, and the index no larger size than the source, ` +
          `nor than the tensor but in dimension ${axis}.`,
      );
    }
    if (source.dtype !== this.dtype || this.dtype === 'bool') {
      throw new TypeError(
        `scatterAdd: cannot add ${source.dtype} to ${this.dtype}; both must have one dtype, and not bool.`,
      );
    }
    const base = this.node;
    const size = base.shape[axis] as number;
    const region = index.shape.with(axis, size);
    const where = indexNode('scatterAdd', index, size);
    const updates = firstElements(source.node, index.shape);
    if (sameShape(region, base.shape)) return wrapNode(build.scatterAdd(base, where, updates, axis), device);
    // The index covers a corner of the tensor only.
    const corner = build.scatterAdd(build.constant(region, base.dtype, 0), where, updates, axis);
    const none = region.map(() => 0);
    const rest = base.shape.map((whole, i) => whole - (region[i] as number));
    return wrapNode(build.add(base, build.pad(corner, none, rest)), device);
  }

  /**
   * The elements `index` of dimension `dim`: the dimensions of `index`, of which it can have any number, take the place
   * of that one. `weight.indexSelect(0, ids)` looks up embeddings.
   * @throws RangeError, once the value is computed, for an index that is out of range.
   */
  indexSelect(this: Tensor, dim: number, index: Tensor): Tensor {
    const axis = normalizeAxis('indexSelect', dim, this.ndim);
    const device = commonDevice('indexSelect', [this, index]);
    const { node: source, shape } = this;
    const count = sizeOf(index.shape);
    const checked = indexNode('indexSelect', index, shape[axis] as number);
    const alone = build.reshape(
      checked,
      shape.map((_, i) => (i === axis ? count : 1)),
    );
    const selected = build.gather(source, build.expand(alone, shape.with(axis, count)), axis);
    return wrapNode(build.reshape(selected, shape.toSpliced(axis, 1, ...index.shape)), device);
  }
}
