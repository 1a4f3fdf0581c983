import * as build from '../graph/builder.ts';
import { isScan, type Loop, resultOf } from '../graph/loop.ts';
import { type Node, topologicalOrder } from '../graph/node.ts';
import { isMovement } from './access.ts';
import type { Graph } from './normalize.ts';

/** The results of a graph's loops, in the form in which they are planned: each value of a loop is one result at most. */
export class Scans {
  readonly #results = new Map<Loop, Map<number, Node>>();

  rewrite(node: Node<'scan'>): Node {
    const { loop, output } = node.arg;
    const { carries, inputs, length, next, reverse, stacked } = loop;
    if (output >= carries) return this.#result(node, output);
    const value = next[output] as Node;
    // A carry that never changes is what it was at first.
    if (value === inputs[output]) return build.reshape(node.sources[output] as Node, node.shape);
    const stack = stacked.indexOf(value);
    if (stack < 0) return this.#result(node, next.indexOf(value));
    const all = this.#result(node, carries + stack);
    const start = [reverse ? 0 : length - 1, ...node.shape.map(() => 0)];
    return build.reshape(build.shrink(all, start, [1, ...node.shape]), node.shape);
  }

  /** Result number `output` of the loop that `node` is a result of, each made once. */
  #result(node: Node<'scan'>, output: number): Node {
    const { loop } = node.arg;
    const results = this.#results.get(loop) ?? new Map<number, Node>();
    this.#results.set(loop, results);
    let result = results.get(output);
    if (!result) {
      const { shape, dtype } = resultOf({ loop, output });
      const isCarry = output < loop.carries;
      result = {
        ...node,
        shape: isCarry ? shape : [loop.length, ...shape],
        dtype,
        arg: { loop, output },
      };
      results.set(output, result);
    }
    return result;
  }
}

/** The same graph with sources of scans that have memory of their own, in row-major order: slices are cut from them. */
export function withReadableSources(graph: Graph): Graph {
  if (!graph.nodes.some(isScan)) return graph;
  const replaced = new Map<Node, Node>();
  const copies = new Map<Node, Node>();
  const readable = (source: Node): Node => {
    let value = source;
    while (value.op === 'reshape') value = value.sources[0] as Node;
    if (!isMovement(value) && value.op !== 'cast') return value;
    const copy = copies.get(value) ?? build.contiguous(value);
    copies.set(value, copy);
    return copy;
  };
  for (const node of graph.nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const read = isScan(node) ? sources.map(readable) : sources;
    const same = read.every((source, i) => source === node.sources[i]);
    replaced.set(node, same ? node : { ...node, sources: read });
  }
  const outputs = graph.outputs.map((node) => replaced.get(node) as Node);
  return { ...graph, nodes: topologicalOrder(outputs), outputs };
}
