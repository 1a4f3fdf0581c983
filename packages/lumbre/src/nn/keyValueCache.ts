import { formatShape } from '../graph/shape.ts';
import { writeToCache } from '../tensor/attention.ts';
import { type TensorOptions, zeros } from '../tensor/creation.ts';
import { keep } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * The keys and values of the tokens that an attention layer has seen, at a fixed length, so that generating the next
 * token is one program whatever the position. They are state: `write` binds them anew.
 */
export class KeyValueCache {
  /** `[batch, heads, capacity, headSize]` */
  readonly keys: Tensor;
  readonly values: Tensor;

  constructor(
    shape: readonly [batch: number, heads: number, capacity: number, headSize: number],
    options: TensorOptions = {},
  ) {
    this.keys = keep(zeros(shape, options));
    this.values = keep(zeros(shape, options));
  }

  get capacity(): number {
    return this.keys.shape[2] as number;
  }

  /**
   * Puts in the keys and values of a token or several, each at its place.
   *
   * @param keys `[batch, heads, time, headSize]`, in the cache's dtype or converted to it
   * @param positions int32 `[time]`, the place of each, or `[batch, time]` where texts have places of their own. Where time
   *   is the capacity they are taken to be 0, 1, 2, …
   * @throws RangeError for more tokens than there is room for, and, once the value is computed, for a place that is none.
   */
  write(keys: Tensor, values: Tensor, positions: Tensor): void {
    const time = keys.shape[2] as number;
    if (time > this.capacity) {
      throw new RangeError(
        `KeyValueCache: keys ${formatShape(keys.shape)} of ${time} tokens, and there is room for ${this.capacity}.`,
      );
    }
    const put = (cache: Tensor, rows: Tensor) => {
      const fitting = rows.to(cache.dtype);
      cache.assign(time === this.capacity ? fitting : writeToCache(cache, fitting, positions));
    };
    put(this.keys, keys);
    put(this.values, values);
  }

  dispose(): void {
    this.keys.dispose();
    this.values.dispose();
  }
}
