/** What many measurements of the same work say. */
export interface Summary {
  readonly median: number;
  readonly best: number;
  readonly worst: number;
  /** The middle half's width as a part of the median: how much to trust it. */
  readonly spread: number;
}

/** The value below which a part of the sorted values lies, between neighbours in proportion. */
export function quantile(sorted: readonly number[], part: number): number {
  const position = (sorted.length - 1) * part;
  const below = Math.floor(position);
  const lower = sorted[below];
  if (lower === undefined) throw new RangeError('quantile: there are no values.');
  const upper = sorted[below + 1] ?? lower;
  return lower + (upper - lower) * (position - below);
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** A summary of times, of which the lowest is the best. */
export function summarize(times: readonly number[]): Summary {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = quantile(sorted, 0.5);
  return {
    median: middle,
    best: quantile(sorted, 0),
    worst: quantile(sorted, 1),
    spread: (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / middle,
  };
}
