import type { NumericArray } from '../graph/dtype.ts';
import { type Node, release, retain, storedNode } from '../graph/node.ts';
import { realizeNodes } from './realize.ts';
import type { Tensor } from './tensor.ts';

/** A value that the host supplies anew at every run: a learning rate, a random counter, a batch. */
export interface Feed {
  readonly node: Node;
  readonly refresh: () => NumericArray;
  /** Takes back what `refresh` counted, where the run that it was for has failed. */
  readonly undo?: () => void;
}

/** Something outside the graph that the traced function looked at; if it changes, the trace no longer holds. */
interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

/** A tensor as the trace sees it, whatever its class. */
interface Traced {
  readonly device: string;
}

/**
 * What `compile` learns while a function runs once: which tensors from outside it read, which it assigned, what the
 * host fed in, and what else its result depends on.
 */
export class Trace {
  /** Tensors from outside, by the node that held their value. */
  readonly captured = new Map<Node, Traced>();
  /** Pairs of outside tensors that showed the same value: they must go on doing so. */
  readonly aliases: [Traced, Traced][] = [];
  /** Outside tensors that were assigned, and the node each had before, which the trace holds. */
  readonly assignments = new Map<Tensor, Node>();
  /** Outside tensors whose gradient was set. */
  readonly gradients = new Set<Tensor>();
  readonly feeds: Feed[] = [];
  readonly guards: Guard[] = [];
  readonly #inner = new WeakSet<Traced>();

  created(tensor: Traced): void {
    this.#inner.add(tensor);
  }

  isInner(tensor: Traced): boolean {
    return this.#inner.has(tensor);
  }

  used(tensor: Traced, node: Node): void {
    if (this.#inner.has(tensor) || this.assignments.has(tensor as Tensor)) return;
    realizeNodes([node], tensor.device);
    const stored = storedNode(node) as Node;
    const first = this.captured.get(stored);
    if (!first) this.captured.set(stored, tensor);
    else if (first !== tensor) this.aliases.push([first, tensor]);
  }

  assigned(tensor: Tensor): void {
    if (this.#inner.has(tensor) || this.assignments.has(tensor)) return;
    const before = tensor.node;
    retain(before);
    this.assignments.set(tensor, before);
  }

  gradientChanged(tensor: Tensor): void {
    if (!this.#inner.has(tensor)) this.gradients.add(tensor);
  }

  /** Lets go of the nodes that were kept for undoing. */
  close(): void {
    for (const node of this.assignments.values()) release(node);
  }
}

let active: Trace | null = null;

export const currentTrace = (): Trace | null => active;

export function setTrace(trace: Trace | null): void {
  active = trace;
}

/**
 * Reads something that is not a tensor but decides what is computed (a module's training flag, say). Inside `compile`
 * it is read again before each replay, and a change makes a new trace.
 */
export function guard<T>(read: () => T): T {
  const value = read();
  active?.guards.push({ read, value });
  return value;
}
