import { formatShape, sameShape } from '../../graph/shape.ts';
import { arange } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** What is not looked at, in PyTorch's conventions: in bool masks true **hides**; floats are added to the scores. */
export interface AttentionMasks {
  /** bool or float `[batch, keys]`, or `[keys]` without a batch: keys that nobody looks at. */
  readonly keyPaddingMask?: Tensor | undefined;
  /** bool or float `[queries, keys]`, or `[batch · numHeads, queries, keys]`. */
  readonly attnMask?: Tensor | undefined;
  /** Query i sees keys 0 to i. Unlike PyTorch's it is no hint: it needs no `attnMask` beside it. Default false. */
  readonly isCausal?: boolean | undefined;
}

interface Sizes {
  /** null where there is no batch. */
  readonly batch: number | null;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
}

/** @throws RangeError when a mask has another shape. */
export function checkMasks(
  layer: string,
  { keyPaddingMask, attnMask }: AttentionMasks,
  { batch, heads, queries, keys }: Sizes,
): void {
  const check = (name: string, mask: Tensor | undefined, shapes: readonly (readonly number[])[]) => {
    if (!mask || shapes.some((shape) => sameShape(mask.shape, shape))) return;
    throw new RangeError(
      `${layer}: ${name} is ${formatShape(mask.shape)}, expected ${shapes.map(formatShape).join(' or ')}.`,
    );
  };
  check('keyPaddingMask', keyPaddingMask, [batch === null ? [keys] : [batch, keys]]);
  check('attnMask', attnMask, [
    [queries, keys],
    [(batch ?? 1) * heads, queries, keys],
  ]);
}

/** Far below every score, and finite: of scores that are all hidden the softmax is no NaN. */
const HIDDEN = -1e30;

/** The softmax of scores `[batch, heads, queries, keys]` over the keys that are seen; zeros where none is. */
export function applyMasks(
  scores: Tensor,
  { keyPaddingMask, attnMask, isCausal = false }: AttentionMasks,
): Tensor {
  const [batch, heads, queries, keys] = scores.shape as readonly [number, number, number, number];
  const masks = [
    ...(keyPaddingMask ? [keyPaddingMask.reshape(batch, 1, 1, keys)] : []),
    ...(attnMask ? [attnMask.ndim === 2 ? attnMask : attnMask.reshape(batch, heads, queries, keys)] : []),
  ];
  const hidden = masks.filter(({ dtype }) => dtype === 'bool');
  if (isCausal) {
    const [key, query] = [keys, queries].map((size) => arange(size, { device: scores.device })) as [
      Tensor,
      Tensor,
    ];
    hidden.push(key.gt(query.unsqueeze(1)));
  }
  const added = masks.filter(({ dtype }) => dtype !== 'bool').reduce((sum, mask) => sum.add(mask), scores);
  if (hidden.length === 0) return added.softmax(-1);
  const anyHides = hidden.reduce((a, b) => a.logicalOr(b));
  return added.maskedFill(anyHides, HIDDEN).softmax(-1).maskedFill(anyHides, 0);
}
