import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis, type Shape } from '../graph/shape.ts';
import { ArrangingTensor } from './arranging.ts';
import { checkWhole, move } from './movement.ts';
import type { Tensor } from './tensor.ts';

/** A bool for each element of a matrix [.., rows, columns]: whether it is on or below the given diagonal. */
function belowDiagonal(shape: Shape, diagonal: number): Node {
  const [rows, columns] = [shape.length - 2, shape.length - 1].map((axis) => build.iota(shape, axis)) as [
    Node,
    Node,
  ];
  return build.lt(columns, build.add(rows, build.full(rows, diagonal + 1)));
}

function triangle(operation: string, tensor: Tensor, diagonal: number, lower: boolean): Tensor {
  if (tensor.ndim < 2) {
    throw new RangeError(
      `${operation}: expected a matrix [.., rows, columns], got shape ${formatShape(tensor.shape)}.`,
    );
  }
  checkWhole(operation, 'diagonal', diagonal, Number.NEGATIVE_INFINITY);
  return move(tensor, (a) => {
    const zero = build.full(a, 0);
    // What is not below the diagonal before is on or above this one.
    const below = belowDiagonal(a.shape, lower ? diagonal : diagonal - 1);
    return lower ? build.where(below, a, zero) : build.where(below, zero, a);
  });
}

/** Where a diagonal of matrices [rows, columns] lies among their elements in row-major order. */
function diagonalOf(rows: number, columns: number, offset: number) {
  const length = Math.max(0, Math.min(rows - Math.max(-offset, 0), columns - Math.max(offset, 0)));
  const start = length === 0 ? 0 : offset >= 0 ? offset : -offset * columns;
  // Neighbours on a diagonal are one row and one column apart.
  return { length, start, step: columns + 1 };
}

function twoAxes(operation: string, rank: number, dim1: number, dim2: number): [number, number] {
  const [first, second] = [dim1, dim2].map((dim) => normalizeAxis(operation, dim, rank)) as [number, number];
  if (first === second) {
    throw new RangeError(`${operation}: dimensions ${dim1} and ${dim2} are the same; name two.`);
  }
  return [first, second];
}

/** Triangles and diagonals of matrices. */
export abstract class DiagonalTensor extends ArrangingTensor {
  /** The lower triangle of matrices [.., rows, columns], zeros elsewhere; `diagonal` moves the border to the right. */
  tril(this: Tensor, diagonal = 0): Tensor {
    return triangle('tril', this, diagonal, true);
  }

  /** The upper triangle of matrices [.., rows, columns], zeros elsewhere; `diagonal` moves the border to the right. */
  triu(this: Tensor, diagonal = 0): Tensor {
    return triangle('triu', this, diagonal, false);
  }

  /**
   * The diagonal of the matrices in two dimensions, the last two unless given; it becomes the last dimension. `offset` > 0
   * takes one above the main diagonal, < 0 one below.
   */
  diagonal(this: Tensor, offset = 0, dim1 = -2, dim2 = -1): Tensor {
    checkWhole('diagonal', 'offset', offset, Number.NEGATIVE_INFINITY);
    if (this.ndim < 2) {
      throw new RangeError(
        `diagonal: expected a matrix [.., rows, columns], got shape ${formatShape(this.shape)}.`,
      );
    }
    const [first, second] = twoAxes('diagonal', this.ndim, dim1, dim2);
    return move(this.movedim([first, second], [-2, -1]), (a) => {
      const batch = a.shape.slice(0, -2);
      const [rows, columns] = a.shape.slice(-2) as [number, number];
      const { length, start, step } = diagonalOf(rows, columns, offset);
      return build.shrink(
        build.reshape(a, [...batch, rows * columns]),
        [...batch.map(() => 0), start],
        [...batch, length],
        [...batch.map(() => 1), step],
      );
    });
  }

  /**
   * The last dimension as the diagonal of square matrices, zeros elsewhere; the matrices are in dimensions `dim1` and
   * `dim2` of the result, the last two unless given. `offset` as in `diagonal`, of which this is the reverse.
   */
  diagEmbed(this: Tensor, offset = 0, dim1 = -2, dim2 = -1): Tensor {
    checkWhole('diagEmbed', 'offset', offset, Number.NEGATIVE_INFINITY);
    if (this.ndim === 0) throw new RangeError('diagEmbed: expected at least one dimension, got a scalar.');
    const [first, second] = twoAxes('diagEmbed', this.ndim + 1, dim1, dim2);
    return move(this, (a) => {
      const batch = a.shape.slice(0, -1);
      const size = (a.shape.at(-1) as number) + Math.abs(offset);
      const { start, step } = diagonalOf(size, size, offset);
      const arg = { start: [...batch.map(() => 0), start], step: [...batch.map(() => 1), step] };
      return build.reshape(build.unshrink(a, arg, [...batch, size * size]), [...batch, size, size]);
    }).movedim([-2, -1], [first, second]);
  }

  /** Of a vector, the matrix with it on a diagonal; of a matrix, its diagonal. */
  diag(this: Tensor, diagonal = 0): Tensor {
    if (this.ndim !== 1 && this.ndim !== 2) {
      throw new RangeError(
        `diag: expected a vector or a matrix, got shape ${formatShape(this.shape)}; use diagonal() or diagEmbed().`,
      );
    }
    return this.ndim === 1 ? this.diagEmbed(diagonal) : this.diagonal(diagonal);
  }

  /** The matrix with all elements, in row-major order, on a diagonal. */
  diagFlat(this: Tensor, offset = 0): Tensor {
    return this.ravel().diagEmbed(offset);
  }
}
