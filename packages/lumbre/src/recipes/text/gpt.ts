import { z } from 'zod';
import { GPT } from '../../models/index.ts';
import type { Prepared, Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings, positive, share } from '../settings.ts';
import { storiesCorpus } from './corpus.ts';
import { languageModelRecipe, makeTask, openLanguageModel } from './languageModelRecipe.ts';
import { tokenizerFile } from './tokenizerFile.ts';
import { tokenizerSettings } from './tokenizerSettings.ts';

/** A GPT on the small stories, which are always at hand, by characters; or on any text, by characters or pieces of words. */

const sizes = {
  /** The data decide. */
  vocabSize: count().optional(),
  dropout: share().default(0),
  bias: z.boolean().default(false),
  initStd: positive(),
};

const storiesConfig = z
  .strictObject({
    data: z
      .strictObject({
        name: z.literal('stories').default('stories'),
        language: z.enum(['es', 'en']).optional(),
        trainingStories: count().default(20_000),
        heldOutStories: count().default(200),
        seed: z.int().min(0).default(1),
      })
      .prefault({}),
    // A story has 250 characters at most: one fits into the context whole.
    // Narrow, because in a minute and a half a small model that sees more stories learns more than a large one.
    model: z
      .strictObject({
        ...sizes,
        nLayer: count().default(4),
        nHead: count().default(4),
        nEmbd: count().default(64),
        blockSize: count().default(256),
        initStd: positive().default(0.11),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 4200, evalInterval: 840 }),
        // Small batches: in so short a time the number of steps counts more than their exactness.
        ...batchSettings({
          batchSize: 2,
          lr: 4e-3,
          minLr: 2e-4,
          warmupSteps: 40,
          weightDecay: 0.1,
          betas: [0.9, 0.99],
          gradClip: 1,
        }),
        evalBatches: count().default(6),
        // On a slow machine the schedule hurries to be done by then.
        seconds: positive().nullable().default(94),
      })
      .prefault({}),
  })
  .readonly();

const textConfig = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('quijote'), ...tokenizerSettings }).prefault({}),
    // First weights of about 1/√nEmbd, where nanoGPT has 0.02: a model this narrow learns faster from them.
    model: z
      .strictObject({
        ...sizes,
        nLayer: count().default(4),
        nHead: count().default(4),
        nEmbd: count().default(128),
        blockSize: count().default(64),
        initStd: positive().default(0.08),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 2000, evalInterval: 250 }),
        ...batchSettings({
          batchSize: 12,
          lr: 1e-3,
          warmupSteps: 100,
          weightDecay: 0.1,
          betas: [0.9, 0.99],
          gradClip: 1,
        }),
        evalBatches: count().default(20),
      })
      .prefault({}),
  })
  .readonly();

export type StoriesConfig = z.infer<typeof storiesConfig>;
export type TextConfig = z.infer<typeof textConfig>;

export const stories: Recipe<StoriesConfig> = {
  name: 'stories',
  family: 'text',
  title: {
    es: 'una GPT pequeña que aprende a contar cuentos',
    en: 'a small GPT that learns to tell stories',
  },
  produces: { es: 'cuentos de un párrafo', en: 'stories of a paragraph' },
  seconds: 75,
  data: ['stories'],
  config: storiesConfig,
  // Some 4 million weights.
  full: {
    model: { nLayer: 6, nHead: 6, nEmbd: 240, initStd: 0.065 },
    train: {
      steps: 20_000,
      evalInterval: 1000,
      batchSize: 16,
      lr: 1e-3,
      minLr: 5e-5,
      warmupSteps: 200,
      seconds: null,
    },
  },
  async prepare(config, workshop): Promise<Prepared<StoriesConfig>> {
    const language = config.data.language ?? workshop.language;
    const data = { ...config.data, language };
    const corpus = storiesCorpus(data);
    const model = { ...config.model, vocabSize: corpus.tokenizer.vocabSize };
    return {
      task: makeTask(
        corpus,
        { ...config, model },
        (options) => new GPT(model, options),
        { blockSize: model.blockSize, sampleTokens: 260, endsAtLine: true },
        workshop,
      ),
      config: { ...config, data, model },
      files: tokenizerFile(corpus.tokenizer),
      about: corpus.about,
    };
  },
  async open(saved, device) {
    const { model } = saved.config;
    return openLanguageModel(saved, (vocabSize) => new GPT({ ...model, vocabSize }, { device }), {
      blockSize: model.blockSize,
      endsAtLine: true,
    });
  },
};

export const gpt: Recipe<TextConfig> = languageModelRecipe<TextConfig>({
  name: 'gpt',
  title: {
    es: 'una GPT que aprende de un libro, letra a letra o por trozos de palabra',
    en: 'a GPT that learns from a book, by characters or pieces of words',
  },
  produces: { es: 'texto en el estilo del libro', en: 'text in the manner of the book' },
  seconds: 50,
  data: ['quijote', 'tinyshakespeare', 'sonetos', 'martin-fierro', 'names', 'nombres'],
  config: textConfig,
  // nanoGPT's for one GPU: 10.7 million weights, a loss of 1.47 on Shakespeare.
  full: {
    model: { nLayer: 6, nHead: 6, nEmbd: 384, blockSize: 256, dropout: 0.2, initStd: 0.02 },
    train: { steps: 5000, batchSize: 64, lr: 1e-3, minLr: 1e-4, warmupSteps: 100, evalBatches: 40 },
  },
  makeModel: (config, options) => new GPT(config, options),
  rowLength: ({ model }) => model.blockSize,
});
