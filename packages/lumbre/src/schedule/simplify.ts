import * as build from '../graph/builder.ts';
import { isScan } from '../graph/loop.ts';
import type { Node, OpArgs } from '../graph/node.ts';
import { topologicalOrder } from '../graph/node.ts';
import { sameShape, sizeOf } from '../graph/shape.ts';
import { isMovement, stridedView } from './access.ts';
import type { Graph } from './normalize.ts';
import { Scans } from './scans.ts';

/** What each element is where the source has none. */
const identities: Partial<Record<Node['op'], number>> = { sum: 0, prod: 1, pad: 0, spread: 0 };

/** A product with a single row or column as a reduction: packing operands would cost more than multiplying them. */
function asReduction(node: Node): Node {
  const [a, b] = node.sources as [Node, Node];
  const batch = node.shape.slice(0, -2);
  const [m, n] = node.shape.slice(-2) as [number, number];
  const k = a.shape[a.shape.length - 1] as number;
  const points = [...batch, m, n, k];
  const left = build.expand(build.reshape(a, [...batch, m, 1, k]), points);
  const right = build.expand(build.reshape(build.transpose(b), [...batch, 1, n, k]), points);
  return build.reshape(build.sum(build.mul(left, right), [points.length - 1]), node.shape);
}

/**
 * Whether strides describe an operand, with neighbours in memory along `axis`. Not one that is converted: a kernel that
 * reads in order would need a copy of all of it, and a reduction widens 16-bit weights as it loads them.
 */
function isContiguousAlong(operand: Node, axis: number): boolean {
  let bottom = operand;
  while (isMovement(bottom)) bottom = bottom.sources[0] as Node;
  const view = stridedView(operand, (node) => node === bottom);
  return view !== null && bottom.dtype === 'float32' && bottom.op !== 'cast' && view.strides.at(axis) === 1;
}

/**
 * A product with a single row or column. A row times a matrix whose rows are contiguous has a kernel of its own, and so
 * has the transposed product; where columns are contiguous each element is a reduction.
 */
function thinProduct(node: Node): Node {
  const [a, b] = node.sources as [Node, Node];
  const [m, n] = node.shape.slice(-2) as [number, number];
  if (m === 1 && n > 1 && isContiguousAlong(b, -1)) return node;
  if (n === 1 && m > 1 && isContiguousAlong(a, -2))
    return build.transpose(build.dot(build.transpose(b), build.transpose(a)));
  return asReduction(node);
}

/**
 * A part of a sum as the sum of a part: what lies outside is not computed. So the gradient of padding does not cost a copy
 * when it takes the borders off what windows have added up. Only where nobody else wants the whole.
 */
function partOfSum(node: Node, usedOnce: ReadonlySet<Node>): Node | null {
  let whole = node.sources[0] as Node;
  if (!usedOnce.has(whole)) return null;
  if (whole.op === 'reshape') whole = whole.sources[0] as Node;
  if (whole.op !== 'sum' || !usedOnce.has(whole)) return null;
  const { axes } = whole.arg as OpArgs['sum'];
  const { start, step } = node.arg as OpArgs['shrink'];
  const rank = node.shape.length;
  // The reshape may only have taken off summed dimensions at the end, and the part be one of those that are left.
  const [left, taken] = [whole.shape.slice(0, rank), whole.shape.slice(rank)];
  const before = (node.sources[0] as Node).shape;
  if (!sameShape(left, before) || !taken.every((size) => size === 1)) return null;
  if (axes.some((axis) => axis < rank && (start[axis] !== 0 || step[axis] !== 1))) return null;
  const source = whole.sources[0] as Node;
  const part = build.shrink(
    source,
    [...start, ...taken.map(() => 0)],
    source.shape.map((size, axis) =>
      axis < rank && !axes.includes(axis) ? (node.shape[axis] as number) : size,
    ),
    [...step, ...taken.map(() => 1)],
  );
  return build.reshape(build.sum(part, axes), node.shape);
}

/**
 * A product that is only seen transposed, as the gradient of a weight that was: the product of the transposed operands,
 * which reads as fast and lies in memory as it is wanted.
 */
function transposedProduct(node: Node<'permute'>, usedOnce: ReadonlySet<Node>): Node | null {
  const product = node.sources[0] as Node;
  if (product.op !== 'dot' || !usedOnce.has(product)) return null;
  const { axes } = node.arg;
  const rank = axes.length;
  const isTransposition = axes.every(
    (axis, i) => axis === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i),
  );
  if (!isTransposition) return null;
  const [a, b] = product.sources as [Node, Node];
  return build.dot(build.transpose(b), build.transpose(a));
}

function rewrite(node: Node, usedOnce: ReadonlySet<Node>): Node {
  // What has no elements needs nothing of its sources.
  if (sizeOf(node.shape) === 0) return node.op === 'buffer' ? node : build.full(node, 0);
  const [first] = node.sources;
  const identity = identities[node.op];
  if (first && identity !== undefined && sizeOf(first.shape) === 0) return build.full(node, identity);
  if (node.op === 'dot') {
    if (sizeOf((first as Node).shape) === 0) return build.full(node, 0);
    if (node.shape.at(-1) === 1 || node.shape.at(-2) === 1) return thinProduct(node);
  }
  const scatters = node.op === 'scatterAdd' || node.op === 'scatterSet';
  if (scatters && sizeOf((node.sources[1] as Node).shape) === 0) return first as Node;
  if (node.op === 'shrink') return partOfSum(node, usedOnce) ?? node;
  if (node.op === 'permute') return transposedProduct(node as Node<'permute'>, usedOnce) ?? node;
  return node;
}

/** The same graph in the forms that the scheduler knows how to make fast, or that need no loops at all. */
export function simplify(graph: Graph): Graph {
  const replaced = new Map<Node, Node>();
  const scans = new Scans();
  const uses = new Map<Node, number>();
  for (const used of [...graph.outputs, ...graph.nodes.flatMap(({ sources }) => sources)])
    uses.set(used, (uses.get(used) ?? 0) + 1);
  /** New nodes that a single node of the graph uses. */
  const usedOnce = new Set<Node>();
  for (const node of graph.nodes) {
    const sources = node.sources.map((source) => replaced.get(source) as Node);
    const same = sources.every((source, i) => source === node.sources[i]);
    const simple = rewrite(same ? node : { ...node, sources }, usedOnce);
    const result = isScan(simple) ? scans.rewrite(simple) : simple;
    replaced.set(node, result);
    if (uses.get(node) === 1) usedOnce.add(result);
    else usedOnce.delete(result);
  }
  const outputs = graph.outputs.map((node) => replaced.get(node) as Node);
  return { ...graph, nodes: topologicalOrder(outputs), outputs };
}
