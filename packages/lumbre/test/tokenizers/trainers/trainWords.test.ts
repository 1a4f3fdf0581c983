import { describe, expect, test } from 'vitest';
import { compareCodePoints } from '../../../src/tokenizers/trainers/compareCodePoints.ts';
import { trainWordLevel } from '../../../src/tokenizers/trainers/trainWordLevel.ts';
import { trainWordPiece } from '../../../src/tokenizers/trainers/trainWordPiece.ts';
import { casesOf, countsOf, optionsOf } from './reference.ts';

describe('the reference library learns the same', () => {
  test.each([...casesOf('WordPieceTrainer')])('word pieces: $name', async (one) => {
    const vocab = await trainWordPiece(countsOf(one), optionsOf(one));
    expect([...vocab.keys()]).toEqual(one.vocab);
    expect([...vocab.values()]).toEqual(one.vocab.map((_, id) => id));
  });

  test.each([...casesOf('WordLevelTrainer')])('words: $name', (one) => {
    const vocab = trainWordLevel(countsOf(one), optionsOf(one));
    expect([...vocab.keys()]).toEqual(one.vocab);
    expect([...vocab.values()]).toEqual(one.vocab.map((_, id) => id));
  });
});

test('a word that is a special token, too, has one id', () => {
  const counts = new Map([
    ['a', 3],
    ['<s>', 9],
    ['b', 1],
  ]);
  expect([...trainWordLevel(counts, { specialTokens: ['<pad>', '<s>'] })]).toEqual([
    ['<pad>', 0],
    ['<s>', 1],
    ['a', 2],
    ['b', 3],
  ]);
});

test('options out of range are refused', async () => {
  expect(() => trainWordLevel(new Map(), { vocabSize: -1 })).toThrow(/vocabSize must be a whole number/);
  expect(() => trainWordLevel(new Map(), { minFrequency: 0.5 })).toThrow(/minFrequency/);
  await expect(trainWordPiece(new Map(), { vocabSize: -1 })).rejects.toThrow(/vocabSize/);
});

test('strings are compared by code points, as their bytes in UTF-8 would be', () => {
  const texts = [
    '',
    'a',
    'ab',
    'é',
    '\u{d7ff}',
    '\u{e000}',
    '\u{ffff}',
    '\u{10000}',
    '🔥',
    '🔥a',
    '\u{10ffff}',
  ];
  expect([...texts].reverse().sort(compareCodePoints)).toEqual(texts);
  // What JavaScript does by itself is another order.
  expect([...texts].sort()).not.toEqual(texts);
});
