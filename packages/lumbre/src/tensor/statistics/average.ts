import { type DType, isFloat, isHalf } from '../../graph/dtype.ts';
import { formatShape, normalizeAxes, normalizeAxis, sameShape } from '../../graph/shape.ts';
import type { Axes, ReduceOptions } from '../reduce.ts';
import type { Tensor } from '../tensor.ts';
import { checkTensor, floats } from './floats.ts';

export interface AverageOptions extends ReduceOptions {
  /** In the shape of the elements, or, along one axis, a vector of its length. Left out, all count alike. */
  readonly weights?: Tensor;
}

/** The weighted mean Σ w x / Σ w over the axes, or all elements, as numpy.average. */
export function average(
  x: Tensor,
  dim: Axes = null,
  { weights, keepdim = false }: AverageOptions = {},
): Tensor {
  checkTensor('average', x);
  if (!weights) return x.mean(dim, { keepdim });
  const { operands, dtype } = floats('average', x, weights);
  const [a, w] = operands as [Tensor, Tensor];
  const axes = normalizeAxes('average', dim, a.ndim);
  const [axis] = axes;
  const along = axes.length === 1 && w.ndim === 1 && w.size === a.shape[axis as number];
  if (!along && !sameShape(w.shape, a.shape)) {
    throw new RangeError(
      `average: weights of shape ${formatShape(w.shape)} do not fit elements of shape ${formatShape(a.shape)}; expected ` +
        'the same shape, or a vector of the length of the one axis.',
    );
  }
  const spread = along ? w.reshape(a.shape.map((size, i) => (i === axis ? size : 1))).expand(a.shape) : w;
  return a.mul(spread).sum(axes, { keepdim }).div(spread.sum(axes, { keepdim })).to(dtype);
}

/** The range of values, the largest minus the smallest, over the axes or all elements, as numpy.ptp. */
export function ptp(x: Tensor, dim: Axes = null, options: ReduceOptions = {}): Tensor {
  checkTensor('ptp', x);
  return x.max(dim, options).sub(x.min(dim, options));
}

export interface NanToNumOptions {
  /** Instead of NaN. Default 0. */
  readonly nan?: number;
  /** Instead of ∞. Default the largest finite number of the dtype. */
  readonly posinf?: number;
  /** Instead of -∞. Default the smallest finite number of the dtype. */
  readonly neginf?: number;
}

const largest = (dtype: DType): number => {
  if (dtype === 'float16') return 65504;
  if (dtype === 'bfloat16') return (2 - 2 ** -7) * 2 ** 127;
  return dtype === 'float64' ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127;
};

/** Numbers instead of NaN and infinities, as torch.nan_to_num; what is replaced has no gradient. Integers stay. */
export function nanToNum(x: Tensor, { nan = 0, posinf, neginf }: NanToNumOptions = {}): Tensor {
  checkTensor('nanToNum', x);
  if (!isFloat(x.dtype)) return x.clone();
  const most = largest(x.dtype);
  const wide = isHalf(x.dtype) ? x.to('float32') : x;
  return wide
    .maskedFill(x.isnan(), nan)
    .maskedFill(x.eq(Number.POSITIVE_INFINITY), posinf ?? most)
    .maskedFill(x.eq(Number.NEGATIVE_INFINITY), neginf ?? -most)
    .to(x.dtype);
}

export interface TrapezoidOptions {
  /** The distance of the samples, where there is no `x`. Default 1. */
  readonly dx?: number;
  /** Default -1. */
  readonly dim?: number;
}

/**
 * The integral of samples `y` along one dimension by the trapezoidal rule, as numpy.trapezoid and torch.trapezoid.
 * @param x where the samples are, [samples] or in the shape of `y`; at equal distances `dx` unless given
 */
export function trapezoid(
  y: Tensor,
  x: Tensor | null = null,
  { dx = 1, dim = -1 }: TrapezoidOptions = {},
): Tensor {
  const { operands, dtype } = x ? floats('trapezoid', y, x) : floats('trapezoid', y);
  const [a, places] = operands as [Tensor, Tensor | undefined];
  const axis = normalizeAxis('trapezoid', dim, a.ndim);
  const steps = Math.max((a.shape[axis] as number) - 1, 0);
  const pairs = (t: Tensor, along: number): readonly [Tensor, Tensor] => [
    t.narrow(along, t.shape[along] === 0 ? 0 : 1, steps),
    t.narrow(along, 0, steps),
  ];
  const [right, left] = pairs(a, axis);
  const heights = right.add(left).mul(0.5);
  if (!places) return heights.sum(axis).mul(dx).to(dtype);
  const vector = places.ndim === 1 && places.size === a.shape[axis];
  if (!vector && !sameShape(places.shape, a.shape)) {
    throw new RangeError(
      `trapezoid: x of shape ${formatShape(places.shape)} does not fit y of shape ${formatShape(a.shape)}; expected the ` +
        `same shape, or a vector of the length of dimension ${dim}.`,
    );
  }
  const [after, before] = pairs(places, vector ? 0 : axis);
  const widths = after.sub(before);
  const spread = vector ? widths.reshape(a.shape.map((_, i) => (i === axis ? steps : 1))) : widths;
  return heights.mul(spread).sum(axis).to(dtype);
}
