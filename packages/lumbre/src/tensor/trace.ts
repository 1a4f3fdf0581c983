import { isFloat, type NumericArray } from '../graph/dtype.ts';
import { type Node, release, retain, storedNode } from '../graph/node.ts';
import { formatShape } from '../graph/shape.ts';
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
  /** Gradients from outside that were looked at, and whose they are: at each run there is another. */
  readonly gradientOwners = new Map<Traced, Tensor>();
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
    // What requires a gradient decides what a backward pass computes: a parameter may be frozen later.
    if (!first && isFloat(node.dtype)) this.#guardGradient(tensor as Tensor, node.tracksGradient);
    if (!first) this.captured.set(stored, tensor);
    else if (first !== tensor) this.#shared(first, tensor);
  }

  #shared(first: Traced, second: Traced): void {
    const isGradient = this.gradientOwners.has(first) || this.gradientOwners.has(second);
    // Gradients are other tensors each time, so that it cannot be said that they share a value: trace anew.
    if (isGradient) this.guards.push({ read: () => false, value: true });
    else this.aliases.push([first, second]);
  }

  #guardGradient(tensor: Tensor, value: boolean): void {
    this.guards.push({ read: () => !tensor.disposed && tensor.requiresGrad, value });
  }

  assigned(tensor: Tensor): void {
    if (this.#inner.has(tensor) || this.assignments.has(tensor)) return;
    const before = tensor.node;
    retain(before);
    this.assignments.set(tensor, before);
  }

  /** Whether there is a gradient decides what is computed: `backward` adds to it. */
  gradientRead(tensor: Tensor, gradient: Tensor | null): void {
    if (this.#inner.has(tensor) || this.gradients.has(tensor)) return;
    const kind = (value: Tensor | null) => value && `${value.dtype}${formatShape(value.shape)}`;
    this.guards.push({ read: () => kind(tensor.grad), value: kind(gradient) });
    if (gradient) this.gradientOwners.set(gradient, tensor);
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

/** Whether a function is being traced by `compile` right now: its tensors are of the program that comes of it, and have no values. */
export const isTracing = (): boolean => active !== null;

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
