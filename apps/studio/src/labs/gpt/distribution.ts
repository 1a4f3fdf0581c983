/** How a token is drawn from the scores of all. */
export interface Controls {
  readonly temperature: number;
  /** Infinity for all. */
  readonly topK: number;
  readonly topP: number;
}

/** A token that may come next. */
export interface Candidate {
  readonly token: number;
  /** Its probability as the model says it. */
  readonly before: number;
  /** Its probability once the controls have had their say; 0 for one that they cut off. */
  readonly after: number;
}

/**
 * All tokens, the likeliest first, with their probabilities before and after the controls: the same that `generate` draws by.
 * Temperature comes first, then the k best, then as many of these as it takes to reach p.
 */
export function distribution(logits: ArrayLike<number>, { temperature, topK, topP }: Controls): Candidate[] {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i] as number);
  const order = Array.from(logits, (_, token) => token).sort(
    (a, b) => (logits[b] as number) - (logits[a] as number) || a - b,
  );
  const weigh = (by: number) => order.map((token) => Math.exp(((logits[token] as number) - largest) / by));
  const sum = (weights: readonly number[]) => weights.reduce((total, weight) => total + weight, 0);
  const plain = weigh(1);
  const total = sum(plain);
  const warmed = weigh(temperature);
  const inK = warmed.slice(0, topK);
  const enough = topP * sum(inK);
  let reached = 0;
  let kept = 0;
  while (kept < inK.length && (kept === 0 || reached < enough)) reached += inK[kept++] as number;
  return order.map((token, rank) => ({
    token,
    before: (plain[rank] as number) / total,
    after: rank < kept ? (warmed[rank] as number) / reached : 0,
  }));
}

/** Draws one of the candidates that are left. @param random in [0, 1) */
export function drawFrom(candidates: readonly Candidate[], random: number): number {
  let left = random;
  let last = candidates[0]?.token ?? 0;
  for (const { token, after } of candidates) {
    if (after === 0) break;
    last = token;
    left -= after;
    if (left < 0) break;
  }
  return last;
}
