import { z } from 'zod';
import { RecurrentLanguageModel } from '../../models/index.ts';
import type { Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings, share } from '../settings.ts';
import { languageModelRecipe } from './languageModelRecipe.ts';
import { tokenizerSettings } from './tokenizerSettings.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('tinyshakespeare'), ...tokenizerSettings }).prefault({}),
    model: z
      .strictObject({
        cell: z.enum(['rnn', 'lstm', 'gru']).default('lstm'),
        embeddingDim: count().default(64),
        hiddenSize: count().default(256),
        numLayers: count().default(1),
        dropout: share().default(0),
        tieWeights: z.boolean().default(false),
        /** The data decide. */
        vocabSize: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 1500, evalInterval: 250 }),
        ...batchSettings({ batchSize: 32, lr: 4e-3, minLr: 2e-4, warmupSteps: 50, gradClip: 1 }),
        /** Tokens in a row: how far back gradients go. */
        blockSize: count().default(64),
        evalBatches: count().default(10),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

export const rnn: Recipe<Config> = languageModelRecipe<Config>({
  name: 'rnn',
  title: {
    es: 'una red recurrente (RNN, LSTM o GRU) que escribe letra a letra',
    en: 'a recurrent network (RNN, LSTM or GRU) that writes by characters',
  },
  produces: { es: 'teatro a la manera de Shakespeare', en: 'plays in the manner of Shakespeare' },
  seconds: 100,
  data: ['tinyshakespeare', 'quijote', 'sonetos', 'martin-fierro', 'names', 'nombres'],
  config,
  // Karpathy's char-rnn on Shakespeare: two LSTMs of 128, 50 epochs of 50 rows of 50 characters.
  full: {
    model: { cell: 'lstm', embeddingDim: 128, hiddenSize: 128, numLayers: 2 },
    train: { steps: 21_000, batchSize: 50, blockSize: 50, lr: 2e-3, minLr: 5e-5, gradClip: 5 },
  },
  makeModel: (sizes, options) => new RecurrentLanguageModel(sizes, options),
  readsOn: true,
  rowLength: ({ train }) => train.blockSize,
});
