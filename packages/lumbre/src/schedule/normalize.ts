import { formatArg } from '../graph/format.ts';
import { isTransparent, makeNode, type Node, storedNode, topologicalOrder } from '../graph/node.ts';

/**
 * A graph in normal form: equal nodes merged, computed values and leaves replaced by numbered inputs. Two graphs that
 * compute the same thing on other data have the same key, so that a program made for one serves the other.
 */
export interface Graph {
  /** Every node once, sources first. Inputs are `buffer` nodes; their `arg.slot` counts from 0. */
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  /** The nodes, outside this graph, that hold the value of each slot. */
  readonly inputs: readonly Node[];
  readonly key: string;
}

/** What a value is made of: the other sources of a transparent node are for its gradient alone. */
const computedFrom = (node: Node): readonly Node[] =>
  isTransparent(node) ? node.sources.slice(0, 1) : node.sources;

/**
 * @throws if the graph needs a leaf whose value has been freed.
 */
export function normalize(outputs: readonly Node[]): Graph {
  const canonical = new Map<Node, Node>();
  const numbers = new Map<Node, number>();
  const byKey = new Map<string, Node>();
  const inputs: Node[] = [];
  const nodes: Node[] = [];
  const keys: string[] = [];

  const intern = (key: string, make: () => Node): Node => {
    let node = byKey.get(key);
    if (!node) {
      node = make();
      byKey.set(key, node);
      numbers.set(node, nodes.length);
      nodes.push(node);
      keys.push(key);
    }
    return node;
  };

  const slots = new Map<Node, Node>();
  const input = (holder: Node): Node => {
    let node = slots.get(holder);
    if (!node) {
      const slot = inputs.length;
      node = intern(`buffer ${slot} ${holder.dtype} ${holder.shape}`, () =>
        makeNode('buffer', [], { slot }, { shape: holder.shape, dtype: holder.dtype }),
      );
      inputs.push(holder);
      slots.set(holder, node);
    }
    return node;
  };

  for (const node of topologicalOrder(outputs, (n) => n.storage !== null, computedFrom)) {
    if (node.storage || node.op === 'buffer') {
      if (!node.storage || node.storage.freed) {
        throw new Error(
          `This computation needs a tensor of shape [${node.shape.join(', ')}] that has been disposed. ` +
            'Read or realize what depends on a tensor before disposing it, or return it from scope() or keep() it.',
        );
      }
      canonical.set(node, input(node));
      continue;
    }
    const sources = computedFrom(node).map((source) => canonical.get(source) as Node);
    if (isTransparent(node)) {
      canonical.set(node, sources[0] as Node);
      continue;
    }
    const key = `${node.op} ${node.dtype} ${node.shape} ${sources.map((s) => numbers.get(s))} ${formatArg(node)}`;
    canonical.set(
      node,
      intern(key, () => ({
        ...node,
        sources,
        tracksGradient: false,
        references: 0,
      })),
    );
  }

  const results = outputs.map((node) => canonical.get(node) as Node);
  const key = `${keys.join('\n')}\n-> ${results.map((node) => numbers.get(node))}`;
  return { nodes, outputs: results, inputs, key };
}

/** Whether `node` shows a value that is already there, so that nothing needs to be computed. */
export const isStored = (node: Node): boolean => storedNode(node) !== null;
