import { z } from 'zod';
import { VAE } from '../../models/images/index.ts';
import type { Recipe, SavedModel } from '../recipe.ts';
import { batchSettings, loopSettings, positive } from '../settings.ts';
import { BatchTask } from '../support/batchTask.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import { encodingSettings, sized } from './encodingSettings.ts';
import { heldOutFigures } from './heldOutFigures.ts';
import { latentPictures } from './latentPictures.ts';
import { disposePictures, usePictures } from './pictureSet.ts';
import { sampleSheet } from './pictures.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('mnist') }).prefault({}),
    model: z
      .strictObject({
        ...encodingSettings({ latentDim: 16 }),
        beta: positive().default(1),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 3000, evalInterval: 500 }),
        ...batchSettings({ batchSize: 128, lr: 2e-3, minLr: 1e-4, warmupSteps: 50, gradClip: 5 }),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** Codes a picture for the tighter bound. */
const IMPORTANCE_SAMPLES = 50;

async function evaluate(model: VAE, name: string, workshop: Workshop) {
  const generator = stream(0, 'evaluation');
  return heldOutFigures(name, workshop, 50, (heldOut, ids) => {
    const x = heldOut.pictures(ids);
    const { elbo, reconstruction, kl } = model.loss(x, { generator });
    const bound = model.importanceWeightedBound(x, IMPORTANCE_SAMPLES, { generator }).mean();
    return { elbo, reconstruction, kl, [`iwae${IMPORTANCE_SAMPLES}`]: bound };
  });
}

export const vae: Recipe<Config> = {
  name: 'vae',
  family: 'images',
  title: { es: 'un autocodificador variacional (VAE)', en: 'a variational autoencoder (VAE)' },
  produces: {
    es: 'dígitos nuevos y paseos por el espacio latente',
    en: 'new digits and walks through latent space',
  },
  seconds: 150,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Kingma and Welling's own: dense layers of 500, 20 numbers a code; they trained until it no longer got better.
  full: {
    model: { architecture: 'dense', widths: [500], latentDim: 20 },
    train: { steps: 100_000, batchSize: 100, lr: 1e-3, minLr: 1e-4 },
  },

  prepare: (config, workshop) =>
    usePictures(config.data.name, workshop, (data) => {
      const { device } = workshop;
      const { train: settings } = config;
      const [channels, imageSize] = data.train.size;
      const complete = { ...config, model: { ...config.model, imageSize, channels } };
      const generator = stream(settings.seed, 'model');
      const noise = stream(settings.seed, 'noise');
      const measuring = stream(settings.seed, 'evaluation');
      const model = new VAE(sized(complete.model), { device, generator });
      const pictures = latentPictures({
        latentDim: config.model.latentDim,
        device,
        low: 0,
        decode: (z) => model.decode(z),
      });
      const task = new BatchTask({
        model,
        device,
        settings,
        parts: { noise },
        measuring,
        examples: data.train.count,
        heldOut: data.heldOut.count,
        loss: (ids) => {
          const { loss, reconstruction, kl } = model.loss(data.train.pictures(ids), { generator: noise });
          return { loss, reconstruction, kl };
        },
        measure: (ids) => {
          const { loss, reconstruction, kl } = model.loss(data.heldOut.pictures(ids), {
            generator: measuring,
          });
          return { loss, reconstruction, kl };
        },
        sample: async () => sampleSheet(await pictures.paint({ count: 64, seed: settings.seed }), 16),
        fingerprint: data.fingerprint,
        dispose: () => {
          pictures.dispose();
          disposePictures(data);
        },
      });
      return { task, config: complete, files: new Map(), about: data.about };
    }),

  async open(saved: SavedModel<Config>, device: string) {
    const { data, model: sizes } = saved.config;
    const model = new VAE(sized(sizes), { device });
    try {
      saved.load(model);
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    const pictures = latentPictures({
      latentDim: sizes.latentDim,
      device,
      low: 0,
      decode: (z) => model.decode(z),
    });
    const { imageSize, channels } = sized(sizes);
    return {
      model,
      ...pictures,
      evaluate: (workshop) => evaluate(model, data.name, workshop),
      example: [{ shape: [1, channels, imageSize, imageSize] }],
      dispose: () => {
        pictures.dispose();
        model.dispose();
      },
    };
  },
};
