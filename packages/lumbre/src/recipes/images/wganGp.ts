import { z } from 'zod';
import { WGANGP, WGANGP_CRITIC_STEPS, WGANGP_STEPS } from '../../models/images/index.ts';
import { scoreSettings } from '../support/generativeScores.ts';
import { ganRecipe } from './ganRecipe.ts';
import { convolutional, ganData, ganSettings, pictureSizes } from './ganSettings.ts';

const { latentDim, width, upsample, average } = convolutional({ width: 16 });

const config = z
  .strictObject({
    data: ganData('mnist'),
    // The critic has no norm: batch norm would make its slope at one picture depend on the others.
    model: z.strictObject({ latentDim, width, upsample, average, ...pictureSizes }).prefault({}),
    train: z
      .strictObject(
        ganSettings({
          ...{ steps: 4500, evalInterval: 750, batchSize: 64, criticSteps: 3, emaDecay: 0.999 },
          ...{ generatorLr: 5e-4, discriminatorLr: 5e-4, betas: [0, 0.9], ...WGANGP_STEPS },
        }),
      )
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

export type WganGpConfig = z.infer<typeof config>;

export const wganGp = ganRecipe<WganGpConfig>({
  name: 'wgan-gp',
  title: { es: 'una GAN de Wasserstein (WGAN-GP)', en: 'a Wasserstein GAN (WGAN-GP)' },
  produces: {
    es: 'dígitos nuevos, con un crítico que mide cuánto falta',
    en: 'new digits, with a critic that measures how much is missing',
  },
  seconds: 200,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Gulrajani et al.'s for MNIST: 128 numbers, 64 channels, batches of 50, five steps of the critic, Adam at 1e-4 with β = (0.5, 0.9).
  full: {
    model: { latentDim: 128, width: 64, average: false },
    train: {
      ...{ steps: 200_000, evalInterval: 5000, batchSize: 50, criticSteps: WGANGP_CRITIC_STEPS },
      ...{ generatorLr: 1e-4, discriminatorLr: 1e-4, betas: [0.5, 0.9], finalLr: 1 },
    },
  },
  make: (model, options) => new WGANGP(model, options),
});
