import * as build from '../graph/builder.ts';
import { copyNode, gradientMode, type Node, nodeListener, topologicalOrder } from '../graph/node.ts';
import { gradientsOf } from './autograd.ts';
import { withGradientMode, wrapNode } from './core.ts';
import { shareHooks } from './hooks.ts';
import { closeScope, openScope } from './lifetime.ts';
import { observed } from './observer.ts';
import { commonDevice, isTensor } from './operands.ts';
import { collectTensors, mapTensors } from './structure.ts';
import type { Tensor } from './tensor.ts';

function checkpointed<Args extends unknown[]>(fn: (...args: Args) => Tensor, ...args: Args): Tensor {
  if (!gradientMode.enabled) return fn(...args);
  openScope();
  let output: Tensor | null = null;
  try {
    const originals = collectTensors(args).map(({ node }) => node);
    const standIns = originals.map(build.identity);
    let next = 0;
    const inner = mapTensors(args, ({ device }) => wrapNode(standIns[next++] as Node, device)) as Args;
    const made = new Set<Node>();
    const value: unknown = listening(made, () => fn(...inner));
    if (!isTensor(value)) {
      throw new TypeError(
        `checkpoint: the function returned ${Array.isArray(value) ? 'an array' : typeof value}, expected one tensor.`,
      );
    }
    const device = commonDevice('checkpoint', [value, ...collectTensors(inner)]);
    const { node } = value;
    output = wrapNode(node.tracksGradient ? recomputed(node, originals, standIns, made) : node, device);
    return output;
  } finally {
    closeScope(new Set(output ? [output] : []));
  }
}

/**
 * Computes `fn(...args)` and keeps none of its inner values for the backward pass, which computes them again from the
 * arguments: less memory for about a third more work, as `torch.utils.checkpoint` after Chen et al., "Training Deep Nets
 * with Sublinear Memory Cost" (2016). Call it once for each block of a deep network.
 *
 * `fn` runs once. What it recorded is what is computed again, so that random numbers in it (dropout) are the same both
 * times. Gradients also flow to tensors that it takes from outside; arguments may be tensors, arrays and plain objects of
 * them, and anything else. Without gradients to record it is a plain call.
 *
 * @param fn returns one tensor; other tensors that it makes are given back when it returns
 */
export const checkpoint = /* @__PURE__ */ observed('checkpoint', checkpointed);

function listening<T>(made: Set<Node>, fn: () => T): T {
  const before = nodeListener.made;
  nodeListener.made = (node, original) => {
    made.add(node);
    before?.(node, original);
  };
  try {
    return fn();
  } finally {
    nodeListener.made = before;
  }
}

/** A node with the value of `value` whose gradient copies the nodes that lead to it, made of the sources of that node. */
function recomputed(
  value: Node,
  originals: readonly Node[],
  standIns: readonly Node[],
  made: ReadonlySet<Node>,
): Node {
  const arguments_ = new Set(standIns);
  // A leaf belongs to a tensor, wherever it was made.
  const isLeaf = (node: Node) => node.op === 'detach' && node.tracksGradient;
  const isOutside = (node: Node) =>
    arguments_.has(node) || !made.has(node) || node.storage !== null || isLeaf(node);
  const order = topologicalOrder([value], isOutside);
  const outside = order.filter((node) => isOutside(node) && !arguments_.has(node));
  const inside = order.filter((node) => !isOutside(node));
  const ends = [...standIns, ...outside];

  const gradient = (node: Node<'custom'>, dy: Node): (Node | null)[] => {
    // What is computed again waits for the gradient, and so is not the same as what was computed before.
    const trigger = build.detach(dy);
    const again = new Map<Node, Node>();
    withGradientMode(true, () => {
      ends.forEach((end, i) => {
        again.set(end, build.after(node.sources[i + 1] as Node, trigger));
      });
      for (const original of inside) {
        // What was computed meanwhile, and no gradient flows through, may have forgotten what it was made of.
        if (original.storage && !original.tracksGradient) continue;
        const sources = original.sources.map((source) => again.get(source) ?? source);
        if (sources.every((source, i) => source === original.sources[i])) continue;
        const copy = copyNode(original, sources);
        shareHooks(original, copy);
        again.set(original, copy);
      }
    });
    const starts = ends.map((end) => again.get(end) as Node);
    const targets = new Set(starts);
    const reached = gradientsOf([again.get(value) as Node], [dy], (start) => targets.has(start));
    return [null, ...starts.map((start) => reached.get(start) ?? null)];
  };
  return build.custom(build.detach(value), [...originals, ...outside], { name: 'checkpoint', gradient });
}
