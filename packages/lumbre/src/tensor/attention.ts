import * as build from '../graph/builder.ts';
import { arithmeticDtype, isFloat, promote } from '../graph/dtype.ts';
import { makeNode, type Node } from '../graph/node.ts';
import { broadcastShapes, formatShape } from '../graph/shape.ts';
import { arange } from './creation.ts';
import { observed } from './observer.ts';
import { broadcastNode, castOn, commonDevice } from './operands.ts';
import { Tensor } from './tensor.ts';

export interface AttentionOptions {
  /**
   * `[.., queries, keys]`, broadcast: bool, true where a query may look at a key; or floats that are added to the scores.
   */
  readonly attnMask?: Tensor;
  /** Query i sees keys 0 to i. */
  readonly isCausal?: boolean;
  /** What scores are multiplied by; 1 / √size unless given. */
  readonly scale?: number;
  /** While training: the probability with which a weight is dropped. Default 0. */
  readonly dropoutP?: number;
  /** int32 scalar: only the first so many keys are looked at. It is read when the program runs. */
  readonly keyLength?: Tensor;
}

function attend(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const { attnMask, isCausal = false, dropoutP = 0, keyLength } = options;
  const operation = 'scaledDotProductAttention';
  const tensors = [query, key, value];
  const device = commonDevice(operation, [...tensors, ...(keyLength ? [keyLength] : [])]);
  const fits =
    tensors.every((t) => t.ndim >= 2 && isFloat(t.dtype)) &&
    query.shape.at(-1) === key.shape.at(-1) &&
    key.shape.at(-2) === value.shape.at(-2);
  if (!fits) {
    const shapes = tensors.map((t) => `${t.dtype}${formatShape(t.shape)}`);
    throw new RangeError(
      `${operation}: query ${shapes[0]}, key ${shapes[1]} and value ${shapes[2]} do not fit; expected floats ` +
        '[.., queries, size], [.., keys, size] and [.., keys, valueSize].',
    );
  }
  const scale = options.scale ?? 1 / Math.sqrt(Math.max(query.shape.at(-1) as number, 1));
  if (attnMask || dropoutP > 0 || !(scale > 0)) {
    return written(query, key, value, { ...options, scale, isCausal, dropoutP });
  }
  if (keyLength && (keyLength.dtype !== 'int32' || keyLength.size !== 1)) {
    throw new TypeError(
      `${operation}: keyLength must be one int32, got ${keyLength.dtype}${formatShape(keyLength.shape)}.`,
    );
  }
  const batch = tensors
    .map((t) => t.shape.slice(0, -2))
    .reduce((a, b) => broadcastShapes(operation, a, b) as number[]);
  const dtype = tensors.map((t) => arithmeticDtype(t.dtype)).reduce(promote);
  const sources = tensors.map((t) =>
    broadcastNode(castOn(operation, t.node, dtype, device), [...batch, ...t.shape.slice(-2)]),
  );
  if (keyLength) sources.push(keyLength.reshape([]).node);
  const mixed = new Tensor(makeNode('attention', sources, { causal: isCausal, scale }), device);
  return mixed.to(query.dtype);
}

/**
 * softmax(query · keyᵀ · scale) · value, as `torch.nn.functional.scaled_dot_product_attention` (Vaswani et al.,
 * arXiv:1706.03762). Without `attnMask` and `dropoutP` the scores are never written to memory, forward or backward
 * (Dao et al., arXiv:2205.14135). A query that sees no key gets zeros.
 *
 * @param query `[.., queries, size]`; the leading dimensions of the three broadcast
 * @param key `[.., keys, size]`
 * @param value `[.., keys, valueSize]`
 * @returns `[.., queries, valueSize]`
 * @throws RangeError when shapes do not fit.
 */
export const scaledDotProductAttention = /* @__PURE__ */ observed('scaledDotProductAttention', attend);

/**
 * Attention of new tokens over keys and values of a cache, of which the first `length` count, and over their own: as
 * `scaledDotProductAttention` over all of them, without putting them together. Each query sees what is in the cache, and
 * of the new tokens itself and those before it.
 *
 * @param query `[.., time, size]`; where there are several heads of queries for one of keys (grouped-query attention,
 *   Ainslie et al., arXiv:2305.13245), `[batch, groups · heads, time, size]`
 * @param cache keys and values `[batch, heads, capacity, size]`
 * @param own the keys and values of the new tokens, `[batch, heads, time, size]`
 * @param length int32, one element: how many of the cache's keys there are. It is read when the program runs.
 * @param scale what scores are multiplied by; 1 / √size unless given
 * @returns `[.., time, valueSize]`, with as many heads as the query
 */
export function attendToCache(
  query: Tensor,
  cache: { readonly keys: Tensor; readonly values: Tensor },
  own: { readonly key: Tensor; readonly value: Tensor },
  length: Tensor,
  scale: number = 1 / Math.sqrt(query.shape.at(-1) as number),
): Tensor {
  const { device } = query;
  const [heads, time, size] = query.shape.slice(-3) as [number, number, number];
  const keyHeads = own.key.shape.at(-3) as number;
  const batch = query.shape.slice(0, -3);
  const groups = heads / keyHeads;
  const dtype = arithmeticDtype(query.dtype);
  const single = length.reshape([]).node;
  const arg = { causal: false, scale };
  const over = (q: Tensor, keys: Tensor, values: Tensor, causal: boolean, last: readonly Node[]) => {
    const sources = [
      ...[q, keys, values].map((t) => castOn('attendToCache', t.node, dtype, device)),
      ...last,
    ];
    return {
      mixed: new Tensor(makeNode('attention', sources, { ...arg, causal }), device),
      score: new Tensor(makeNode('attentionLogSumExp', sources, { ...arg, causal }), device),
    };
  };
  // All queries of one head of keys see the same of the cache, so that they can stand in one matrix.
  const rows = query.reshape([...batch, keyHeads, groups * time, size]);
  const past = over(rows, cache.keys, cache.values, false, [single]);
  const now = time === 1 ? alone() : among();
  const largest = past.score.maximum(now.score);
  const pastWeight = past.score.sub(largest).exp();
  const weight = now.score.sub(largest).exp();
  const mixed = past.mixed.mul(pastWeight).add(now.mixed.mul(weight)).div(pastWeight.add(weight));
  return mixed.reshape([...batch, heads, time, own.value.shape.at(-1) as number]).to(query.dtype);

  /** A single token sees of the new ones itself. */
  function alone() {
    return { mixed: own.value, score: rows.mul(own.key).sum(-1, { keepdim: true }).mul(scale) };
  }

  function among() {
    const grouped = query.reshape([...batch, keyHeads, groups, time, size]);
    const [keys, values] = [own.key, own.value].map((t) =>
      t.unsqueeze(-3).expand([...batch, keyHeads, groups, time, t.shape.at(-1) as number]),
    ) as [Tensor, Tensor];
    const { mixed, score } = over(grouped, keys, values, true, []);
    const flat = (t: Tensor) => t.reshape([...batch, keyHeads, groups * time, t.shape.at(-1) as number]);
    return { mixed: flat(mixed), score: flat(score) };
  }
}

/**
 * A cache `[.., capacity, size]` with rows `[.., time, size]` at positions, int32 `[time]`; or at `[batch, time]`, the first
 * dimension's own. A compiled function that assigns the result to the cache writes those rows only.
 * @throws RangeError, once the value is computed, for a position that is out of range.
 */
export function writeToCache(cache: Tensor, rows: Tensor, positions: Tensor): Tensor {
  const axis = cache.ndim - 2;
  const time = positions.shape.at(-1) as number;
  const batch = positions.ndim === 2 ? (positions.shape[0] as number) : 1;
  const alone = positions.reshape(cache.shape.map((_, i) => (i === axis ? time : i === 0 ? batch : 1))).node;
  // With a value of its own the position is checked before anything is overwritten.
  const checked = build.contiguous(build.checkIndex(alone, cache.shape[axis] as number, 'writeToCache'));
  const index = build.expand(checked, rows.shape);
  return new Tensor(build.scatterSet(cache.node, index, rows.node, axis), cache.device);
}

/** The same with scores that are written out: where they are changed on the way. */
function written(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { attnMask, isCausal, scale, dropoutP, keyLength }: AttentionOptions & { scale: number; dropoutP: number },
): Tensor {
  const scores = query.matmul(key.mT).mul(scale);
  const [queries, keys] = scores.shape.slice(-2) as [number, number];
  const { device } = query;
  const added = attnMask && attnMask.dtype !== 'bool' ? scores.add(attnMask) : scores;
  const hidden: Tensor[] = [];
  if (attnMask?.dtype === 'bool') hidden.push(attnMask.logicalNot());
  const position = arange(keys, { device });
  if (isCausal) hidden.push(position.gt(arange(queries, { device }).unsqueeze(1)));
  if (keyLength) hidden.push(position.ge(keyLength.reshape([])));
  const masked = hidden.reduce((s, mask) => s.maskedFill(mask, Number.NEGATIVE_INFINITY), added);
  return masked
    .softmax(-1)
    .dropout(dropoutP, dropoutP > 0)
    .matmul(value);
}
