import { expect, test } from 'vitest';
import { BertNormalizer } from '../../../src/tokenizers/normalizers/index.ts';
import { Regex } from '../../../src/tokenizers/patterns/storedPattern.ts';
import {
  BertPreTokenizer,
  ByteLevel,
  Metaspace,
  Sequence,
  Split,
  Whitespace,
} from '../../../src/tokenizers/preTokenizers/index.ts';
import { type CountWordsOptions, countWords } from '../../../src/tokenizers/trainers/countWords.ts';
import type { TrainingProgress } from '../../../src/tokenizers/trainers/progress.ts';
import { countsOf, referenceCases, referenceLines } from './reference.ts';

const pipelines: Readonly<Record<string, CountWordsOptions>> = {
  'byte level': { preTokenizer: new ByteLevel({ addPrefixSpace: false }) },
  metaspace: { preTokenizer: new Metaspace() },
  suffix: { preTokenizer: new Whitespace() },
  'word pieces': { normalizer: new BertNormalizer(), preTokenizer: new BertPreTokenizer() },
  'unigram on lines': {},
};

test.each(Object.keys(pipelines))('the reference library counts the same words: %s', async (name) => {
  const one = referenceCases.find((one) => one.name === name);
  if (!one) throw new Error(`The fixture has no case '${name}'.`);
  expect(await countWords(referenceLines, pipelines[name])).toEqual(countsOf(one));
});

test('one by one, in batches, and when they come', async () => {
  const byteLevel = pipelines['byte level'];
  const expected = await countWords(referenceLines, byteLevel);
  const batches = [referenceLines.slice(0, 7), referenceLines.slice(7), []];
  expect(await countWords(batches, byteLevel)).toEqual(expected);
  async function* coming() {
    for (const line of referenceLines) yield line;
  }
  expect(await countWords(coming(), byteLevel)).toEqual(expected);
});

test('bytes that are written in the end are those that are written at once', async () => {
  const texts = ['añb  c1\n', ' añb', 'x\ud800y', '🔥'];
  const gpt2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
  const bytes = new ByteLevel({ addPrefixSpace: false, useRegex: false });
  const expected = await countWords(texts, { preTokenizer: new ByteLevel({ addPrefixSpace: false }) });
  expect(expected.get('aÃ±b')).toBe(1);
  expect(expected.get('ðŁĶ¥')).toBe(1);
  // A lone surrogate is U+FFFD.
  expect(expected.get('ï¿½')).toBe(1);
  for (const steps of [
    [new Split(new Regex(gpt2), 'Isolated'), bytes],
    [new ByteLevel({ addPrefixSpace: false })],
    // Here the bytes are not the last step.
    [new Split(new Regex(gpt2), 'Isolated'), bytes, new Split('\n', 'Isolated')],
  ]) {
    expect(await countWords(texts, { preTokenizer: new Sequence(steps) })).toEqual(expected);
  }
  const prefixed = await countWords(['a b', 'c'], { preTokenizer: new ByteLevel() });
  expect([...prefixed]).toEqual([
    ['Ġa', 1],
    ['Ġb', 1],
    ['Ġc', 1],
  ]);
});

test('it tells how far it has come, and can be stopped', async () => {
  const seen: TrainingProgress[] = [];
  const long = Array.from({ length: 2000 }, () => 'one two three four ');
  const length = 2000 * (long[0] as string).length;
  const preTokenizer = new Whitespace();
  await countWords(long, { preTokenizer, length, onProgress: (progress) => seen.push(progress) });
  expect(seen.at(-1)).toMatchObject({ stage: 'words', done: length, total: length, secondsLeft: 0 });
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(countWords(long, { preTokenizer, signal: controller.signal })).rejects.toThrow('enough');
});
