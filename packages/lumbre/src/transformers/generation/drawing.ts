import type { WordSource } from '../../tensor/generator.ts';
import { largestScore, weightsOf } from './processors/probabilities.ts';

/** A number in [0, 1) with 53 random bits. */
export const uniform = (word: WordSource): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;

/** The place of the largest score; of equals, the first. */
export function likeliest(scores: Float32Array): number {
  let best = 0;
  let largest = scores[0] as number;
  // A score that is not a number is never larger than another: a sum would notice, and costs as much as the search.
  for (let i = 1; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score > largest) {
      largest = score;
      best = i;
    }
  }
  if (Number.isFinite(largest)) return best;
  largestScore('generate', scores);
  return best;
}

/** Draws by scores, and keeps the memory that it takes. */
export class Drawing {
  #weights = new Float64Array(0);

  #weigh(scores: Float32Array): number {
    if (this.#weights.length !== scores.length) this.#weights = new Float64Array(scores.length);
    return weightsOf('generate', scores, this.#weights).total;
  }

  /** The place at which the weights up to there reach a share of `total`; -1 where all weigh nothing. */
  #at(total: number, random: number): number {
    const weights = this.#weights;
    let left = random * total;
    let last = -1;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (weight === 0) continue;
      last = i;
      left -= weight;
      if (left < 0) return i;
    }
    // Only rounding leads here.
    return last;
  }

  /** One token, by the probabilities softmax(scores). @param random in [0, 1) */
  one(scores: Float32Array, random: number): number {
    return this.#at(this.#weigh(scores), random);
  }

  /**
   * Several different ones, one after another, each by the probabilities of those that are left. Where fewer have any,
   * the rest is filled with the first that have none.
   */
  several(scores: Float32Array, count: number, random: () => number): Int32Array {
    let total = this.#weigh(scores);
    const drawn = new Set<number>();
    while (drawn.size < count) {
      const place = this.#at(total, random());
      if (place < 0) break;
      drawn.add(place);
      // Subtracting would leave a rest of rounding; what is gone must weigh nothing.
      this.#weights[place] = 0;
      total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    }
    for (let i = 0; drawn.size < count && i < scores.length; i++) drawn.add(i);
    return Int32Array.from(drawn);
  }
}
