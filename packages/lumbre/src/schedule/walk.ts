import type { Node, OpArgs } from '../graph/node.ts';
import { type Bound, isMovement, throughMovement } from './access.ts';
import { flatten, type Index, type IndexSpace, indexKey } from './indexing.ts';

/** An index that a kernel takes out of the data: the element of `node` at `indices`. */
export interface DataIndex {
  readonly node: Node;
  readonly indices: readonly Index[];
}

export interface Visitor {
  /** A value that is loaded from memory, and its row-major position there. */
  read(node: Node, position: Index): void;
  /** A condition that padding puts on an index. */
  bound?(bound: Bound): void;
  /** An index that is used as a value. */
  iota?(index: Index): void;
}

/** Where `gather` finds its element: in its source, with one index out of the data. */
export function throughGather(space: IndexSpace, node: Node, indices: readonly Index[]): readonly Index[] {
  const [source, index] = node.sources as [Node, Node];
  const { axis } = node.arg as OpArgs['gather'];
  const chosen = space.dynamic({ node: index, indices } satisfies DataIndex, source.shape[axis] as number);
  return indices.map((i, a) => (a === axis ? chosen : i));
}

/** Follows the expression that computes `root` at `indices` down to what is loaded. */
export function walk(
  root: Node,
  indices: readonly Index[],
  space: IndexSpace,
  isLoaded: (node: Node) => boolean,
  visitor: Visitor,
): void {
  const seen = new Map<Node, Set<string>>();
  const visit = (node: Node, at: readonly Index[], top: boolean): void => {
    const key = at.map(indexKey).join(',');
    const keys = seen.get(node) ?? new Set();
    if (keys.has(key)) return;
    seen.set(node, keys.add(key));
    if (!top && isLoaded(node)) {
      visitor.read(node, flatten(at, node.shape));
    } else if (isMovement(node)) {
      const access = throughMovement(space, node, at);
      for (const bound of access.bounds) visitor.bound?.(bound);
      visit(node.sources[0] as Node, access.indices, false);
    } else if (node.op === 'gather') {
      visit(node.sources[1] as Node, at, false);
      visit(node.sources[0] as Node, throughGather(space, node, at), false);
    } else if (node.op === 'iota') {
      visitor.iota?.(at[(node.arg as OpArgs['iota']).axis] as Index);
    } else {
      for (const source of node.sources) visit(source, at, false);
    }
  };
  visit(root, indices, true);
}
