import { toOnigurumaAst } from 'oniguruma-parser';
import { describe, expect, test } from 'vitest';
import { models, preTokenizers, Regex, Tokenizer, TokenizerError } from '../../src/tokenizers/index.ts';
import { compileProgram } from '../../src/tokenizers/patterns/compileProgram.ts';
import { GPT2_PATTERN, isHarmless } from '../../src/tokenizers/patterns/harmless.ts';
import { boundedPattern, onigurumaPattern } from '../../src/tokenizers/patterns/oniguruma.ts';
import { wordEnd } from '../../src/tokenizers/text/wordScanner.ts';
import corpusFile from '../fixtures/tokenizers/corpus.json' with { type: 'json' };
import patterns from '../fixtures/tokenizers/patterns.json' with { type: 'json' };

const corpus = corpusFile
  .map((entry) => (typeof entry === 'string' ? entry : (entry[0] as string).repeat(entry[1] as number)))
  .map((text) => text.replaceAll(/\p{Surrogate}/gu, '\ufffd'));

const found = (source: string, text: string): string[] =>
  onigurumaPattern(source)
    .findMatches(text)
    .filter((match) => match.found)
    .map(({ start, end }) => text.slice(start, end));

test('the words of GPT-2 by hand are those of its pattern', () => {
  const pattern = onigurumaPattern(GPT2_PATTERN);
  for (const text of corpus) {
    const ends: number[] = [];
    for (let start = 0; start < text.length; start = ends.at(-1) as number) ends.push(wordEnd(text, start));
    expect(ends, JSON.stringify(text.slice(0, 80))).toEqual(pattern.findMatches(text).map(({ end }) => end));
  }
});

/** Where the pieces end that a text is cut into. */
const ends = (matches: readonly { readonly start: number; readonly end: number }[]): number[] =>
  matches.filter(({ start, end }) => end > start).map(({ end }) => end);

test('the machine of patterns finds what Oniguruma finds', () => {
  for (const [source, text, expected] of patterns as [string, string, number[]][]) {
    const bounded = boundedPattern(source, compileProgram(toOnigurumaAst(source)));
    expect(ends(bounded.findMatches(text)), `${source} in ${JSON.stringify(text)}`).toEqual(expected);
  }
});

test('so does JavaScript where patterns are harmless', () => {
  let native = 0;
  for (const [source, text, expected] of patterns as [string, string, number[]][]) {
    if (!isHarmless(source, toOnigurumaAst(source))) continue;
    native++;
    expect(ends(onigurumaPattern(source).findMatches(text)), `${source} in ${JSON.stringify(text)}`).toEqual(
      expected,
    );
  }
  expect(native).toBeGreaterThan(10);
});

describe('letter case', () => {
  test('is ignored where a pattern says so, and nowhere else', () => {
    expect(found("(?i:'s|'t)|\\p{Lu}+", "IT'S it's 'T")).toEqual(['IT', "'S", "'s", "'T"]);
    // U+0345 has a capital letter, and is no letter itself.
    expect(found("(?i:'s)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+", 'a\u0345b')).toEqual(['a', '\u0345b']);
    expect(found('(?i:k|s)', 'K\u212a\u017f')).toEqual(['K', '\u212a', '\u017f']);
  });
});

describe('patterns that explode', () => {
  const long = 'a'.repeat(50_000);
  for (const source of [
    '(a+)+b',
    '(a|a)*b',
    '(a*)*b',
    '(?:a?){40}a{40}b',
    '(?:a|aa)+$b',
    '(\\p{L}+\\s?)+!',
    '\\s+x|a+b',
    '(?:a+)+(?=b)',
  ]) {
    test(source, () => {
      expect(isHarmless(source, toOnigurumaAst(source))).toBe(false);
      const started = performance.now();
      expect(found(source, long)).toEqual([]);
      expect(performance.now() - started).toBeLessThan(20_000);
    });
  }

  test('are stopped when even counting what failed takes too long', () => {
    expect(() => found('(?=.*a)b', 'a'.repeat(100_000))).toThrow(/too many steps/);
  });
});

describe('patterns that cannot be run', () => {
  for (const [source, why] of [
    ['(', /parenthes|group|unclosed/i],
    ['(a)\\1', /Backreference/],
    ['(?<x>a\\g<x>?)', /Subroutine/],
    ['a{1000}'.repeat(30), /repetitions/],
    [`(?:(?:a{500}){500})b*c`, /repetitions/],
    ['x'.repeat(20_000), /at most 10000/],
  ] as const) {
    test(source.slice(0, 20), () => {
      expect(() => new preTokenizers.Split(new Regex(source), 'Isolated')).toThrow(TokenizerError);
      expect(() => new preTokenizers.Split(new Regex(source), 'Isolated')).toThrow(why);
    });
  }
});

test('long words of models take no quadratic time', () => {
  const a = (count: number): string => 'a'.repeat(count);
  const wordPiece = new Tokenizer(
    new models.WordPiece({ vocab: { '[UNK]': 0, a: 1, '##a': 2 }, maxInputCharsPerWord: 1_000_000 }),
  );
  expect(wordPiece.encode(a(200_000)).length).toBe(200_000);
  const bpe = new Tokenizer(
    new models.BPE({
      vocab: { a: 0, aa: 1, aaaa: 2 },
      merges: [
        ['a', 'a'],
        ['aa', 'aa'],
      ],
    }),
  );
  expect(bpe.encodeIds(a(200_000))).toHaveLength(50_000);
  const unigram = new Tokenizer(
    new models.Unigram({
      vocab: [
        ['<unk>', 0],
        ['a', -1],
        ['aa', -1.5],
      ],
      unkId: 0,
    }),
  );
  expect(unigram.encodeIds(a(200_001))).toHaveLength(100_001);
});
