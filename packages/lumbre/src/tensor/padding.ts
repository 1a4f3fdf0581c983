import * as build from '../graph/builder.ts';
import { type DType, isFloat, toDType } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, type Shape } from '../graph/shape.ts';
import { DiagonalTensor } from './diagonals.ts';
import { catNodes } from './joining.ts';
import { checkWhole, move, narrowNode } from './movement.ts';
import type { Tensor } from './tensor.ts';

/** Elements before and after those of one dimension. */
export type PadPair = readonly [before: number, after: number];

export interface PadOptions {
  /**
   * What comes around: one value (the default); the tensor mirrored at its border elements, which are not repeated; its
   * border elements; or the tensor again from its other end.
   */
  readonly mode?: 'constant' | 'reflect' | 'replicate' | 'circular';
  /** For `constant`; 0 unless given. */
  readonly value?: number;
}

/** Zeros of `a`'s dtype, or `value`, around `a`. */
function padNode(a: Node, low: readonly number[], high: readonly number[], value: number): Node {
  const zeros = build.pad(a, low, high);
  if (value === 0) return zeros;
  const inside = build.pad(build.constant(a.shape, 'bool', 1), low, high);
  return build.where(inside, zeros, build.full(zeros, value));
}

function checkPads(shape: Shape, pads: readonly PadPair[]): void {
  const sound = pads.every((pair) => pair.length === 2 && pair.every((n) => Number.isInteger(n) && n >= 0));
  if (pads.length !== shape.length || !sound) {
    throw new RangeError(
      `pad: ${JSON.stringify(pads)} does not fit shape ${formatShape(shape)}; give a pair [before, after] of ` +
        'non-negative integers for each dimension. To cut, use slice().',
    );
  }
}

function checkPadValue(value: number, dtype: DType): void {
  if (isFloat(dtype) || toDType(value, dtype) === value) return;
  throw new RangeError(`pad: ${value} is no ${dtype}; convert the tensor first, with .to('float32').`);
}

/** The part of `a` that comes before or after it along an axis. */
function border(a: Node, axis: number, count: number, mode: string, before: boolean): Node {
  const size = a.shape[axis] as number;
  if (mode === 'circular') return narrowNode(a, axis, before ? size - count : 0, count);
  if (mode === 'reflect')
    return build.flip(narrowNode(a, axis, before ? 1 : size - 1 - count, count), [axis]);
  return build.expand(narrowNode(a, axis, before ? 0 : size - 1, 1), a.shape.with(axis, count));
}

/** What a mode needs of a dimension that something is added to. */
const longest: Readonly<Record<string, (size: number) => number>> = {
  reflect: (size) => size - 1,
  circular: (size) => size,
  replicate: (size) => (size > 0 ? Number.POSITIVE_INFINITY : 0),
};

function padAround(a: Node, pads: readonly PadPair[], mode: string): Node {
  return pads.reduce((node, [before, after], axis) => {
    if (before === 0 && after === 0) return node;
    const most = longest[mode]?.(node.shape[axis] as number) ?? 0;
    if (before > most || after > most) {
      throw new RangeError(
        `pad: mode '${mode}' cannot put ${before} and ${after} elements around the ${node.shape[axis]} of ` +
          `dimension ${axis} of ${formatShape(a.shape)}; at most ${Math.max(most, 0)} on each side.`,
      );
    }
    const parts = [
      ...(before > 0 ? [border(node, axis, before, mode, true)] : []),
      node,
      ...(after > 0 ? [border(node, axis, after, mode, false)] : []),
    ];
    return catNodes(parts, axis);
  }, a);
}

/** Borders and windows. */
export abstract class PaddingTensor extends DiagonalTensor {
  /**
   * Surrounded by a value, or by what the mode says: one pair [before, after] for each dimension, outermost first (the
   * order of NumPy; PyTorch counts from the last). `x.pad([[0, 0], [1, 2]], -1)`, `x.pad([[1, 1]], { mode: 'reflect' })`.
   * @throws RangeError for pads that do not fit the shape or the mode.
   */
  pad(this: Tensor, pads: readonly PadPair[], options: number | PadOptions = {}): Tensor {
    const { mode = 'constant', value = 0 } = typeof options === 'number' ? { value: options } : options;
    checkPads(this.shape, pads);
    if (mode !== 'constant') {
      if (!Object.hasOwn(longest, mode)) {
        throw new RangeError(
          `pad: there is no mode '${mode}'; choose constant, reflect, replicate or circular.`,
        );
      }
      return move(this, (a) => padAround(a, pads, mode));
    }
    checkPadValue(value, this.dtype);
    return move(this, (a) =>
      padNode(
        a,
        pads.map(([before]) => before),
        pads.map(([, after]) => after),
        value,
      ),
    );
  }

  /**
   * Windows of `size` neighbours along one dimension, `step` apart: dimension `dim` counts the windows, and a new last
   * dimension holds their elements.
   * @throws RangeError for a window that is longer than the dimension.
   */
  unfold(this: Tensor, dim: number, size: number, step: number): Tensor {
    const axis = normalizeAxis('unfold', dim, this.ndim);
    checkWhole('unfold', 'size', size, 1);
    checkWhole('unfold', 'step', step, 1);
    const length = this.shape[axis] as number;
    if (size > length) {
      throw new RangeError(
        `unfold: a window of ${size} does not fit dimension ${dim} of ${formatShape(this.shape)}.`,
      );
    }
    return move(this, (a) =>
      build.windows(a, { axes: [axis], sizes: [size], stride: [step], dilation: [1] }),
    );
  }
}
