import * as build from '../graph/builder.ts';
import type { Node } from '../graph/node.ts';

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

/** Nodes of one dtype one after another along an axis. */
export function catNodes(nodes: readonly Node[], axis: number): Node {
  if (nodes.length <= AT_ONCE) return catFew(nodes, axis);
  const parts = Array.from({ length: Math.ceil(nodes.length / AT_ONCE) }, (_, i) =>
    build.contiguous(catFew(nodes.slice(i * AT_ONCE, (i + 1) * AT_ONCE), axis)),
  );
  return catNodes(parts, axis);
}
