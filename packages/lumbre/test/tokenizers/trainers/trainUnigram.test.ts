import { describe, expect, test } from 'vitest';
import { trainUnigram } from '../../../src/tokenizers/trainers/trainUnigram.ts';
import { makeCorpus } from '../../../src/tokenizers/trainers/unigram/corpus.ts';
import { digamma } from '../../../src/tokenizers/trainers/unigram/rounds.ts';
import { repeatedSubstrings } from '../../../src/tokenizers/trainers/unigram/substrings.ts';
import { casesOf, countsOf, optionsOf } from './reference.ts';

type Piece = readonly [piece: string, score: number];

describe('the reference library learns the same', () => {
  test.each([...casesOf('UnigramTrainer')])('$name', async (one) => {
    const { vocab, unkId } = await trainUnigram(countsOf(one), optionsOf(one));
    const reference = one.vocab as readonly Piece[];
    const lost = new Set(one.lost);
    expect(new Set(vocab.map(([piece]) => piece))).toEqual(new Set(reference.map(([piece]) => piece)));
    expect(unkId).toBe(one.tokenizer.model.unk_id);
    const scores = new Map(vocab);
    const deviations = reference
      .filter(([piece]) => !lost.has(piece))
      .map(([piece, score]) => Math.abs(score - (scores.get(piece) as number)));
    expect(Math.max(...deviations)).toBeLessThan(1e-6);
    // The same scores for those that pruning lost, though not for the same ones.
    const ofLost = (all: readonly Piece[]) =>
      all.filter(([piece]) => lost.has(piece)).map(([, score]) => score.toFixed(6));
    expect(ofLost(vocab)).toEqual(ofLost(reference));
    // Special tokens, then the rest from the likeliest on.
    const rest = vocab.filter(([, score]) => score !== 0);
    expect(rest.map(([, score]) => score)).toEqual(rest.map(([, score]) => score).sort((a, b) => b - a));
  });
});

/** Every substring, counted. */
function substringsByHand(texts: readonly string[], longest: number): Map<string, number> {
  const followers = new Map<string, Map<string, number>>();
  texts.forEach((text, number) => {
    const characters = [...text, `\0${number}`];
    for (let start = 0; start < characters.length - 1; start++) {
      for (let length = 1; length <= longest && start + length < characters.length; length++) {
        const piece = characters.slice(start, start + length).join('');
        const next = (characters[start + length] as string).slice(0, 1);
        const known = followers.get(piece) ?? new Map<string, number>();
        followers.set(piece, known.set(next, (known.get(next) ?? 0) + 1));
      }
    }
  });
  return new Map(
    [...followers]
      .filter(([piece, next]) => [...piece].length > 1 && next.size > 1)
      .map(([piece, next]) => [piece, [...next.values()].reduce((sum, one) => sum + one, 0)]),
  );
}

test('substrings that go on in several ways, counted by hand', () => {
  let state = 7;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let round = 0; round < 30; round++) {
    const alphabet = ['a', 'b', 'ñ', '🔥'].slice(0, 1 + draw(4));
    const texts = new Set<string>();
    for (let i = 0; i < 60; i++) {
      texts.add(Array.from({ length: 1 + draw(30) }, () => alphabet[draw(alphabet.length)]).join(''));
    }
    const longest = 1 + draw(6);
    const corpus = makeCorpus(new Map([...texts].map((text) => [text, 1])));
    const { starts, lengths, frequencies } = repeatedSubstrings(corpus.symbols, longest);
    const found = Array.from(starts, (start, i): [string, number] => [
      Array.from(
        corpus.symbols.subarray(start, start + (lengths[i] as number)),
        (symbol) => corpus.characters[symbol],
      ).join(''),
      frequencies[i] as number,
    ]);
    expect(new Map(found)).toEqual(substringsByHand([...texts], longest));
    expect(new Set(found.map(([piece]) => piece)).size).toBe(found.length);
  }
});

test('digamma', () => {
  // Values of SciPy.
  const values = [
    [0.5, -1.9635100260214235],
    [1, -0.5772156649015329],
    [7.25, 1.9104535268837362],
    [1234.5, 7.1180162318279985],
  ] as const;
  for (const [x, value] of values) expect(digamma(x)).toBeCloseTo(value, 7);
});

test('a text of nothing, of one character, and of U+0000', async () => {
  expect(await trainUnigram(new Map(), { unkToken: '?' })).toEqual({ vocab: [['?', 0]], unkId: 0 });
  expect((await trainUnigram(new Map([['a', 1]]))).vocab.map(([piece]) => piece)).toEqual(['a']);
  const { vocab } = await trainUnigram(new Map([['a\0b', 2]]));
  expect(vocab.map(([piece]) => piece).sort()).toEqual(['\0', 'a', 'b']);
  expect(vocab.every(([, score]) => Number.isFinite(score))).toBe(true);
});

test('more characters than room are refused, as are options out of range', async () => {
  const counts = new Map([['abcdef', 3]]);
  await expect(trainUnigram(counts, { vocabSize: 6, unkToken: '?' })).rejects.toThrow(
    /6 different characters.*1 special/,
  );
  for (const options of [
    { vocabSize: 0 },
    { shrinkingFactor: 1 },
    { shrinkingFactor: Number.NaN },
    { nSubIterations: 0 },
  ]) {
    await expect(trainUnigram(counts, options)).rejects.toThrow(Object.keys(options)[0] as string);
  }
});

test('it tells how far it has come, and can be stopped', async () => {
  const [one] = casesOf('UnigramTrainer');
  if (!one) throw new Error('The fixture has no case of Unigram.');
  const stages: string[] = [];
  await trainUnigram(countsOf(one), { ...optionsOf(one), onProgress: ({ stage }) => stages.push(stage) });
  expect([...new Set(stages)]).toEqual(['seeds', 'expectation']);
  const controller = new AbortController();
  const stopped = trainUnigram(countsOf(one), {
    signal: controller.signal,
    onProgress: ({ stage }) => stage === 'expectation' && controller.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
});
