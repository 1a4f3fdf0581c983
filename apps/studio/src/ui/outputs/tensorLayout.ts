import type { OutputOf } from '../../cell/output.ts';

/** How a tensor is shown: as one number, as a few grids of numbers, or, where they are too many, as pictures of colours. */
export type TensorLayout =
  | { readonly kind: 'empty' }
  | { readonly kind: 'scalar' }
  | { readonly kind: 'grids' | 'maps'; readonly slices: readonly Slice[]; readonly hidden: number };

/** The last two dimensions of a tensor, at one place of those before. */
export interface Slice {
  /** The place in the dimensions before the last two; empty where there are none. */
  readonly place: readonly number[];
  /** Where its first element is. */
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
}

/** The largest grid that is still read rather than looked at. */
const MOST_COLUMNS = 16;
const MOST_ROWS = 24;
const MOST_IN_A_GRID = 256;
/** Slices, where there are more of them, are told by their count. */
const MOST_SLICES = 8;

/** Lays out a tensor of which the first `known` elements are at hand. */
export function layTensorOut(shape: readonly number[], known: number): TensorLayout {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size === 0) return { kind: 'empty' };
  if (shape.length === 0) return { kind: 'scalar' };
  const columns = shape.at(-1) ?? 1;
  const rows = shape.length > 1 ? (shape.at(-2) ?? 1) : 1;
  const outer = shape.slice(0, -2);
  const count = outer.reduce((product, length) => product * length, 1);
  const isGrid = columns <= MOST_COLUMNS && rows <= MOST_ROWS && rows * columns <= MOST_IN_A_GRID;
  const slices: Slice[] = [];
  for (let i = 0; i < Math.min(count, MOST_SLICES); i++) {
    const from = i * rows * columns;
    // What was cut off the end is not there to be drawn: only whole rows are.
    const rowsKnown = Math.min(rows, Math.floor((known - from) / columns));
    if (rowsKnown >= 1) slices.push({ place: placeOf(i, outer), from, rows: rowsKnown, columns });
    else if (known > from) slices.push({ place: placeOf(i, outer), from, rows: 1, columns: known - from });
  }
  return { kind: isGrid ? 'grids' : 'maps', slices, hidden: count - slices.length };
}

/** The place, dimension by dimension, of the element with a number. */
export function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    place.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return place;
}

/** `[2, 3]` */
export const writeShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Numbers of both signs: blue below zero, ember above. */
  readonly diverging: boolean;
  /** From -1 to 1, or from 0 to 1. */
  share(value: number): number;
}

/** What the colours of some numbers mean. Zero keeps its colour: numbers of one sign are measured from it. */
export function scaleOf(values: readonly number[]): Scale {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return { min: NaN, max: NaN, diverging: false, share: () => 0 };
  const largest = Math.max(Math.abs(min), Math.abs(max)) || 1;
  return {
    min,
    max,
    diverging: min < 0,
    share: (value) => (Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value / largest))),
  };
}

/** Where two tensors of the same shape differ by more than rounding explains. */
export function differences(a: OutputOf<'tensor'>, b: OutputOf<'tensor'>): ReadonlySet<number> {
  if (writeShape(a.shape) !== writeShape(b.shape)) return new Set();
  const found = new Set<number>();
  a.values.forEach((value, i) => {
    const other = b.values[i] ?? NaN;
    const same =
      Object.is(value, other) ||
      Math.abs(value - other) <= 1e-6 + 1e-4 * Math.max(Math.abs(value), Math.abs(other));
    if (!same) found.add(i);
  });
  return found;
}
