/** Sizes of a tensor's dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Elements to step over for each dimension of a row-major array. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/**
 * The shape that both broadcast to by NumPy's rule: aligned at the last dimension, sizes must agree or be 1.
 * @throws if they do not fit; the message names the operation, both shapes and the dimension.
 */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let fromEnd = 1; fromEnd <= rank; fromEnd++) {
    const sizeA = a[a.length - fromEnd] ?? 1;
    const sizeB = b[b.length - fromEnd] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new RangeError(
        `${operation}: shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast: counted from the end, ` +
          `dimension ${fromEnd} is ${sizeA} against ${sizeB}; sizes must be equal or 1. ` +
          'Reshape one of them, or add a dimension of size 1 with unsqueeze().',
      );
    }
    result[rank - fromEnd] = sizeA === 1 ? sizeB : sizeA;
  }
  return result;
}

/** An axis in [0, rank), where negative axes count from the end. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    const allowed = rank === 0 ? 'a scalar has no axes' : `expected an integer from ${-rank} to ${rank - 1}`;
    throw new RangeError(
      `${operation}: axis ${axis} does not exist in a tensor of ${rank} dimensions; ${allowed}.`,
    );
  }
  return normalized;
}

/** Axes as sorted, distinct, non-negative numbers; `undefined` means all of them. */
export function normalizeAxes(
  operation: string,
  axes: number | readonly number[] | null | undefined,
  rank: number,
): number[] {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, axis) => axis);
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => normalizeAxis(operation, axis, rank));
  if (new Set(list).size !== list.length) {
    throw new RangeError(`${operation}: axes [${list.join(', ')}] name the same axis twice; name each once.`);
  }
  return list.sort((a, b) => a - b);
}

/** A tensor with more elements than any can have. */
export class TensorSizeError extends RangeError {
  override readonly name = 'TensorSizeError';
  readonly elements: number;

  constructor(operation: string, shape: Shape) {
    const elements = sizeOf(shape);
    super(
      `${operation}: shape ${formatShape(shape)} has ${elements} elements; at most ${2 ** 32} fit in a tensor.`,
    );
    this.elements = elements;
  }
}

/** Checks that every size is a non-negative integer and the product is one that an array can have. */
export function checkShape(operation: string, shape: Shape): void {
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) {
      throw new RangeError(
        `${operation}: ${formatShape(shape)} is not a shape; every size must be a non-negative integer, not ${size}.`,
      );
    }
  }
  if (sizeOf(shape) > 2 ** 32) {
    throw new TensorSizeError(operation, shape);
  }
}
