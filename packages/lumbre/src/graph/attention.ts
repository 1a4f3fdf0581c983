import type { Builder } from './builder.ts';
import { arithmeticDtype, isFloat } from './dtype.ts';
import type { Inferred } from './infer.ts';
import type { Node, OpArgs } from './node.ts';
import { formatShape, type Shape, sameShape } from './shape.ts';

/**
 * Scaled dot-product attention and its gradient as ops that kernels compute without ever writing the scores, in the way
 * of FlashAttention (Dao et al., arXiv:2205.14135). Each names here the composition that it stands for, which is its
 * meaning, its oracle, and what it is differentiated by where it has no gradient of its own.
 */

type AttentionOp = 'attention' | 'attentionLogSumExp' | 'attentionGradient';

const names = ['query', 'key', 'value'] as const;

function checkOperands(op: string, sources: readonly Node[], arg: OpArgs['attention']): void {
  const [q, k, v] = sources as [Node, Node, Node];
  const describe = [q, k, v]
    .map((node, i) => `${names[i]} ${node.dtype}${formatShape(node.shape)}`)
    .join(', ');
  const batch = q.shape.slice(0, -2);
  const fits =
    [q, k, v].every((node) => node.shape.length >= 2 && node.dtype === q.dtype) &&
    [k, v].every((node) => sameShape(node.shape.slice(0, -2), batch)) &&
    q.shape.at(-1) === k.shape.at(-1) &&
    k.shape.at(-2) === v.shape.at(-2);
  if (!isFloat(q.dtype) || arithmeticDtype(q.dtype) !== q.dtype || !fits) {
    throw new RangeError(
      `${op}: ${describe} do not fit; expected float32 or float64 [batch…, queries, size], [batch…, keys, size] and ` +
        '[batch…, keys, valueSize] with equal batch dimensions.',
    );
  }
  if (!(arg.scale > 0)) throw new RangeError(`${op}: the scale must be positive, not ${arg.scale}.`);
}

function checkLength(op: string, length: Node | undefined): void {
  if (!length || (length.dtype === 'int32' && length.shape.length === 0)) return;
  throw new RangeError(
    `${op}: the number of keys to look at must be an int32 scalar, got ${length.dtype}${formatShape(length.shape)}.`,
  );
}

export function inferAttention(sources: readonly Node[], arg: OpArgs['attention']): Inferred {
  checkOperands('attention', sources, arg);
  checkLength('attention', sources[3]);
  const [q, , v] = sources as [Node, Node, Node];
  return { shape: [...q.shape.slice(0, -1), v.shape.at(-1) as number], dtype: q.dtype };
}

export function inferLogSumExp(sources: readonly Node[], arg: OpArgs['attention']): Inferred {
  const { shape, dtype } = inferAttention(sources, arg);
  return { shape: [...shape.slice(0, -1), 1], dtype };
}

export function inferAttentionGradient(sources: readonly Node[], arg: OpArgs['attentionGradient']): Inferred {
  checkOperands('attentionGradient', sources, arg);
  checkLength('attentionGradient', sources[6]);
  const { shape, dtype } = sources[names.indexOf(arg.of)] as Node;
  return { shape, dtype };
}

/** Which keys each query sees, as bool of the shape of the scores; `null` for all. */
function visibleKeys(shape: Shape, causal: boolean, length: Node | undefined, b: Builder): Node | null {
  const rank = shape.length;
  const key = b.iota(shape, rank - 1);
  const ones = shape.map(() => 1);
  const upToQuery = causal ? b.lt(key, b.add(b.iota(shape, rank - 2), b.full(key, 1))) : null;
  const upToLength = length ? b.lt(key, b.expand(b.reshape(length, ones), shape)) : null;
  return upToQuery && upToLength ? b.and(upToQuery, upToLength) : (upToQuery ?? upToLength);
}

/** query · keyᵀ · scale, and -∞ where a key is not seen once `shift` (of the queries) is taken off. */
function scores(
  [q, k]: readonly [Node, Node],
  { causal, scale }: OpArgs['attention'],
  length: Node | undefined,
  shift: Node | null,
  b: Builder,
): Node {
  const raw = b.dot(q, b.transpose(k));
  const scaled = b.mul(raw, b.full(raw, scale));
  const shifted = shift ? b.sub(scaled, b.expand(shift, scaled.shape)) : scaled;
  const visible = visibleKeys(raw.shape, causal, length, b);
  return visible ? b.where(visible, shifted, b.full(raw, Number.NEGATIVE_INFINITY)) : shifted;
}

/** The exponentials of the scores less their largest, that largest, and the sum; a query that sees nothing has sum 0. */
function exponentials(node: Node<'attention' | 'attentionLogSumExp'>, b: Builder) {
  const [q, k, , length] = node.sources as [Node, Node, Node, Node?];
  const s = scores([q, k], node.arg, length, null, b);
  const axis = s.shape.length - 1;
  const largest = b.detach(b.maxReduce(s, [axis]));
  const none = b.eq(largest, b.full(largest, Number.NEGATIVE_INFINITY));
  const shift = b.where(none, b.full(largest, 0), largest);
  const e = b.exp(b.sub(s, b.expand(shift, s.shape)));
  return { e, shift, total: b.sum(e, [axis]) };
}

const compositions: {
  readonly [Op in AttentionOp]: (node: Node<Op>, b: Builder) => Node;
} = {
  attention(node, b) {
    const { e, total } = exponentials(node, b);
    const sum = b.dot(e, node.sources[2] as Node);
    const divisor = b.where(b.eq(total, b.full(total, 0)), b.full(total, 1), total);
    return b.div(sum, b.expand(divisor, sum.shape));
  },
  attentionLogSumExp(node, b) {
    const { shift, total } = exponentials(node, b);
    return b.add(shift, b.log(total));
  },
  attentionGradient(node, b) {
    const [q, k, v, logSumExp, delta, dy, length] = node.sources as [
      Node,
      Node,
      Node,
      Node,
      Node,
      Node,
      Node?,
    ];
    const weights = b.exp(scores([q, k], node.arg, length, logSumExp, b));
    if (node.arg.of === 'value') return b.dot(b.transpose(weights), dy);
    const byWeights = b.dot(dy, b.transpose(v));
    const centred = b.sub(byWeights, b.expand(delta, byWeights.shape));
    const byScores = b.mul(b.mul(weights, centred), b.full(weights, node.arg.scale));
    return node.arg.of === 'query' ? b.dot(byScores, k) : b.dot(b.transpose(byScores), q);
  },
};

/** What an attention op stands for, in terms of other ops. */
export const attentionComposition = <Op extends AttentionOp>(node: Node<Op>, b: Builder): Node =>
  compositions[node.op](node as never, b);

/** The gradients of attention by query, key and value. */
export function attentionGradients(y: Node<'attention'>, dy: Node, b: Builder): Node[] {
  const [q, k, v, length] = y.sources as [Node, Node, Node, Node?];
  const logSumExp = b.attentionLogSumExp(y.sources, y.arg);
  const delta = b.sum(b.mul(dy, y), [y.shape.length - 1]);
  const sources = [q, k, v, logSumExp, delta, dy, ...(length ? [length] : [])];
  return names.map((of) => b.attentionGradient(sources, { ...y.arg, of }));
}
