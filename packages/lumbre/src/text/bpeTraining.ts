/** A piece of text between merges, as ids, and how often it comes. */
interface Word {
  ids: number[];
  readonly count: number;
}

/** The pairs of ids that were merged, in order. */
export type Merge = readonly [left: number, right: number];

/** Ids go up to 2^21: far more than there are characters and merges. */
const RADIX = 2 ** 21;
const keyOf = (left: number, right: number): number => left * RADIX + right;

/** Puts `merged` wherever `left` and `right` stand side by side, from the left. */
export function mergePair(ids: readonly number[], [left, right]: Merge, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      result.push(merged);
      i++;
    } else result.push(ids[i] as number);
  }
  return result;
}

export interface LearnOptions {
  /** The id of the first merge. */
  readonly firstId: number;
  readonly merges: number;
  /** Pairs that come less often are not merged. */
  readonly minFrequency: number;
  readonly onMerge?: (done: number) => void;
}

/**
 * Learns merges: again and again, the pair that comes most often becomes one token; of equals, the one with the smaller ids.
 * Counts are kept up to date, so that a merge looks only at the words that have its pair.
 */
export function learnMerges(
  words: Iterable<readonly [ids: number[], count: number]>,
  { firstId, merges: wanted, minFrequency, onMerge }: LearnOptions,
): Merge[] {
  const all: Word[] = Array.from(words, ([ids, count]) => ({ ids, count }));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<Word>>();
  const change = (word: Word, sign: 1 | -1): void => {
    for (let i = 0; i + 1 < word.ids.length; i++) {
      const key = keyOf(word.ids[i] as number, word.ids[i + 1] as number);
      const count = (counts.get(key) ?? 0) + sign * word.count;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
      if (sign < 0) continue;
      const at = places.get(key);
      if (at) at.add(word);
      else places.set(key, new Set([word]));
    }
  };
  for (const word of all) change(word, 1);
  const merges: Merge[] = [];
  while (merges.length < wanted) {
    let best = -1;
    let most = minFrequency - 1;
    for (const [key, count] of counts) {
      if (count > most || (count === most && best >= 0 && key < best)) [best, most] = [key, count];
    }
    if (best < 0) break;
    const merge: Merge = [Math.floor(best / RADIX), best % RADIX];
    const id = firstId + merges.length;
    for (const word of places.get(best) ?? []) {
      change(word, -1);
      word.ids = mergePair(word.ids, merge, id);
      change(word, 1);
    }
    places.delete(best);
    merges.push(merge);
    onMerge?.(merges.length);
  }
  return merges;
}
