import type { Builder } from './builder.ts';
import type { Node } from './node.ts';

/** Gradients of running sums, products and maxima, and of linear recurrences: running totals from the other end. */

export function accumulateGradient(y: Node<'accumulate'>, dy: Node, b: Builder): Node[] {
  switch (y.arg.combine) {
    case 'sum':
      return [b.accumulate(dy, y.arg.axis, 'sum', !y.arg.reverse)];
    case 'prod':
      return [productGradient(y, dy, b)];
    case 'max': {
      const { axis, reverse } = y.arg;
      const x = y.sources[0] as Node;
      return [b.scatterAdd(b.full(dy, 0), b.runningArgmax(x, y, axis, reverse), dy, axis)];
    }
  }
}

/**
 * Factor i is in the products from i on, each of which it multiplies by itself: Σ dy·y over them, divided by it. Where it
 * is zero that fails, and only the first zero matters, as all products from a second one on are zero whatever the first is:
 * its gradient is the same sum over products made without it.
 */
function productGradient(y: Node<'accumulate'>, dy: Node, b: Builder): Node {
  const { axis, reverse } = y.arg;
  const x = y.sources[0] as Node;
  const fromEnd = (a: Node) => b.accumulate(a, axis, 'sum', !reverse);
  const [zero, one] = [b.full(x, 0), b.full(x, 1)];
  const isZero = b.eq(x, zero);
  const zeros = b.accumulate(b.cast(isZero, 'int32'), axis, 'sum', reverse);
  const isFirst = b.and(isZero, b.eq(zeros, b.full(zeros, 1)));
  const withoutFirst = b.accumulate(b.where(isFirst, one, x), axis, 'prod', reverse);
  const atFirst = b.where(isFirst, fromEnd(b.mul(dy, withoutFirst)), zero);
  const elsewhere = b.div(fromEnd(b.mul(dy, y)), b.where(isZero, one, x));
  return b.where(isZero, atFirst, elsewhere);
}

/** With λ the gradient that reaches y[i] from all that follows: λ[i] = dy[i] + factors[i + 1] · λ[i + 1]. */
export function linearRecurrenceGradient(y: Node<'linearRecurrence'>, dy: Node, b: Builder): Node[] {
  const { axis, reverse } = y.arg;
  const onward = reverse ? -1 : 1;
  const following = b.shifted(y.sources[0] as Node, axis, onward);
  const reaching = b.linearRecurrence(following, dy, axis, !reverse);
  return [b.mul(reaching, b.shifted(y, axis, -onward)), reaching];
}
