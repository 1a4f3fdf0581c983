import { ones } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** One vector for a whole text, of those of its tokens: for comparing texts, and for searching. */

/**
 * `mean`: of all tokens (Reimers and Gurevych, Sentence-BERT, arXiv:1908.10084). `cls`: that of the first. `last`: that of the
 * last, for models that read from left to right.
 */
export type Pooling = 'mean' | 'cls' | 'last';

/**
 * @param hidden `[batch, time, width]`
 * @param attentionMask `[batch, time]`, 0 where a row is filled up, on the right; nothing is unless given
 * @returns `[batch, width]`
 */
export function pool(hidden: Tensor, pooling: Pooling, attentionMask?: Tensor): Tensor {
  if (pooling === 'cls') return hidden.select(1, 0);
  const [batch, time, width] = hidden.shape as readonly [number, number, number];
  const { device, dtype } = hidden;
  const mask = attentionMask?.ne(0) ?? ones([batch, time], { device, dtype: 'bool' });
  if (pooling === 'last') {
    const last = mask.int().sum(1).sub(1).maximum(0).int();
    return hidden.gather(1, last.reshape(batch, 1, 1).expand(batch, 1, width)).squeeze(1);
  }
  const weights = mask.to(dtype).unsqueeze(-1);
  return hidden.mul(weights).sum(1).div(weights.sum(1).maximum(1e-9));
}
