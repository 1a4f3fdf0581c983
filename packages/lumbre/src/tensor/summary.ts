import type { DType, NumericArray } from '../graph/dtype.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import type { Tensor } from './tensor.ts';

/** What a tensor's values are like. The statistics are of the finite values, and `NaN` if there are none. */
export interface TensorSummary {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly device: string;
  /** Elements. */
  readonly count: number;
  readonly mean: number;
  /** With Bessel's correction: divided by one less than there are values. */
  readonly std: number;
  readonly min: number;
  /** The quartiles, interpolated linearly between elements. */
  readonly quartiles: readonly [first: number, median: number, third: number];
  readonly max: number;
  readonly nan: number;
  readonly infinite: number;
  readonly zeros: number;
  /** All of it as a table of two columns. */
  toString(): string;
}

/** The value below which a part of ascending values lies: NumPy's default, linear interpolation. */
function quantile(sorted: ArrayLike<number>, part: number): number {
  const position = part * (sorted.length - 1);
  const below = Math.floor(position);
  const [a, b] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]] as [number, number];
  return sorted.length === 0 ? Number.NaN : a + (b - a) * (position - below);
}

function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : 'nan';
}

/** Looks at all values on the host, in double precision. */
export function summarize({ shape, dtype, device }: Tensor, values: NumericArray): TensorSummary {
  const finite = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const total = finite.length;
  const mean = finite.reduce((sum, value) => sum + value, 0) / total;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const countOf = (matches: (value: number) => boolean): number => {
    let count = 0;
    for (const value of values) if (matches(value)) count++;
    return count;
  };
  const nan = countOf(Number.isNaN);
  const summary = {
    shape,
    dtype,
    device,
    count: values.length,
    mean,
    std: Math.sqrt(squares / (total - 1)),
    min: total > 0 ? (finite[0] as number) : Number.NaN,
    quartiles: [quantile(finite, 0.25), quantile(finite, 0.5), quantile(finite, 0.75)] as const,
    max: total > 0 ? (finite[total - 1] as number) : Number.NaN,
    nan,
    infinite: values.length - total - nan,
    zeros: countOf((value) => value === 0),
  };
  const { quartiles } = summary;
  const rows = [
    ['shape', formatShape(shape)],
    ['dtype', dtype],
    ['device', device],
    ['count', formatNumber(summary.count)],
    ['mean', formatNumber(mean)],
    ['std', formatNumber(summary.std)],
    ['min', formatNumber(summary.min)],
    ['25%', formatNumber(quartiles[0])],
    ['50%', formatNumber(quartiles[1])],
    ['75%', formatNumber(quartiles[2])],
    ['max', formatNumber(summary.max)],
    ['nan', formatNumber(nan)],
    ['infinite', formatNumber(summary.infinite)],
    ['zeros', formatNumber(summary.zeros)],
  ] as const;
  const width = Math.max(...rows.map(([, value]) => value.length));
  const table = rows.map(([name, value]) => `${name.padEnd(9)}${value.padStart(width)}`).join('\n');
  // Not to be seen among the figures where an object is shown as one.
  return Object.defineProperty(summary, 'toString', { value: () => table, enumerable: false });
}
