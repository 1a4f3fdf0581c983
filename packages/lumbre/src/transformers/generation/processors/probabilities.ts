/** The scores that are more than -∞, as probabilities. */
export interface Candidates {
  /** Their tokens, ascending. */
  readonly tokens: Int32Array;
  readonly probabilities: Float64Array;
  /** The logarithms of these. */
  readonly logs: Float64Array;
}

/** The largest score. @throws RangeError when there is none: all are -∞, or one is NaN or +∞. */
export function largestScore(operation: string, scores: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score > largest) largest = score;
    // NaN spreads; -∞ does not count.
    if (score !== Number.NEGATIVE_INFINITY) sum += score;
  }
  if (Number.isFinite(largest) && !Number.isNaN(sum)) return largest;
  const what =
    largest === Number.NEGATIVE_INFINITY && !Number.isNaN(sum)
      ? 'no token is left to choose from: every one has been forbidden'
      : 'the scores hold NaN or infinity; the weights have diverged, or a logits processor made them';
  throw new RangeError(`${operation}: ${what}.`);
}

/** How likely tokens are, relative to the likeliest: e^(score - largest); what is forbidden weighs 0. */
export function weightsOf(
  operation: string,
  scores: Float32Array,
  weights: Float64Array = new Float64Array(scores.length),
): { readonly weights: Float64Array; readonly total: number } {
  const largest = largestScore(operation, scores);
  let total = 0;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    const weight = score === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score - largest);
    weights[i] = weight;
    total += weight;
  }
  return { weights, total };
}

/** The tokens that may still come and how likely they are, in double precision. */
export function candidatesOf(operation: string, scores: Float32Array): Candidates {
  const largest = largestScore(operation, scores);
  let count = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i] !== Number.NEGATIVE_INFINITY) count++;
  const tokens = new Int32Array(count);
  const probabilities = new Float64Array(count);
  const logs = new Float64Array(count);
  let total = 0;
  for (let i = 0, at = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score === Number.NEGATIVE_INFINITY) continue;
    const weight = Math.exp(score - largest);
    total += weight;
    tokens[at] = i;
    logs[at] = score - largest;
    probabilities[at++] = weight;
  }
  const logTotal = Math.log(total);
  for (let at = 0; at < count; at++) {
    probabilities[at] = (probabilities[at] as number) / total;
    logs[at] = (logs[at] as number) - logTotal;
  }
  return { tokens, probabilities, logs };
}

/** -Σ p · log p. A probability of 0 adds nothing. */
export function entropyOf({ probabilities, logs }: Candidates): number {
  let entropy = 0;
  for (let i = 0; i < logs.length; i++) {
    const probability = probabilities[i] as number;
    if (probability > 0) entropy -= probability * (logs[i] as number);
  }
  return entropy;
}

/** Scores become logarithms of probabilities, in place. */
export function logSoftmaxInPlace(operation: string, scores: Float32Array): void {
  const largest = largestScore(operation, scores);
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += Math.exp((scores[i] as number) - largest);
  const shift = largest + Math.log(total);
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) - shift;
}
