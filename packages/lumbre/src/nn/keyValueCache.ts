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
   * Puts in the keys and values of one token, or of as many as there is room for.
   *
   * @param keys `[batch, heads, time, headSize]` where time is 1 or the capacity
   * @param positions int32 `[time]`, the place of each
   * @throws RangeError for any other number of tokens.
   */
  write(keys: Tensor, values: Tensor, positions: Tensor): void {
    const time = keys.shape[2] as number;
    if (time === this.capacity) {
      this.keys.assign(keys);
      this.values.assign(values);
    } else if (time === 1) {
      this.keys.assign(writeToCache(this.keys, keys, positions));
      this.values.assign(writeToCache(this.values, values, positions));
    } else {
      throw new RangeError(
        `KeyValueCache: expected keys of 1 token or of ${this.capacity}, got ${formatShape(keys.shape)}.`,
      );
    }
  }

  dispose(): void {
    this.keys.dispose();
    this.values.dispose();
  }
}
