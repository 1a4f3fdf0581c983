import type { Node, OpName } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import { sizeOf } from '../graph/shape.ts';
import { isMovement, stridedView } from './access.ts';
import type { Graph } from './normalize.ts';

/** Ops that no kernel computes in passing: each has loops of its own. */
const hasOwnLoops = (node: Node): boolean => {
  const { kind } = opTable[node.op];
  return kind === 'contraction' || kind === 'reduce' || node.op === 'scatterAdd' || node.op === 'contiguous';
};

/** A value used in several places is computed again in each while that costs at most this many additions. */
const CHEAP_TO_REPEAT = 6;
/** The same for a value that is broadcast: every repetition is multiplied. */
const CHEAP_TO_BROADCAST = 3;

interface Uses {
  /** Nodes that compute with the value, directly or through views. */
  readonly by: Set<Node>;
  broadcast: boolean;
}

function findUses(graph: Graph): Map<Node, Uses> {
  const uses = new Map<Node, Uses>(graph.nodes.map((node) => [node, { by: new Set<Node>(), broadcast: false }]));
  for (const node of [...graph.nodes].reverse()) {
    const own = uses.get(node) as Uses;
    for (const source of node.sources) {
      const of = uses.get(source) as Uses;
      if (!isMovement(node)) {
        of.by.add(node);
        continue;
      }
      for (const user of own.by) of.by.add(user);
      if (own.broadcast || (node.op === 'expand' && sizeOf(node.shape) > sizeOf(source.shape))) of.broadcast = true;
    }
  }
  return uses;
}

/** The node whose memory a contraction reads for `operand`: the bottom of its views, or itself if strides do not do. */
export function operandBase(operand: Node): Node {
  let bottom = operand;
  while (isMovement(bottom)) bottom = bottom.sources[0] as Node;
  return stridedView(operand, (node) => node === bottom) ? bottom : operand;
}

/**
 * Decides which nodes get memory; every other node is computed inside the kernels that use it. The rules: outputs; what
 * has loops of its own; operands of contractions; values used in several places, or broadcast, that are not cheap to
 * compute again. Fusing the kernels that result is the next step.
 */
export function chooseRealized(graph: Graph): Set<Node> {
  const uses = findUses(graph);
  const realized = new Set<Node>();
  const required = new Set<Node>(graph.outputs);
  for (const node of graph.nodes) {
    if (node.op === 'dot') for (const operand of node.sources) required.add(operandBase(operand));
  }
  const costs = new Map<Node, number>();
  for (const node of graph.nodes) {
    if (node.op === 'buffer') {
      costs.set(node, 0);
      continue;
    }
    const own = (opTable[node.op] as OpRow<OpName>).cost ?? 0;
    const inlined = node.sources.reduce((sum, s) => sum + (realized.has(s) ? 0 : (costs.get(s) ?? 0)), own);
    // A tree of shared nodes counts them once a path; the cap keeps the number finite and is far above any limit.
    const cost = Math.min(inlined, 1e6);
    costs.set(node, cost);
    const { by, broadcast } = uses.get(node) as Uses;
    const tooDear =
      !isMovement(node) && ((by.size > 1 && cost > CHEAP_TO_REPEAT) || (broadcast && cost > CHEAP_TO_BROADCAST));
    if (required.has(node) || hasOwnLoops(node) || tooDear) realized.add(node);
  }
  return realized;
}
