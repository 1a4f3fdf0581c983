import { z } from 'zod';
import { Diffusion } from '../../models/images/index.ts';
import { ExponentialMovingAverage } from '../../optim/index.ts';
import type { Recipe, SavedModel } from '../recipe.ts';
import { batchSettings, count, loopSettings, notNegative, share } from '../settings.ts';
import { BatchTask } from '../support/batchTask.ts';
import { generativeScores, scoreSettings } from '../support/generativeScores.ts';
import { stream } from '../support/streams.ts';
import { diffusionPictures } from './diffusionPictures.ts';
import { disposePictures, usePictures } from './pictureSet.ts';
import { sampleSheet } from './pictures.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('mnist') }).prefault({}),
    model: z
      .strictObject({
        /** Pixels a side of what is one position to the network. Default: 2 for pictures of more than 16, else 1. */
        patchSize: count().nullable().default(null),
        width: count().default(32),
        multipliers: z.array(count()).readonly().default([1, 2]),
        blocks: count().default(1),
        attention: z.boolean().default(true),
        heads: count().default(4),
        groups: count().default(8),
        dropout: share().default(0),
        timesteps: count().default(1000),
        schedule: z.enum(['linear', 'cosine']).default('cosine'),
        prediction: z.enum(['eps', 'v']).default('v'),
        /** Whether it is told the class of each picture, and can be asked for one. Default: where the data have classes. */
        conditional: z.boolean().nullable().default(null),
        /** The data decide. */
        imageSize: count().optional(),
        channels: count().optional(),
        classes: count(0).optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 3200, evalInterval: 640 }),
        ...batchSettings({ batchSize: 32, lr: 2e-3, minLr: 2e-5, warmupSteps: 100, gradClip: 1 }),
        /** How much of the mean of the weights is kept at each step. */
        averageDecay: share().default(0.999),
      })
      .prefault({}),
    sampling: z
      .strictObject({
        steps: count().default(40),
        eta: z.number().min(0).max(1).default(0),
        // A little: digits are more often ones that can be read, and still cover nearly as many ways to write them.
        guidance: notNegative().default(0.3),
      })
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** The model's own configuration, once `prepare` has filled in sizes. */
function modelConfig({ conditional: _, ...model }: Config['model']) {
  const { imageSize, channels, classes, patchSize } = model;
  return {
    ...model,
    imageSize: imageSize as number,
    channels: channels as number,
    patchSize: patchSize ?? ((imageSize as number) > 16 ? 2 : 1),
    classes: classes as number,
  };
}

/** Of held-out pictures, so many are measured on the way. */
const MEASURED = 1000;
/** A sample: finished pictures, and under them films of how some come out of noise. */
const SHEET = { columns: 16, pictures: 48, films: 2 } as const;

export const ddpm: Recipe<Config> = {
  name: 'ddpm',
  family: 'images',
  title: { es: 'un modelo de difusión (DDPM)', en: 'a diffusion model (DDPM)' },
  produces: {
    es: 'dígitos nuevos que salen del ruido paso a paso',
    en: 'new digits that come out of noise, step by step',
  },
  seconds: 270,
  data: ['mnist', 'fashion-mnist', 'pixel-faces'],
  config,
  // Ho et al. (arXiv:2006.11239), appendix B, for pictures of 32 by 32, with as many channels as small ones need.
  full: {
    model: {
      patchSize: 1,
      width: 64,
      multipliers: [1, 2, 2],
      conditional: false,
      blocks: 2,
      dropout: 0.1,
      schedule: 'linear',
      prediction: 'eps',
    },
    train: { steps: 800_000, batchSize: 128, lr: 2e-4, minLr: 2e-4, warmupSteps: 5000, averageDecay: 0.9999 },
    sampling: { steps: 1000, eta: 1, guidance: 0 },
  },

  prepare: (config, workshop) =>
    usePictures(config.data.name, workshop, (data) => {
      const { device } = workshop;
      const { train: settings, sampling } = config;
      const conditional = config.model.conditional ?? data.train.hasLabels;
      if (conditional && !data.train.hasLabels) {
        throw new RangeError(
          `model.conditional: the pictures of '${config.data.name}' have no classes. Leave it out, or take data that have.`,
        );
      }
      const [channels, imageSize] = data.train.size;
      const classes = conditional ? data.labelNames.length : 0;
      const complete = { ...config, model: { ...config.model, conditional, imageSize, channels, classes } };
      const generator = stream(settings.seed, 'model');
      const noise = stream(settings.seed, 'noise');
      const measuring = stream(settings.seed, 'evaluation');
      const model = new Diffusion(modelConfig(complete.model), { device, generator });
      const average = new ExponentialMovingAverage(model, { decay: settings.averageDecay, warmup: true });
      const pictures = diffusionPictures(model, sampling);
      const task = new BatchTask({
        model,
        device,
        settings,
        // The model's generator goes on to draw what dropout leaves out.
        parts: { noise, dropout: generator },
        average,
        measuring,
        examples: data.train.count,
        heldOut: Math.min(MEASURED, data.heldOut.count),
        evalBatchSize: 125,
        loss: (ids) => {
          const labels = conditional ? data.train.labels(ids) : undefined;
          return model.loss(data.train.pictures(ids, -1), { labels, generator: noise });
        },
        measure: (ids) => {
          const labels = conditional ? data.heldOut.labels(ids) : undefined;
          return model.loss(data.heldOut.pictures(ids, -1), { labels, generator: measuring });
        },
        async sample() {
          const { seed } = settings;
          const { columns } = SHEET;
          const made = await pictures.paint({ count: SHEET.pictures, seed, samplingSteps: columns });
          const films = await pictures.film({ count: SHEET.films, seed: seed + 1, steps: columns });
          return sampleSheet([...made, ...films.flat()], columns);
        },
        fingerprint: data.fingerprint,
        dispose: () => {
          disposePictures(data);
        },
      });
      return { task, config: complete, files: new Map(), about: data.about };
    }),

  async open(saved: SavedModel<Config>, device: string) {
    const { data, model: sizes, sampling, evaluation } = saved.config;
    const model = new Diffusion(modelConfig(sizes), { device });
    saved.load(model);
    model.eval();
    const { film: _, ...pictures } = diffusionPictures(model, sampling);
    const { imageSize, channels } = model.config;
    return {
      model,
      ...pictures,
      evaluate: (workshop) =>
        generativeScores({
          paint: pictures.paint,
          conditional: model.config.classes > 0,
          ...{ data: data.name, settings: evaluation, workshop },
        }),
      example: [{ shape: [1, channels, imageSize, imageSize] }, { shape: [1], dtype: 'int32' }],
      dispose: () => model.dispose(),
    };
  },
};
