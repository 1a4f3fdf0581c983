import { formatShape } from '../graph/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What the dimensions behind the channels are called, by how many there are. */
const spatialNames = ['', ', length', ', height, width'] as const;

/**
 * Holds that `x` is [batch, channels, spatial…] with one of these numbers of spatial dimensions, or the same without the
 * batch if `unbatched`.
 * @returns `x` with a batch, and whether it had one
 * @throws RangeError otherwise, and for another number of channels, if that is given.
 */
export function withBatch(
  layer: string,
  x: Tensor,
  channels: number | null,
  ranks: readonly number[],
  unbatched = true,
): { readonly batched: Tensor; readonly single: boolean } {
  const rank = ranks.find((r) => x.ndim === r + 2);
  const single = rank === undefined && unbatched && ranks.some((r) => x.ndim === r + 1);
  const fits = (rank !== undefined || single) && (channels === null || x.shape[single ? 0 : 1] === channels);
  if (fits) return { batched: single ? x.unsqueeze(0) : x, single };
  const forms = ranks.flatMap((r) => {
    const inside = `${channels ?? 'channels'}${spatialNames[r]}`;
    return unbatched ? [`[batch, ${inside}]`, `[${inside}]`] : [`[batch, ${inside}]`];
  });
  throw new RangeError(
    `${layer}: expected an input ${forms.join(' or ')}, got ${formatShape(x.shape)}; dimension 1 (0 without a batch) ` +
      'holds the channels.',
  );
}

/** `value` [channels] as it goes with [batch, channels, spatial…]. */
export const alongChannels = (value: Tensor, ndim: number): Tensor =>
  value.reshape([value.size, ...Array<number>(ndim - 2).fill(1)]);
