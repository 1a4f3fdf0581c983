import { argmax } from './scores.ts';

/** How labelled tokens become entities, as transformers does it. */

export type AggregationStrategy = 'none' | 'simple' | 'first' | 'average' | 'max';

/** A token with a label, or neighbours with the same one. */
export interface TokenEntity {
  /** The label of a token, `B-PER`; only without aggregation. */
  readonly entity?: string;
  /** The label of an entity, `PER`; only with aggregation. */
  readonly entityGroup?: string;
  readonly score: number;
  /** The number of the token; only without aggregation. */
  readonly index?: number;
  /** The token, or the tokens as a text. */
  readonly word: string;
  /** Where it lies in the text, as `text.slice(start, end)` takes it. */
  readonly start: number;
  readonly end: number;
}

/** A token with the probability of each label. */
export interface TokenScores {
  readonly word: string;
  readonly scores: Float64Array;
  readonly start: number;
  readonly end: number;
  readonly index: number;
  /** Whether it goes on with the word of the token before. */
  readonly isSubword: boolean;
}

/** A part of an entity: a token, or a word. */
interface Labelled {
  readonly entity: string;
  readonly score: number;
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

type ToText = (tokens: readonly string[]) => string;

export function aggregate(
  tokens: readonly TokenScores[],
  strategy: AggregationStrategy,
  labels: readonly string[],
  toText: ToText,
): TokenEntity[] {
  if (strategy === 'none' || strategy === 'simple') {
    const labelled = tokens.map(({ scores, index, word, start, end }) => {
      const best = argmax(scores);
      return { entity: labels[best] as string, score: scores[best] as number, index, word, start, end };
    });
    return strategy === 'none' ? labelled : groups(labelled, toText);
  }
  return groups(
    wordsOf(tokens).map((word) => wordLabel(word, strategy, labels, toText)),
    toText,
  );
}

/** The tokens of each word. */
function wordsOf(tokens: readonly TokenScores[]): TokenScores[][] {
  const words: TokenScores[][] = [];
  for (const token of tokens) {
    const last = words.at(-1);
    if (last && token.isSubword) last.push(token);
    else words.push([token]);
  }
  return words;
}

/** One label for all tokens of a word. */
function wordLabel(
  word: readonly TokenScores[],
  strategy: 'first' | 'average' | 'max',
  labels: readonly string[],
  toText: ToText,
): Labelled {
  const [first] = word as readonly [TokenScores];
  const scores = {
    first: () => first.scores,
    average: () =>
      first.scores.map((_, i) => word.reduce((sum, t) => sum + (t.scores[i] as number), 0) / word.length),
    max: () => (word[argmax(word.map((t) => Math.max(...t.scores)))] as TokenScores).scores,
  }[strategy]();
  const best = argmax(scores);
  return {
    entity: labels[best] as string,
    score: scores[best] as number,
    word: toText(word.map((token) => token.word)),
    start: first.start,
    end: (word.at(-1) as TokenScores).end,
  };
}

/** `B-PER` begins a PER, `I-PER` goes on with it; a label without either goes on. */
const tagOf = (entity: string): readonly [begins: boolean, tag: string] =>
  /^[BI]-/.test(entity) ? [entity.startsWith('B'), entity.slice(2)] : [false, entity];

/** Neighbours with the same label are one. */
function groups(parts: readonly Labelled[], toText: ToText): TokenEntity[] {
  const found: Labelled[][] = [];
  for (const part of parts) {
    const group = found.at(-1);
    const last = group?.at(-1);
    const [begins, tag] = tagOf(part.entity);
    if (group && last && tagOf(last.entity)[1] === tag && !begins) group.push(part);
    else found.push([part]);
  }
  return found.map((group) => {
    const [first] = group as unknown as readonly [Labelled];
    const dash = first.entity.indexOf('-');
    return {
      entityGroup: first.entity.slice(dash + 1),
      score: group.reduce((sum, { score }) => sum + score, 0) / group.length,
      word: toText(group.map(({ word }) => word)),
      start: first.start,
      end: (group.at(-1) as Labelled).end,
    };
  });
}
