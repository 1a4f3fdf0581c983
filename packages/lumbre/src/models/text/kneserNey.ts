import type { NGramLevel } from './nGramCounts.ts';

/** What is taken off counts of 1, of 2, and of 3 and more. */
type Discounts = readonly [number, number, number];

/** Where the counts are too few to tell. */
const ORDINARY: Discounts = [0.5, 1, 1.5];

/** Chen and Goodman's estimates from how many n-grams come once, twice, three and four times (equation 26). */
function discountsOf({ counts }: NGramLevel): Discounts {
  const [n1, n2, n3, n4] = [1, 2, 3, 4].map((times) =>
    counts.reduce((sum, count) => sum + (count === times ? 1 : 0), 0),
  ) as [number, number, number, number];
  const y = n1 / (n1 + 2 * n2);
  const found = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3] as const;
  return found.every((discount, i) => discount >= 0 && discount <= i + 1) ? found : ORDINARY;
}

/** How the continuations of one n-gram share out their probability: `total` of counts, `rest` left for shorter ones. */
interface Level extends NGramLevel {
  readonly discounts: Discounts;
  readonly totals: Float64Array;
  readonly rests: Float64Array;
}

function prepare(table: NGramLevel): Level {
  const discounts = discountsOf(table);
  const contexts = table.offsets.length - 1;
  const totals = new Float64Array(contexts);
  const rests = new Float64Array(contexts);
  for (let context = 0; context < contexts; context++) {
    let total = 0;
    let taken = 0;
    for (let node = table.offsets[context] as number; node < (table.offsets[context + 1] as number); node++) {
      const count = table.counts[node] as number;
      total += count;
      taken += discounts[Math.min(count, 3) - 1] as number;
    }
    totals[context] = total;
    rests[context] = total > 0 ? taken / total : 1;
  }
  return { ...table, discounts, totals, rests };
}

/** Probabilities from counts of n-grams, interpolated from the longest to single tokens, and those with equal chances. */
export class KneserNey {
  readonly vocabSize: number;
  readonly #levels: readonly Level[];
  readonly #boundary: number | null;

  constructor(tables: readonly NGramLevel[], vocabSize: number, boundary: number | null) {
    this.vocabSize = vocabSize;
    this.#levels = tables.map(prepare);
    this.#boundary = boundary;
  }

  /** The place of a token among the continuations of an n-gram, or -1. */
  #find({ tokens, offsets }: Level, context: number, token: number): number {
    let low = offsets[context] as number;
    let high = (offsets[context + 1] as number) - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = tokens[middle] as number;
      if (found === token) return middle;
      if (found < token) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The contexts of 0, 1, … tokens that end before `end` and have been seen. */
  #contexts(tokens: ArrayLike<number>, end: number): number[] {
    const contexts = [0];
    for (let length = 1; length < this.#levels.length && length <= end; length++) {
      let node = 0;
      for (let i = 0; i < length && node >= 0; i++) {
        node = this.#find(this.#levels[i] as Level, node, tokens[end - length + i] as number);
      }
      if (node < 0) break;
      contexts.push(node);
      if (tokens[end - length] === this.#boundary) break;
    }
    return contexts;
  }

  /** The probability of `tokens[at]` after those before it. */
  probability(tokens: ArrayLike<number>, at: number): number {
    let probability = 1 / this.vocabSize;
    for (const [i, context] of this.#contexts(tokens, at).entries()) {
      const level = this.#levels[i] as Level;
      const total = level.totals[context] as number;
      if (total === 0) continue;
      probability *= level.rests[context] as number;
      const node = this.#find(level, context, tokens[at] as number);
      if (node >= 0) probability += kept(level, node) / total;
    }
    return probability;
  }

  /** The probability of every token after these. */
  probabilities(tokens: ArrayLike<number>): Float64Array {
    const result = new Float64Array(this.vocabSize).fill(1 / this.vocabSize);
    for (const [i, context] of this.#contexts(tokens, tokens.length).entries()) {
      const level = this.#levels[i] as Level;
      const total = level.totals[context] as number;
      if (total === 0) continue;
      const rest = level.rests[context] as number;
      for (let token = 0; token < result.length; token++) (result[token] as number) *= rest;
      for (
        let node = level.offsets[context] as number;
        node < (level.offsets[context + 1] as number);
        node++
      ) {
        (result[level.tokens[node] as number] as number) += kept(level, node) / total;
      }
    }
    return result;
  }
}

/** What is left of a count. */
const kept = ({ counts, discounts }: Level, node: number): number => {
  const count = counts[node] as number;
  return count - (discounts[Math.min(count, 3) - 1] as number);
};
