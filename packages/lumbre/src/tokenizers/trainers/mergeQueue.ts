import { GrowingInts } from './growingInts.ts';
import type { PairTable } from './pairTable.ts';

/** Children of a node of the heap: four lie in one line of a cache. */
const ARITY = 4;

/**
 * Pairs that wait to be merged, the one that comes most often first; of equals, the one with the smaller tokens. An entry is a
 * pair with the count that it had when it was put here, and a list of the words that have it.
 */
export class MergeQueue {
  readonly #pairs: PairTable;
  readonly #heap = new GrowingInts();
  readonly #entryPairs = new GrowingInts();
  readonly #entryWords = new GrowingInts();
  #counts = new Float64Array(1024);

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  /** @param words where the list of the words begins, for whoever keeps it */
  push(pair: number, count: number, words: number): void {
    const entry = this.#entryPairs.push(pair);
    this.#entryWords.push(words);
    if (entry === this.#counts.length) {
      const larger = new Float64Array(2 * entry);
      larger.set(this.#counts);
      this.#counts = larger;
    }
    this.#counts[entry] = count;
    this.#rise(this.#heap.push(entry), entry);
  }

  /** The first entry, -1 if there is none. It stays. */
  get first(): number {
    return this.#heap.length === 0 ? -1 : (this.#heap.items[0] as number);
  }

  pairOf(entry: number): number {
    return this.#entryPairs.items[entry] as number;
  }

  wordsOf(entry: number): number {
    return this.#entryWords.items[entry] as number;
  }

  countOf(entry: number): number {
    return this.#counts[entry] as number;
  }

  /** The first entry's count has become smaller: it sinks to its place. */
  lowerFirst(count: number): void {
    const entry = this.first;
    this.#counts[entry] = count;
    this.#sink(entry);
  }

  /** Takes the first entry away. */
  removeFirst(): void {
    const heap = this.#heap;
    const last = heap.items[--heap.length] as number;
    if (heap.length > 0) this.#sink(last);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = (this.#counts[a] as number) - (this.#counts[b] as number);
    if (difference !== 0) return difference > 0;
    const { left, right } = this.#pairs;
    const pairA = this.#entryPairs.items[a] as number;
    const pairB = this.#entryPairs.items[b] as number;
    const byLeft = (left[pairA] as number) - (left[pairB] as number);
    return byLeft !== 0 ? byLeft < 0 : (right[pairA] as number) < (right[pairB] as number);
  }

  #rise(start: number, entry: number): void {
    const heap = this.#heap.items;
    let place = start;
    while (place > 0) {
      const parent = Math.floor((place - 1) / ARITY);
      const above = heap[parent] as number;
      if (!this.#isBefore(entry, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  /** Puts an entry in the first place, from where it sinks. */
  #sink(entry: number): void {
    const { items: heap, length } = this.#heap;
    let place = 0;
    for (;;) {
      const firstChild = place * ARITY + 1;
      if (firstChild >= length) break;
      let best = firstChild;
      const end = Math.min(firstChild + ARITY, length);
      for (let child = firstChild + 1; child < end; child++) {
        if (this.#isBefore(heap[child] as number, heap[best] as number)) best = child;
      }
      if (!this.#isBefore(heap[best] as number, entry)) break;
      heap[place] = heap[best] as number;
      place = best;
    }
    heap[place] = entry;
  }
}
