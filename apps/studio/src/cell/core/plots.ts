import type { Tensor } from 'lumbre';
import type { OutputOf } from '../output.ts';
import { clip, clipTitle } from './clip.ts';
import { isTensor } from './values.ts';

/** Numbers to draw: a list, a typed array, or a tensor of one dimension. */
export type Numbers = Tensor | ArrayLike<number>;

/** One line, cloud or row of bars. */
export interface Series {
  /** Where the values stand; 0, 1, 2… unless given. */
  readonly x?: Numbers | readonly string[];
  readonly y: Numbers;
  /** Its name in the legend. */
  readonly name?: string;
  /** Default 'line'. */
  readonly mark?: 'line' | 'points' | 'bars';
}

export interface PlotOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

const MOST_POINTS = 20_000;

function numbers(values: Numbers, what: string): number[] {
  if (isTensor(values)) {
    if (values.shape.length > 1 && values.shape.filter((side) => side !== 1).length > 1)
      throw new TypeError(`${what}: a tensor to plot has one dimension, not [${values.shape.join(', ')}].`);
    return Array.from(values.dataSync(), Number);
  }
  if (values === null || typeof values !== 'object' || typeof values.length !== 'number')
    throw new TypeError(`${what}: expected numbers in a list or a tensor, not ${typeof values}.`);
  return Array.from(values, Number);
}

const isSeries = (value: unknown): value is Series =>
  typeof value === 'object' && value !== null && 'y' in value && !isTensor(value);

/** The series that `plot` was given: values, one series, or several. */
export function seriesOf(data: Numbers | Series | readonly Series[]): Series[] {
  if (isSeries(data)) return [data];
  if (Array.isArray(data) && data.length > 0 && data.every(isSeries)) return [...data];
  return [{ y: data as Numbers }];
}

const labelOf = (text: unknown): string | null =>
  text === undefined || text === null ? null : clip(text, 100);

/** A value may be missing, as NaN, and leaves a gap; where it stands has to be known. */
function placesOf(x: number[]): number[] {
  const at = x.findIndex((place) => !Number.isFinite(place));
  if (at >= 0) throw new TypeError(`plot: x[${at}] is ${x[at]}; it has no place on the axis.`);
  return x;
}

/** @throws TypeError for what cannot be drawn. */
export function plotOutput(series: readonly Series[], options: PlotOptions): OutputOf<'plot'> {
  return {
    kind: 'plot',
    title: clipTitle(options.title),
    xLabel: labelOf(options.xLabel),
    yLabel: labelOf(options.yLabel),
    series: series.slice(0, 12).map(({ x, y, name, mark = 'line' }) => {
      const values = numbers(y, 'plot').slice(0, MOST_POINTS);
      const named = Array.isArray(x) && x.some((each) => typeof each === 'string');
      const places =
        x === undefined
          ? values.map((_, i) => i)
          : named
            ? (x as string[]).map((each) => clip(each, 100))
            : placesOf(numbers(x as Numbers, 'plot'));
      if (places.length < values.length)
        throw new TypeError(
          `plot: there are ${places.length} places along x for ${values.length} values of y.`,
        );
      return { name: labelOf(name), mark, x: places.slice(0, values.length), y: values };
    }),
  };
}
