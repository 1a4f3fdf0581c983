import type { Match } from './pattern.ts';

/**
 * What becomes of the delimiters that a text is split by. `the-final--countdown` at `-`:
 *
 * - `Removed`: `the`, `final`, `countdown`
 * - `Isolated`: `the`, `-`, `final`, `-`, `-`, `countdown`
 * - `MergedWithPrevious`: `the-`, `final-`, `-`, `countdown`
 * - `MergedWithNext`: `the`, `-final`, `-`, `-countdown`
 * - `Contiguous`: `the`, `-`, `final`, `--`, `countdown`
 */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

export const SPLIT_BEHAVIORS: readonly SplitBehavior[] = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
];

type Range = [start: number, end: number];

/** The pieces of a text, given its matches. */
export function splitRanges(matches: readonly Match[], behavior: SplitBehavior): Range[] {
  switch (behavior) {
    case 'Removed':
      return matches.flatMap(({ start, end, found }) => (found ? [] : [[start, end] as Range]));
    case 'Isolated':
      return matches.map(({ start, end }) => [start, end]);
    case 'Contiguous':
      return contiguous(matches);
    case 'MergedWithPrevious':
      return mergedWithPrevious(matches);
    case 'MergedWithNext':
      return mergedWithNext(matches);
  }
}

function contiguous(matches: readonly Match[]): Range[] {
  const ranges: Range[] = [];
  let previous = false;
  for (const { start, end, found } of matches) {
    const last = ranges.at(-1);
    if (found === previous && last) last[1] = end;
    else ranges.push([start, end]);
    previous = found;
  }
  return ranges;
}

function mergedWithPrevious(matches: readonly Match[]): Range[] {
  const ranges: Range[] = [];
  let previous = false;
  for (const { start, end, found } of matches) {
    const last = ranges.at(-1);
    if (found && !previous && last) last[1] = end;
    else ranges.push([start, end]);
    previous = found;
  }
  return ranges;
}

function mergedWithNext(matches: readonly Match[]): Range[] {
  const ranges: Range[] = [];
  let previous = false;
  for (let i = matches.length - 1; i >= 0; i--) {
    const { start, end, found } = matches[i] as Match;
    const last = ranges.at(-1);
    if (found && !previous && last) last[0] = start;
    else ranges.push([start, end]);
    previous = found;
  }
  return ranges.reverse();
}
