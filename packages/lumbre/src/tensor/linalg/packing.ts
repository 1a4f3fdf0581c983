import { type Shape, sizeOf } from '../../graph/shape.ts';
import type { Tensor } from '../tensor.ts';

/**
 * A custom function has one result. A factorization has several, and a gradient of all of them together: so they travel
 * in one tensor [.., elements of all parts], and these two take it apart.
 */
export function unpack(packed: Tensor, parts: readonly Shape[]): Tensor[] {
  const batch = packed.shape.slice(0, -1);
  let start = 0;
  return parts.map((part) => {
    const size = sizeOf(part);
    start += size;
    return packed.narrow(-1, start - size, size).reshape([...batch, ...part]);
  });
}

/** Collects the parts of each matrix of a batch, in the order in which `unpack` takes them apart. */
export function packer(count: number, parts: readonly Shape[]) {
  const values = new Float64Array(count * parts.reduce((total, part) => total + sizeOf(part), 0));
  let next = 0;
  return {
    values,
    add(...arrays: readonly Float64Array[]): void {
      for (const array of arrays) {
        values.set(array, next);
        next += array.length;
      }
    },
  };
}
