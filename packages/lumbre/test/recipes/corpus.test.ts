import { expect, test } from 'vitest';
import type { DataSource } from '../../src/data/index.ts';
import { textCorpus } from '../../src/recipes/text/corpus.ts';
import type { Workshop } from '../../src/recipes/workshop.ts';

const workshopOf = (text: string): Workshop => ({
  device: 'js',
  language: 'es',
  data: { open: async (name) => ({ kind: 'text', name, text }) } as DataSource,
  model: async () => Promise.reject(new Error('there is none')),
});

const PAGE = 'En un lugar\nde la Mancha\n\nNo ha mucho\ntiempo\n';

/** All of a corpus, as text. */
async function read(settings: object): Promise<string> {
  const { tokenizer, data } = await textCorpus('page', workshopOf(PAGE.repeat(3)), settings);
  return tokenizer.decode([...data.train, ...data.validation]);
}

test('a text is read as it is written', async () => {
  expect(await read({})).toBe(PAGE.repeat(3));
  expect(await read({ tokenizer: 'bpe', vocabSize: 270 })).toBe(PAGE.repeat(3));
});

test('lines of a paragraph become one, if that is asked for', async () => {
  const page = 'En un lugar de la Mancha\n\nNo ha mucho tiempo';
  expect(await read({ unwrap: true })).toBe(`${[page, page, page].join(' ')}\n`);
});
