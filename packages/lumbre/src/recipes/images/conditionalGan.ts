import { z } from 'zod';
import { ConditionalGAN } from '../../models/images/index.ts';
import { count } from '../settings.ts';
import { ganRecipe } from './ganRecipe.ts';
import { convolutional, ganData, ganSettings, pictureSizes } from './ganSettings.ts';

const config = z
  .strictObject({
    data: ganData('mnist'),
    model: z
      .strictObject({
        ...convolutional({ width: 16, discriminatorNorm: 'spectral' }),
        conditioning: z.enum(['concat', 'projection']).default('projection'),
        ...pictureSizes,
        /** The data decide. */
        classes: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject(
        ganSettings({
          ...{ steps: 3000, evalInterval: 500, batchSize: 64 },
          ...{ generatorLr: 2e-4, discriminatorLr: 4e-4, loss: 'hinge' },
        }),
      )
      .prefault({}),
  })
  .readonly();

export type ConditionalGanConfig = z.infer<typeof config>;

export const cgan = ganRecipe<ConditionalGanConfig>({
  name: 'cgan',
  title: { es: 'una GAN condicional', en: 'a conditional GAN' },
  produces: { es: 'el dígito que se le pida', en: 'the digit that you ask for' },
  seconds: 200,
  data: ['mnist', 'fashion-mnist', 'pixel-faces', 'quickdraw'],
  config,
  // Mirza and Osindero tell the discriminator the class as one more plane; 100 numbers and batches of 100 are theirs.
  full: {
    model: { latentDim: 100, width: 64, conditioning: 'concat', discriminatorNorm: 'batch' },
    train: { steps: 50_000, evalInterval: 1000, batchSize: 100, loss: 'non-saturating', finalLr: 1 },
  },
  conditional: true,
  make: ({ classes = 0, ...model }, options) => new ConditionalGAN({ ...model, classes }, options),
});
