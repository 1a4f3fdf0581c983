import type { Node, OpArgs } from '../graph/node.ts';
import { add, fixed, flatten, type Index, IndexSpace, plus, times, unflatten } from './indexing.ts';

/** Bounds that an index must keep for a padded element to be one of the source's: otherwise it is zero. */
export interface Bound {
  readonly index: Index;
  readonly size: number;
  /** For interior padding: only multiples count. */
  readonly multipleOf: number;
}

/** Where a movement op finds an element in its source. */
export interface Access {
  readonly indices: readonly Index[];
  readonly bounds: readonly Bound[];
}

/**
 * Follows a movement op backwards: the element of `node` at `indices` is that of its source at the result. The whole of
 * every view is in this one function.
 */
export function throughMovement(space: IndexSpace, node: Node, indices: readonly Index[]): Access {
  const source = node.sources[0] as Node;
  switch (node.op) {
    case 'reshape':
      return { indices: unflatten(space, flatten(indices, node.shape), source.shape), bounds: [] };
    case 'permute': {
      const { axes } = node.arg as OpArgs['permute'];
      const result = new Array<Index>(axes.length);
      axes.forEach((axis, i) => {
        result[axis] = indices[i] as Index;
      });
      return { indices: result, bounds: [] };
    }
    case 'expand':
      return {
        indices: indices.map((index, axis) => (source.shape[axis] === 1 ? fixed(0) : index)),
        bounds: [],
      };
    case 'shrink': {
      const { start, step } = node.arg as OpArgs['shrink'];
      return {
        indices: indices.map((index, axis) =>
          plus(times(index, step[axis] as number), start[axis] as number),
        ),
        bounds: [],
      };
    }
    case 'flip': {
      const { axes } = node.arg as OpArgs['flip'];
      return {
        indices: indices.map((index, axis) =>
          axes.includes(axis) ? add(fixed((node.shape[axis] as number) - 1), times(index, -1)) : index,
        ),
        bounds: [],
      };
    }
    case 'pad':
      return throughPad(space, node as Node<'pad'>, source, indices);
    default:
      throw new Error(`throughMovement: ${node.op} is not a movement op.`);
  }
}

function throughPad(space: IndexSpace, node: Node<'pad'>, source: Node, indices: readonly Index[]): Access {
  const { low, interior } = node.arg;
  const bounds: Bound[] = [];
  const result = indices.map((index, axis) => {
    const gap = (interior[axis] as number) + 1;
    const size = source.shape[axis] as number;
    const span = (size - 1) * gap + 1;
    const shifted = plus(index, -(low[axis] as number));
    if (shifted.min < 0 || shifted.max >= span || gap > 1)
      bounds.push({ index: shifted, size: span, multipleOf: gap });
    // Outside the bounds the element is not used; clamping keeps its address inside the buffer.
    return space.div(space.clamp(shifted, 0, Math.max(span - 1, 0)), gap);
  });
  return { indices: result, bounds };
}

export const isMovement = (node: Node): boolean =>
  node.op === 'reshape' ||
  node.op === 'permute' ||
  node.op === 'expand' ||
  node.op === 'shrink' ||
  node.op === 'flip' ||
  node.op === 'pad';

/** A matrix operand as strides over a base: how a contraction reads it without a copy. */
export interface StridedView {
  readonly base: Node;
  readonly offset: number;
  readonly strides: readonly number[];
}

/**
 * The strides by which `node`, a chain of movement ops, shows its base; `null` when strides cannot say it (padding, or
 * a reshape across a transposition).
 */
export function stridedView(node: Node, isBase: (node: Node) => boolean): StridedView | null {
  const space = new IndexSpace();
  const variables = node.shape.map((size) => (size === 1 ? fixed(0) : space.variable(0, size - 1)));
  let indices: readonly Index[] = variables;
  let current = node;
  while (!isBase(current)) {
    if (!isMovement(current)) return null;
    const access = throughMovement(space, current, indices);
    if (access.bounds.length > 0) return null;
    indices = access.indices;
    current = current.sources[0] as Node;
  }
  const flat = flatten(indices, current.shape);
  if (flat.terms.some(({ atom }) => atom.kind !== 'variable')) return null;
  const strides = variables.map((variable) => {
    const atom = variable.terms[0]?.atom;
    return flat.terms.find((term) => term.atom === atom)?.coefficient ?? 0;
  });
  return { base: current, offset: flat.constant, strides };
}
