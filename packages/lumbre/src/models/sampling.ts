import { cutAtMass, topIndices } from './selection.ts';

/** How the next token is chosen from the scores of all. */
export interface SamplingOptions {
  /** Below 1 the likely become likelier, above 1 the rare; 0 always takes the likeliest. Default 1. */
  readonly temperature?: number;
  /** Only the `topK` likeliest tokens are drawn from (Fan et al., arXiv:1805.04833). */
  readonly topK?: number;
  /** Only the likeliest tokens that together reach this probability are drawn from (Holtzman et al., arXiv:1904.09751). */
  readonly topP?: number;
}

/** @throws RangeError that names the option that is wrong. */
export function checkSampling({ temperature = 1, topK, topP }: SamplingOptions): void {
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`sampling: temperature must be 0 or more, not ${temperature}.`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new RangeError(`sampling: topK must be a positive integer, not ${topK}.`);
  }
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new RangeError(`sampling: topP must be more than 0 and at most 1, not ${topP}.`);
  }
}

function indexOfLargest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[best] as number)) best = i;
  return best;
}

/**
 * Draws a token.
 *
 * @param logits one score a token
 * @param random a number in [0, 1)
 * @throws RangeError for options that make no sense, and when the scores are not numbers (a model that diverged).
 */
export function sampleToken(logits: ArrayLike<number>, options: SamplingOptions, random: number): number {
  checkSampling(options);
  const { temperature = 1, topK, topP } = options;
  const best = indexOfLargest(logits);
  const largest = logits[best] as number;
  if (!Number.isFinite(largest)) {
    throw new RangeError(`sampling: the largest logit is ${largest}; the model's weights have diverged.`);
  }
  if (temperature === 0) return best;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const candidates = candidatesAmong(weights, topK, topP);
  let left = random * candidates.reduce((total, token) => total + (weights[token] as number), 0);
  for (const token of candidates) {
    left -= weights[token] as number;
    if (left < 0) return token;
  }
  // Only rounding leads here.
  return candidates.at(-1) as number;
}

/** The tokens to draw from: all of them, or those that `topK` and `topP` leave, the likeliest first. Nothing is sorted whole. */
function candidatesAmong(weights: Float64Array, topK?: number, topP?: number): Int32Array {
  const likeliest = topK === undefined ? null : topIndices(weights, Math.min(topK, weights.length));
  if (topP === undefined) return likeliest ?? Int32Array.from(weights.keys());
  const among = likeliest ? Float64Array.from(likeliest, (token) => weights[token] as number) : weights;
  let total = 0;
  for (const weight of among) total += weight;
  const count = countReaching(among, topP * total);
  return likeliest ? likeliest.subarray(0, count) : topIndices(weights, count);
}

/** How many of the heaviest it takes to weigh so much together. */
function countReaching(weights: Float64Array, enough: number): number {
  const cut = cutAtMass(
    weights.map((weight) => -weight),
    weights.slice(),
    enough,
  );
  if (!cut) return weights.length;
  let count = cut.equals;
  for (const weight of weights) if (weight > -cut.key) count++;
  return count;
}
