import { z } from 'zod';
import type { LayerOptions } from '../../nn/index.ts';
import { ExponentialMovingAverage } from '../../optim/index.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import { disposePictures, openPictures, type PictureData, usePictures } from '../images/pictureSet.ts';
import type { Classified, Recipe, RecipeConfig } from '../recipe.ts';
import { batchSettings, count, loopSettings, share } from '../settings.ts';
import { BatchTask } from '../support/batchTask.ts';
import { stream } from '../support/streams.ts';
import { augment } from './augment.ts';
import { figuresOf, Judge, type PictureClassifier } from './judge.ts';

/** What the data decide of a model. */
export const decidedByData = {
  imageSize: count().optional(),
  channels: count().optional(),
  /** What the classes are called. */
  labelNames: z.array(z.string()).readonly().optional(),
};

export const pictureDataSettings = () => z.strictObject({ name: z.string().default('mnist') }).prefault({});

export const classifierSettings = (
  defaults: Parameters<typeof loopSettings>[0] &
    Parameters<typeof batchSettings>[0] & { readonly averageDecay?: number },
) =>
  z
    .strictObject({
      ...loopSettings(defaults),
      ...batchSettings(defaults),
      /** Pictures are moved by up to so many pixels each way. Default: 2 for digits, 0 for what stands where it should. */
      shift: count(0).nullable().default(null),
      /** Whether half of the pictures are mirrored. Default: all but digits, which would be others then. */
      flip: z.boolean().nullable().default(null),
      /** How much of a running mean of the weights is kept at each step: the mean is what is published. 0 for no mean. */
      averageDecay: share().default(defaults.averageDecay ?? 0),
    })
    .prefault({});

/** A model's sizes, once the data are known. */
export interface Sizes {
  readonly imageSize: number;
  readonly channels: number;
  readonly labelNames: readonly string[];
}

export interface ClassifierConfig extends RecipeConfig {
  readonly model: Partial<Sizes>;
  readonly train: z.infer<ReturnType<typeof classifierSettings>>;
}

export interface ClassifierRecipeOptions<Config extends ClassifierConfig>
  extends Pick<Recipe<Config>, 'name' | 'title' | 'seconds' | 'config' | 'full'> {
  readonly build: (
    model: Config['model'] & Sizes,
    classes: number,
    options: LayerOptions,
  ) => PictureClassifier;
}

/** How many held-out pictures are shown that it gets wrong. */
const SHOWN = 32;

function sizesOf({ train, labelNames }: PictureData, name: string): Sizes {
  if (!train.hasLabels) {
    throw new RangeError(
      `The pictures of '${name}' have no classes to tell apart. Take mnist, fashion-mnist or pixel-faces, with --data.`,
    );
  }
  const [channels, imageSize] = train.size;
  return { imageSize, channels, labelNames };
}

/** A recipe that learns to tell the classes of pictures apart; only the network differs. */
export function classifierRecipe<Config extends ClassifierConfig>({
  build,
  ...about
}: ClassifierRecipeOptions<Config>): Recipe<Config> {
  const built = (config: Config, options: LayerOptions): PictureClassifier => {
    const model = config.model as Config['model'] & Sizes;
    return build(model, model.labelNames.length, options);
  };
  return {
    ...about,
    family: 'classifiers',
    produces: {
      es: 'qué hay en cada imagen, y las que confunde',
      en: 'what is in each picture, and those that it mistakes',
    },
    data: ['mnist', 'fashion-mnist', 'pixel-faces'],

    prepare: (config, workshop) =>
      usePictures(config.data.name, workshop, (data) => {
        const { device } = workshop;
        const { train: settings } = config;
        const sizes = sizesOf(data, config.data.name);
        const isDigits = config.data.name === 'mnist';
        const shift = settings.shift ?? (isDigits ? 2 : 0);
        const flip = settings.flip ?? !isDigits;
        const complete = {
          ...config,
          model: { ...config.model, ...sizes },
        };
        const generator = stream(settings.seed, 'model');
        const noise = stream(settings.seed, 'noise');
        const model = built(complete, { device, generator });
        const judge = new Judge(model, data.heldOut, device);
        const { averageDecay: decay } = settings;
        const task = new BatchTask({
          model,
          device,
          settings,
          ...(decay > 0 && { average: new ExponentialMovingAverage(model, { decay, warmup: true }) }),
          // The model's generator goes on to draw what dropout leaves out.
          parts: { dropout: generator, noise },
          examples: data.train.count,
          heldOut: data.heldOut.count,
          loss: (ids) => {
            const x = augment(data.train.pictures(ids), { shift, flip }, noise);
            return { ...model.loss(x, data.train.labels(ids)) };
          },
          measure: (ids) => ({ ...model.loss(data.heldOut.pictures(ids), data.heldOut.labels(ids)) }),
          evalBatchSize: 250,
          sample: () => judge.worst(SHOWN, 8, sizes.labelNames),
          watched: { metric: 'accuracy', mode: 'max' },
          fingerprint: data.fingerprint,
          dispose: () => {
            judge.dispose();
            disposePictures(data);
          },
        });
        return { task, config: complete, files: new Map(), about: data.about };
      }),

    async open(saved, device) {
      const { config } = saved;
      const { imageSize, channels, labelNames } = config.model as Config['model'] & Sizes;
      const model = built(config, { device });
      saved.load(model);
      model.eval();
      return {
        model,
        features: (pictures) => model.features(pictures),
        async classify(pictures) {
          const [label, probability] = scope(() =>
            noGrad(() => {
              const probabilities = model.forward(pictures).softmax(-1);
              return [probabilities.argmax(-1).realize(), probabilities.max(-1).realize()] as const;
            }),
          );
          const [labels, values] = await Promise.all([label.data(), probability.data()]);
          label.dispose();
          probability.dispose();
          return Array.from(labels, (number, i): Classified => {
            const name = labelNames[number] ?? `${number}`;
            return { label: number, name, probability: values[i] as number };
          });
        },
        async evaluate(workshop) {
          const data = await openPictures(config.data.name, workshop);
          const judge = new Judge(model, data.heldOut, device);
          try {
            return figuresOf(await judge.verdicts(), labelNames);
          } finally {
            judge.dispose();
            disposePictures(data);
          }
        },
        example: [{ shape: [1, channels, imageSize, imageSize] }],
        dispose: () => model.dispose(),
      };
    },
  };
}
