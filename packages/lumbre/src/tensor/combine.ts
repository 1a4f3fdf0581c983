import * as build from '../graph/builder.ts';
import { promote } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { formatShape, normalizeAxis } from '../graph/shape.ts';
import { choose } from './comparison.ts';
import { full } from './creation.ts';
import { castOn, commonDevice, isTensor, type TensorLike } from './operands.ts';
import { Tensor } from './tensor.ts';

/** More tensors than this are put together in stages: each element looks at all that are put together at once. */
const AT_ONCE = 8;

/** Each padded with zeros to the whole length, and added up: its gradient is a slice. */
function catFew(nodes: readonly Node[], axis: number): Node {
  const total = nodes.reduce((length, node) => length + (node.shape[axis] as number), 0);
  let before = 0;
  return nodes
    .map((node) => {
      const low = node.shape.map(() => 0).with(axis, before);
      before += node.shape[axis] as number;
      return build.pad(node, low, low.with(axis, total - before));
    })
    .reduce(nodes[0]?.dtype === 'bool' ? build.or : build.add);
}

function catNodes(nodes: readonly Node[], axis: number): Node {
  if (nodes.length <= AT_ONCE) return catFew(nodes, axis);
  const parts = Array.from({ length: Math.ceil(nodes.length / AT_ONCE) }, (_, i) =>
    build.contiguous(catFew(nodes.slice(i * AT_ONCE, (i + 1) * AT_ONCE), axis)),
  );
  return catNodes(parts, axis);
}

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

/**
 * Tensors one after another along dimension `dim`; the others must agree. Dtypes promote.
 * @throws RangeError when shapes do not fit, or for no tensors.
 */
export const cat = (tensors: readonly Tensor[], dim = 0): Tensor => join('cat', tensors, dim);

/** Tensors of one shape along a new dimension `dim`. Dtypes promote. */
export function stack(tensors: readonly Tensor[], dim = 0): Tensor {
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

/**
 * `yes` where the bool condition holds and `no` elsewhere, all broadcast; `yes` and `no` promote as in arithmetic.
 * Gradients flow to the value that was chosen.
 * @throws TypeError if the condition is not bool.
 */
export function where(condition: Tensor, yes: TensorLike, no: TensorLike): Tensor {
  if (isTensor(yes) || isTensor(no)) return choose('where', condition, yes, no);
  // Two plain values: the first becomes a tensor, of a dtype that both fit.
  const value = typeof yes === 'boolean' && typeof no !== 'boolean' ? Number(yes) : yes;
  return choose('where', condition, full([], value, { device: condition.device }), no);
}
