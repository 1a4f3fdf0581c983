import { formatShape } from '../../graph/shape.ts';
import { scaledDotProductAttention } from '../../tensor/attention.ts';
import { arange, zeros } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { uniform } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import * as init from '../init.ts';
import { type LayerOptions, Linear } from '../linear.ts';
import { Module } from '../module.ts';
import { parameter } from '../parameter.ts';
import { type AttentionMasks, applyMasks, checkMasks } from './masks.ts';

export interface MultiheadAttentionOptions extends LayerOptions {
  /** While training: the probability with which a weight is dropped. Default 0. */
  readonly dropout?: number;
  /** Whether the projections have biases. Default true. */
  readonly bias?: boolean;
  /** How many features keys have; embedDim unless given. */
  readonly kdim?: number;
  /** How many features values have; embedDim unless given. */
  readonly vdim?: number;
  /** Whether inputs and output are `[batch, time, features]`, not `[time, batch, features]`. Default false. */
  readonly batchFirst?: boolean;
}

export interface MultiheadAttentionCall extends AttentionMasks {
  /** Whether the weights are wanted too. Without, and without masks, they are never written to memory. Default true. */
  readonly needWeights?: boolean;
  /** Whether the weights are the mean over the heads. Default true. */
  readonly averageAttnWeights?: boolean;
}

/**
 * Attention in several subspaces (Vaswani et al., arXiv:1706.03762), as `torch.nn.MultiheadAttention`: the same names of
 * parameters, first values and masks (true hides). A query that sees no key gets zeros instead of NaN.
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number;
  readonly numHeads: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly dropout: number;
  readonly batchFirst: boolean;
  /** `[3 · embedDim, embedDim]`, of queries, keys and values; null where these have different sizes. */
  readonly in_proj_weight: Tensor | null;
  /** `[embedDim, embedDim]`, where there is no `in_proj_weight`; then also keys' `[embedDim, kdim]` and values'. */
  readonly q_proj_weight: Tensor | null;
  readonly k_proj_weight: Tensor | null;
  readonly v_proj_weight: Tensor | null;
  /** `[3 · embedDim]` */
  readonly in_proj_bias: Tensor | null;
  readonly out_proj: Linear;
  readonly #generator: Generator | undefined;

  /** @throws RangeError when the heads do not divide embedDim, and for a dropout that is no probability. */
  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super();
    const { dropout = 0, bias = true, kdim = embedDim, vdim = embedDim, batchFirst = false } = options;
    const { dtype, device, generator } = options;
    if (!Number.isInteger(numHeads) || numHeads < 1 || embedDim < 1 || embedDim % numHeads !== 0) {
      throw new RangeError(
        `MultiheadAttention: an embedDim of ${embedDim} does not divide into ${numHeads} equal heads.`,
      );
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new RangeError(`MultiheadAttention: dropout must be a probability from 0 to 1, not ${dropout}.`);
    }
    this.embedDim = embedDim;
    this.numHeads = numHeads;
    this.kdim = kdim;
    this.vdim = vdim;
    this.dropout = dropout;
    this.batchFirst = batchFirst;
    this.#generator = generator;
    const layer = { dtype, device, generator };
    const xavier = (rows: number, columns: number) => {
      const bound = Math.sqrt(6 / (rows + columns));
      return parameter(uniform(-bound, bound, [rows, columns], layer));
    };
    const same = kdim === embedDim && vdim === embedDim;
    this.in_proj_weight = same ? xavier(3 * embedDim, embedDim) : null;
    this.q_proj_weight = same ? null : xavier(embedDim, embedDim);
    this.k_proj_weight = same ? null : xavier(embedDim, kdim);
    this.v_proj_weight = same ? null : xavier(embedDim, vdim);
    this.in_proj_bias = bias ? parameter(zeros([3 * embedDim], { dtype, device })) : null;
    this.out_proj = new Linear(embedDim, embedDim, { ...layer, bias });
    if (this.out_proj.bias) init.zeros(this.out_proj.bias);
  }

  /**
   * @param query `[queries, batch, embedDim]` (`[batch, queries, embedDim]` if batchFirst), or `[queries, embedDim]`
   * @param key `[keys, batch, kdim]`, `[batch, keys, kdim]` or `[keys, kdim]`
   * @param value as `key`, with vdim
   * @returns the output, shaped as `query`, and the weights `[batch, queries, keys]` (`[batch, numHeads, queries, keys]` if
   *   they are not averaged), or null if they are not wanted
   * @throws RangeError when shapes do not fit.
   */
  forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    call: MultiheadAttentionCall = {},
  ): [output: Tensor, weights: Tensor | null] {
    const { needWeights = true, averageAttnWeights = true, ...masks } = call;
    const single = query.ndim === 2;
    this.#check(query, key, value);
    const batched = (x: Tensor) => (single ? x.unsqueeze(0) : this.batchFirst ? x : x.transpose(0, 1));
    const [q, k, v] = this.#project(query, key, value, batched);
    const [batch, , queries] = q.shape as readonly [number, number, number];
    const dropped = this.training && this.dropout > 0;
    const hides = masks.attnMask !== undefined || masks.keyPaddingMask !== undefined;
    checkMasks('MultiheadAttention', masks, {
      batch: single ? null : batch,
      heads: this.numHeads,
      queries,
      keys: k.shape[2] as number,
    });
    let weights: Tensor | null = null;
    let mixed: Tensor;
    if (needWeights || dropped || hides) {
      weights = this.#weights(q, k, masks, dropped);
      mixed = weights.matmul(v);
    } else {
      mixed = scaledDotProductAttention(q, k, v, { isCausal: masks.isCausal ?? false });
    }
    const joined = this.out_proj.forward(mixed.transpose(1, 2).reshape(batch, queries, this.embedDim));
    const output = single ? joined.squeeze(0) : this.batchFirst ? joined : joined.transpose(0, 1);
    if (!needWeights || !weights) return [output, null];
    const wanted = averageAttnWeights ? weights.mean(1) : weights;
    return [output, single ? wanted.squeeze(0) : wanted];
  }

  #check(query: Tensor, key: Tensor, value: Tensor): void {
    const [batchAxis, timeAxis] = this.batchFirst ? [0, 1] : [1, 0];
    const single = query.ndim === 2;
    const tensors = [query, key, value];
    const sizes = [this.embedDim, this.kdim, this.vdim];
    const fits =
      (single || query.ndim === 3) &&
      tensors.every((t, i) => t.ndim === query.ndim && t.shape.at(-1) === sizes[i]) &&
      (single || tensors.every((t) => t.shape[batchAxis] === query.shape[batchAxis])) &&
      key.shape[single ? 0 : timeAxis] === value.shape[single ? 0 : timeAxis];
    if (fits) return;
    const shape = (time: string, size: number) =>
      this.batchFirst ? `[batch, ${time}, ${size}]` : `[${time}, batch, ${size}]`;
    throw new RangeError(
      `MultiheadAttention: query ${formatShape(query.shape)}, key ${formatShape(key.shape)} and value ` +
        `${formatShape(value.shape)} do not fit; expected ${shape('queries', this.embedDim)}, ` +
        `${shape('keys', this.kdim)} and ${shape('keys', this.vdim)}, or all without a batch.`,
    );
  }

  /** Queries, keys and values `[batch, heads, time, headSize]`, in as few products as there are different inputs. */
  #project(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    batched: (x: Tensor) => Tensor,
  ): readonly [Tensor, Tensor, Tensor] {
    const { embedDim, numHeads, in_proj_weight: together, in_proj_bias: biases } = this;
    const rows = (t: Tensor, first: number, count: number) =>
      count === 3 ? t : t.narrow(0, first * embedDim, count * embedDim);
    const project = (x: Tensor, weight: Tensor, first: number, count: number): Tensor[] => {
      const product = batched(x).matmul(weight.T);
      const projected = biases ? product.add(rows(biases, first, count)) : product;
      const [batch, time] = projected.shape as readonly [number, number];
      return projected
        .reshape(batch, time, count, numHeads, embedDim / numHeads)
        .permute(2, 0, 3, 1, 4)
        .unbind(0);
    };
    const parts = (x: Tensor, first: number, count: number) =>
      project(x, rows(together as Tensor, first, count), first, count);
    let found: Tensor[];
    if (!together) {
      const weights = [this.q_proj_weight, this.k_proj_weight, this.v_proj_weight] as Tensor[];
      found = [query, key, value].flatMap((x, i) => project(x, weights[i] as Tensor, i, 1));
    } else if (query === key && key === value) {
      found = parts(query, 0, 3);
    } else if (key === value) {
      found = [...parts(query, 0, 1), ...parts(key, 1, 2)];
    } else {
      found = [query, key, value].flatMap((x, i) => parts(x, i, 1));
    }
    return found as unknown as readonly [Tensor, Tensor, Tensor];
  }

  /** `[batch, heads, queries, keys]` */
  #weights(q: Tensor, k: Tensor, masks: AttentionMasks, dropped: boolean): Tensor {
    const scores = q.mul(1 / Math.sqrt(this.embedDim / this.numHeads)).matmul(k.mT);
    const weights = applyMasks(scores, masks);
    return dropped ? weights.dropout(this.dropout, true, this.#generator) : weights;
  }
}

/**
 * `[size, size]`: 0 where a step sees another, itself or an earlier one, and -∞ where not: a mask to add to scores. The
 * option `isCausal` does the same and costs less.
 */
export function generateSquareSubsequentMask(
  size: number,
  options: Pick<LayerOptions, 'dtype' | 'device'> = {},
): Tensor {
  const positions = arange(size, { device: options.device });
  return zeros([size, size], options).maskedFill(
    positions.gt(positions.unsqueeze(1)),
    Number.NEGATIVE_INFINITY,
  );
}
