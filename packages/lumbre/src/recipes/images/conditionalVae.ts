import { z } from 'zod';
import { ConditionalVAE } from '../../models/images/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Recipe, SavedModel } from '../recipe.ts';
import { batchSettings, count, loopSettings, positive } from '../settings.ts';
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
        /** The data decide. */
        classes: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 8000, evalInterval: 1000 }),
        ...batchSettings({ batchSize: 128, lr: 2e-3, minLr: 1e-4, warmupSteps: 50, gradClip: 5 }),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** What `prepare` has filled in. */
const filled = (model: Config['model']) => ({ ...sized(model), classes: model.classes as number });

const picturesOf = (model: ConditionalVAE, device: string) =>
  latentPictures({
    latentDim: model.config.latentDim,
    device,
    low: 0,
    decode: (z, labels) => model.decode(z, labels as Tensor),
    classes: model.config.classes,
  });

/** The bound on held-out pictures, in nats a picture. */
async function evaluate(model: ConditionalVAE, name: string, workshop: Workshop) {
  const generator = stream(0, 'evaluation');
  return heldOutFigures(name, workshop, 250, (heldOut, ids) => {
    const { elbo, reconstruction, kl } = model.loss(heldOut.pictures(ids), heldOut.labels(ids), {
      generator,
    });
    return { elbo, reconstruction, kl };
  });
}

/** A row for each class in a sample. */
const COLUMNS = 16;

export const conditionalVae: Recipe<Config> = {
  name: 'cvae',
  family: 'images',
  title: {
    es: 'un autocodificador variacional condicional (CVAE)',
    en: 'a conditional variational autoencoder (CVAE)',
  },
  produces: {
    es: 'dígitos nuevos del número que le pidas, con --label',
    en: 'new digits of the number that you ask for, with --label',
  },
  seconds: 180,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Kingma et al. (arXiv:1406.5298), model M2: layers of 500, 50 numbers a code.
  full: {
    model: { architecture: 'dense', widths: [500, 500], latentDim: 50 },
    train: { steps: 100_000, batchSize: 100, lr: 3e-4, minLr: 3e-5 },
  },

  prepare: (config, workshop) =>
    usePictures(config.data.name, workshop, (data) => {
      const { device } = workshop;
      const { train: settings } = config;
      if (!data.train.hasLabels) {
        throw new RangeError(
          `The pictures of '${config.data.name}' have no classes to be told. Take mnist, fashion-mnist or pixel-faces, or the recipe vae.`,
        );
      }
      const [channels, imageSize] = data.train.size;
      const classes = data.labelNames.length;
      const complete = { ...config, model: { ...config.model, imageSize, channels, classes } };
      const generator = stream(settings.seed, 'model');
      const noise = stream(settings.seed, 'noise');
      const measuring = stream(settings.seed, 'evaluation');
      const model = new ConditionalVAE(filled(complete.model), { device, generator });
      const pictures = picturesOf(model, device);
      const task = new BatchTask({
        model,
        device,
        settings,
        parts: { noise },
        measuring,
        examples: data.train.count,
        heldOut: data.heldOut.count,
        loss: (ids) => {
          const { loss, reconstruction, kl } = model.loss(data.train.pictures(ids), data.train.labels(ids), {
            generator: noise,
          });
          return { loss, reconstruction, kl };
        },
        measure: (ids) => {
          const { loss, reconstruction, kl } = model.loss(
            data.heldOut.pictures(ids),
            data.heldOut.labels(ids),
            {
              generator: measuring,
            },
          );
          return { loss, reconstruction, kl };
        },
        async sample() {
          const rows = [];
          // The same codes in each row: what a code says of the style, whatever the class.
          for (let label = 0; label < classes; label++) {
            rows.push(await pictures.paint({ count: COLUMNS, seed: settings.seed, label }));
          }
          return sampleSheet(rows.flat(), COLUMNS);
        },
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
    const model = new ConditionalVAE(filled(sizes), { device });
    saved.load(model);
    model.eval();
    const pictures = picturesOf(model, device);
    const { imageSize, channels } = model.config;
    return {
      model,
      ...pictures,
      evaluate: (workshop) => evaluate(model, data.name, workshop),
      example: [{ shape: [1, channels, imageSize, imageSize] }, { shape: [1], dtype: 'int32' }],
      dispose: () => {
        pictures.dispose();
        model.dispose();
      },
    };
  },
};
