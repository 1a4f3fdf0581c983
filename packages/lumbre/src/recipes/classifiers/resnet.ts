import { z } from 'zod';
import { ResNet } from '../../models/classifiers/index.ts';
import type { Recipe } from '../recipe.ts';
import { count } from '../settings.ts';
import { classifierRecipe, classifierSettings, decidedByData, pictureDataSettings } from './classifier.ts';

const config = z
  .strictObject({
    data: pictureDataSettings(),
    model: z
      .strictObject({
        /** Channels at full size. */
        width: count().default(16),
        /** Blocks at each of three sizes: n of 6n + 2 layers. */
        blocks: count().default(1),
        ...decidedByData,
      })
      .prefault({}),
    train: classifierSettings({
      steps: 3000,
      evalInterval: 500,
      batchSize: 64,
      lr: 5e-3,
      minLr: 5e-5,
      warmupSteps: 100,
      weightDecay: 0.05,
      averageDecay: 0.999,
    }),
  })
  .readonly();

export const resnet: Recipe<z.infer<typeof config>> = classifierRecipe({
  name: 'resnet',
  title: {
    es: 'una red residual que reconoce imágenes (ResNet)',
    en: 'a residual network that recognizes pictures (ResNet)',
  },
  seconds: 200,
  config,
  // He et al. (arXiv:1512.03385), section 4.2: 20 layers for small pictures, 64,000 steps of 128.
  full: {
    model: { blocks: 3 },
    train: { steps: 64_000, batchSize: 128, lr: 2e-3, averageDecay: 0 },
  },
  build: ({ channels, width, blocks }, classes, options) =>
    new ResNet({ channels, classes, width, blocks }, options),
});
