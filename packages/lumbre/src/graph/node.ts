import { type DType, isFloat } from './dtype.ts';
import type { ScanArg } from './loop.ts';
import { opTable } from './ops.ts';
import type { Shape } from './shape.ts';

/** A value that a device holds. `free()` gives its memory back; it is called once, by the last node that holds it. */
export interface Storage {
  readonly device: string;
  readonly dtype: DType;
  readonly size: number;
  readonly freed: boolean;
  free(): void;
}

/** Axes of window positions, each with the axis of the offsets within a window; sizes of steps between them. */
export interface WindowArg {
  readonly axes: readonly number[];
  readonly offsets: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** What `accumulate` makes of a total and the next element. */
export type Combine = 'sum' | 'prod' | 'max';

/** What each op keeps beside its sources. */
export interface OpArgs {
  /** One value for all elements. */
  const: { readonly value: number };
  /** A leaf: its value is in `storage`, or, in a normalized graph, in input `slot`. */
  buffer: { readonly slot: number };
  /** The index along `axis` of each element. */
  iota: { readonly axis: number };
  neg: null;
  recip: null;
  sqrt: null;
  exp: null;
  expm1: null;
  exp2: null;
  log: null;
  log1p: null;
  log2: null;
  sin: null;
  cos: null;
  atan: null;
  sinh: null;
  cosh: null;
  tanh: null;
  asinh: null;
  acosh: null;
  erf: null;
  erfc: null;
  erfinv: null;
  lgamma: null;
  /** The derivative of lgamma of order `order` + 1: digamma for 0. */
  polygamma: { readonly order: number };
  floor: null;
  cast: null;
  bitcast: null;
  /** Its source, as a node of its own: what a gradient is asked for. */
  identity: null;
  detach: null;
  /**
   * Its first source, with a gradient of somebody's own: `gradient` gives that of each source, `null` for the first, from
   * the node alone, so that copies of it with other sources work. The other sources are what `gradient` needs.
   */
  custom: {
    readonly name: string;
    readonly gradient: (node: Node<'custom'>, dy: Node) => (Node | null)[];
  };
  /**
   * Its first source, as a node of its own that is computed when the second is there: equal work before and after is not
   * merged. Only the order depends on the second source, no kernel reads it for this.
   */
  after: null;
  contiguous: null;
  /** Passes an index through and reports those outside [0, size). `what` names the operation for the message. */
  checkIndex: { readonly size: number; readonly what: string };
  add: null;
  sub: null;
  mul: null;
  div: null;
  max: null;
  min: null;
  pow: null;
  atan2: null;
  idiv: null;
  mod: null;
  lt: null;
  eq: null;
  and: null;
  or: null;
  xor: null;
  shl: null;
  shr: null;
  where: null;
  reshape: null;
  /** `axes[i]` is the source axis that becomes axis i. */
  permute: { readonly axes: readonly number[] };
  expand: null;
  /** Zeros before, after and (`interior`) between the elements of each axis. */
  pad: {
    readonly low: readonly number[];
    readonly high: readonly number[];
    readonly interior: readonly number[];
  };
  /** Every `step`-th element of each axis from `start`. */
  shrink: { readonly start: readonly number[]; readonly step: readonly number[] };
  flip: { readonly axes: readonly number[] };
  /**
   * What a window that stands at position o sees at offset k: out[.., o, .., k, ..] = source[.., o·stride + k·dilation,
   * .., k, ..]. Pair i has its positions along `axes[i]` and its offsets along `offsets[i]`, an axis that stays as it is;
   * expanded along it, the source becomes all windows over itself.
   */
  slant: WindowArg;
  /** The transpose of `slant`: out[.., h, .., k, ..] = source[.., (h - k·dilation) / stride, .., k, ..], or 0 where that is no position. */
  spread: WindowArg;
  /** Reductions keep the reduced axes with size 1. */
  sum: { readonly axes: readonly number[] };
  /** Where several are largest, all get the same share of the gradient, or the first gets it all. */
  maxReduce: { readonly axes: readonly number[]; readonly ties?: 'first' };
  prod: { readonly axes: readonly number[] };
  /** Index of the first largest element along one axis, kept with size 1. */
  argmax: { readonly axis: number };
  /** Sums, products or maxima of each element and all before it (after it, where `reverse`) along one axis. */
  accumulate: { readonly axis: number; readonly combine: Combine; readonly reverse: boolean };
  /** y[i] = factors[i] · y[i - 1] + terms[i] along one axis, with y[0] = terms[0]; from the end, where `reverse`. */
  linearRecurrence: { readonly axis: number; readonly reverse: boolean };
  /** A body of nodes, computed once for each slice of some sources. `loop.ts` says how. */
  scan: ScanArg;
  /** Batched matrix product: [batch, m, k] by [batch, k, n]. Sources have equal batch dimensions. */
  dot: null;
  /** [rows, in] by int8 weights [out, in] with a scale for each row of them, [out]: in whole numbers. */
  quantizedDot: null;
  /** Scaled dot-product attention of queries, keys and values, of which the first `length` keys if a fourth source says so. */
  attention: { readonly causal: boolean; readonly scale: number };
  /** For each query, the logarithm of the sum of the exponentials of its scores. Sources as of `attention`. */
  attentionLogSumExp: { readonly causal: boolean; readonly scale: number };
  /**
   * The gradient of attention by one of its sources. Sources: query, key, value, the logarithms of the sums, the sum over
   * each row of gradient times result, the gradient of the result, and `length` if there is one.
   */
  attentionGradient: {
    readonly causal: boolean;
    readonly scale: number;
    readonly of: 'query' | 'key' | 'value';
  };
  /** out[.., i, ..] = source[.., index[.., i, ..], ..]: sizes agree with the index but along `axis`. */
  gather: { readonly axis: number };
  /** base with updates[.., i, ..] added at [.., index[.., i, ..], ..]. */
  scatterAdd: { readonly axis: number };
  /** base with updates[.., i, ..] in place of the element [.., index[.., i, ..], ..]; of several, the last stays. */
  scatterSet: { readonly axis: number };
  /** The int32 indices that sort along one axis. Equal elements keep their order, and NaN counts as largest. */
  argsort: { readonly axis: number; readonly descending: boolean };
}

export type OpName = keyof OpArgs;

/**
 * One step of a computation: what is to be computed, never when or where. A node's meaning is fixed when it is made;
 * `storage` only remembers its value once some program has computed it.
 *
 * `references` counts the tensors and the living nodes that hold this one, so that memory can be given back the moment
 * nobody needs it. A node starts to hold its sources when it is first held itself: nodes that are made and dropped, as
 * graph transformations do by the hundred, cost nothing.
 */
export interface Node<Op extends OpName = OpName> {
  readonly op: Op;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly sources: readonly Node[];
  readonly arg: OpArgs[Op];
  /** Whether a gradient can flow through this node to a tensor that requires one. */
  tracksGradient: boolean;
  storage: Storage | null;
  references: number;
}

/** Whether gradients are being recorded; `noGrad` of the tensor room turns it off. */
export const gradientMode = { enabled: true };

/**
 * Told of each node that an operation makes, and of which one it is a copy; `null` while nobody listens, so that it costs
 * nothing.
 */
export const nodeListener: { made: ((node: Node, original: Node | null) => void) | null } = { made: null };

/**
 * Makes a node after checking its sources by the op's shape rule.
 * @throws with the op's name and the shapes when they do not fit.
 */
export function makeNode<Op extends OpName>(
  op: Op,
  sources: readonly Node[],
  arg: OpArgs[Op],
  hint?: { readonly shape?: Shape; readonly dtype?: DType },
): Node<Op> {
  const row = opTable[op];
  const { shape, dtype } = row.infer(sources, arg as never, hint ?? {});
  const differentiable = (row.gradient !== null || row.composition !== undefined) && isFloat(dtype);
  const tracksGradient = gradientMode.enabled && differentiable && sources.some((s) => s.tracksGradient);
  const node = { op, dtype, shape, sources, arg, tracksGradient, storage: null, references: 0 };
  nodeListener.made?.(node, null);
  return node;
}

/** The same step of other sources. */
export function copyNode(node: Node, sources: readonly Node[]): Node {
  const tracksGradient = node.tracksGradient && sources.some((source) => source.tracksGradient);
  const copy = { ...node, sources, tracksGradient, storage: null, references: 0 };
  nodeListener.made?.(copy, node);
  return copy;
}

/** A leaf that holds a value on a device. */
export function bufferNode(storage: Storage, shape: Shape): Node<'buffer'> {
  const node: Node<'buffer'> = {
    op: 'buffer',
    dtype: storage.dtype,
    shape,
    sources: [],
    arg: { slot: -1 },
    tracksGradient: false,
    storage,
    references: 0,
  };
  nodeListener.made?.(node, null);
  return node;
}

export function retain(node: Node): void {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.references++ === 0) stack.push(...next.sources);
  }
}

export function release(node: Node): void {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (--next.references > 0) continue;
    stack.push(...next.sources);
    next.storage?.free();
  }
}

/**
 * Remembers a computed value. A node through which no gradient flows forgets its sources: it will never be asked for
 * them again, and a long chain of updates would otherwise keep its whole history alive.
 */
export function realizeNode(node: Node, storage: Storage): void {
  node.storage = storage;
  if (node.tracksGradient || node.sources.length === 0) return;
  const sources = node.sources;
  (node as { sources: readonly Node[] }).sources = [];
  if (node.references > 0) for (const source of sources) release(source);
}

/**
 * Visits every node that `roots` need, sources first. `stop` cuts the walk at nodes whose sources do not matter;
 * `sourcesOf` says which do elsewhere.
 */
export function topologicalOrder(
  roots: readonly Node[],
  stop: (node: Node) => boolean = () => false,
  sourcesOf: (node: Node) => readonly Node[] = (node) => node.sources,
): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; sources: readonly Node[]; next: number }[] = [];
  const enter = (node: Node) => {
    if (done.has(node)) return;
    done.add(node);
    stack.push({ node, sources: stop(node) ? [] : sourcesOf(node), next: 0 });
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as (typeof stack)[number];
      if (top.next < top.sources.length) enter(top.sources[top.next++] as Node);
      else order.push((stack.pop() as { node: Node }).node);
    }
  }
  return order;
}

/** Ops that are their first source and nothing else once gradients have been taken. */
export const isTransparent = (node: Node): boolean =>
  node.op === 'identity' || node.op === 'detach' || node.op === 'custom';

/** Ops that only pass on or rename the row-major elements of their first source. */
const sharesStorage = (node: Node) => isTransparent(node) || node.op === 'reshape';

/** The node that must be computed for `node` to have a value: itself, or what it only renames. */
export function underlyingNode(node: Node): Node {
  let current = node;
  while (!current.storage && sharesStorage(current)) current = current.sources[0] as Node;
  return current;
}

/** The computed node whose elements this node shows in the same order, or `null` when something must be computed. */
export function storedNode(node: Node): Node | null {
  const under = underlyingNode(node);
  return under.storage ? under : null;
}
