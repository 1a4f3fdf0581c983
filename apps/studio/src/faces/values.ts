import { keep, Tensor } from 'lumbre';

// What a tensor was when it was used. Tensors are bound to other values, as parameters are at each step of a training, and give
// their memory back; a value is one of them for good, so that what was recorded of it stays true.

type Node = Tensor['node'];

/** How a value was made. */
export interface Recorded {
  /** A method of Tensor, `matmul`, or a function of lumbre, `tensor`. */
  readonly op: string;
  readonly call: (this: unknown, ...args: unknown[]) => unknown;
  /** Whether it is a method: then `args[0]` is what it was called on. */
  readonly method: boolean;
  /** What it was called with, values in the place of tensors. */
  readonly args: readonly unknown[];
  /** Which of several results it is; null where there is one. */
  readonly part: number | null;
  /** Where: an error made there, whose stack is only written out when it is asked for. */
  readonly site: Error;
}

/** One value that a tensor had, with how it was made. */
export class Value {
  readonly node: Node;
  readonly device: string;
  record: Recorded | null = null;
  /** How many recorded steps lie behind it. */
  depth = 0;
  #shown: WeakRef<Tensor>;
  #held: Tensor | null = null;

  constructor(node: Node, tensor: Tensor) {
    this.node = node;
    this.device = tensor.device;
    this.#shown = new WeakRef(tensor);
  }

  get shape(): readonly number[] {
    return this.node.shape;
  }

  get size(): number {
    return this.shape.reduce((product, side) => product * side, 1);
  }

  get isFloat(): boolean {
    return /float/.test(this.node.dtype);
  }

  /** A tensor that has this value; null where its memory has been given back. */
  get tensor(): Tensor | null {
    if (this.#held && !this.#held.disposed) return this.#held;
    const shown = this.#shown.deref();
    return shown && !shown.disposed && shown.node === this.node ? shown : null;
  }

  /** Another tensor that has this value, in case that the first one is gone. */
  show(tensor: Tensor): void {
    if (!this.tensor) this.#shown = new WeakRef(tensor);
  }

  /** Keeps the value, whatever becomes of its tensor. @returns the bytes that it takes; 0 when it was kept already */
  hold(tensor: Tensor): number {
    if (this.#held) return 0;
    this.#held = keep(new Tensor(tensor.node, tensor.device));
    return 4 * this.size;
  }

  letGo(): void {
    this.#held?.dispose();
    this.#held = null;
  }
}

const values = new WeakMap<Node, Value>();

/** The value that a tensor has now. */
export function currentValue(tensor: Tensor): Value {
  let { node } = tensor;
  // Inside a function that is differentiated, arguments are others that stand in for those it was called with.
  while (node.op === 'identity' && !values.has(node) && node.sources[0]) node = node.sources[0];
  const known = values.get(node);
  if (known) {
    known.show(tensor);
    return known;
  }
  const value = new Value(node, tensor);
  values.set(node, value);
  return value;
}

/** So many bytes of values are kept beyond their tensors; then the oldest are let go. */
const MOST_BYTES = 64 * 1024 * 1024;

const kept: { value: Value; bytes: number }[] = [];
let total = 0;

/** Lets go of all that is kept beyond its tensors: what was made so far is not asked for any more. */
export function forgetValues(): void {
  for (const { value } of kept.splice(0)) value.letGo();
  total = 0;
}

/** Keeps the value that a tensor has now for as long as there is room. */
export function holdValue(value: Value, tensor: Tensor): void {
  const bytes = value.hold(tensor);
  if (bytes === 0) return;
  kept.push({ value, bytes });
  total += bytes;
  while (total > MOST_BYTES) {
    const oldest = kept.shift();
    if (!oldest) break;
    oldest.value.letGo();
    total -= oldest.bytes;
  }
}

const isNumbers = (thing: unknown): boolean =>
  Array.isArray(thing) && (typeof thing[0] === 'number' || isNumbers(thing[0]));

/** A list, or an object of options, with others in the place of its tensors or values. */
export function swapIn(thing: unknown, swap: (leaf: unknown) => unknown): unknown {
  if (thing instanceof Tensor || thing instanceof Value) return swap(thing);
  // Numbers in lists are left alone: of those, there may be a million.
  if (isNumbers(thing)) return thing;
  if (Array.isArray(thing)) return thing.map((each) => swapIn(each, swap));
  if (typeof thing !== 'object' || thing === null || Object.getPrototypeOf(thing) !== Object.prototype)
    return thing;
  return Object.fromEntries(Object.entries(thing).map(([name, each]) => [name, swapIn(each, swap)]));
}

/** The values that one was made of, in the order of the arguments. */
export function sourcesOf({ args }: Recorded): Value[] {
  const found: Value[] = [];
  swapIn(args, (leaf) => {
    if (leaf instanceof Value) found.push(leaf);
    return leaf;
  });
  return found;
}
