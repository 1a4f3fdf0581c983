import * as build from '../graph/builder.ts';
import { gradientMode, type Node, type OpName, topologicalOrder } from '../graph/node.ts';
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
    const bySource = row.gradient?.(node, gradient, build) ?? throughComposition(node, row, gradient);
    node.sources.forEach((source, i) => {
      const part = bySource[i];
      if (part && source.tracksGradient) accumulate(source, part);
    });
  }
  return reached;
}

/** The gradient by each source of an op that has none of its own, but a composition to differentiate. */
function throughComposition(node: Node, row: OpRow<OpName>, dy: Node): (Node | null)[] {
  if (!row.composition) return [];
  // Targets of their own: the composition may use one source in several places, and sources may depend on each other.
  const targets = node.sources.map((source) => {
    const target: Node = build.identity(source);
    target.tracksGradient = source.tracksGradient;
    return target;
  });
  const recording = gradientMode.enabled;
  gradientMode.enabled = true;
  const composed = row.composition({ ...node, sources: targets }, build);
  gradientMode.enabled = recording;
  const reached = gradientsOf([composed], [dy], (n) => targets.includes(n));
  return targets.map((target) => reached.get(target) ?? null);
}
