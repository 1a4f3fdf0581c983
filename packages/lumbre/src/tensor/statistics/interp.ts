import { promote } from '../../graph/dtype.ts';
import { formatShape } from '../../graph/shape.ts';
import { where } from '../combine.ts';
import { inDomain } from '../operands.ts';
import { searchsorted } from '../searching.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor, floats } from './floats.ts';

export interface InterpOptions {
  /** The value before the first point. Default that of the first. */
  readonly left?: number;
  /** The value after the last point. Default that of the last. */
  readonly right?: number;
}

/**
 * Linear interpolation between points (xp, fp), as numpy.interp: the values at `x`, in its shape. NaN at NaN. Gradients flow
 * to all three.
 *
 * @param xp [points], rising, which is not checked
 * @param fp [points]
 * @throws RangeError for points that are no vectors of one length, or none.
 */
export function interp(x: Tensor, xp: Tensor, fp: Tensor, { left, right }: InterpOptions = {}): Tensor {
  const { operands, dtype } = floats('interp', x, xp, fp);
  const [at, places, values] = operands as [Tensor, Tensor, Tensor];
  const count = places.size;
  if (places.ndim !== 1 || values.ndim !== 1 || values.size !== count || count === 0) {
    throw new RangeError(
      `interp: points of shapes ${formatShape(places.shape)} and ${formatShape(values.shape)}; expected two vectors of one ` +
        'length of at least 1.',
    );
  }
  const [first, last] = [places.select(0, 0), places.select(0, count - 1)];
  const after = searchsorted(places.detach(), at.detach(), { right: true }).clamp({
    min: Math.min(1, count - 1),
    max: count - 1,
  });
  const before = after.sub(1).clamp({ min: 0 });
  const take = (points: Tensor, index: Tensor): Tensor => points.indexSelect(0, index);
  const [x0, x1] = [take(places, before), take(places, after)];
  const [f0, f1] = [take(values, before), take(values, after)];
  const width = x1.sub(x0);
  const slope = f1.sub(f0).div(width.maskedFill(width.eq(0), 1));
  const inside = f0.add(slope.mul(at.sub(x0)));
  const ended = where(at.ge(last), values.select(0, count - 1), inside);
  const before0 = where(at.lt(first), left ?? values.select(0, 0), ended);
  const outside = right === undefined ? before0 : where(at.gt(last), right, before0);
  return where(at.isnan(), at, outside).to(dtype);
}

/** How much of the sums at both ends there is, where the one vector only overlaps a part of the other. */
export type ConvolveMode = 'full' | 'same' | 'valid';

function convolved(
  operation: string,
  a: Tensor,
  v: Tensor,
  mode: ConvolveMode,
  firstOf: (shorter: number) => number,
): Tensor {
  checkTensor(operation, a);
  checkTensor(operation, v);
  if (a.ndim !== 1 || v.ndim !== 1 || a.size === 0 || v.size === 0) {
    throw new RangeError(
      `${operation}: expected two vectors that are not empty, got shapes ${formatShape(a.shape)} and ` +
        `${formatShape(v.shape)}.`,
    );
  }
  if (mode !== 'full' && mode !== 'same' && mode !== 'valid') {
    throw new RangeError(`${operation}: mode must be 'full', 'same' or 'valid', not '${mode}'.`);
  }
  const dtype = inDomain(promote(a.dtype, v.dtype), 'number');
  const [longer, shorter] = a.size >= v.size ? [a, v] : [v, a];
  const reach = shorter.size - 1;
  const first = mode === 'full' ? 0 : mode === 'valid' ? reach : firstOf(shorter.size);
  const count = mode === 'full' ? longer.size + reach : mode === 'valid' ? longer.size - reach : longer.size;
  const padded = longer.to(dtype).pad([[reach, reach]]);
  const windows = padded.unfold(0, shorter.size, 1).narrow(0, first, count);
  return windows.matmul(shorter.to(dtype).flip(0));
}

/**
 * The discrete convolution Σⱼ aⱼ vₙ₋ⱼ of two vectors, as numpy.convolve: all of it ('full', the default), as much as the
 * longer one in the middle ('same'), or where they overlap completely ('valid'). Long ones are faster by `fft`.
 */
export const convolve = (a: Tensor, v: Tensor, mode: ConvolveMode = 'full'): Tensor =>
  convolved('convolve', a, v, mode, (shorter) => Math.floor((shorter - 1) / 2));

/** The cross-correlation Σⱼ aₙ₊ⱼ vⱼ of two vectors, as numpy.correlate. The default mode is 'valid'. */
export function correlate(a: Tensor, v: Tensor, mode: ConvolveMode = 'valid'): Tensor {
  checkTensor('correlate', v);
  const swapped = v.size > a.size;
  return convolved('correlate', a, v.ndim === 1 ? v.flip(0) : v, mode, (shorter) =>
    Math.floor((swapped ? shorter : shorter - 1) / 2),
  );
}
