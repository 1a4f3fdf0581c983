import { z } from 'zod';
import type { Metrics } from '../../train/index.ts';
import type { Creation, Recipe, SavedModel } from '../recipe.ts';
import { count, loopSettings, notNegative, positive, share } from '../settings.ts';
import { generativeScores, scoreSettings } from '../support/generativeScores.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import { CodeReader, codeUse } from './codeReader.ts';
import { openPictures } from './pictureSet.ts';
import { CodePainter, VQPictures, type VQPicturesConfig } from './vqPictures.ts';
import { VqTask } from './vqTask.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('pixel-faces') }).prefault({}),
    model: z
      .strictObject({
        /** How often the picture is halved before its codes: 16 by 16 pixels and 2 make 4 by 4 codes. */
        downsamples: count().default(2),
        width: count().default(48),
        residualBlocks: count(0).default(2),
        residualWidth: count().default(32),
        numEmbeddings: count(2).default(512),
        embeddingDim: count().default(32),
        commitmentCost: notNegative().default(0.25),
        /** How much of the running averages that make the codes is kept at each step. */
        decay: share().default(0.99),
        /** Codes that stand for fewer vectors of a batch are given up for new ones. */
        reviveThreshold: notNegative().default(0.5),
        prior: z
          .strictObject({
            nLayer: count().default(4),
            nHead: count().default(4),
            nEmbd: count().default(128),
            dropout: share().default(0.2),
          })
          .prefault({}),
        /** The data decide. */
        imageSize: count().optional(),
        channels: count().optional(),
        dataVariance: positive().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 3200, evalInterval: 400 }),
        batchSize: count().default(64),
        lr: positive().default(3e-3),
        priorBatchSize: count().default(64),
        priorLr: positive().default(2e-3),
        priorWeightDecay: notNegative().default(0.1),
        /** Steps in which rates rise, in either training. */
        warmupSteps: count(0).default(50),
        /** The largest norm of the gradient; 0 for none. */
        gradClip: notNegative().default(1),
        /** The part of the steps in which the codes are learned; in the rest the prior is. */
        codesPart: z.number().gt(0).lt(1).default(0.65),
      })
      .prefault({}),
    /** How codes are drawn, unless one asks otherwise. */
    sampling: z
      .strictObject({ temperature: positive().default(1), topK: count().nullable().default(null) })
      .prefault({}),
    evaluation: scoreSettings(),
  })
  .readonly();

export type VqvaeConfig = z.infer<typeof config>;

/** How well held-out pictures are told by codes, and how many of these they need. */
async function measureCodes({ vqvae }: VQPictures, name: string, workshop: Workshop): Promise<Metrics> {
  const data = await openPictures(name, workshop);
  const reader = new CodeReader(vqvae, workshop.device);
  try {
    const { codes, figures } = await reader.read(data.heldOut);
    const { reconstruction = 0 } = figures;
    return { reconstruction, ...codeUse(codes, vqvae.config.numEmbeddings) };
  } finally {
    reader.dispose();
    data.train.dispose();
    data.heldOut.dispose();
  }
}

/** Sizes that `prepare` has filled in. */
const sized = (model: VqvaeConfig['model']): VQPicturesConfig => ({
  ...model,
  imageSize: model.imageSize as number,
  channels: model.channels as number,
});

export const vqvae: Recipe<VqvaeConfig> = {
  name: 'vqvae',
  family: 'images',
  title: {
    es: 'un VQ-VAE y un transformer que elige sus códigos',
    en: 'a VQ-VAE, and a transformer that chooses its codes',
  },
  produces: {
    es: 'caras nuevas, hechas de un libro de códigos aprendido',
    en: 'new faces, made of a learned book of codes',
  },
  seconds: 80,
  data: ['pixel-faces', 'mnist', 'fashion-mnist', 'monsters', 'twemoji', 'quickdraw'],
  config,
  // Van den Oord et al. for CIFAR-10's size: 512 codes of 64, two halvings, 128 channels, two blocks of 32, batches of 128, 250 000
  // steps at 3e-4 (Sonnet's example). The prior was a PixelCNN; here it is a GPT of about its size.
  full: {
    model: {
      ...{ width: 128, residualWidth: 32, residualBlocks: 2, numEmbeddings: 512, embeddingDim: 64 },
      prior: { nLayer: 8, nHead: 8, nEmbd: 256 },
    },
    train: {
      steps: 500_000,
      evalInterval: 5000,
      batchSize: 128,
      lr: 3e-4,
      priorBatchSize: 128,
      priorLr: 3e-4,
    },
  },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { train: settings, sampling } = config;
    const data = await openPictures(config.data.name, workshop);
    let model: VQPictures | undefined;
    try {
      const [channels, imageSize] = data.train.size;
      const dataVariance = data.train.variance();
      const complete = { ...config, model: { ...config.model, imageSize, channels, dataVariance } };
      const generator = stream(settings.seed, 'model');
      model = new VQPictures(sized(complete.model), { device, generator });
      const painter = new CodePainter(model, sampling);
      const task = new VqTask({ model, painter, generator, device, data, settings });
      return { task, config: complete, files: new Map(), about: data.about };
    } catch (error) {
      model?.dispose();
      data.train.dispose();
      data.heldOut.dispose();
      throw error;
    }
  },

  async open(saved: SavedModel<VqvaeConfig>, device: string): Promise<Creation> {
    const { data, model: sizes, sampling, evaluation } = saved.config;
    const model = new VQPictures(sized(sizes), { device });
    saved.load(model);
    model.eval();
    const painter = new CodePainter(model, sampling);
    const { imageSize, channels } = model.vqvae.config;
    return {
      model,
      paint: (options) => painter.paint(options),
      evaluate: async (workshop) => ({
        ...(await measureCodes(model, data.name, workshop)),
        ...(await generativeScores({
          paint: (options) => painter.paint(options),
          data: data.name,
          settings: evaluation,
          workshop,
        })),
      }),
      example: [{ shape: [1, channels, imageSize, imageSize] }],
      dispose: () => {
        painter.dispose();
        model.dispose();
      },
    };
  },
};
