import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { broadcastShapes, formatShape, sameShape, sizeOf } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { IndexingTensor } from './indexing.ts';
import { broadcastNode, commonDevice, isTensor, type TensorLike, valueNode } from './operands.ts';
import {
  parseIndex,
  type ResolvedSlice,
  resolveSlice,
  type SliceIndex,
  sliceNode,
  unsliceNode,
} from './slicing.ts';
import { indexAlong, takeNode, wrappedIndexNode } from './taking.ts';
import type { Tensor } from './tensor.ts';

/** One entry of `index`: those of `slice`, or a tensor of indices, int32 or uint8. */
export type IndexEntry = SliceIndex | Tensor;

/** What `with` and `set` write to: entries in a list, one alone, or text as for `at`. A bool mask stands alone. */
export type Indices = string | number | Tensor | readonly IndexEntry[];

/** An index by tensors: the slice that comes first, and what is then chosen from some of its axes. */
interface Choice {
  readonly slice: ResolvedSlice;
  /** The axes of the sliced array that tensors index; empty if none do. */
  readonly axes: readonly number[];
  /** For each of them, the index, broadcast together and checked. */
  readonly indices: readonly Node[];
  /** Where the axes of the indices go: to the place of the first that they replace, or, if others lie between, in front. */
  readonly position: number;
}

/** NumPy's rules: beside tensors, plain numbers are indices of no dimensions, and broadcast with them. */
function resolve(operation: string, entries: readonly IndexEntry[], tensor: Tensor): Choice {
  const { shape } = tensor;
  const advanced = entries.some(isTensor);
  const isChosen = (entry: IndexEntry) => isTensor(entry) || (advanced && typeof entry === 'number');
  // Numbers are looked at by `resolveSlice` too, which knows what to say of those that are out of range.
  const slice = resolveSlice(
    entries.map((entry) => (isTensor(entry) ? ':' : entry)),
    shape,
  );
  if (!advanced) return { slice, axes: [], indices: [], position: 0 };
  const basic = resolveSlice(
    entries.map((entry) => (isChosen(entry) ? ':' : (entry as SliceIndex))),
    shape,
  );
  const named = entries.filter((entry) => entry !== null && entry !== '...').length;
  const axes: number[] = [];
  const chosen: Node[] = [];
  let together = true;
  let last = -1;
  let axis = 0;
  entries.forEach((entry, place) => {
    if (isChosen(entry)) {
      if (last >= 0 && place !== last + 1) together = false;
      last = place;
      axes.push(axis);
      const size = basic.shape[axis] as number;
      if (isTensor(entry)) chosen.push(wrappedIndexNode(operation, entry, size));
      else
        chosen.push(
          build.constant([], 'int32', (entry as number) < 0 ? (entry as number) + size : (entry as number)),
        );
    }
    axis += entry === '...' ? shape.length - named : 1;
  });
  const common = chosen.map((index) => index.shape).reduce((a, b) => broadcastShapes(operation, a, b));
  return {
    slice: basic,
    axes,
    indices: chosen.map((index) => broadcastNode(index, common)),
    position: together ? (axes[0] as number) : 0,
  };
}

/** The sliced array with the chosen axes as one, and the index into it. */
function lineUp(a: Node, { axes, indices, position }: Choice) {
  const others = a.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = others.toSpliced(position, 0, ...axes);
  const permuted = build.permute(a, order);
  const sizes = axes.map((axis) => a.shape[axis] as number);
  const flat = build.reshape(permuted, permuted.shape.toSpliced(position, axes.length, sizeOf(sizes)));
  const index = indices.reduce((total, next, i) =>
    build.add(build.mul(total, build.full(total, sizes[i] as number)), next),
  );
  const restore = (result: Node) =>
    build.permute(
      build.reshape(result, permuted.shape),
      order.map((_, axis) => order.indexOf(axis)),
    );
  return { flat, index, restore };
}

function checkNoMask(operation: string, entries: readonly IndexEntry[]): void {
  if (!entries.some((entry) => isTensor(entry) && entry.dtype === 'bool')) return;
  throw new TypeError(
    `${operation}: how much a bool mask chooses is known only once it is read; use await maskedIndex(…) or ` +
      'await maskedSelect(mask), or, to write, give the mask alone.',
  );
}

/** A write: `combine` for elements that slices choose, `scatter` for those that tensors choose. */
interface Write {
  readonly operation: string;
  readonly combine: (base: Node, value: Node, slice: ResolvedSlice) => Node;
  readonly scatter: (base: Node, index: Node, updates: Node, axis: number) => Node;
}

const replaceSlice: Write['combine'] = (base, value, slice) => {
  const inside = unsliceNode(build.constant(slice.shape, 'bool', 1), slice, base.shape);
  return build.where(inside, unsliceNode(value, slice, base.shape), base);
};

const writes = {
  with: { operation: 'with', combine: replaceSlice, scatter: build.scatterSet },
  withAdded: {
    operation: 'withAdded',
    combine: (base, value, slice) => build.add(base, unsliceNode(value, slice, base.shape)),
    scatter: build.scatterAdd,
  },
} satisfies Record<string, Write>;

const entriesOf = (indices: Indices): readonly IndexEntry[] => {
  if (typeof indices === 'string') return parseIndex(indices);
  return typeof indices === 'number' || isTensor(indices) ? [indices] : indices;
};

function write(tensor: Tensor, indices: Indices, value: TensorLike, how: Write): Tensor {
  const { operation } = how;
  const entries = entriesOf(indices);
  const device = commonDevice(operation, [
    tensor,
    ...entries.filter(isTensor),
    ...(isTensor(value) ? [value] : []),
  ]);
  const base = tensor.node;
  const [mask] = entries;
  if (entries.length === 1 && isTensor(mask) && mask.dtype === 'bool') {
    return writeMasked(tensor, mask, value, how);
  }
  checkNoMask(operation, entries);
  const choice = resolve(operation, entries, tensor);
  const { slice } = choice;
  if (choice.axes.length === 0) {
    const written = valueNode(operation, value, slice.shape, base.dtype, device);
    return wrapNode(how.combine(base, written, slice), device);
  }
  const part = sliceNode(base, slice);
  const { flat, index, restore } = lineUp(part, choice);
  const { position } = choice;
  const shape = flat.shape.toSpliced(position, 1, ...index.shape);
  const updates = build.reshape(
    valueNode(operation, value, shape, base.dtype, device),
    flat.shape.with(position, sizeOf(index.shape)),
  );
  const result = restore(how.scatter(flat, indexAlong(index, flat.shape, position), updates, position));
  const isWhole =
    sizeOf(slice.shape) === sizeOf(base.shape) && slice.taken.every(({ backward }) => !backward);
  return wrapNode(isWhole ? build.reshape(result, base.shape) : replaceSlice(base, result, slice), device);
}

function writeMasked(tensor: Tensor, mask: Tensor, value: TensorLike, how: Write): Tensor {
  const { shape, device, dtype } = tensor;
  const rest = shape.slice(mask.ndim);
  if (!sameShape(mask.shape, shape.slice(0, mask.ndim))) {
    throw new RangeError(
      `${how.operation}: mask ${formatShape(mask.shape)} does not fit ${formatShape(shape)}; it must have the sizes of ` +
        'the first dimensions.',
    );
  }
  // One value for every place that the mask chooses; NumPy would let it differ from place to place.
  const alike =
    isTensor(value) && value.ndim === rest.length + 1 && value.shape[0] === 1 ? value.select(0, 0) : value;
  if (isTensor(alike) && alike.ndim > rest.length) {
    throw new RangeError(
      `${how.operation}: a value of shape ${formatShape(alike.shape)} cannot be written through a mask, of which each ` +
        `element stands for ${formatShape(rest)}; use maskedScatter() for values one after another.`,
    );
  }
  const inside = broadcastNode(build.reshape(mask.node, [...mask.shape, ...rest.map(() => 1)]), shape);
  const written = valueNode(how.operation, alike, shape, dtype, device);
  const result = how === writes.with ? written : build.add(tensor.node, written);
  return wrapNode(build.where(inside, result, tensor.node), device);
}

/** Indexing by tensors, and writing: NumPy's advanced indexing. */
export abstract class AdvancedIndexingTensor extends IndexingTensor {
  /**
   * The elements at the given indices, as `x[…]` in NumPy: entries as of `slice`, among them tensors of indices (int32 or
   * uint8, negative ones counting from the end). The tensors broadcast together, plain numbers with them, and one element
   * is taken for each position: `x.index(rows, columns)` are the x[rows[i], columns[i]]. Their dimensions take the place
   * of those that they index, or, if these are not next to each other, come first.
   *
   * @throws TypeError for a bool mask (see `maskedIndex`); RangeError for what does not fit, and, once the value is
   *   computed, for an index out of range.
   */
  index(this: Tensor, ...indices: readonly IndexEntry[]): Tensor {
    checkNoMask('index', indices);
    const device = commonDevice('index', [this, ...indices.filter(isTensor)]);
    const choice = resolve('index', indices, this);
    const part = sliceNode(this.node, choice.slice);
    if (choice.axes.length === 0) return wrapNode(part, device);
    const { flat, index } = lineUp(part, choice);
    return wrapNode(takeNode(flat, index, choice.position), device);
  }

  /**
   * This tensor with `value`, which broadcasts, in the place of the elements at `indices`: a list of entries as for
   * `index`, a single one, text as for `at`, or a bool mask of the tensor's first dimensions. Of elements that are written
   * several times the last value stays. Gradients flow to both. `x.with('1:3, ::-1', y)`, `x.with([rows, columns], 0)`.
   *
   * @throws TypeError for a value of a wider dtype; RangeError for what does not fit.
   */
  with(this: Tensor, indices: Indices, value: TensorLike): Tensor {
    return write(this, indices, value, writes.with);
  }

  /** As `with`, but `value` is added; what is added to one element several times adds up. Not for bool. */
  withAdded(this: Tensor, indices: Indices, value: TensorLike): Tensor {
    if (this.dtype === 'bool') {
      throw new TypeError('withAdded: cannot add to bool; convert the tensor with .int(), or use with().');
    }
    return write(this, indices, value, writes.withAdded);
  }

  /**
   * Writes `value` to the elements at `indices`, as `x[…] = value` does in NumPy: `assign` of what `with` gives. Tensors
   * that were computed from this one before keep their values, and, this being a change of state, no gradient flows
   * through it.
   */
  set(this: Tensor, indices: Indices, value: TensorLike): Tensor {
    return this.assign(this.with(indices, value));
  }
}
