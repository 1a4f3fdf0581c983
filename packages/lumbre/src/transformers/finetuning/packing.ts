import { IGNORED_LABEL } from '../causal/causalModel.ts';
import type { Example } from './examples.ts';

/** A row of a batch: one example, or several behind each other that know nothing of each other. */
export interface Row {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
  /** Which example a token is of, from 1. */
  readonly segments: readonly number[];
  /** The place of a token in its example. */
  readonly positions: readonly number[];
}

/** @param examples that fit together */
function joined(examples: readonly Example[]): Row {
  return {
    ids: examples.flatMap(({ ids }) => ids),
    // The first token of an example follows nothing: its predecessor in the row is another's last.
    labels: examples.flatMap(({ labels }) => [IGNORED_LABEL, ...labels.slice(1)]),
    segments: examples.flatMap(({ ids }, i) => ids.map(() => i + 1)),
    positions: examples.flatMap(({ ids }) => ids.map((_, place) => place)),
  };
}

export const rowsOf = (examples: readonly Example[]): Row[] => examples.map((example) => joined([example]));

/**
 * Puts several examples into each row, the longest first and each where the least is left ("best fit decreasing"; Ding et
 * al., Fewer Truncations Improve Language Modeling, arXiv:2404.10830). The same examples give the same rows.
 */
export function packExamples(examples: readonly Example[], length: number): Row[] {
  const inOrder = [...examples.entries()].sort(([i, a], [j, b]) => b.ids.length - a.ids.length || i - j);
  const bins: { left: number; readonly items: Example[] }[] = [];
  // By what is left in them: the first with room is the fullest that an example fits into.
  const byRoom: (typeof bins)[] = Array.from({ length: length + 1 }, () => []);
  for (const [, example] of inOrder) {
    const size = example.ids.length;
    let room = size;
    while (room <= length && (byRoom[room] as typeof bins).length === 0) room++;
    const found = room <= length ? (byRoom[room] as typeof bins).shift() : undefined;
    const bin = found ?? { left: length, items: [] };
    if (!found) bins.push(bin);
    bin.items.push(example);
    bin.left -= size;
    (byRoom[bin.left] as typeof bins).push(bin);
  }
  return bins.map(({ items }) => joined(items));
}
