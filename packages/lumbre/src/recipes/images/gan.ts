import { z } from 'zod';
import { GAN } from '../../models/images/index.ts';
import { count } from '../settings.ts';
import { scoreSettings } from '../support/generativeScores.ts';
import { ganRecipe } from './ganRecipe.ts';
import { ganData, ganSettings, pictureSizes } from './ganSettings.ts';

const config = z
  .strictObject({
    data: ganData('mnist'),
    model: z
      .strictObject({
        latentDim: count().default(64),
        /** The generator's layers, and backwards the discriminator's. */
        widths: z.array(count()).readonly().default([128, 256, 512]),
        average: z.boolean().default(true),
        ...pictureSizes,
      })
      .prefault({}),
    train: z
      .strictObject(
        ganSettings({
          // Without R1 the generator keeps to a few digits: nothing asks it for others.
          ...{ steps: 24_000, evalInterval: 3000, batchSize: 64, r1: 5 },
          ...{ generatorLr: 4e-4, discriminatorLr: 4e-4, emaDecay: 0.999 },
        }),
      )
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

export type GanRecipeConfig = z.infer<typeof config>;

export const gan = ganRecipe<GanRecipeConfig>({
  name: 'gan',
  title: { es: 'una red generativa adversaria (GAN)', en: 'a generative adversarial network (GAN)' },
  produces: {
    es: 'dígitos que nadie escribió, de dos redes que compiten',
    en: 'digits that nobody wrote, by two networks that compete',
  },
  seconds: 190,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Goodfellow et al.'s generator for MNIST: 100 numbers, two layers of 1200, batches of 100; they trained without
  // averages or noise. Their discriminator had maxout units, and learned by momentum: here it mirrors the generator.
  full: {
    model: { latentDim: 100, widths: [1200, 1200], average: false },
    train: { steps: 60_000, batchSize: 100, evalInterval: 2000, r1: 0, finalLr: 1 },
  },
  make: (model, options) => new GAN(model, options),
});
