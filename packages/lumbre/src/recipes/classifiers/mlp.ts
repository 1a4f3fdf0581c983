import { z } from 'zod';
import { MLP } from '../../models/classifiers/index.ts';
import type { Recipe } from '../recipe.ts';
import { count, share } from '../settings.ts';
import { classifierRecipe, classifierSettings, decidedByData, pictureDataSettings } from './classifier.ts';

const config = z
  .strictObject({
    data: pictureDataSettings(),
    model: z
      .strictObject({
        widths: z.array(count()).readonly().default([256, 128]),
        dropout: share().default(0.1),
        ...decidedByData,
      })
      .prefault({}),
    train: classifierSettings({
      steps: 3000,
      evalInterval: 500,
      batchSize: 100,
      lr: 2e-3,
      minLr: 2e-5,
      warmupSteps: 100,
      weightDecay: 0.01,
    }),
  })
  .readonly();

export const mlp: Recipe<z.infer<typeof config>> = classifierRecipe({
  name: 'mlp',
  title: {
    es: 'un perceptrón multicapa que reconoce imágenes',
    en: 'a multilayer perceptron that recognizes pictures',
  },
  seconds: 20,
  config,
  // Simard et al. (2003): one layer of 800 and moved pictures, 1.6 % wrong without distortions of the strokes.
  full: {
    model: { widths: [800], dropout: 0 },
    train: { steps: 60_000, batchSize: 100, lr: 1e-3 },
  },
  build: ({ imageSize, channels, widths, dropout }, classes, options) =>
    new MLP({ inputs: channels * imageSize ** 2, classes, widths, dropout }, options),
});
