import { z } from 'zod';
import { DCGAN } from '../../models/images/index.ts';
import { scoreSettings } from '../support/generativeScores.ts';
import { ganRecipe } from './ganRecipe.ts';
import { convolutional, ganData, ganSettings, pictureSizes } from './ganSettings.ts';

const config = z
  .strictObject({
    data: ganData('pixel-faces'),
    model: z
      .strictObject({
        ...convolutional({ width: 32, discriminatorNorm: 'none' }),
        ...pictureSizes,
      })
      .prefault({}),
    train: z
      .strictObject(
        ganSettings({
          ...{ steps: 4500, evalInterval: 750, batchSize: 64 },
          // Mescheder et al.'s: no norm in the discriminator, but a penalty on its slopes at real pictures; no momentum.
          ...{ generatorLr: 1e-3, discriminatorLr: 1e-3, betas: [0, 0.99], r1: 3, r1Interval: 4 },
        }),
      )
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

export type DcganConfig = z.infer<typeof config>;

export const dcgan = ganRecipe<DcganConfig>({
  name: 'dcgan',
  title: { es: 'una GAN de convoluciones (DCGAN)', en: 'a GAN of convolutions (DCGAN)' },
  produces: {
    es: 'caras pixeladas que no existen, y paseos de una a otra',
    en: 'pixel faces that do not exist, and walks from one to another',
  },
  seconds: 60,
  data: ['pixel-faces', 'fashion-mnist', 'mnist', 'monsters', 'twemoji', 'quickdraw'],
  config,
  // Radford et al.: 100 numbers, batches of 128, Adam at 2e-4 with β₁ = 0.5, batch norm on both sides, none of the later tricks.
  full: {
    model: {
      latentDim: 100,
      width: 128,
      upsample: 'transposed',
      discriminatorNorm: 'batch',
      minibatchStddev: false,
      average: false,
    },
    train: {
      ...{ steps: 50_000, evalInterval: 1000, batchSize: 128, loss: 'non-saturating', betas: [0.5, 0.999] },
      ...{ generatorLr: 2e-4, discriminatorLr: 2e-4, finalLr: 1, r1: 0, instanceNoise: 0 },
    },
  },
  make: (model, options) => new DCGAN(model, options),
});
