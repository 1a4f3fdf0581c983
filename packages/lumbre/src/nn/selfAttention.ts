import { formatShape } from '../graph/shape.ts';
import { attendToCache, scaledDotProductAttention } from '../tensor/attention.ts';
import { arange } from '../tensor/creation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Dropout } from './dropout.ts';
import type { KeyValueCache } from './keyValueCache.ts';
import { type LayerOptions, Linear } from './linear.ts';
import { Module } from './module.ts';

/** Sees the values inside a forward pass, by name: for tests, for pictures. */
export type Observer = (name: string, value: Tensor) => void;

/** An observer for a part of what `observe` sees, which puts the part's name in front. */
export const observerOf = (observe: Observer | undefined, part: string): Observer | undefined =>
  observe && ((name, value) => observe(`${part}.${name}`, value));

export interface SelfAttentionOptions extends LayerOptions {
  /** Number of heads; it divides the width. */
  readonly heads: number;
  /** Whether a token sees only itself and what comes before. Default false. */
  readonly causal?: boolean;
  /** Probability of dropping attention weights, and outputs. Default 0. */
  readonly dropout?: number;
  /** Whether the projections have biases. Default true. */
  readonly bias?: boolean;
  /** Whether the projection to queries, keys and values has a bias; `bias` unless given. */
  readonly qkvBias?: boolean;
}

export interface AttentionContext {
  /** The places of the tokens, int32 `[time]`: 0, 1, 2, … unless a single token comes with a cache. */
  readonly positions?: Tensor;
  /** Keys and values of earlier tokens; those of this call are written into it first. */
  readonly cache?: KeyValueCache;
  readonly observe?: Observer;
}

/**
 * Multi-head self-attention (Vaswani et al., arXiv:1706.03762) with GPT-2's layout: one projection `c_attn` to queries,
 * keys and values, and `c_proj` back.
 */
export class SelfAttention extends Module {
  readonly width: number;
  readonly heads: number;
  readonly causal: boolean;
  readonly c_attn: Linear;
  readonly c_proj: Linear;
  readonly weightDropout: Dropout;
  readonly outputDropout: Dropout;

  /** @throws RangeError when the heads do not divide the width. */
  constructor(width: number, options: SelfAttentionOptions) {
    super();
    const { heads, causal = false, dropout = 0, bias = true, qkvBias = bias, ...layer } = options;
    if (!Number.isInteger(heads) || heads < 1 || width % heads !== 0) {
      throw new RangeError(`SelfAttention: a width of ${width} does not divide into ${heads} equal heads.`);
    }
    this.width = width;
    this.heads = heads;
    this.causal = causal;
    this.c_attn = new Linear(width, 3 * width, { ...layer, bias: qkvBias });
    this.c_proj = new Linear(width, width, { ...layer, bias });
    this.weightDropout = new Dropout(dropout, layer);
    this.outputDropout = new Dropout(dropout, layer);
  }

  /** `[batch, time, width]` to the same shape. */
  forward(x: Tensor, { positions, cache, observe }: AttentionContext = {}): Tensor {
    if (x.ndim !== 3) {
      throw new RangeError(
        `SelfAttention: expected an input [batch, time, width], got ${formatShape(x.shape)}.`,
      );
    }
    const [batch, time, width] = x.shape as readonly [number, number, number];
    const qkv = this.c_attn.forward(x);
    // [batch, time, 3 · width] to three of [batch, heads, time, headSize].
    const [q, k, v] = qkv
      .reshape(batch, time, 3, this.heads, width / this.heads)
      .permute(2, 0, 3, 1, 4)
      .unbind(0) as [Tensor, Tensor, Tensor];
    observe?.('qkv', qkv);
    observe?.('q', q);
    observe?.('k', k);
    observe?.('v', v);
    const places = positions ?? arange(time, { device: x.device });
    // What comes into the cache is read from where it comes from: the cache is written last, and in place.
    const step = cache && time === 1 && this.causal && !observe;
    const stepped = step ? attendToCache(q, cache, { key: k, value: v }, places) : null;
    cache?.write(k, v, places);
    const { keys, values } = cache ?? { keys: k, values: v };
    const dropped = this.training && this.weightDropout.p > 0;
    const mixed =
      stepped ??
      (observe || dropped
        ? this.#written(q, keys, values, places, observe)
        : scaledDotProductAttention(q, keys, values, { isCausal: this.causal && time > 1 }));
    const joined = mixed.transpose(1, 2).reshape(batch, time, width);
    observe?.('y', joined);
    return this.outputDropout.forward(this.c_proj.forward(joined));
  }

  /** Step by step, for those who want to see the weights, or to drop some. */
  #written(q: Tensor, keys: Tensor, values: Tensor, places: Tensor, observe: Observer | undefined): Tensor {
    const scores = q.matmul(keys.mT).mul(1 / Math.sqrt(this.width / this.heads));
    const weights = this.#mask(scores, places).softmax(-1);
    observe?.('scores', scores);
    observe?.('weights', weights);
    return this.weightDropout.forward(weights).matmul(values);
  }

  /** Scores `[batch, heads, time, keys]` with -∞ where a token must not look. */
  #mask(scores: Tensor, positions: Tensor): Tensor {
    if (!this.causal) return scores;
    const later = arange(scores.shape[3] as number, { device: scores.device }).gt(positions.unsqueeze(1));
    return scores.maskedFill(later, Number.NEGATIVE_INFINITY);
  }
}
