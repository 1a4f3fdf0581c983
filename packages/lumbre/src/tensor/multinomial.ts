import * as build from '../graph/builder.ts';
import { arithmeticDtype } from '../graph/dtype.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { wrapNode } from './core.ts';
import type { Generator } from './generator.ts';
import { castOn, inDomain } from './operands.ts';
import { openUniform } from './randomLike.ts';
import type { Tensor } from './tensor.ts';

/**
 * Indices drawn from rows of weights: int32 [.., numSamples] from weights [.., categories], which need not add up to 1.
 * They must not be negative, infinite or NaN, and not all 0, which is not looked at.
 *
 * A draw is the largest of log weight + Gumbel noise. Without replacement it is the `numSamples` largest (Kool, van Hoof
 * and Welling, arXiv:1903.06059): each category at most once, in the order of drawing, and categories of weight 0 only
 * where all others are used up.
 *
 * @throws RangeError for no categories, for numSamples < 1, or, without replacement, for more samples than categories.
 */
export function multinomial(
  weights: Tensor,
  numSamples: number,
  replacement = false,
  { generator }: { readonly generator?: Generator } = {},
): Tensor {
  const { shape, device } = weights;
  const categories = shape.at(-1) ?? 0;
  if (categories === 0 || !Number.isInteger(numSamples) || numSamples < 1) {
    throw new RangeError(
      `multinomial: expected weights [.., categories] and at least 1 sample, got ${formatShape(shape)} and ${numSamples}.`,
    );
  }
  if (!replacement && numSamples > categories) {
    throw new RangeError(
      `multinomial: cannot draw ${numSamples} of ${categories} categories without replacement; pass replacement = true.`,
    );
  }
  const float = arithmeticDtype(inDomain(weights.dtype, 'float'));
  const weight = build.detach(castOn('multinomial', weights.node, float, device));
  const logits = build.log(weight);
  const { dtype } = logits;
  const rows = shape.slice(0, -1);
  const noise = (of: Shape) => {
    const u = openUniform(of, { dtype, device, ...(generator && { generator }) }).node;
    return build.neg(build.log(build.neg(build.log(u))));
  };
  if (replacement) {
    const drawn = [...rows, numSamples, categories];
    const spread = build.expand(build.reshape(logits, [...rows, 1, categories]), drawn);
    const index = build.argmax(build.add(spread, noise(drawn)), rows.length + 1);
    return wrapNode(build.reshape(index, [...rows, numSamples]), device);
  }
  const order = build.argsort(build.add(logits, noise(shape)), rows.length, true);
  const zeros = shape.map(() => 0);
  return wrapNode(build.shrink(order, zeros, [...rows, numSamples]), device);
}
