import { type Node, release, retain } from '../graph/node.ts';
import { inFlight } from '../runtime/inFlight.ts';

/** What a scope can give back. */
export interface Disposable {
  dispose(): void;
}

const scopes: Set<Disposable>[] = [];

/** Tells the innermost scope that it owns `tensor`. */
export function own(tensor: Disposable): void {
  scopes.at(-1)?.add(tensor);
}

/** Takes `tensor` out of every open scope: its maker will dispose of it, or the garbage collector. */
export function disown(tensor: Disposable): void {
  for (const scope of scopes) scope.delete(tensor);
}

/** What is under way in the background lands before: what it makes is not this scope's, nor a trace's. */
export function openScope(): void {
  inFlight.settle?.();
  scopes.push(new Set());
}

/** Disposes of what the innermost scope owns, except `kept`, which goes to the scope around it. */
export function closeScope(kept: ReadonlySet<Disposable>): void {
  const scope = scopes.pop();
  if (!scope) throw new Error('closeScope: no scope is open.');
  for (const tensor of scope) {
    if (kept.has(tensor)) own(tensor);
    else tensor.dispose();
  }
}

/** The backstop: a tensor that nobody disposed of lets go of its node when it is collected. */
const collected = new FinalizationRegistry<{ node: Node | null }>((holder) => {
  if (holder.node) release(holder.node);
});

/**
 * Holds a node for a tensor. The holder is apart from the tensor so that the finalizer can read it when the tensor is
 * gone.
 */
export function holdNode(tensor: Disposable, node: Node): { node: Node | null } {
  const holder = { node };
  retain(node);
  collected.register(tensor, holder, holder);
  return holder;
}

/** Changes what a holder holds; `null` lets go for good. */
export function moveHold(holder: { node: Node | null }, node: Node | null): void {
  const before = holder.node;
  if (node) retain(node);
  else collected.unregister(holder);
  holder.node = node;
  if (before) release(before);
}
