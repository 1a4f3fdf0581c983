import * as build from '../graph/builder.ts';
import { arithmeticDtype, isFloat, promote } from '../graph/dtype.ts';
import { makeNode } from '../graph/node.ts';
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
 * Attention of single queries over keys and values of a cache, of which the first `length` count, and one key and value
 * more: as `scaledDotProductAttention` over all of them, without putting them together.
 *
 * @param query `[.., 1, size]`, as are `key` and `value`
 * @param cache keys and values `[.., capacity, size]`
 * @param length int32, one element: how many of the cache's keys there are. It is read when the program runs.
 */
export function attendToCache(
  query: Tensor,
  cache: { readonly keys: Tensor; readonly values: Tensor },
  { key, value }: { readonly key: Tensor; readonly value: Tensor },
  length: Tensor,
): Tensor {
  const { device } = query;
  const scale = 1 / Math.sqrt(query.shape.at(-1) as number);
  const dtype = arithmeticDtype(query.dtype);
  const sources = [
    ...[query, cache.keys, cache.values].map((t) => castOn('attendToCache', t.node, dtype, device)),
    length.reshape([]).node,
  ];
  const arg = { causal: false, scale };
  const past = new Tensor(makeNode('attention', sources, arg), device);
  const pastScore = new Tensor(makeNode('attentionLogSumExp', sources, arg), device);
  const score = query.mul(key).sum(-1, { keepdim: true }).mul(scale);
  const largest = pastScore.maximum(score);
  const pastWeight = pastScore.sub(largest).exp();
  const weight = score.sub(largest).exp();
  return past.mul(pastWeight).add(value.mul(weight)).div(pastWeight.add(weight)).to(query.dtype);
}

/**
 * A cache `[.., capacity, size]` with one row more, `[.., 1, size]`, at a position: int32, one element. A compiled
 * function that assigns the result to the cache writes that row only.
 * @throws RangeError, once the value is computed, for a position that is out of range.
 */
export function writeToCache(cache: Tensor, row: Tensor, position: Tensor): Tensor {
  const axis = cache.ndim - 2;
  const alone = position.reshape(cache.shape.map(() => 1)).node;
  // With a value of its own the position is checked before anything is overwritten.
  const checked = build.contiguous(build.checkIndex(alone, cache.shape[axis] as number, 'writeToCache'));
  const index = build.expand(checked, row.shape);
  return new Tensor(build.scatterSet(cache.node, index, row.node, axis), cache.device);
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
