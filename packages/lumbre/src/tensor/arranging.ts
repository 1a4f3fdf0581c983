import * as build from '../graph/builder.ts';
import { formatShape, normalizeAxes, normalizeAxis } from '../graph/shape.ts';
import { catNodes } from './joining.ts';
import { checkWhole, MovementTensor, move, narrowNode } from './movement.ts';
import { listNumbers, type Numbers } from './operands.ts';
import { uploadNode } from './realize.ts';
import { takeNode } from './taking.ts';
import type { Tensor } from './tensor.ts';

function checkMatrix(operation: string, tensor: Tensor, rank: number): void {
  if (tensor.ndim >= rank) return;
  throw new RangeError(
    `${operation}: expected at least ${rank} dimension${rank === 1 ? '' : 's'}, got shape ${formatShape(tensor.shape)}.`,
  );
}

/** The same elements in another order, or several times. */
export abstract class ArrangingTensor extends MovementTensor {
  /** The elements in reverse order along the dimensions. */
  flip(this: Tensor, ...dims: Numbers): Tensor {
    return move(this, (a) => build.flip(a, normalizeAxes('flip', listNumbers(dims), a.shape.length)));
  }

  /** The rows in reverse order: `flip(0)`. */
  flipud(this: Tensor): Tensor {
    checkMatrix('flipud', this, 1);
    return this.flip(0);
  }

  /** The columns in reverse order: `flip(1)`. */
  fliplr(this: Tensor): Tensor {
    checkMatrix('fliplr', this, 2);
    return this.flip(1);
  }

  /** Turned by 90 degrees `k` times, from the first of two dimensions towards the second; negative turns back. */
  rot90(this: Tensor, k = 1, dims: readonly [number, number] = [0, 1]): Tensor {
    checkWhole('rot90', 'k', k, Number.NEGATIVE_INFINITY);
    checkMatrix('rot90', this, 2);
    const [from, to] = dims.map((dim) => normalizeAxis('rot90', dim, this.ndim)) as [number, number];
    if (dims.length !== 2 || from === to) {
      throw new RangeError(`rot90: expected two different dimensions, got [${dims.join(', ')}].`);
    }
    switch (((k % 4) + 4) % 4) {
      case 1:
        return this.flip(to).transpose(from, to);
      case 2:
        return this.flip(from, to);
      case 3:
        return this.transpose(from, to).flip(to);
      default:
        return move(this, build.identity);
    }
  }

  /**
   * The elements moved by `shifts` along `dims`, those that fall off one end coming in at the other; without `dims`, in
   * row-major order whatever the shape. Negative shifts move to the front.
   */
  roll(this: Tensor, shifts: number | readonly number[], dims?: number | readonly number[]): Tensor {
    const by = [shifts].flat() as number[];
    for (const shift of by) checkWhole('roll', 'a shift', shift, Number.NEGATIVE_INFINITY);
    if (dims === undefined) {
      if (by.length !== 1) {
        throw new RangeError(`roll: ${by.length} shifts and no dimensions; name a dimension for each.`);
      }
      return this.ravel().roll(by, 0).reshape(this.shape);
    }
    const axes = ([dims].flat() as number[]).map((dim) => normalizeAxis('roll', dim, this.ndim));
    if (axes.length !== by.length) {
      throw new RangeError(`roll: ${by.length} shifts for ${axes.length} dimensions; give one for each.`);
    }
    return move(this, (a) =>
      axes.reduce((node, axis, i) => {
        const size = node.shape[axis] as number;
        const shift = size === 0 ? 0 : (((by[i] as number) % size) + size) % size;
        if (shift === 0) return node;
        const tail = narrowNode(node, axis, size - shift, shift);
        return catNodes([tail, narrowNode(node, axis, 0, size - shift)], axis);
      }, a),
    );
  }

  /** Repeated `counts[i]` times along dimension i; counts beyond the dimensions add new ones in front. */
  repeat(this: Tensor, ...counts: Numbers): Tensor {
    const list = listNumbers(counts);
    for (const count of list) checkWhole('repeat', 'a count', count, 0);
    if (list.length < this.ndim) {
      throw new RangeError(
        `repeat: ${list.length} counts for the ${this.ndim} dimensions of ${formatShape(this.shape)}; ` +
          'give one for each, or use tile().',
      );
    }
    return this.tile(...counts);
  }

  /** As `repeat`, where missing counts in front are 1. */
  tile(this: Tensor, ...counts: Numbers): Tensor {
    const list = listNumbers(counts);
    for (const count of list) checkWhole('tile', 'a count', count, 0);
    const rank = Math.max(list.length, this.ndim);
    const repeats = [...Array<number>(rank - list.length).fill(1), ...list];
    const sizes = [...Array<number>(rank - this.ndim).fill(1), ...this.shape];
    const pairs = (of: (axis: number) => [number, number]) => sizes.flatMap((_, axis) => of(axis));
    return move(this, (a) => {
      const apart = build.reshape(
        a,
        pairs((axis) => [1, sizes[axis] as number]),
      );
      const repeated = build.expand(
        apart,
        pairs((axis) => [repeats[axis] as number, sizes[axis] as number]),
      );
      return build.reshape(
        repeated,
        sizes.map((size, axis) => size * (repeats[axis] as number)),
      );
    });
  }

  /**
   * Each element repeated next to itself: `repeats` times, or as often as the number at its position says. Without
   * `dim`, of the flattened tensor.
   */
  repeatInterleave(this: Tensor, repeats: number | readonly number[], dim?: number): Tensor {
    if (dim === undefined) return this.ravel().repeatInterleave(repeats, 0);
    const axis = normalizeAxis('repeatInterleave', dim, this.ndim);
    const size = this.shape[axis] as number;
    if (typeof repeats === 'number') {
      checkWhole('repeatInterleave', 'repeats', repeats, 0);
      return move(this, (a) => {
        const apart = build.reshape(a, a.shape.toSpliced(axis + 1, 0, 1));
        const repeated = build.expand(apart, apart.shape.with(axis + 1, repeats));
        return build.reshape(repeated, a.shape.with(axis, size * repeats));
      });
    }
    for (const count of repeats) checkWhole('repeatInterleave', 'a count', count, 0);
    if (repeats.length !== size) {
      throw new RangeError(
        `repeatInterleave: ${repeats.length} counts for the ${size} elements of dimension ${dim} of ` +
          `${formatShape(this.shape)}; give one for each, or one number for all.`,
      );
    }
    const positions = repeats.flatMap((count, i) => Array<number>(count).fill(i));
    const index = uploadNode(this.device, 'int32', [positions.length], positions);
    return move(this, (a) => takeNode(a, index, axis));
  }
}
