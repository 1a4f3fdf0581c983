import { describe, expect, test } from 'vitest';
import type { TrainingProgress } from '../../../src/tokenizers/trainers/progress.ts';
import { trainBpe } from '../../../src/tokenizers/trainers/trainBpe.ts';
import { casesOf, countsOf, optionsOf, type ReferenceCase } from './reference.ts';

const joined = (merges: readonly (readonly [string, string])[]): string[] =>
  merges.map((merge) => merge.join(' '));

/** The counts in another order: nothing may depend on it. */
const reversed = (counts: ReadonlyMap<string, number>): Map<string, number> => new Map([...counts].reverse());

describe('the reference library learns the same', () => {
  test.each([...casesOf('BpeTrainer')])('$name', async (one: ReferenceCase) => {
    for (const counts of [countsOf(one), reversed(countsOf(one))]) {
      const { vocab, merges } = await trainBpe(counts, optionsOf(one));
      expect([...vocab.keys()]).toEqual(one.vocab);
      expect([...vocab.values()]).toEqual(one.vocab.map((_, id) => id));
      expect(joined(merges)).toEqual(one.merges);
    }
  });
});

test('a pair that comes to be in several ways is merged at the place where it was merged last', async () => {
  // 'abc' is made as ab·c and as a·bc, so that 'abc d' has two entries in the queue.
  const counts = new Map([
    ['abcd', 9],
    ['xabcd', 5],
    ['bcbcbcabcd', 4],
    ['zbcabcdabcd', 3],
    ['ab', 7],
    ['bc', 30],
  ]);
  const { vocab, merges } = await trainBpe(counts);
  expect(new Set(joined(merges)).size).toBe(merges.length);
  for (const [left, right] of merges) expect(vocab.has(left + right)).toBe(true);
  for (const word of counts.keys()) expect(vocab.has(word)).toBe(true);
});

test('nothing to learn from, and nothing left to learn', async () => {
  expect(await trainBpe(new Map())).toEqual({ vocab: new Map(), merges: [] });
  expect(await trainBpe(new Map([['', 3]]), { specialTokens: ['<s>', '<s>'] })).toEqual({
    vocab: new Map([['<s>', 0]]),
    merges: [],
  });
  const { merges } = await trainBpe(new Map([['aaaaa', 1]]));
  expect(joined(merges)).toEqual(['a a', 'aa a', 'aa aaa']);
});

test('characters beyond the basic plane are one character each', async () => {
  const { vocab } = await trainBpe(new Map([['🔥🔥', 2]]));
  expect([...vocab.keys()]).toEqual(['🔥', '🔥🔥']);
});

test('it tells how far it has come', async () => {
  const seen: TrainingProgress[] = [];
  const [one] = casesOf('BpeTrainer') as [ReferenceCase];
  await trainBpe(countsOf(one), { vocabSize: 500, onProgress: (progress) => seen.push(progress) });
  expect(seen.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['pairs', 'merges']));
  const last = seen.at(-1) as TrainingProgress;
  expect(last).toMatchObject({ stage: 'merges', done: 500, total: 500, secondsLeft: 0 });
  expect(last.rate).toBeCloseTo(500 / last.seconds, 5);
});

test('it can be stopped', async () => {
  const controller = new AbortController();
  const [one] = casesOf('BpeTrainer') as [ReferenceCase];
  const training = trainBpe(countsOf(one), {
    signal: controller.signal,
    onProgress: ({ stage }) => stage === 'merges' && controller.abort(new Error('enough')),
  });
  await expect(training).rejects.toThrow('enough');
});

test.each([
  ['vocabSize', { vocabSize: -1 }],
  ['vocabSize', { vocabSize: 1.5 }],
  ['minFrequency', { minFrequency: Number.NaN }],
  ['maxTokenLength', { maxTokenLength: 0 }],
  ['limitAlphabet', { limitAlphabet: -3 }],
  ['special token', { specialTokens: ['<s>', ''] }],
])('%s out of range is refused', async (name, options) => {
  await expect(trainBpe(new Map([['a', 1]]), options)).rejects.toThrow(RangeError);
  await expect(trainBpe(new Map([['a', 1]]), options)).rejects.toThrow(name);
});
