import { formatShape, normalizeAxes, sizeOf } from '../../graph/shape.ts';
import { where } from '../combine.ts';
import { tensor } from '../creation.ts';
import type { Axes, ReduceOptions } from '../reduce.ts';
import type { Tensor } from '../tensor.ts';
import { floats } from './floats.ts';

/** What lies between two elements: a line, one of the two, the nearer one (halves go to the even position), the middle. */
export type Interpolation = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';

export interface QuantileOptions extends ReduceOptions {
  /** Default 'linear'. */
  readonly interpolation?: Interpolation;
}

/** For a position between elements, from 0: the element below it, and how far it is from there to the next. */
type Place = readonly [below: number, part: number];

const interpolations: { readonly [Name in Interpolation]: (position: number) => Place } = {
  linear: (position) => [Math.floor(position), position - Math.floor(position)],
  lower: (position) => [Math.floor(position), 0],
  higher: (position) => [Math.ceil(position), 0],
  nearest: (position) => {
    const below = Math.floor(position);
    const part = position - below;
    return [part > 0.5 || (part === 0.5 && below % 2 === 1) ? below + 1 : below, 0];
  },
  midpoint: (position) => [Math.floor(position), Number.isInteger(position) ? 0 : 0.5],
};

function quantiles(
  operation: string,
  x: Tensor,
  parts: readonly number[],
  dim: Axes,
  { keepdim = false, interpolation = 'linear' }: QuantileOptions,
): Tensor {
  const place = interpolations[interpolation];
  if (!place) {
    const known = Object.keys(interpolations).join(', ');
    throw new RangeError(`${operation}: interpolation must be one of ${known}, not '${interpolation}'.`);
  }
  const { operands, dtype } = floats(operation, x);
  const [a] = operands as [Tensor];
  const axes = normalizeAxes(operation, dim, a.ndim);
  const others = a.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const count = sizeOf(axes.map((axis) => a.shape[axis] as number));
  const rest = others.map((axis) => a.shape[axis] as number);
  if (count === 0) {
    throw new RangeError(
      `${operation}: ${formatShape(a.shape)} has no elements to take a quantile of along the dimensions [${axes}].`,
    );
  }
  const rows = a.permute([...others, ...axes]).reshape([...rest, count]);
  const { values } = rows.sort(-1);
  const places = parts.map((part) => place(part * (count - 1)));
  const at = (positions: readonly number[]): Tensor =>
    values.indexSelect(-1, tensor([...positions], { dtype: 'int32', device: a.device }));
  const low = at(places.map(([below]) => below));
  const high = at(places.map(([below, part]) => (part > 0 ? below + 1 : below)));
  const weight = tensor(
    places.map(([, part]) => part),
    { dtype: a.dtype, device: a.device },
  );
  // Between two equal infinities there is no distance.
  const distance = high.sub(low).maskedFill(low.eq(high).logicalAnd(low.isinf()), 0);
  const between = where(weight.eq(0), low, low.add(distance.mul(weight)));
  // NaN is sorted to the end, and makes everything NaN.
  const last = values.narrow(-1, count - 1, 1);
  const result = where(last.isnan(), last, between).to(dtype);
  const order = [rest.length, ...rest.map((_, axis) => axis)];
  const kept = keepdim ? a.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : rest;
  return result.permute(order).reshape([parts.length, ...kept]);
}

function checked(operation: string, q: number | readonly number[], most: number): readonly number[] {
  const parts = typeof q === 'number' ? [q] : q;
  for (const part of parts) {
    if (part >= 0 && part <= most) continue;
    throw new RangeError(`${operation}: q must be between 0 and ${most}, not ${part}.`);
  }
  return parts.map((part) => part / most);
}

function oneOrMore(
  operation: string,
  x: Tensor,
  q: number | readonly number[],
  most: number,
  dim: Axes,
  options: QuantileOptions,
): Tensor {
  const result = quantiles(operation, x, checked(operation, q, most), dim, options);
  return typeof q === 'number' ? result.squeeze(0) : result;
}

/**
 * The values below which a part `q` of the elements lies, as torch.quantile and numpy.quantile: over the given axes, or all
 * elements. For several parts there is a first dimension for them. NaN where there is a NaN. Gradients flow to the elements
 * that the result comes from.
 *
 * @param q a number from 0 to 1, or several
 * @throws RangeError for other q, and for no elements.
 */
export const quantile = (
  x: Tensor,
  q: number | readonly number[],
  dim: Axes = null,
  options: QuantileOptions = {},
): Tensor => oneOrMore('quantile', x, q, 1, dim, options);

/** As `quantile`, for `q` from 0 to 100. */
export const percentile = (
  x: Tensor,
  q: number | readonly number[],
  dim: Axes = null,
  options: QuantileOptions = {},
): Tensor => oneOrMore('percentile', x, q, 100, dim, options);
