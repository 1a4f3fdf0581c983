import * as build from '../graph/builder.ts';
import { type Node, type OpName, topologicalOrder } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';

/**
 * Reverse-mode differentiation, from graph to graph: for each node that leads from `outputs` to a node where `isTarget`
 * holds, the gradient as a new node.
 *
 * @param seeds the gradient of each output
 * @returns the gradients of the targets that were reached
 */
export function gradientsOf(
  outputs: readonly Node[],
  seeds: readonly Node[],
  isTarget: (node: Node) => boolean,
): Map<Node, Node> {
  const gradients = new Map<Node, Node>();
  const accumulate = (node: Node, gradient: Node) => {
    const before = gradients.get(node);
    gradients.set(node, before ? build.add(before, gradient) : gradient);
  };
  outputs.forEach((output, i) => {
    accumulate(output, seeds[i] as Node);
  });

  const reached = new Map<Node, Node>();
  const order = topologicalOrder(outputs, (node) => !node.tracksGradient || isTarget(node));
  for (const node of order.reverse()) {
    const gradient = gradients.get(node);
    if (!gradient || !node.tracksGradient) continue;
    gradients.delete(node);
    if (isTarget(node)) {
      reached.set(node, gradient);
      continue;
    }
    const row = opTable[node.op] as OpRow<OpName>;
    const bySource = row.gradient?.(node, gradient, build) ?? [];
    node.sources.forEach((source, i) => {
      const part = bySource[i];
      if (part && source.tracksGradient) accumulate(source, part);
    });
  }
  return reached;
}
