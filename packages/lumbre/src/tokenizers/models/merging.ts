import type { MergeTable } from './mergeTable.ts';

/** From this length on, a heap finds the next merge; below it, looking at all pairs is faster. */
const LONG = 48;

/** A word as it is merged: the ids of its symbols, and how many UTF-16 units each takes, or how many UTF-8 bytes. */
export interface Symbols {
  readonly ids: number[];
  readonly lengths: number[];
  readonly inBytes: boolean;
}

/** Applies merges, lowest rank first and leftmost among equals, until there is none. Changes `symbols` in place. */
export function mergeAll(symbols: Symbols, merges: MergeTable): void {
  if (symbols.ids.length < 2) return;
  if (symbols.ids.length < LONG) mergeShort(symbols, merges);
  else mergeLong(symbols, merges);
}

function mergeShort({ ids, lengths }: Symbols, merges: MergeTable): void {
  const ranks: number[] = [];
  const rankOf = (i: number): number => {
    const slot = merges.find(ids[i] as number, ids[i + 1] as number);
    return slot < 0 ? Number.POSITIVE_INFINITY : merges.rank(slot);
  };
  for (let i = 0; i + 1 < ids.length; i++) ranks.push(rankOf(i));
  for (;;) {
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < ranks.length; i++) {
      if ((ranks[i] as number) < lowest) {
        lowest = ranks[i] as number;
        best = i;
      }
    }
    if (best < 0) return;
    ids[best] = merges.result(merges.find(ids[best] as number, ids[best + 1] as number));
    lengths[best]! += lengths[best + 1] as number;
    ids.splice(best + 1, 1);
    lengths.splice(best + 1, 1);
    ranks.splice(best, 1);
    if (best > 0) ranks[best - 1] = rankOf(best - 1);
    if (best < ranks.length) ranks[best] = rankOf(best);
  }
}

/** A binary heap of pairs by rank, then by place: an entry is a place, a rank and what the pair becomes. */
class PairHeap {
  readonly #keys: number[] = [];
  readonly #results: number[] = [];
  readonly #places: number;

  constructor(places: number) {
    this.#places = places;
  }

  get empty(): boolean {
    return this.#keys.length === 0;
  }

  push(place: number, rank: number, result: number): void {
    const key = rank * this.#places + place;
    let i = this.#keys.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((this.#keys[parent] as number) <= key) break;
      this.#keys[i] = this.#keys[parent] as number;
      this.#results[i] = this.#results[parent] as number;
      i = parent;
    }
    this.#keys[i] = key;
    this.#results[i] = result;
  }

  /** Takes the first away. */
  pop(): { readonly place: number; readonly result: number } {
    const first = { place: (this.#keys[0] as number) % this.#places, result: this.#results[0] as number };
    const key = this.#keys.pop() as number;
    const result = this.#results.pop() as number;
    const count = this.#keys.length;
    if (count > 0) {
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= count) break;
        if (child + 1 < count && (this.#keys[child + 1] as number) < (this.#keys[child] as number)) child++;
        if (key <= (this.#keys[child] as number)) break;
        this.#keys[i] = this.#keys[child] as number;
        this.#results[i] = this.#results[child] as number;
        i = child;
      }
      this.#keys[i] = key;
      this.#results[i] = result;
    }
    return first;
  }
}

function mergeLong({ ids, lengths }: Symbols, merges: MergeTable): void {
  const count = ids.length;
  const heap = new PairHeap(count);
  const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
  const next = Int32Array.from({ length: count }, (_, i) => (i + 1 < count ? i + 1 : -1));
  const offer = (left: number, right: number): void => {
    const slot = merges.find(ids[left] as number, ids[right] as number);
    if (slot >= 0) heap.push(left, merges.rank(slot), merges.result(slot));
  };
  for (let i = 0; i + 1 < count; i++) offer(i, i + 1);
  while (!heap.empty) {
    const { place, result } = heap.pop();
    const right = next[place] as number;
    if (ids[place] === -1 || right === -1) continue;
    // The pair may have become another since it was offered.
    const slot = merges.find(ids[place] as number, ids[right] as number);
    if (slot < 0 || merges.result(slot) !== result) continue;
    ids[place] = result;
    lengths[place]! += lengths[right] as number;
    ids[right] = -1;
    const after = next[right] as number;
    next[place] = after;
    if (after !== -1) previous[after] = place;
    if (previous[place] !== -1) offer(previous[place] as number, place);
    if (after !== -1) offer(place, after);
  }
  let kept = 0;
  for (let i = 0; i !== -1; i = next[i] as number) {
    ids[kept] = ids[i] as number;
    lengths[kept++] = lengths[i] as number;
  }
  ids.length = kept;
  lengths.length = kept;
}
