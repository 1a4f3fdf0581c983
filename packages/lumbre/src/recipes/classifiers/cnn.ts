import { z } from 'zod';
import { CNN } from '../../models/classifiers/index.ts';
import type { Recipe } from '../recipe.ts';
import { count, share } from '../settings.ts';
import { classifierRecipe, classifierSettings, decidedByData, pictureDataSettings } from './classifier.ts';

const config = z
  .strictObject({
    data: pictureDataSettings(),
    model: z
      .strictObject({
        widths: z.array(count()).readonly().default([32, 64]),
        kernelSize: count().default(5),
        hidden: count().default(64),
        dropout: share().default(0.25),
        ...decidedByData,
      })
      .prefault({}),
    train: classifierSettings({
      steps: 2400,
      evalInterval: 400,
      batchSize: 100,
      lr: 2e-3,
      minLr: 2e-5,
      warmupSteps: 100,
      weightDecay: 0.01,
      averageDecay: 0.995,
    }),
  })
  .readonly();

export const cnn: Recipe<z.infer<typeof config>> = classifierRecipe({
  name: 'cnn',
  title: {
    es: 'una red convolucional que reconoce imágenes (como LeNet)',
    en: 'a convolutional network that recognizes pictures (like LeNet)',
  },
  seconds: 120,
  config,
  // As in PyTorch's example for MNIST and its kin: more dropout, 14 epochs of 60,000 pictures.
  full: {
    model: { hidden: 128, dropout: 0.5 },
    train: { steps: 13_000, batchSize: 64, lr: 1e-3, averageDecay: 0 },
  },
  build: (model, classes, options) => new CNN({ ...model, classes }, options),
});
