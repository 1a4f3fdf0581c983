import { z } from 'zod';
import { ConditionalGAN } from '../../models/images/index.ts';
import { count } from '../settings.ts';
import { scoreSettings } from '../support/generativeScores.ts';
import { ganRecipe } from './ganRecipe.ts';
import { convolutional, ganData, ganSettings, pictureSizes } from './ganSettings.ts';

const config = z
  .strictObject({
    data: ganData('mnist'),
    model: z
      .strictObject({
        ...convolutional({ width: 16, discriminatorNorm: 'none' }),
        conditioning: z.enum(['concat', 'projection']).default('projection'),
        ...pictureSizes,
        /** The data decide. */
        classes: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject(
        ganSettings({
          ...{ steps: 4500, evalInterval: 750, batchSize: 64 },
          ...{ generatorLr: 1e-3, discriminatorLr: 1e-3, betas: [0, 0.99], r1: 3, r1Interval: 4 },
        }),
      )
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

export type ConditionalGanConfig = z.infer<typeof config>;

export const cgan = ganRecipe<ConditionalGanConfig>({
  name: 'cgan',
  title: { es: 'una GAN condicional', en: 'a conditional GAN' },
  produces: { es: 'el dígito que se le pida', en: 'the digit that you ask for' },
  seconds: 90,
  data: ['mnist', 'fashion-mnist', 'pixel-faces', 'quickdraw'],
  config,
  // Mirza and Osindero tell the discriminator the class as one more plane; 100 numbers and batches of 100 are theirs.
  full: {
    model: { latentDim: 100, width: 64, conditioning: 'concat', discriminatorNorm: 'batch' },
    train: {
      steps: 50_000,
      evalInterval: 1000,
      batchSize: 100,
      ...{ generatorLr: 2e-4, discriminatorLr: 2e-4, betas: [0.5, 0.999], finalLr: 1, r1: 0 },
    },
  },
  conditional: true,
  make: ({ classes = 0, ...model }, options) => new ConditionalGAN({ ...model, classes }, options),
});
