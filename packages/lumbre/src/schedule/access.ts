import type { Node, OpArgs, WindowArg } from '../graph/node.ts';
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
    case 'after':
      return { indices, bounds: [] };
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
    case 'slant': {
      const { axes, offsets, stride, dilation } = node.arg as WindowArg;
      const result = [...indices];
      axes.forEach((axis, i) => {
        const offset = times(indices[offsets[i] as number] as Index, dilation[i] as number);
        result[axis] = add(times(indices[axis] as Index, stride[i] as number), offset);
      });
      return { indices: result, bounds: [] };
    }
    case 'spread':
      return throughSpread(space, node as Node<'spread'>, source, indices);
    case 'pad':
      return throughPad(space, node as Node<'pad'>, source, indices);
    default:
      throw new Error(`throughMovement: ${node.op} is not a movement op.`);
  }
}

/**
 * The position, among `size` elements that lie `gap` apart from 0 on, of what lies at `index`; a bound where there may be
 * none.
 */
function amongApart(space: IndexSpace, index: Index, size: number, gap: number, bounds: Bound[]): Index {
  const span = (size - 1) * gap + 1;
  if (index.min < 0 || index.max >= span || gap > 1) bounds.push({ index, size: span, multipleOf: gap });
  // Outside the bounds the element is not used; clamping keeps its address inside the buffer.
  return space.div(space.clamp(index, 0, Math.max(span - 1, 0)), gap);
}

function throughPad(space: IndexSpace, node: Node<'pad'>, source: Node, indices: readonly Index[]): Access {
  const { low, interior } = node.arg;
  const bounds: Bound[] = [];
  const result = indices.map((index, axis) => {
    const shifted = plus(index, -(low[axis] as number));
    return amongApart(space, shifted, source.shape[axis] as number, (interior[axis] as number) + 1, bounds);
  });
  return { indices: result, bounds };
}

function throughSpread(
  space: IndexSpace,
  node: Node<'spread'>,
  source: Node,
  indices: readonly Index[],
): Access {
  const { axes, offsets, stride, dilation } = node.arg;
  const bounds: Bound[] = [];
  const result = [...indices];
  axes.forEach((axis, i) => {
    const offset = times(indices[offsets[i] as number] as Index, -(dilation[i] as number));
    const shifted = add(indices[axis] as Index, offset);
    result[axis] = amongApart(space, shifted, source.shape[axis] as number, stride[i] as number, bounds);
  });
  return { indices: result, bounds };
}

export const isMovement = (node: Node): boolean =>
  node.op === 'reshape' ||
  node.op === 'permute' ||
  node.op === 'expand' ||
  node.op === 'shrink' ||
  node.op === 'flip' ||
  node.op === 'slant' ||
  node.op === 'spread' ||
  node.op === 'pad' ||
  node.op === 'after';

/** The sources whose values a node is computed from. Of `after`, the other one only has to be there first. */
export const valueSources = (node: Node): readonly Node[] =>
  node.op === 'after' ? node.sources.slice(0, 1) : node.sources;

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
