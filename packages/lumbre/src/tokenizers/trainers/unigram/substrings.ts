import { GrowingInts } from '../growingInts.ts';
import { BOUNDARY } from './corpus.ts';

/** Intervals shorter than this are sorted by insertion. */
const SMALL = 12;

/** How suffixes compare from a depth on: up to a boundary, or up to `limit` symbols. */
function compareFrom(symbols: Int32Array, a: number, b: number, from: number, limit: number): number {
  for (let depth = from; depth < limit; depth++) {
    const symbol = symbols[a + depth] as number;
    const difference = symbol - (symbols[b + depth] as number);
    if (difference !== 0 || symbol === BOUNDARY) return difference;
  }
  return 0;
}

/**
 * The places of all symbols but boundaries, in the order of what stands there: of the next `limit` symbols, a boundary being the
 * last that counts. A full suffix array would tell more than is asked for; this takes no more memory than itself.
 *
 * Source: Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching Strings", 1997: quicksort in three parts.
 */
function sortedPlaces(symbols: Int32Array, limit: number): Int32Array {
  const all = new GrowingInts(symbols.length + 1);
  for (let place = 0; place < symbols.length; place++) {
    if (symbols[place] !== BOUNDARY) all.push(place);
  }
  const places = all.toArray();
  const todo: number[] = [0, places.length, 0];
  while (todo.length > 0) {
    const depth = todo.pop() as number;
    const end = todo.pop() as number;
    const start = todo.pop() as number;
    if (end - start < SMALL) {
      for (let i = start + 1; i < end; i++) {
        const place = places[i] as number;
        let j = i;
        for (; j > start && compareFrom(symbols, place, places[j - 1] as number, depth, limit) < 0; j--) {
          places[j] = places[j - 1] as number;
        }
        places[j] = place;
      }
      continue;
    }
    const at = (i: number): number => symbols[(places[i] as number) + depth] as number;
    const [a, b, c] = [at(start), at((start + end) >> 1), at(end - 1)];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let less = start;
    let greater = end;
    for (let i = start; i < greater; ) {
      const symbol = at(i);
      const place = places[i] as number;
      if (symbol < pivot) {
        places[i++] = places[less] as number;
        places[less++] = place;
      } else if (symbol > pivot) {
        places[i] = places[--greater] as number;
        places[greater] = place;
      } else i++;
    }
    todo.push(start, less, depth, greater, end, depth);
    if (pivot !== BOUNDARY && depth + 1 < limit) todo.push(less, greater, depth + 1);
  }
  return places;
}

/** Substrings that come at least twice, and that the text goes on after in at least two ways. */
export interface Substrings {
  /** Where each of them stands, once. */
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** How often each comes. */
  readonly frequencies: Int32Array;
  /** A number that grows in the order of the texts, but for texts that begin with each other: those may have the same one. */
  readonly ranks: Int32Array;
}

/**
 * The inner nodes of the suffix tree of a text, those of 2 to `longest` symbols without a boundary. Any other substring comes
 * with the same symbol after it every time, and so tells nothing that a longer one does not.
 */
export function repeatedSubstrings(symbols: Int32Array, longest: number): Substrings {
  const limit = longest + 1;
  const places = sortedPlaces(symbols, limit);
  const starts = new GrowingInts();
  const lengths = new GrowingInts();
  const frequencies = new GrowingInts();
  const ranks = new GrowingInts();
  // Intervals of `places` whose texts begin alike, each within the one below it: where it begins, and in how many symbols.
  const openFrom: number[] = [0];
  const openDepth: number[] = [0];
  for (let i = 1; i <= places.length; i++) {
    const depth =
      i < places.length ? sharedLength(symbols, places[i - 1] as number, places[i] as number, limit) : 0;
    let from = i - 1;
    while ((openDepth.at(-1) as number) > depth) {
      const length = openDepth.pop() as number;
      from = openFrom.pop() as number;
      const start = places[from] as number;
      if (length < 2 || length > longest || symbols[start + length - 1] === BOUNDARY) continue;
      starts.push(start);
      lengths.push(length);
      frequencies.push(i - from);
      ranks.push(from);
    }
    if ((openDepth.at(-1) as number) < depth) {
      openFrom.push(from);
      openDepth.push(depth);
    }
  }
  return {
    starts: starts.toArray(),
    lengths: lengths.toArray(),
    frequencies: frequencies.toArray(),
    ranks: ranks.toArray(),
  };
}

/** How many symbols two places have in common, a boundary being the last that counts. */
function sharedLength(symbols: Int32Array, a: number, b: number, limit: number): number {
  for (let depth = 0; depth < limit; depth++) {
    const symbol = symbols[a + depth];
    if (symbol !== symbols[b + depth]) return depth;
    if (symbol === BOUNDARY) return depth + 1;
  }
  return limit;
}
