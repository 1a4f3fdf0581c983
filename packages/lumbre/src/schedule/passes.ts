import type { Node } from '../graph/node.ts';
import { type Group, isFull, isReduce, pointsOf, rootIndices } from './group.ts';
import { walk } from './walk.ts';

/**
 * The order of work within a row. A row is passed over as often as one reduction needs the result of another: softmax
 * takes three passes (maximum; exponentials and their sum; quotient).
 */
export interface Passes {
  readonly count: number;
  /** The pass that computes a reduction or a full node. */
  readonly passOf: ReadonlyMap<Node, number>;
  /** The pass before which a row node is known; `count` for those that wait for the last. */
  readonly knownBefore: ReadonlyMap<Node, number>;
  /** Full nodes that a later pass reads again. */
  readonly readLater: ReadonlySet<Node>;
}

export function planPasses(group: Group, isLoaded: (node: Node) => boolean): Passes {
  const { domain, inner } = group;
  const members = new Set(group.roots);
  const points = pointsOf(domain, inner);
  const passOf = new Map<Node, number>();
  const knownBefore = new Map<Node, number>();
  const readLater = new Set<Node>();
  let count = 0;
  for (const root of group.roots) {
    const fullReads: Node[] = [];
    let pass = 0;
    walk(root, rootIndices(root, points, domain), points.space, isLoaded, {
      read(node) {
        if (!members.has(node)) return;
        if (isFull(node, domain, inner)) fullReads.push(node);
        pass = Math.max(pass, knownBefore.get(node) ?? passOf.get(node) ?? 0);
      },
    });
    if (isReduce(root)) knownBefore.set(root, pass + 1);
    if (isReduce(root) || isFull(root, domain, inner)) {
      passOf.set(root, pass);
      count = Math.max(count, pass + 1);
      for (const node of fullReads) if ((passOf.get(node) as number) < pass) readLater.add(node);
    } else {
      knownBefore.set(root, pass);
    }
  }
  return { count, passOf, knownBefore, readLater };
}
