import { compareValues, type Value } from './values.ts';

/** What can be computed of the values of a group that are not missing, as pandas does. */
export type Aggregate =
  | 'count'
  | 'size'
  | 'sum'
  | 'mean'
  | 'median'
  | 'std'
  | 'var'
  | 'min'
  | 'max'
  | 'first'
  | 'last'
  | 'mode'
  | 'nunique';

type Present = Exclude<Value, null>;

export const present = (values: readonly Value[]): Present[] =>
  values.filter((value): value is Present => value !== null);

/** The present values as numbers. @throws TypeError for others; true and false count as 1 and 0. */
export function numbersOf(values: readonly Value[], what: string): number[] {
  return present(values).map((value) => {
    if (typeof value === 'number') return value;
    if (typeof value === 'boolean') return Number(value);
    throw new TypeError(
      `${what} is of numbers, but there is ${JSON.stringify(value)}; choose another column.`,
    );
  });
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : sum(values) / values.length;

/** With one degree of freedom less, as pandas; null of fewer than two values. */
export function variance(values: readonly number[], degrees = 1): number | null {
  const centre = mean(values);
  if (centre === null || values.length <= degrees) return null;
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - degrees);
}

export function std(values: readonly number[], degrees = 1): number | null {
  const squared = variance(values, degrees);
  return squared === null ? null : Math.sqrt(squared);
}

/** With linear interpolation between the two nearest values. */
export function quantile(values: readonly number[], q: number): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}

/** How often each value comes, most often first; of equals the one that came first. */
export function counted(values: readonly Value[]): [Present, number][] {
  // Two dates of one time are two objects.
  const keyOf = (value: Present) => (value instanceof Date ? value.getTime() : value);
  const counts = new Map<unknown, [Present, number]>();
  for (const value of present(values)) {
    const entry = counts.get(keyOf(value));
    if (entry) entry[1]++;
    else counts.set(keyOf(value), [value, 1]);
  }
  return [...counts.values()].sort((a, b) => b[1] - a[1]);
}

const extreme = (values: readonly Value[], sign: number): Value =>
  present(values).reduce<Value>(
    (best, value) => (best === null || sign * compareValues(value, best) > 0 ? value : best),
    null,
  );

export const aggregates: Readonly<Record<Aggregate, (values: readonly Value[]) => Value>> = {
  count: (values) => present(values).length,
  size: (values) => values.length,
  sum: (values) => sum(numbersOf(values, 'sum')),
  mean: (values) => mean(numbersOf(values, 'mean')),
  median: (values) => quantile(numbersOf(values, 'median'), 0.5),
  std: (values) => std(numbersOf(values, 'std')),
  var: (values) => variance(numbersOf(values, 'var')),
  min: (values) => extreme(values, -1),
  max: (values) => extreme(values, 1),
  first: (values) => present(values)[0] ?? null,
  last: (values) => present(values).at(-1) ?? null,
  mode: (values) => {
    const counts = counted(values);
    return extreme(
      counts.filter(([, count]) => count === counts[0]?.[1]).map(([value]) => value),
      -1,
    );
  },
  nunique: (values) => counted(values).length,
};
