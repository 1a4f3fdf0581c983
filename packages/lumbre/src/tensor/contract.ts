import * as build from '../graph/builder.ts';
import { arithmeticDtype } from '../graph/dtype.ts';
import type { Node } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import { dotOf } from './matmul.ts';
import { broadcastNode } from './operands.ts';

/** A value whose dimensions have names. Equal names mean equal indices; no name comes twice. */
export interface Labelled {
  readonly node: Node;
  readonly labels: readonly string[];
}

/** How many elements each label counts. */
export type Sizes = ReadonlyMap<string, number>;

const sizesOf = (labels: readonly string[], sizes: Sizes): number[] =>
  labels.map((label) => sizes.get(label) as number);

/** The dimensions of `labels`, in that order; what the value does not have gets size 1. */
export function arrange({ node, labels }: Labelled, wanted: readonly string[]): Node {
  const own = wanted.filter((label) => labels.includes(label));
  const ordered = build.permute(
    node,
    own.map((label) => labels.indexOf(label)),
  );
  let axis = 0;
  const shape = wanted.map((label) => (labels.includes(label) ? (ordered.shape[axis++] as number) : 1));
  return build.reshape(ordered, shape);
}

/** The value summed over all labels that are not among `kept`. */
export function sumOut({ node, labels }: Labelled, kept: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (kept.has(label) ? [] : [axis]));
  const rest = labels.filter((label) => kept.has(label));
  const total = build.sum(node, axes);
  return {
    node: build.reshape(
      total,
      total.shape.filter((_, axis) => !axes.includes(axis)),
    ),
    labels: rest,
  };
}

/**
 * Two values multiplied and summed over all labels that are not among `kept`, as a matrix product: labels of both that
 * are kept are its batch, those that are not its inner dimension. The labels of the result are batch, left, right.
 */
export function contractPair(a: Labelled, b: Labelled, kept: ReadonlySet<string>, sizes: Sizes): Labelled {
  // What only one of them has and nobody wants is summed before it is multiplied.
  const left = sumOut(a, new Set([...kept, ...b.labels]));
  const right = sumOut(b, new Set([...kept, ...a.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter((label) => kept.has(label));
  const inner = shared.filter((label) => !kept.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const labels = [...batch, ...rows, ...columns];
  if (inner.length === 0) {
    const shape = sizesOf(labels, sizes);
    const [x, y] = [left, right].map((side) => broadcastNode(arrange(side, labels), shape)) as [Node, Node];
    return { node: build.mul(x, y), labels };
  }
  const count = (names: readonly string[]) => sizeOf(sizesOf(names, sizes));
  const [batches, m, k, n] = [batch, rows, inner, columns].map(count) as [number, number, number, number];
  const product = dotOf(
    build.reshape(arrange(left, [...batch, ...rows, ...inner]), [batches, m, k]),
    build.reshape(arrange(right, [...batch, ...inner, ...columns]), [batches, k, n]),
  );
  return { node: build.reshape(product, sizesOf(labels, sizes)), labels };
}

/** The operands in the order in which the rows of their product come before its columns in the output. */
function inOrder(a: Labelled, b: Labelled, output: readonly string[]): [Labelled, Labelled] {
  const places = (side: Labelled, other: Labelled) =>
    output.flatMap((label, i) => (side.labels.includes(label) && !other.labels.includes(label) ? [i] : []));
  const [first, second] = [places(a, b), places(b, a)];
  return Math.max(...second) < Math.min(...first) && second.length > 0 ? [b, a] : [a, b];
}

/**
 * The product of all values, summed over the labels that are not in `output`. The cheapest pair is multiplied first, and
 * so on: a greedy order, as NumPy's and opt_einsum's (Smith and Gray, 2018) default for many operands.
 */
export function contractAll(values: readonly Labelled[], output: readonly string[], sizes: Sizes): Node {
  // 16-bit floats are widened once and rounded once, however many products there are.
  const { dtype } = (values[0] as Labelled).node;
  const rest = values.map(({ node, labels }) => ({ node: build.cast(node, arithmeticDtype(dtype)), labels }));
  while (rest.length > 1) {
    let best = { cost: Number.POSITIVE_INFINITY, size: 0, i: 0, j: 1, kept: new Set<string>() };
    for (let i = 0; i < rest.length; i++) {
      for (let j = i + 1; j < rest.length; j++) {
        const elsewhere = rest.flatMap(({ labels }, other) => (other === i || other === j ? [] : labels));
        const kept = new Set([...output, ...elsewhere]);
        const both = [...new Set([...(rest[i] as Labelled).labels, ...(rest[j] as Labelled).labels])];
        const cost = sizeOf(sizesOf(both, sizes));
        const size = sizeOf(
          sizesOf(
            both.filter((label) => kept.has(label)),
            sizes,
          ),
        );
        if (cost < best.cost || (cost === best.cost && size < best.size)) best = { cost, size, i, j, kept };
      }
    }
    const [a, b] = inOrder(rest[best.i] as Labelled, rest[best.j] as Labelled, output);
    const product = contractPair(a, b, best.kept, sizes);
    rest.splice(best.j, 1);
    rest.splice(best.i, 1);
    rest.push(product);
  }
  return build.cast(arrange(sumOut(rest[0] as Labelled, new Set(output)), output), dtype);
}
