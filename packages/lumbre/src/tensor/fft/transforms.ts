import { arithmeticDtype } from '../../graph/dtype.ts';
import { formatShape, normalizeAxes, normalizeAxis, sizeOf } from '../../graph/shape.ts';
import { cat } from '../combine.ts';
import type { Tensor } from '../tensor.ts';
import { complex, complexOperand, conj, floating } from './complex.ts';
import { type Direction, transform } from './transform.ts';

/** Where the factor 1/n goes: into the inverse ('backward'), into both as 1/√n ('ortho'), or into the transform itself. */
export type FftNorm = 'backward' | 'ortho' | 'forward';

export interface FftOptions {
  /** How many points to transform: the input is cut, or padded with zeros. As many as there are unless given. */
  readonly n?: number;
  /** Which dimension. By default the last one, or the one before the pairs. */
  readonly dim?: number;
  /** Default 'backward'. */
  readonly norm?: FftNorm;
}

function scaleOf(operation: string, n: number, direction: Direction, norm: FftNorm): number {
  if (norm === 'ortho') return 1 / Math.sqrt(n);
  if (norm !== 'backward' && norm !== 'forward') {
    throw new RangeError(`${operation}: norm must be 'backward', 'ortho' or 'forward', not '${norm}'.`);
  }
  return (norm === 'forward') === (direction === -1) ? 1 / n : 1;
}

function checkPoints(operation: string, n: number): void {
  if (Number.isSafeInteger(n) && n >= 1) return;
  throw new RangeError(`${operation}: the number of points must be a positive integer, not ${n}.`);
}

/** Dimension `axis` cut or padded with zeros to `n`. */
function resized(x: Tensor, axis: number, n: number): Tensor {
  const size = x.shape[axis] as number;
  if (n <= size) return x.narrow(axis, 0, n);
  return x.pad(x.shape.map((_, i) => [0, i === axis ? n - size : 0] as const));
}

/** A dimension of complex numbers, which is not that of the pairs. */
function complexAxis(operation: string, z: Tensor, dim: number): number {
  const axis = normalizeAxis(operation, dim, z.ndim);
  if (axis < z.ndim - 1) return axis;
  throw new RangeError(
    `${operation}: dimension ${dim} of ${formatShape(z.shape)} holds real and imaginary parts; transform another one, ` +
      'the last of which is -2.',
  );
}

/** Complex to complex along `axis`, with the factor. */
function along(operation: string, z: Tensor, axis: number, direction: Direction, norm: FftNorm): Tensor {
  const n = z.shape[axis] as number;
  checkPoints(operation, n);
  const scale = scaleOf(operation, n, direction, norm);
  const rest = z.shape.map((_, i) => i).filter((i) => i !== axis && i !== z.ndim - 1);
  const order = [...rest, axis, z.ndim - 1];
  // 16-bit floats are widened from end to end, roots included.
  const moved = z.to(arithmeticDtype(z.dtype)).permute(order);
  const rows = sizeOf(rest.map((i) => z.shape[i] as number));
  const result = transform(moved.reshape(rows, n, 2), direction).reshape(moved.shape);
  const back = result.permute(order.map((_, i) => order.indexOf(i)));
  return (scale === 1 ? back : back.mul(scale)).to(z.dtype);
}

function oneDimension(operation: string, z: Tensor, direction: Direction, options: FftOptions): Tensor {
  const { dim = -2, norm = 'backward' } = options;
  const pairs = complexOperand(operation, z);
  const axis = complexAxis(operation, pairs, dim);
  const n = options.n ?? (pairs.shape[axis] as number);
  checkPoints(operation, n);
  return along(operation, resized(pairs, axis, n), axis, direction, norm);
}

/**
 * The discrete Fourier transform Σⱼ zⱼ e^(-2πi j k / n) of complex numbers [.., n, 2], as torch.fft.fft. Any n is fast: it
 * is taken apart into factors, and large primes become convolutions.
 *
 * @throws RangeError when the last dimension is not 2, or for no points.
 */
export const fft = (z: Tensor, options: FftOptions = {}): Tensor => oneDimension('fft.fft', z, -1, options);

/** The inverse of `fft`, with the sign of the exponent turned and the factor 1/n. */
export const ifft = (z: Tensor, options: FftOptions = {}): Tensor => oneDimension('fft.ifft', z, 1, options);

/**
 * The Fourier transform of real numbers [.., n], as torch.fft.rfft: the first ⌊n/2⌋ + 1 of the n results, [.., n/2 + 1, 2],
 * as the others are their conjugates. The default of `dim` is -1.
 */
export function rfft(x: Tensor, { n, dim = -1, norm = 'backward' }: FftOptions = {}): Tensor {
  const operation = 'fft.rfft';
  const numbers = floating(operation, x);
  const axis = normalizeAxis(operation, dim, numbers.ndim);
  const points = n ?? (numbers.shape[axis] as number);
  checkPoints(operation, points);
  const all = along(operation, complex(resized(numbers, axis, points)), axis, -1, norm);
  return all.narrow(axis, 0, Math.floor(points / 2) + 1);
}

/**
 * The inverse of `rfft`, as torch.fft.irfft: complex numbers [.., m, 2] give real ones [.., n], where n is 2 (m - 1) unless
 * given; an odd n must be. What is imaginary in the first, and for even n in the last, does not count.
 */
export function irfft(z: Tensor, { n, dim = -2, norm = 'backward' }: FftOptions = {}): Tensor {
  const operation = 'fft.irfft';
  const pairs = complexOperand(operation, z);
  const axis = complexAxis(operation, pairs, dim);
  const points = n ?? 2 * ((pairs.shape[axis] as number) - 1);
  checkPoints(operation, points);
  const half = resized(pairs, axis, Math.floor(points / 2) + 1);
  const mirrored = conj(half.narrow(axis, 1, Math.ceil(points / 2) - 1).flip(axis));
  return along(operation, cat([half, mirrored], axis), axis, 1, norm).select(-1, 0);
}

export interface FftnOptions {
  /** How many points in each dimension. */
  readonly s?: readonly number[];
  /** Which dimensions; the two before the pairs unless given. */
  readonly dim?: readonly number[];
  readonly norm?: FftNorm;
}

function severalDimensions(
  operation: string,
  z: Tensor,
  direction: Direction,
  { s, dim = [-3, -2], norm = 'backward' }: FftnOptions,
): Tensor {
  const pairs = complexOperand(operation, z);
  const axes = dim.map((axis) => complexAxis(operation, pairs, axis));
  normalizeAxes(operation, axes, pairs.ndim);
  if (s && s.length !== axes.length) {
    throw new RangeError(
      `${operation}: s has ${s.length} sizes for ${axes.length} dimensions; give one for each.`,
    );
  }
  return axes.reduce((result, axis, i) => {
    const n = s?.[i] ?? (pairs.shape[axis] as number);
    checkPoints(operation, n);
    return along(operation, resized(result, axis, n), axis, direction, norm);
  }, pairs);
}

/** The Fourier transform over several dimensions, two unless `dim` names others, as torch.fft.fft2 and fftn. */
export const fft2 = (z: Tensor, options: FftnOptions = {}): Tensor =>
  severalDimensions('fft.fft2', z, -1, options);

/** The inverse of `fft2`. */
export const ifft2 = (z: Tensor, options: FftnOptions = {}): Tensor =>
  severalDimensions('fft.ifft2', z, 1, options);
