import { promote } from '../graph/dtype.ts';
import { broadcastShapes, formatShape, normalizeAxis } from '../graph/shape.ts';
import { choose } from './comparison.ts';
import { full } from './creation.ts';
import { catNodes } from './joining.ts';
import { observed } from './observer.ts';
import { castOn, commonDevice, isTensor, type TensorLike } from './operands.ts';
import { Tensor } from './tensor.ts';

function join(operation: string, tensors: readonly Tensor[], dim: number): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError(`${operation}: expected at least one tensor, got none.`);
  const device = commonDevice(operation, tensors);
  const axis = normalizeAxis(operation, dim, first.ndim);
  tensors.forEach((other, i) => {
    if (other.ndim === first.ndim && other.shape.every((size, d) => d === axis || size === first.shape[d]))
      return;
    throw new RangeError(
      `${operation}: tensor ${i} has shape ${formatShape(other.shape)} and the first ${formatShape(first.shape)}; ` +
        `they must agree but in dimension ${axis}.`,
    );
  });
  const dtype = tensors.map((t) => t.dtype).reduce(promote);
  const nodes = tensors.map((t) => castOn(operation, t.node, dtype, device));
  return new Tensor(catNodes(nodes, axis), device);
}

function catTensors(tensors: readonly Tensor[], dim = 0): Tensor {
  return join('cat', tensors, dim);
}

/**
 * Tensors one after another along dimension `dim`; the others must agree. Dtypes promote.
 * @throws RangeError when shapes do not fit, or for no tensors.
 */
export const cat = /* @__PURE__ */ observed('cat', catTensors);

/** As `cat`, by NumPy's name. */
export const concatenate = (tensors: readonly Tensor[], axis = 0): Tensor =>
  join('concatenate', tensors, axis);

function stackUp(tensors: readonly Tensor[], dim = 0): Tensor {
  const [first] = tensors;
  if (!first) throw new RangeError('stack: expected at least one tensor, got none.');
  tensors.forEach((other, i) => {
    if (other.shape.join() === first.shape.join()) return;
    throw new RangeError(
      `stack: tensor ${i} has shape ${formatShape(other.shape)} and the first ${formatShape(first.shape)}; ` +
        'all must have one shape. cat() joins along a dimension that is there.',
    );
  });
  const axis = normalizeAxis('stack', dim, first.ndim + 1);
  return join(
    'stack',
    tensors.map((t) => t.unsqueeze(axis)),
    axis,
  );
}

/** Tensors of one shape along a new dimension `dim`. Dtypes promote. */
export const stack = /* @__PURE__ */ observed('stack', stackUp);

function chooseBetween(condition: Tensor, yes: TensorLike, no: TensorLike): Tensor {
  if (isTensor(yes) || isTensor(no)) return choose('where', condition, yes, no);
  // Two plain values: the first becomes a tensor, of a dtype that both fit.
  const value = typeof yes === 'boolean' && typeof no !== 'boolean' ? Number(yes) : yes;
  return choose('where', condition, full([], value, { device: condition.device }), no);
}

/**
 * `yes` where the bool condition holds and `no` elsewhere, all broadcast; `yes` and `no` promote as in arithmetic.
 * Gradients flow to the value that was chosen.
 * @throws TypeError if the condition is not bool.
 */
export const where = /* @__PURE__ */ observed('where', chooseBetween);

/** With dimensions of size 1 in front until there are at least one. */
export const atleast1d = (tensor: Tensor): Tensor =>
  tensor.ndim === 0 ? tensor.reshape(1) : tensor.reshape(tensor.shape);

/** With dimensions of size 1 in front until there are at least two: a vector becomes a row. */
export const atleast2d = (tensor: Tensor): Tensor =>
  tensor.ndim < 2 ? tensor.reshape(1, tensor.size) : tensor.reshape(tensor.shape);

/** With dimensions of size 1 until there are at least three: a vector becomes [1, n, 1], a matrix [rows, columns, 1]. */
export const atleast3d = (tensor: Tensor): Tensor =>
  tensor.ndim < 2
    ? tensor.reshape(1, tensor.size, 1)
    : tensor.ndim === 2
      ? tensor.unsqueeze(2)
      : tensor.reshape(tensor.shape);

/** Tensors one below the other, along the first dimension; vectors count as rows. */
export const vstack = (tensors: readonly Tensor[]): Tensor => join('vstack', tensors.map(atleast2d), 0);

/** Tensors side by side: along the second dimension, or, of vectors and scalars, one after another. */
export function hstack(tensors: readonly Tensor[]): Tensor {
  const parts = tensors.map(atleast1d);
  return join('hstack', parts, parts[0]?.ndim === 1 ? 0 : 1);
}

/** Tensors behind each other, along the third dimension; see `atleast3d` for those that have fewer. */
export const dstack = (tensors: readonly Tensor[]): Tensor => join('dstack', tensors.map(atleast3d), 2);

/** Vectors as the columns of a matrix; matrices side by side. */
export const columnStack = (tensors: readonly Tensor[]): Tensor =>
  join(
    'columnStack',
    tensors.map((t) => (t.ndim < 2 ? t.reshape(t.size, 1) : t)),
    1,
  );

/**
 * Tensors, all in the shape that they broadcast to.
 * @throws RangeError when they do not broadcast.
 */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  if (tensors.length === 0) return [];
  commonDevice('broadcastTensors', tensors);
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShapes('broadcastTensors', a, b));
  return tensors.map((t) => t.broadcastTo(shape));
}

export interface MeshgridOptions {
  /**
   * Which dimension follows which vector: `ij`, as in PyTorch, the first the first; `xy`, as in NumPy unless told
   * otherwise, the first the second and the second the first.
   */
  readonly indexing?: 'ij' | 'xy';
}

/**
 * The coordinates of a grid: for each vector (or scalar) a tensor that has as many dimensions as there are vectors, and
 * changes along its own.
 */
export function meshgrid(tensors: readonly Tensor[], { indexing = 'ij' }: MeshgridOptions = {}): Tensor[] {
  if (tensors.length === 0) throw new RangeError('meshgrid: expected at least one vector, got none.');
  if (indexing !== 'ij' && indexing !== 'xy') {
    throw new RangeError(`meshgrid: indexing must be 'ij' or 'xy', not '${indexing}'.`);
  }
  commonDevice('meshgrid', tensors);
  tensors.forEach((t, i) => {
    if (t.ndim <= 1) return;
    throw new RangeError(
      `meshgrid: tensor ${i} has shape ${formatShape(t.shape)}; expected vectors. flatten() it.`,
    );
  });
  const sizes = tensors.map((t) => t.size);
  const grids = tensors.map((t, axis) =>
    t.reshape(sizes.map((size, i) => (i === axis ? size : 1))).broadcastTo(sizes),
  );
  return indexing === 'xy' && tensors.length > 1 ? grids.map((grid) => grid.transpose(0, 1)) : grids;
}
