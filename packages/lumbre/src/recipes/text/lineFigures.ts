import type { Metrics } from '../../train/index.ts';

/** How often each run of three characters comes, ends of lines included. */
function trigrams(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const characters = ['\n', ...line, '\n'];
    for (let i = 0; i + 2 < characters.length; i++) {
      const key = characters.slice(i, i + 3).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return counts;
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/**
 * How far the trigrams of two lists are from each other: the divergence of Jensen and Shannon, from 0 for the same ones to 1,
 * in bits (Lin, Divergence Measures Based on the Shannon Entropy, 1991).
 */
export function trigramDivergence(a: readonly string[], b: readonly string[]): number {
  const [p, q] = [trigrams(a), trigrams(b)];
  const [ofP, ofQ] = [total(p), total(q)];
  if (ofP === 0 || ofQ === 0) return 1;
  let divergence = 0;
  for (const key of new Set([...p.keys(), ...q.keys()])) {
    const [x, y] = [(p.get(key) ?? 0) / ofP, (q.get(key) ?? 0) / ofQ];
    const middle = (x + y) / 2;
    for (const share of [x, y]) if (share > 0) divergence += (share / 2) * Math.log2(share / middle);
  }
  return divergence;
}

/** What can be said of names that a model wrote: how many it knew, how many are the same, how long they are. */
export function lineFigures(written: readonly string[], training: readonly string[]): Metrics {
  const known = new Set(training);
  const length = (lines: readonly string[]) =>
    lines.reduce((sum, line) => sum + [...line].length, 0) / Math.max(1, lines.length);
  return {
    known: written.filter((line) => known.has(line)).length / Math.max(1, written.length),
    distinct: new Set(written).size / Math.max(1, written.length),
    meanLength: length(written),
    meanLengthOfData: length(training),
    trigramDivergence: trigramDivergence(written, training),
  };
}
