import { isScan } from '../graph/loop.ts';
import { isTransparent, type Node, topologicalOrder } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import { isTensor } from './operands.ts';
import type { Tensor } from './tensor.ts';

/** The nodes that are not computed yet, each with how many multiplications with an addition it is. */
function* countsOf(roots: readonly Node[], counted: WeakSet<object>): Generator<number> {
  // What a custom function or an order of computation names beside its value is not computed for it.
  const sourcesOf = (node: Node) => (isTransparent(node) ? node.sources.slice(0, 1) : node.sources);
  const done = (node: Node) => node.storage !== null || counted.has(node);
  for (const node of topologicalOrder(roots, done, sourcesOf)) {
    if (done(node)) continue;
    counted.add(node);
    yield countOf(node, counted);
  }
}

const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

function countOf(node: Node, counted: WeakSet<object>): number {
  if (node.op === 'dot' || node.op === 'quantizedDot') {
    return sizeOf(node.shape) * ((node.sources[0] as Node).shape.at(-1) as number);
  }
  if (node.op === 'attention') {
    const [query, key, value] = node.sources as readonly [Node, Node, Node];
    const keys = key.shape.at(-2) as number;
    const rows = sizeOf(query.shape.slice(0, -1));
    return rows * keys * ((query.shape.at(-1) as number) + (value.shape.at(-1) as number));
  }
  if (!isScan(node)) return 0;
  const { loop } = node.arg;
  // Several results of one loop are computed together.
  if (counted.has(loop)) return 0;
  counted.add(loop);
  const body = [...loop.next, ...loop.stacked];
  const inBody = total(countsOf(body, new WeakSet()));
  // One step may have been counted already by who looked into it while it was made.
  const left = total(countsOf(body, counted));
  return inBody * (loop.length - 1) + left;
}

/**
 * How many multiplications with an addition it takes to compute tensors: those of matrix products, convolutions, attention
 * (masked or not) and all that is made of them, in every step of a `scan`; what is elementwise does not count. What has
 * been computed already costs nothing. Computes nothing.
 *
 * @param counted remembers, from call to call, what has been counted: of tensors with something in common, what the
 *   second takes beyond the first
 */
export function multiplyAdds(
  target: Tensor | readonly Tensor[],
  counted: WeakSet<object> = new WeakSet(),
): number {
  const tensors = isTensor(target) ? [target] : target;
  return total(
    countsOf(
      tensors.map(({ node }) => node),
      counted,
    ),
  );
}
