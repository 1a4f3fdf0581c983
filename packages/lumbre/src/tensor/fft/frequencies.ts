import { normalizeAxes } from '../../graph/shape.ts';
import { cat } from '../combine.ts';
import { type TensorOptions, tensor } from '../creation.ts';
import type { Tensor } from '../tensor.ts';

function frequencies(
  operation: string,
  n: number,
  d: number,
  positions: () => number[],
  options: TensorOptions,
): Tensor {
  if (!Number.isSafeInteger(n) || n < 1 || d === 0 || !Number.isFinite(d)) {
    throw new RangeError(
      `${operation}: expected a positive integer of points and a distance that is not 0, got ${n} and ${d}.`,
    );
  }
  return tensor(
    Float64Array.from(positions(), (position) => position / (n * d)),
    options,
  );
}

/** The frequencies [n] of the results of `fft`, in cycles per unit of `d`, the distance of the samples; negative ones last. */
export const fftfreq = (n: number, d = 1, options: TensorOptions = {}): Tensor =>
  frequencies(
    'fft.fftfreq',
    n,
    d,
    () => Array.from({ length: n }, (_, i) => (i < n / 2 ? i : i - n)),
    options,
  );

/** The frequencies [⌊n/2⌋ + 1] of the results of `rfft` of n points. */
export const rfftfreq = (n: number, d = 1, options: TensorOptions = {}): Tensor =>
  frequencies(
    'fft.rfftfreq',
    n,
    d,
    () => Array.from({ length: Math.floor(n / 2) + 1 }, (_, i) => i),
    options,
  );

/** The dimensions turned around so that the element `firstOf(n)` comes first. */
function rotated(
  operation: string,
  x: Tensor,
  dim: number | readonly number[],
  firstOf: (n: number) => number,
): Tensor {
  return normalizeAxes(operation, dim, x.ndim).reduce((result, axis) => {
    const n = result.shape[axis] as number;
    const first = firstOf(n);
    return cat([result.narrow(axis, first, n - first), result.narrow(axis, 0, first)], axis);
  }, x);
}

/**
 * Frequency 0 moved to the middle of the dimensions `dim`, as numpy.fft.fftshift. There is no default: of complex numbers
 * [.., 2] the last dimension must stay as it is.
 */
export const fftshift = (x: Tensor, dim: number | readonly number[]): Tensor =>
  rotated('fft.fftshift', x, dim, (n) => Math.ceil(n / 2));

/** The inverse of `fftshift`. */
export const ifftshift = (x: Tensor, dim: number | readonly number[]): Tensor =>
  rotated('fft.ifftshift', x, dim, (n) => Math.floor(n / 2));
