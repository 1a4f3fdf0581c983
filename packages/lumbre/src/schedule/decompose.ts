import type { Builder } from '../graph/builder.ts';
import * as build from '../graph/builder.ts';
import { type Node, type OpName, topologicalOrder } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import type { Graph } from './normalize.ts';

/** Gradients have been taken: nothing needs to stop them any more. */
const builder: Builder = { ...build, detach: ((node: Node) => node) as Builder['detach'] };

/** The same graph with the compositions of the ops that a device has no kernel for in their place. */
export function decompose(graph: Graph, lacksKernel: (node: Node) => boolean): Graph {
  const compositionOf = (node: Node) => (opTable[node.op] as OpRow<OpName>).composition;
  if (!graph.nodes.some((node) => compositionOf(node) && lacksKernel(node))) return graph;
  const replaced = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const same = sources.every((source, i) => source === node.sources[i]);
    const moved = same ? node : { ...node, sources };
    const composition = lacksKernel(node) ? compositionOf(node) : undefined;
    replaced.set(node, composition ? composition(moved, builder) : moved);
  }
  const outputs = graph.outputs.map((node) => replaced.get(node) as Node);
  return { ...graph, nodes: topologicalOrder(outputs), outputs };
}
