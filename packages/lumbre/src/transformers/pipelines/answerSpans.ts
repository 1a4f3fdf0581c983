import type { Encoding, Offsets } from '../../tokenizers/index.ts';
import { softmax } from './scores.ts';

/** Where answers could stand, by how well they could start and end at each token. */

/** Tokens `start` to `end`, both of them included. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

export interface BestSpans {
  /** Best first. */
  readonly spans: readonly Span[];
  /** How probable it is that there is no answer, which the first token stands for. */
  readonly nullScore: number;
}

/** What scores count where no answer may stand. */
const NOWHERE = -10_000;

/**
 * @param starts the logit of each token to be the first of the answer
 * @param ends the logit of each token to be its last
 * @param allowed which tokens an answer may start and end with
 */
export function bestSpans(
  starts: Float64Array,
  ends: Float64Array,
  allowed: readonly boolean[],
  { count, maxAnswerLen }: { readonly count: number; readonly maxAnswerLen: number },
): BestSpans {
  const probabilities = (logits: Float64Array): Float64Array =>
    softmax(logits.map((logit, i) => (allowed[i] ? logit : NOWHERE)));
  const [first, last] = [probabilities(starts), probabilities(ends)];
  const nullScore = (first[0] ?? 0) * (last[0] ?? 0);
  const spans: Span[] = [];
  for (let start = 1; start < first.length; start++) {
    if (!allowed[start]) continue;
    for (let end = start; end < Math.min(first.length, start + maxAnswerLen); end++) {
      if (!allowed[end]) continue;
      const score = (first[start] as number) * (last[end] as number);
      const weakest = spans[count - 1];
      if (weakest && !(score > weakest.score)) continue;
      const at = spans.findIndex((span) => score > span.score);
      spans.splice(at < 0 ? spans.length : at, 0, { start, end, score });
      if (spans.length > count) spans.pop();
    }
  }
  return { spans, nullScore };
}

/** Where a span lies in its text: from its first token to its last, or from the word that holds the one to that of the other. */
export function spanOffsets(
  encoding: Encoding,
  { start, end }: Span,
  sequence: number,
  alignToWords: boolean,
): Offsets {
  const [from, to] = [encoding.offsets[start] as Offsets, encoding.offsets[end] as Offsets];
  if (!alignToWords) return [from[0], to[1]];
  const [firstWord, lastWord] = [encoding.wordIds[start], encoding.wordIds[end]];
  if (typeof firstWord !== 'number' || typeof lastWord !== 'number') return [from[0], to[1]];
  const range = encoding.sequenceRanges.get(sequence) ?? [0, encoding.length];
  let [begin, finish] = [from[0], to[1]];
  for (let i = range[0]; i < range[1]; i++) {
    const [left, right] = encoding.offsets[i] as Offsets;
    if (encoding.wordIds[i] === firstWord) begin = Math.min(begin, left);
    if (encoding.wordIds[i] === lastWord) finish = Math.max(finish, right);
  }
  return [begin, finish];
}
