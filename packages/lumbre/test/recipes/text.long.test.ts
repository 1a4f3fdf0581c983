import { describe, expect, test } from 'vitest';
import type { DataSource } from '../../src/data/index.ts';
import type { Overrides, Recipe } from '../../src/recipes/recipe.ts';
import { bert } from '../../src/recipes/text/bert.ts';
import { gpt } from '../../src/recipes/text/gpt.ts';
import { lineFigures, trigramDivergence } from '../../src/recipes/text/lineFigures.ts';
import { mlpLm } from '../../src/recipes/text/mlpLm.ts';
import { ngram } from '../../src/recipes/text/ngram.ts';
import { rnn } from '../../src/recipes/text/rnn.ts';
import { textgan } from '../../src/recipes/text/textGan.ts';
import { expectSameAfterResume, makeLoop, openSaved, trainAndSave, workshopFor } from './tinyPictures.ts';

const syllables = ['ma', 'ri', 'lu', 'so', 'na', 'pe'];
const names = Array.from(
  { length: 60 },
  (_, i) => `${syllables[i % 6]}${syllables[(i * 5 + 1) % 6]}${i % 4 === 0 ? syllables[i % 3] : ''}`,
);
const text = Array.from(
  { length: 80 },
  (_, i) =>
    `El ${['perro', 'gato', 'caballo'][i % 3]} de ${names[i % 60]} corre.\nLa casa es grande; duerme.`,
).join(' ');

const source: DataSource = {
  open: async (name) =>
    name === 'names'
      ? { kind: 'text', name, text: names.join('\n'), lines: names }
      : { kind: 'text', name, text },
};

const steps = { steps: 4, evalInterval: 2 };
const quick = { ...steps, batchSize: 3 };
type Case = readonly [name: string, recipe: Recipe, overrides: Overrides];
const cases: readonly Case[] = [
  ['ngram', ngram, { data: { name: 'quijote' }, model: { order: 3 }, train: steps }],
  ['mlp-lm', mlpLm, { model: { nHidden: 8 }, train: { ...quick, rowLength: 6, evalBatches: 2 } }],
  [
    'rnn',
    rnn,
    {
      data: { name: 'quijote' },
      model: { cell: 'gru', embeddingDim: 4, hiddenSize: 8, dropout: 0.1 },
      train: { ...quick, blockSize: 6, evalBatches: 2 },
    },
  ],
  [
    'gpt by pieces of words',
    gpt,
    {
      data: { name: 'quijote', tokenizer: 'bpe', vocabSize: 60 },
      model: { nLayer: 1, nHead: 2, nEmbd: 8, blockSize: 8 },
      train: { ...quick, evalBatches: 2 },
    },
  ],
  [
    'bert',
    bert,
    {
      data: { name: 'quijote', vocabSize: 70 },
      model: {
        hiddenSize: 8,
        numHiddenLayers: 1,
        numAttentionHeads: 2,
        intermediateSize: 12,
        hiddenDropoutProb: 0.1,
      },
      train: { ...quick, rowLength: 24, evalBatches: 2 },
    },
  ],
  [
    'textgan',
    textgan,
    {
      model: { latentDim: 4, hiddenSize: 8, embeddingDim: 4, channels: 4 },
      train: { ...quick, pretrainSteps: 2, evalSamples: 20 },
    },
  ],
] as unknown as readonly Case[];

describe.each(cases)('%s', (name, recipe, overrides) => {
  // One task for language models is enough.
  test.skipIf(name === 'mlp-lm' || name.startsWith('gpt'))(
    'goes on from a pause to the last bit',
    async () => {
      await expectSameAfterResume(recipe, overrides, 3, source);
    },
  );

  test('is saved, opened, and makes something of what it learned', async () => {
    const saved = await trainAndSave(recipe, overrides, source);
    const sample = saved.events.find((event) => event.type === 'sample');
    expect(sample?.type === 'sample' && sample.sample.kind).toBe('text');
    const creation = await openSaved(recipe, saved);
    if (creation.fill) {
      const found = await creation.fill('El perro de [MASK] corre. La [MASK]', { count: 3 });
      expect(found.map((each) => each.length)).toEqual([3, 3]);
      for (const each of found) {
        const shares = each.map(({ probability }) => probability);
        expect(shares).toEqual([...shares].sort((a, b) => b - a));
        expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
      }
      await expect(creation.fill('El perro')).rejects.toThrow('has no [MASK]');
      await expect(creation.fill('[MASK] '.repeat(40))).rejects.toThrow('24 at most');
    } else {
      const options = { maxNewTokens: 12, seed: 5 };
      const texts = await creation.writeMany?.('', 3, options);
      expect(texts).toHaveLength(3);
      expect(await creation.writeMany?.('', 3, options)).toEqual(texts);
      let written = '';
      for await (const piece of creation.write?.(name === 'textgan' ? '' : 'ma', options) ?? [])
        written += piece;
      expect(typeof written).toBe('string');
    }
    const figures = await creation.evaluate?.(workshopFor(source));
    expect(Object.values(figures ?? {}).every(Number.isFinite)).toBe(true);
    expect(Object.keys(figures ?? {}).length).toBeGreaterThan(2);
    creation.dispose();
  });
});

test('n-grams learn more from more of the text', async () => {
  const { events } = await trainAndSave(
    ngram as unknown as Recipe,
    { data: { name: 'quijote' }, model: { order: 5 }, train: { steps: 4, evalInterval: 1 } },
    source,
  );
  const losses = events.flatMap((event) =>
    event.type === 'validation' ? [event.metrics.loss as number] : [],
  );
  expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  expect(losses.at(-1)).toBeLessThan(0.8);
});

test('a BERT learns which word is missing', async () => {
  const saved = await trainAndSave(
    bert as unknown as Recipe,
    {
      data: { name: 'quijote', vocabSize: 90 },
      model: { hiddenSize: 32, numHiddenLayers: 2, numAttentionHeads: 2, intermediateSize: 64 },
      train: { steps: 250, evalInterval: 250, batchSize: 12, rowLength: 24, lr: 6e-3, evalBatches: 4 },
    },
    source,
  );
  const creation = await openSaved(bert as unknown as Recipe, saved);
  const fill = creation.fill as NonNullable<typeof creation.fill>;
  const [[house]] = (await fill('La [MASK] es grande; duerme.')) as [
    [{ token: string; probability: number }],
  ];
  expect(house.token).toBe(' casa');
  expect(house.probability).toBeGreaterThan(0.5);
  const losses = saved.events.flatMap((event) =>
    event.type === 'step' ? [event.metrics.maskedLM as number] : [],
  );
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  expect(mean(losses.slice(-10))).toBeLessThan(0.75 * mean(losses.slice(0, 10)));
  creation.dispose();
});

test('a text that is too short is told of before anything begins', async () => {
  const short: DataSource = { open: async (name) => ({ kind: 'text', name, text: 'Hola. Adiós. Nada.' }) };
  await expect(makeLoop(rnn as unknown as Recipe, {}, short)).rejects.toThrow('too few for rows of 64');
  const tokens = { data: { vocabSize: 40 } };
  await expect(makeLoop(bert as unknown as Recipe, tokens, short)).rejects.toThrow('too few for rows of 48');
});

test('what is said of names', () => {
  const figures = lineFigures(['ana', 'eva', 'ana', 'xi'], ['ana', 'luis']);
  expect(figures).toMatchObject({ known: 0.5, distinct: 0.75, meanLength: 2.75, meanLengthOfData: 3.5 });
  expect(trigramDivergence(['ana', 'eva'], ['eva', 'ana'])).toBeCloseTo(0, 12);
  expect(trigramDivergence(['ana'], ['xyz'])).toBeCloseTo(1, 12);
});
