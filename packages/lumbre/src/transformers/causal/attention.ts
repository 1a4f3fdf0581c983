import type { KeyValueCache, Observer } from '../../nn/index.ts';
import { attendToCache, scaledDotProductAttention } from '../../tensor/attention.ts';
import { arange } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalContext } from './causalModel.ts';

/** The lowest score: a query that sees nothing looks at all keys alike, and what it makes stays finite. */
const HIDDEN = -3.4028234663852886e38;

export interface AttentionLayer {
  /** What scores are multiplied by. */
  readonly scale: number;
  /** A token sees itself and the `window` - 1 before it; all before it unless given. */
  readonly window?: number | null | undefined;
  /** While training: the probability with which a weight is dropped. */
  readonly dropout?: number | undefined;
  readonly cache?: KeyValueCache | undefined;
  readonly observe?: Observer | undefined;
}

/**
 * Attention of tokens over themselves and those before them, as a `CausalContext` says, for every family: grouped-query
 * attention (Ainslie et al., arXiv:2305.13245), sliding windows (Beltagy et al., arXiv:2004.05150), padding, caches.
 *
 * Where nothing is hidden but what comes later, no score is written to memory.
 *
 * @param query `[batch, heads, time, headSize]`
 * @param key `[batch, keyHeads, time, headSize]` where keyHeads divides heads: query head h goes with key head
 *   ⌊h · keyHeads / heads⌋
 * @param value as `key`
 * @returns `[batch, heads, time, headSize]`
 */
export function causalAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { attentionMask, cachePosition, segmentIds }: CausalContext,
  { scale, window, dropout = 0, cache, observe }: AttentionLayer,
): Tensor {
  const time = query.shape[2] as number;
  const { device } = query;
  const places = cachePosition ?? arange(time, { device });
  const keyCount = cache?.capacity ?? time;
  const slides = typeof window === 'number' && window < keyCount;
  // Texts that are of different lengths see different parts of the cache.
  const apart = places.ndim === 2;
  const plain = !(attentionMask || segmentIds || apart || slides || observe || dropout > 0);
  if (plain) {
    if (!cache)
      return scaledDotProductAttention(query, ...eachHead(query, key, value), { isCausal: true, scale });
    // What comes into the cache is read from where it comes from: the cache is written last, and in place.
    const mixed = attendToCache(query, cache, { key, value }, places.narrow(0, 0, 1), scale);
    cache.write(key, value, places);
    return mixed;
  }
  cache?.write(key, value, places);
  const [keys, values] = eachHead(query, cache?.keys ?? key, cache?.values ?? value);
  const scores = query.matmul(keys.mT).mul(scale);
  observe?.('scores', scores);
  const at = arange(keyCount, { device });
  const from = apart ? places.unsqueeze(1).unsqueeze(-1) : places.unsqueeze(1);
  let hidden = at.gt(from);
  if (slides) hidden = hidden.logicalOr(at.le(from.sub(window)));
  if (attentionMask) hidden = hidden.logicalOr(attentionMask.eq(0).unsqueeze(1).unsqueeze(1));
  if (segmentIds)
    hidden = hidden.logicalOr(segmentIds.unsqueeze(1).unsqueeze(1).ne(segmentIds.unsqueeze(1).unsqueeze(-1)));
  const weights = scores.maskedFill(hidden, HIDDEN).softmax(-1);
  observe?.('weights', weights);
  return weights.dropout(dropout, dropout > 0).matmul(values);
}

/** Keys and values once for each head of queries. */
function eachHead(query: Tensor, key: Tensor, value: Tensor): [Tensor, Tensor] {
  const [batch, heads] = query.shape as readonly [number, number];
  const [, keyHeads, keys] = key.shape as readonly [number, number, number];
  if (heads === keyHeads) return [key, value];
  return [key, value].map((t) => {
    const size = t.shape[3] as number;
    return t
      .unsqueeze(2)
      .expand([batch, keyHeads, heads / keyHeads, keys, size])
      .reshape(batch, heads, keys, size);
  }) as [Tensor, Tensor];
}

/** `[batch, time, heads · size]` as `[batch, heads, time, size]`. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [batch, time, width] = x.shape as readonly [number, number, number];
  return x.reshape(batch, time, heads, width / heads).transpose(1, 2);
}

/** `[batch, heads, time, size]` as `[batch, time, heads · size]`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, time, size] = x.shape as readonly [number, number, number, number];
  return x.transpose(1, 2).reshape(batch, time, heads * size);
}
