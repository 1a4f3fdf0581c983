import type { Builder } from './builder.ts';
import type { Inferred } from './infer.ts';
import type { Node } from './node.ts';
import { formatShape } from './shape.ts';

/** The largest whole number that an element of a row becomes: so many levels that products of int8 add up within 32 bits. */
export const levelsOf = (k: number): number =>
  Math.min(4095, Math.floor((2 ** 31 - 1) / (128 * Math.max(k, 1))));

export function inferQuantizedDot(sources: readonly Node[]): Inferred {
  const [x, weight, scale] = sources as [Node, Node, Node];
  const [m, k] = x.shape;
  const [n, inner] = weight.shape;
  const fits =
    x.shape.length === 2 &&
    weight.shape.length === 2 &&
    scale.shape.length === 1 &&
    k === inner &&
    n === scale.shape[0];
  const typed =
    weight.dtype === 'int8' && scale.dtype === x.dtype && (x.dtype === 'float32' || x.dtype === 'float64');
  if (!fits || !typed) {
    const [a, b, c] = sources.map((node) => `${node.dtype}${formatShape(node.shape)}`);
    throw new RangeError(
      `quantizedDot: ${a} by ${b} scaled by ${c} do not fit; expected float32 [rows, in], int8 [out, in] and float32 [out].`,
    );
  }
  return { shape: [m as number, n as number], dtype: x.dtype };
}

/**
 * Rows of x by rows of int8 weights, each with a scale: x is rounded to whole numbers too, in as many levels as its row's
 * largest element has room for, so that the products are sums of whole numbers, and exact.
 */
export function quantizedDotComposition(node: Node<'quantizedDot'>, b: Builder): Node {
  const [x, weight, scale] = node.sources as [Node, Node, Node];
  const largest = b.maxReduce(b.max(x, b.neg(x)), [1]);
  const step = b.div(largest, b.full(largest, levelsOf(x.shape[1] as number)));
  const zero = b.full(step, 0);
  const inverse = b.where(b.eq(step, zero), zero, b.div(b.full(step, 1), step));
  const scaled = b.mul(x, b.expand(inverse, x.shape));
  const whole = b.floor(b.add(scaled, b.full(x, 0.5)));
  const sums = b.dot(whole, b.transpose(b.cast(weight, x.dtype)));
  const byRow = b.expand(b.reshape(scale, [1, node.shape[1] as number]), node.shape);
  return b.mul(b.mul(sums, b.expand(step, node.shape)), byRow);
}
