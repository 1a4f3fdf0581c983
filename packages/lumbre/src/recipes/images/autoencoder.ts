import { z } from 'zod';
import { Autoencoder, corrupt } from '../../models/images/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Recipe, SavedModel } from '../recipe.ts';
import { batchSettings, loopSettings, share } from '../settings.ts';
import { BatchTask } from '../support/batchTask.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import { encodingSettings, sized } from './encodingSettings.ts';
import { heldOutFigures } from './heldOutFigures.ts';
import { disposePictures, type PictureSet, usePictures } from './pictureSet.ts';
import { readPictures, sampleSheet } from './pictures.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('mnist') }).prefault({}),
    model: z
      .strictObject({
        ...encodingSettings({ latentDim: 32 }),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 2000, evalInterval: 400 }),
        ...batchSettings({ batchSize: 128, lr: 2e-3, minLr: 1e-4, warmupSteps: 50, gradClip: 5 }),
        /** What is put on pictures before it sees them, and how much: 0 is a plain autoencoder, more a denoising one. */
        noise: z
          .strictObject({
            kind: z.enum(['gaussian', 'masking']).default('gaussian'),
            level: share().default(0),
          })
          .prefault({}),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** The noise that there is, if there is any. */
const noiseIn = ({ train: { noise } }: Config) => (noise.level > 0 ? noise : undefined);

/** Pictures side by side in a sample. */
const COLUMNS = 16;
/** Rows of originals in a sample. */
const ROWS = 2;

/**
 * What it makes of held-out pictures: each original, below it what it saw where that is something else, and below that
 * what it made of it.
 */
async function reconstructions(model: Autoencoder, set: PictureSet, config: Config, device: string) {
  const noise = noiseIn(config);
  const generator = new Generator(config.train.seed);
  const rows: Tensor[] = [];
  for (let row = 0; row < ROWS; row++) {
    const first = row * COLUMNS;
    const length = Math.min(COLUMNS, set.count - first);
    if (length < 1) break;
    const ids = tensor(
      Int32Array.from({ length }, (_, i) => first + i),
      { dtype: 'int32', device },
    );
    const x = set.pictures(ids).realize();
    const seen = noise ? corrupt(x, noise, generator).realize() : x;
    rows.push(x, ...(noise ? [seen] : []), model.forward(seen).realize());
    ids.dispose();
  }
  const pictures = await Promise.all(rows.map((row) => readPictures(row)));
  return sampleSheet(pictures.flat(), Math.min(COLUMNS, set.count));
}

/** Mean squared errors per pixel, in [0, 1]²: of what it makes and, with noise, of what it saw. */
async function evaluate(model: Autoencoder, config: Config, workshop: Workshop) {
  const noise = noiseIn(config);
  const generator = stream(0, 'evaluation');
  return heldOutFigures(config.data.name, workshop, 250, (heldOut, ids) => {
    const x = heldOut.pictures(ids);
    const seen = noise ? corrupt(x, noise, generator) : x;
    const error = (of: Tensor) => of.sub(x).square().mean();
    return {
      mse: error(model.forward(seen)),
      ...(noise && { noisyMse: error(seen) }),
      loss: model.loss(x, { corrupted: seen }).loss,
    };
  });
}

export const autoencoder: Recipe<Config> = {
  name: 'autoencoder',
  family: 'images',
  title: { es: 'un autocodificador', en: 'an autoencoder' },
  produces: {
    es: 'imágenes comprimidas en unos pocos números y reconstruidas, o limpias de ruido',
    en: 'pictures squeezed into a few numbers and back, or freed of noise',
  },
  seconds: 50,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Hinton and Salakhutdinov (2006): 784-1000-500-250-30. They began with layers trained one by one, which AdamW makes needless.
  full: {
    model: { architecture: 'dense', widths: [1000, 500, 250], latentDim: 30 },
    train: { steps: 100_000, batchSize: 100, lr: 1e-3, minLr: 1e-5 },
  },

  prepare: (config, workshop) =>
    usePictures(config.data.name, workshop, (data) => {
      const { device } = workshop;
      const { train: settings } = config;
      const [channels, imageSize] = data.train.size;
      const complete = { ...config, model: { ...config.model, imageSize, channels } };
      const noise = noiseIn(config);
      const drawing = stream(settings.seed, 'noise');
      const measuring = stream(settings.seed, 'evaluation');
      const model = new Autoencoder(sized(complete.model), {
        device,
        generator: stream(settings.seed, 'model'),
      });
      const task = new BatchTask({
        model,
        device,
        settings,
        parts: { noise: drawing },
        measuring,
        examples: data.train.count,
        heldOut: data.heldOut.count,
        loss: (ids) => model.loss(data.train.pictures(ids), { noise, generator: drawing }),
        measure: (ids) => {
          const x = data.heldOut.pictures(ids);
          const seen = noise ? corrupt(x, noise, measuring) : x;
          const { loss } = model.loss(x, { corrupted: seen });
          return { loss, mse: model.forward(seen).sub(x).square().mean() };
        },
        sample: () => reconstructions(model, data.heldOut, config, device),
        fingerprint: data.fingerprint,
        dispose: () => {
          disposePictures(data);
        },
      });
      return { task, config: complete, files: new Map(), about: data.about };
    }),

  async open(saved: SavedModel<Config>, device: string) {
    const { config } = saved;
    const model = new Autoencoder(sized(config.model), { device });
    saved.load(model);
    model.eval();
    const { imageSize, channels } = model.config;
    return {
      model,
      evaluate: (workshop) => evaluate(model, config, workshop),
      example: [{ shape: [1, channels, imageSize, imageSize] }],
      dispose: () => model.dispose(),
    };
  },
};
