import { type Node, type OpName, topologicalOrder } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import { sizeOf } from '../graph/shape.ts';
import { isMovement, valueSources } from './access.ts';
import type { Graph } from './normalize.ts';

/** Ops that no kernel computes in passing: each has loops of its own. */
const hasOwnLoops = (node: Node): boolean => {
  const { kind } = opTable[node.op];
  return (
    kind === 'contraction' ||
    kind === 'reduce' ||
    (kind === 'indexed' && node.op !== 'gather') ||
    node.op === 'contiguous'
  );
};

/** A load counts like this many additions: a sum that grows along a network should not be read again in each layer. */
const LOAD = 1;
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
  const uses = new Map<Node, Uses>(
    graph.nodes.map((node) => [node, { by: new Set<Node>(), broadcast: false }]),
  );
  for (const node of [...graph.nodes].reverse()) {
    const own = uses.get(node) as Uses;
    for (const source of valueSources(node)) {
      const of = uses.get(source) as Uses;
      if (!isMovement(node)) {
        of.by.add(node);
        continue;
      }
      for (const user of own.by) of.by.add(user);
      if (own.broadcast || (node.op === 'expand' && sizeOf(node.shape) > sizeOf(source.shape)))
        of.broadcast = true;
    }
  }
  return uses;
}

/**
 * What a product reads an operand from: views and conversions happen while it is packed. The matrix that a single row is
 * multiplied by is not packed: of that one, only views.
 */
function baseOfOperand(operand: Node, packed: boolean): Node {
  let base = operand;
  while (isMovement(base) || (packed && base.op === 'cast' && base.dtype === 'float32'))
    base = base.sources[0] as Node;
  return base;
}

/** Whether something on the way to a value is looked up by an index out of the data. */
const readsByIndex = (node: Node): boolean => topologicalOrder([node]).some(({ op }) => op === 'gather');

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
    // A chosen element is looked up where its index is known, and not once for each line that runs through it.
    if (node.op === 'accumulate' || node.op === 'linearRecurrence')
      for (const source of node.sources) if (readsByIndex(source)) required.add(source);
    if (opTable[node.op].kind === 'contraction')
      node.sources.forEach((operand, i) => {
        required.add(
          node.op === 'quantizedDot'
            ? operand
            : baseOfOperand(operand, node.op !== 'dot' || i === 0 || node.shape.at(-2) !== 1),
        );
      });
  }
  const costs = new Map<Node, number>();
  const isLoaded = (node: Node) => node.op === 'buffer' || realized.has(node);
  for (const node of graph.nodes) {
    if (node.op === 'buffer') {
      costs.set(node, 0);
      continue;
    }
    const own = (opTable[node.op] as OpRow<OpName>).cost ?? 0;
    const inlined = valueSources(node).reduce(
      (sum, s) => sum + (isLoaded(s) ? LOAD : (costs.get(s) as number)),
      own,
    );
    // A tree of shared nodes counts them once a path; the cap keeps the number finite and is far above any limit.
    const cost = Math.min(inlined, 1e6);
    costs.set(node, cost);
    const { by, broadcast } = uses.get(node) as Uses;
    const tooDear =
      !isMovement(node) &&
      ((by.size > 1 && cost > CHEAP_TO_REPEAT) || (broadcast && cost > CHEAP_TO_BROADCAST));
    if (required.has(node) || hasOwnLoops(node) || tooDear) realized.add(node);
  }
  return realized;
}
