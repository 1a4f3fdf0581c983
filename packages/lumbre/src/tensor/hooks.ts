import type { Node } from '../graph/node.ts';

/** Sees a gradient, and gives what goes on in its place. */
export type NodeHook = (gradient: Node) => Node;

/** The hooks of a node, by a number of their own. */
type Hooks = Map<number, NodeHook>;

const hooksByNode = new WeakMap<Node, Hooks>();

let lastNumber = 0;

/** @returns how to take the hook away again */
export function addHook(node: Node, hook: NodeHook): () => void {
  const hooks: Hooks = hooksByNode.get(node) ?? new Map();
  hooksByNode.set(node, hooks);
  const number = ++lastNumber;
  hooks.set(number, hook);
  return () => {
    hooks.delete(number);
  };
}

/** Gives a node that takes the place of another its hooks: those it has and those it will have. */
export function shareHooks(from: Node, to: Node): void {
  const hooks = hooksByNode.get(from);
  if (hooks) hooksByNode.set(to, hooks);
}

/** What is left of a gradient after the hooks of its node, in the order in which they were added. */
export function throughHooks(node: Node, gradient: Node): Node {
  const hooks = hooksByNode.get(node);
  if (!hooks) return gradient;
  return [...hooks.values()].reduce((seen, hook) => hook(seen), gradient);
}

/** Text that changes with the hooks of a node. */
export const hooksKey = (node: Node): string => [...(hooksByNode.get(node)?.keys() ?? [])].join();
