import { z } from 'zod';
import { MLPLanguageModel } from '../../models/index.ts';
import type { Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings } from '../settings.ts';
import { languageModelRecipe } from './languageModelRecipe.ts';
import { tokenizerSettings } from './tokenizerSettings.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('names'), ...tokenizerSettings }).prefault({}),
    model: z
      .strictObject({
        /** How many characters it looks back on. */
        blockSize: count().default(5),
        nEmbd: count().default(16),
        nHidden: count().default(256),
        /** The data decide. */
        vocabSize: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 10_000, evalInterval: 1000 }),
        ...batchSettings({ batchSize: 32, lr: 5e-3, minLr: 1e-4, warmupSteps: 100, weightDecay: 0.01 }),
        /** Characters in a row of a batch, each with those before it. */
        rowLength: count().default(16),
        evalBatches: count().default(40),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

export const mlpLm: Recipe<Config> = languageModelRecipe<Config>({
  name: 'mlp-lm',
  title: {
    es: 'el modelo de lenguaje de Bengio (2003), una red densa que inventa nombres',
    en: "Bengio's language model (2003), a dense network that invents names",
  },
  produces: { es: 'nombres que nadie lleva', en: 'names that nobody has' },
  seconds: 20,
  data: ['names', 'nombres', 'quijote', 'tinyshakespeare', 'sonetos', 'martin-fierro'],
  config,
  // Karpathy's makemore, lecture 2: 3 characters, 10 numbers each, 200 hidden; 200,000 steps of 32, to 2.1 on held-out names.
  full: {
    model: { blockSize: 3, nEmbd: 10, nHidden: 200 },
    train: { steps: 200_000, evalInterval: 10_000, batchSize: 4, rowLength: 8, lr: 5e-3 },
  },
  makeModel: (sizes, options) => new MLPLanguageModel(sizes, options),
  readsOn: true,
  rowLength: ({ train }) => train.rowLength,
});
