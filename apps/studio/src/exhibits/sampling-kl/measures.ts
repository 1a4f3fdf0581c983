import { randomFrom } from '../support/random.ts';

/** Probabilities, which sum to 1. */
export type Distribution = readonly number[];

/** All of it in nats: with the natural logarithm. What never happens costs nothing, whatever its logarithm. */
const sumOf = (p: Distribution, term: (p: number, i: number) => number): number =>
  p.reduce((sum, value, i) => sum + (value > 0 ? value * term(value, i) : 0), 0);

/** How surprised one is on average, who knows the probabilities. */
export const entropy = (p: Distribution): number => sumOf(p, (value) => -Math.log(value));

/** How surprised one is on average, who believes in `q` while things happen as in `p`: ∞ where `q` rules out what happens. */
export const crossEntropy = (p: Distribution, q: Distribution): number =>
  sumOf(p, (_, i) => -Math.log(q[i] as number));

/** What believing in `q` costs beyond what it has to. */
export const divergence = (p: Distribution, q: Distribution): number =>
  sumOf(p, (value, i) => Math.log(value / (q[i] as number)));

/** What each possibility adds to the divergence. */
export const termsOf = (p: Distribution, q: Distribution): number[] =>
  p.map((value, i) => (value > 0 ? value * Math.log(value / (q[i] as number)) : 0));

/** Puts a probability to `value`; the others share the rest as they did before. */
export function withProbability(q: Distribution, place: number, value: number): number[] {
  const wanted = Math.max(0, Math.min(1, value));
  const rest = q.reduce((sum, x, i) => (i === place ? sum : sum + x), 0);
  return q.map((x, i) =>
    i === place ? wanted : rest > 1e-12 ? (x / rest) * (1 - wanted) : (1 - wanted) / (q.length - 1),
  );
}

export const uniform = (count: number): number[] => new Array<number>(count).fill(1 / count);

/** How often each possibility came, when `count` were drawn: the same for the same seed, and the first of them stay the first. */
export function drawn(
  p: Distribution,
  count: number,
  seed: number,
): { counts: number[]; last: number | null } {
  const random = randomFrom(seed);
  const counts = p.map(() => 0);
  let last: number | null = null;
  for (let i = 0; i < count; i++) {
    let left = random.next();
    let place = 0;
    while (place < p.length - 1 && left >= (p[place] as number)) left -= p[place++] as number;
    counts[place] = (counts[place] as number) + 1;
    last = place;
  }
  return { counts, last };
}

/** How far frequencies are from probabilities: the share that lies elsewhere. */
export function farOff(p: Distribution, counts: readonly number[]): number {
  const total = counts.reduce((a, b) => a + b, 0);
  return total === 0
    ? 1
    : p.reduce((sum, value, i) => sum + Math.abs(value - (counts[i] as number) / total), 0) / 2;
}
