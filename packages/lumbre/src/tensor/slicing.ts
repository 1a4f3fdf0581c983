import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import { SplittingTensor } from './splitting.ts';
import type { Tensor } from './tensor.ts';

/**
 * One entry of `slice`: an index, which removes its dimension; a range [start, stop, step?] whose ends may be `null`;
 * `':'`, the whole dimension; `'...'`, as many whole dimensions as are left; `null`, a new dimension of size 1.
 */
export type SliceIndex =
  | number
  | ':'
  | '...'
  | null
  | readonly [start: number | null, stop: number | null, step?: number | null];

/** What is taken from one axis: `length` elements from `start`, which is counted from the end where `backward`. */
interface Taken {
  readonly start: number;
  readonly length: number;
  readonly step: number;
  readonly backward: boolean;
  readonly dropped: boolean;
}

function takeOne(index: number, axis: number, shape: Shape): Taken {
  const size = shape[axis] as number;
  if (!Number.isInteger(index) || index < -size || index >= size) {
    throw new RangeError(
      `slice: index ${index} is out of range for dimension ${axis} of ${formatShape(shape)}; ` +
        (size === 0 ? 'it has no elements.' : `expected an integer from ${-size} to ${size - 1}.`),
    );
  }
  return { start: index < 0 ? index + size : index, length: 1, step: 1, backward: false, dropped: true };
}

/** A range by Python's rules: negative ends count from the end, and ends beyond the axis are cut to it. */
function takeRange(range: Exclude<SliceIndex, number | string | null>, axis: number, shape: Shape): Taken {
  const size = shape[axis] as number;
  // A text is iterable too, and comes from who writes `'0:2'` here.
  const [from, to, by] = range;
  const step = by ?? 1;
  if (
    !Array.isArray(range) ||
    range.length < 2 ||
    range.length > 3 ||
    range.some((n) => n !== null && n !== undefined && !Number.isInteger(n)) ||
    step === 0
  ) {
    throw new RangeError(
      `slice: ${Array.isArray(range) ? `[${range.join(', ')}]` : String(range)} for dimension ${axis} is no range; expected [start, stop] or [start, stop, step] of ` +
        "integers, a step that is not 0, and null for an end that is left open; at('1:3') reads Python's way.",
    );
  }
  const backward = step < 0;
  // Backward ranges run from the last element to the one before the first.
  const lowest = backward ? -1 : 0;
  const highest = backward ? size - 1 : size;
  const place = (end: number) => Math.min(Math.max(end < 0 ? end + size : end, lowest), highest);
  const start = from === null ? (backward ? highest : lowest) : place(from);
  const stop = to === null ? (backward ? lowest : highest) : place(to);
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const first = length === 0 ? 0 : backward ? size - 1 - start : start;
  return { start: first, length, step: Math.abs(step), backward, dropped: false };
}

/** Replaces `'...'` by whole dimensions, so that there is an entry for each dimension beside the new ones. */
function complete(indices: readonly SliceIndex[], shape: Shape): readonly Exclude<SliceIndex, '...'>[] {
  const named = indices.filter((index) => index !== null && index !== '...').length;
  if (named > shape.length) {
    throw new RangeError(
      `slice: ${named} indices for the ${shape.length} dimensions of ${formatShape(shape)}.`,
    );
  }
  if (indices.filter((index) => index === '...').length > 1) {
    throw new RangeError("slice: '...' may stand once only; write ':' for single dimensions.");
  }
  const whole = Array<':'>(shape.length - named).fill(':');
  const withEllipsis: readonly SliceIndex[] = indices.includes('...') ? indices : [...indices, '...'];
  return withEllipsis.flatMap((index) => (index === '...' ? whole : [index]));
}

const rangePattern = /^([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?)?$/;

/** One entry of an index that is written as in Python. */
function parseEntry(text: string, whole: string): SliceIndex {
  if (text === '...' || text === ':') return text;
  if (text === 'null') return null;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const match = rangePattern.exec(text);
  if (!match) {
    throw new RangeError(
      `at: '${text}' in '${whole}' is no index; expected a number, start:stop:step, ':', '...' or null, ` +
        'separated by commas.',
    );
  }
  const [start, stop, step] = match.slice(1).map((end) => (end === undefined ? null : Number(end)));
  return [start ?? null, stop ?? null, step ?? null];
}

/** The entries of an index that is written as in Python: `'1:3, ..., ::-1'`. */
export const parseIndex = (text: string): SliceIndex[] =>
  text.split(',').map((part) => parseEntry(part.trim(), text));

/** A slice of an array of known shape. */
export interface ResolvedSlice {
  /** What it takes, before dimensions are dropped or added. */
  readonly taken: readonly Taken[];
  readonly shape: Shape;
}

/** @throws RangeError for what does not fit `shape`. */
export function resolveSlice(indices: readonly SliceIndex[], shape: Shape): ResolvedSlice {
  const result: number[] = [];
  const taken: Taken[] = [];
  for (const index of complete(indices, shape)) {
    if (index === null) {
      result.push(1);
      continue;
    }
    const axis = taken.length;
    const part =
      typeof index === 'number'
        ? takeOne(index, axis, shape)
        : takeRange(index === ':' ? [null, null] : index, axis, shape);
    taken.push(part);
    if (!part.dropped) result.push(part.length);
  }
  return { taken, shape: result };
}

const backwardAxes = ({ taken }: ResolvedSlice): number[] =>
  taken.flatMap(({ backward }, axis) => (backward ? [axis] : []));

/** The elements that a slice takes. */
export function sliceNode(a: Node, slice: ResolvedSlice): Node {
  const cut = build.shrink(
    build.flip(a, backwardAxes(slice)),
    slice.taken.map(({ start }) => start),
    slice.taken.map(({ length }) => length),
    slice.taken.map(({ step }) => step),
  );
  return build.reshape(cut, slice.shape);
}

/** The transpose of `sliceNode`: elements of the slice's shape where it takes them from, zeros elsewhere. */
export function unsliceNode(part: Node, slice: ResolvedSlice, shape: Shape): Node {
  const lengths = slice.taken.map(({ length }) => length);
  const arg = { start: slice.taken.map(({ start }) => start), step: slice.taken.map(({ step }) => step) };
  return build.flip(build.unshrink(build.reshape(part, lengths), arg, shape), backwardAxes(slice));
}

/** Basic indexing. A result never aliases the tensor that it was taken from. */
export abstract class SlicingTensor extends SplittingTensor {
  /**
   * A part of the tensor, as `x[…]` in NumPy: one entry for each dimension, those left out being whole.
   * `x.slice(0)`, `x.slice(':', [1, 3])`, `x.slice('...', [null, null, -1])`, `x.slice(null, 2)`. Indices that are
   * tensors go to `index`; `with` and `set` write.
   *
   * @throws RangeError for an index out of range, or for more entries than dimensions. Ranges are cut to what is there.
   */
  slice(this: Tensor, ...indices: readonly SliceIndex[]): Tensor {
    return wrapNode(sliceNode(this.node, resolveSlice(indices, this.shape)), this.device);
  }

  /**
   * As `slice`, written as in Python: `x.at('1:3, ..., ::2')`, `x.at('-1')`; `null` adds a dimension.
   * @throws RangeError as `slice`, and for a text that is no index.
   */
  at(this: Tensor, index: string): Tensor {
    return this.slice(...parseIndex(index));
  }
}
