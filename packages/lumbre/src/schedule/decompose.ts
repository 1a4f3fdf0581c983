import type { Builder } from '../graph/builder.ts';
import * as build from '../graph/builder.ts';
import { isScan, type Loop } from '../graph/loop.ts';
import { type Node, type OpName, topologicalOrder } from '../graph/node.ts';
import { type OpRow, opTable } from '../graph/ops.ts';
import type { Graph } from './normalize.ts';

/** Gradients have been taken: nothing needs to stop them any more. */
const builder: Builder = { ...build, detach: ((node: Node) => node) as Builder['detach'] };

/** The same graph with the compositions of the ops that a device has no kernel for in their place. */
export function decompose(graph: Graph, lacksKernel: (node: Node) => boolean): Graph {
  const outputs = decomposed(graph.nodes, graph.outputs, lacksKernel);
  const same = outputs.every((node, i) => node === graph.outputs[i]);
  return same ? graph : { ...graph, nodes: topologicalOrder(outputs), outputs };
}

function decomposed(
  nodes: readonly Node[],
  outputs: readonly Node[],
  lacksKernel: (node: Node) => boolean,
): Node[] {
  const replaced = new Map<Node, Node>();
  // Results of one loop stay results of one.
  const loops = new Map<Loop, Loop>();
  const loopFor = (loop: Loop): Loop => {
    const body = [...loop.next, ...loop.stacked];
    const results = decomposed(topologicalOrder(body), body, lacksKernel);
    const count = loop.next.length;
    return results.every((node, i) => node === body[i])
      ? loop
      : { ...loop, next: results.slice(0, count), stacked: results.slice(count) };
  };
  const rewrite = (node: Node): Node => {
    const composition = lacksKernel(node) && (opTable[node.op] as OpRow<OpName>).composition;
    if (composition) return composition(node, builder);
    if (!isScan(node)) return node;
    const { loop } = node.arg;
    const known = loops.get(loop) ?? loopFor(loop);
    loops.set(loop, known);
    return known === loop ? node : ({ ...node, arg: { ...node.arg, loop: known } } as Node);
  };
  for (const node of nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const same = sources.every((source, i) => source === node.sources[i]);
    replaced.set(node, rewrite(same ? node : { ...node, sources }));
  }
  return outputs.map((node) => replaced.get(node) as Node);
}
