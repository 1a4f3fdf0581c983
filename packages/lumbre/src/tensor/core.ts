import * as build from '../graph/builder.ts';
import { type DType, isFloat, type NumericArray } from '../graph/dtype.ts';
import { gradientMode, type Node, storedNode } from '../graph/node.ts';
import { formatShape, type Shape, sizeOf } from '../graph/shape.ts';
import { getDevice } from '../runtime/devices.ts';
import { inFlight } from '../runtime/inFlight.ts';
import { gradientsOf } from './autograd.ts';
import { addHook, hooksKey, shareHooks } from './hooks.ts';
import { inspection } from './inspector.ts';
import { disown, holdNode, moveHold, own } from './lifetime.ts';
import { realizeNodes, storageOf } from './realize.ts';
import type { Tensor } from './tensor.ts';
import { currentTrace, guard } from './trace.ts';

export type NestedArray = number | NestedArray[];

/** The tensor that `backward` gives the gradient of a node: of a leaf, or of what `retainGrad` was called on. */
const owners = new WeakMap<Node, WeakRef<TensorCore>>();

const ownerOf = (node: Node): TensorCore | undefined => owners.get(node)?.deref();

/** What a hook is taken away with. */
export interface HookHandle {
  remove(): void;
}

/** Makes a tensor over a node. The final class says how; this room's base classes only know that it can be done. */
let makeTensor: (node: Node, device: string) => Tensor;

export function setTensorMaker(maker: (node: Node, device: string) => Tensor): void {
  makeTensor = maker;
}

/** A new tensor that shows `node` on `device`; the current scope owns it. */
export const wrapNode = (node: Node, device: string): Tensor => makeTensor(node, device);

/**
 * What every tensor has: a node that says how its value is computed, a device, and, for a leaf, a gradient. The value
 * of a tensor never changes behind its back; `assign` binds the tensor itself to another value.
 */
export abstract class TensorCore {
  readonly device: string;
  readonly #holder: { node: Node | null };
  #grad: Tensor | null = null;
  #requiresGrad = false;

  constructor(node: Node, device: string) {
    this.device = device;
    this.#holder = holdNode(this, node);
    own(this);
    currentTrace()?.created(this);
  }

  /** The node of this tensor. @throws if the tensor has been disposed. */
  get node(): Node {
    inFlight.settle?.();
    const node = this.#holder.node;
    if (!node) {
      throw new Error(
        'This tensor has been disposed. Do not use a tensor after dispose(), or after its scope() ended.',
      );
    }
    currentTrace()?.used(this, node);
    return node;
  }

  get disposed(): boolean {
    return this.#holder.node === null;
  }

  get shape(): Shape {
    return this.node.shape;
  }

  get dtype(): DType {
    return this.node.dtype;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.node.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.node.shape);
  }

  // --- gradients -----------------------------------------------------------------------------------------------------

  /** Whether `backward` gives this tensor a gradient, or passes one through it. */
  get requiresGrad(): boolean {
    return this.#requiresGrad || this.node.tracksGradient;
  }

  /** Makes this tensor a leaf that collects gradients, or stops it. @throws TypeError for integer and bool tensors. */
  set requiresGrad(value: boolean) {
    if (value && !isFloat(this.dtype)) {
      throw new TypeError(
        `requiresGrad: only float tensors have gradients, this one is ${this.dtype}; use .to('float32').`,
      );
    }
    const node = this.node;
    if (value && node.tracksGradient) return;
    if (!value && !this.#requiresGrad) {
      if (node.tracksGradient) {
        throw new Error(
          'requiresGrad: only a leaf can stop requiring gradients; use detach() for a computed tensor.',
        );
      }
      return;
    }
    this.#requiresGrad = value;
    this.#bindLeaf(node);
  }

  /** The gradient that `backward` collected, or `null`. */
  get grad(): Tensor | null {
    currentTrace()?.gradientRead(this as unknown as Tensor, this.#grad);
    return this.#grad;
  }

  /** Sets or clears the gradient; the old one is disposed of. */
  set grad(value: Tensor | null) {
    // Cleared where there is none: there may be one when the trace is replayed.
    if (value !== this.#grad || !value) currentTrace()?.gradientChanged(this as unknown as Tensor);
    if (value === this.#grad) return;
    this.#grad?.dispose();
    this.#grad = value;
    if (!value) return;
    disown(value);
    inspection.inspector?.bound(value);
  }

  /**
   * Adds to `grad` of every leaf that requires one the gradient of this tensor with respect to it.
   * @param gradient the gradient of this tensor, of its shape; may be left out for a tensor of one element.
   */
  backward(gradient?: Tensor): void {
    const output = this.node;
    if (!output.tracksGradient) {
      throw new Error(
        'backward: no gradient flows to this tensor. Set requiresGrad on a leaf before computing with it, and look for ' +
          'noGrad(), detach() and integer or comparison results on the way.',
      );
    }
    if (!gradient && this.size !== 1) {
      throw new RangeError(
        `backward: a tensor of shape ${formatShape(this.shape)} needs the gradient to start from; ` +
          'reduce it to one number first (mean() or sum()), or pass a gradient of the same shape.',
      );
    }
    const seed = gradient ? gradient.node : build.full(output, 1);
    if (seed.shape.join() !== output.shape.join() || seed.dtype !== output.dtype) {
      throw new RangeError(
        `backward: the gradient is ${seed.dtype}${formatShape(seed.shape)}, expected ` +
          `${output.dtype}${formatShape(output.shape)} as the tensor itself.`,
      );
    }
    withGradientMode(false, () => {
      for (const [target, node] of gradientsOf([output], [seed], (n) => ownerOf(n) !== undefined)) {
        const owner = ownerOf(target);
        if (!owner) continue;
        guardHooks(owner);
        const { grad } = owner;
        const total = grad ? build.add(grad.node, node) : node;
        owner.grad = wrapNode(total, owner.device);
      }
    });
  }

  /** Makes `backward` give this tensor a gradient too, though it is computed from others; of a leaf, it does already. */
  retainGrad(): void {
    this.#expectGradient('retainGrad');
    if (!this.#requiresGrad) owners.set(this.node, new WeakRef(this));
  }

  /**
   * Calls `hook` with the gradient of this tensor whenever one is computed: when `backward`, `grad` and their like come
   * past it, before the gradient goes on and, for a leaf, before it is added to `grad`. What the hook returns, of the same
   * shape and dtype, takes the gradient's place. Gradients are not computed yet when the hook sees them, and in a compiled
   * function it is called while that is traced: what it computes becomes part of the program.
   *
   * @returns a handle whose `remove()` ends it
   * @throws Error if the tensor records no gradients.
   */
  registerHook(hook: (gradient: Tensor) => Tensor | undefined): HookHandle;
  /** A hook that looks only. */
  registerHook(hook: (gradient: Tensor) => void): HookHandle;
  registerHook(hook: (gradient: Tensor) => unknown): HookHandle {
    this.#expectGradient('registerHook');
    const { device } = this;
    const remove = addHook(this.node, (gradient) => {
      const replaced = hook(wrapNode(gradient, device));
      if (replaced === undefined || replaced === null) return gradient;
      if (replaced instanceof TensorCore) {
        const { node } = replaced;
        if (node.dtype === gradient.dtype && node.shape.join() === gradient.shape.join()) return node;
      }
      const got =
        replaced instanceof TensorCore ? `${replaced.dtype}${formatShape(replaced.shape)}` : typeof replaced;
      throw new RangeError(
        `registerHook: the hook returned ${got}, expected nothing or a tensor like the gradient, ` +
          `${gradient.dtype}${formatShape(gradient.shape)}.`,
      );
    });
    return { remove };
  }

  #expectGradient(operation: string): void {
    if (this.node.tracksGradient) return;
    throw new Error(
      `${operation}: this tensor records no gradients; set requiresGrad on a leaf before computing with it.`,
    );
  }

  // --- state ---------------------------------------------------------------------------------------------------------

  /**
   * Binds this tensor to the value of `source`, of the same shape and dtype. Other tensors that were computed from it
   * keep their values. A leaf stays a leaf.
   */
  assign(source: Tensor): this {
    const node = source.node;
    if (node.dtype !== this.dtype || node.shape.join() !== this.shape.join()) {
      throw new RangeError(
        `assign: got ${node.dtype}${formatShape(node.shape)}, expected ${this.dtype}${formatShape(this.shape)}; ` +
          'convert or reshape it first.',
      );
    }
    if (source.device !== this.device) {
      throw new Error(`assign: the value is on '${source.device}' and this tensor on '${this.device}'.`);
    }
    currentTrace()?.assigned(this as unknown as Tensor);
    inspection.inspector?.bound(this);
    this.#bindLeaf(node);
    return this;
  }

  /** Binds to a node and, for a leaf, gives it an identity of its own that gradients stop at. */
  #bindLeaf(node: Node): void {
    if (!this.#requiresGrad) {
      // What was a leaf may be held by graphs; a node of its own keeps them apart.
      moveHold(this.#holder, node.tracksGradient ? build.detach(node) : node);
      return;
    }
    const leaf = build.detach(node);
    leaf.tracksGradient = true;
    owners.set(leaf, new WeakRef(this));
    if (this.#holder.node) shareHooks(this.#holder.node, leaf);
    moveHold(this.#holder, leaf);
  }

  // --- values --------------------------------------------------------------------------------------------------------

  /** Computes the value now, if it is not there yet. */
  realize(): this {
    if (currentTrace()?.isInner(this)) {
      throw new Error(
        'compile: a value cannot be read inside a compiled function, which runs once for many calls; return the tensor ' +
          'and read it outside.',
      );
    }
    realizeNodes([this.node], this.device);
    return this;
  }

  /** Whether the value has been computed. */
  get realized(): boolean {
    return storedNode(this.node) !== null;
  }

  /** The elements in row-major order, copied. */
  async data(): Promise<NumericArray> {
    return this.dataSync();
  }

  /** As `data`, at once; CPU devices only. */
  dataSync(): NumericArray {
    this.realize();
    return getDevice(this.device).read(storageOf(this.node));
  }

  /** The one element as a number. @throws RangeError if there are more, or none. */
  async item(): Promise<number> {
    return this.itemSync();
  }

  itemSync(): number {
    if (this.size !== 1) {
      throw new RangeError(
        `item: expected a tensor of one element, this one has shape ${formatShape(this.shape)}; use data() or array().`,
      );
    }
    return this.dataSync()[0] as number;
  }

  /** The elements as nested arrays (a number for a scalar); bools as 0 and 1. */
  async array(): Promise<NestedArray> {
    return this.arraySync();
  }

  arraySync(): NestedArray {
    const values = this.dataSync();
    let position = 0;
    const shape = this.shape;
    const nest = (axis: number): NestedArray =>
      axis === shape.length
        ? (values[position++] as number)
        : Array.from({ length: shape[axis] as number }, () => nest(axis + 1));
    return nest(0);
  }

  // --- lifetime ------------------------------------------------------------------------------------------------------

  /** Gives the tensor's memory back once nothing else needs it. */
  dispose(): void {
    if (this.disposed) return;
    disown(this);
    moveHold(this.#holder, null);
    this.#grad?.dispose();
    this.#grad = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Inside `compile`: the hooks of an outside tensor decide what is computed, so that others make a new trace. */
export function guardHooks(tensor: TensorCore): void {
  const trace = currentTrace();
  if (trace && !trace.isInner(tensor)) guard(() => (tensor.disposed ? '' : hooksKey(tensor.node)));
}

/** Runs `fn` with gradient recording on or off. */
export function withGradientMode<T>(enabled: boolean, fn: () => T): T {
  const before = gradientMode.enabled;
  gradientMode.enabled = enabled;
  try {
    return fn();
  } finally {
    gradientMode.enabled = before;
  }
}
