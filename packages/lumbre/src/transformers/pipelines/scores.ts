/** What pipelines do with scores. */

/** Probabilities of scores, in double precision. */
export function softmax(scores: ArrayLike<number>): Float64Array {
  const numbers = Float64Array.from(scores);
  const largest = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = numbers.map((x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Where the largest value is, the first of several. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}

/** Where the `count` largest values are, largest first; of equal ones the first. */
export function topIndices(values: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  const at = (i: number): number => values[best[i] as number] as number;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (best.length === count && !(value > at(count - 1))) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > at(middle)) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}

/** @throws RangeError for a number of results that is none */
export function checkTopK(topK: number): void {
  if (Number.isInteger(topK) && topK >= 1) return;
  throw new RangeError(`pipeline: topK must be a whole number from 1 up, not ${topK}.`);
}
