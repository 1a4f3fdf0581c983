import type { AdversarialModel } from '../../models/images/index.ts';
import type { LayerOptions } from '../../nn/index.ts';
import type { Creation, Recipe, RecipeConfig, SavedModel } from '../recipe.ts';
import { stream } from '../support/streams.ts';
import type { GanSettings } from './ganSettings.ts';
import { GanTask } from './ganTask.ts';
import { latentPictures } from './latentPictures.ts';
import { openPictures } from './pictureSet.ts';
import { sampleSheet } from './pictures.ts';

/** What the recipes of GANs have in common. */
export interface GanConfig extends RecipeConfig {
  readonly model: {
    readonly latentDim: number;
    /** The data decide. */
    readonly imageSize?: number;
    readonly channels?: number;
    readonly classes?: number;
  };
  readonly train: GanSettings;
}

/** A model's settings, with what the data have filled in. */
export type Sized<Model> = Model & { readonly imageSize: number; readonly channels: number };

export interface GanRecipeOptions<Config extends GanConfig>
  extends Omit<Recipe<Config>, 'family' | 'prepare' | 'open'> {
  /** Makes the networks. With classes, if it is told which. */
  readonly make: (model: Sized<Config['model']>, options: LayerOptions) => AdversarialModel;
  readonly conditional?: boolean;
}

const SHEET = { count: 64, columns: 16 } as const;

/** What a generator can do. */
function picturesOf(model: AdversarialModel, device: string) {
  const { latentDim, classes = 0 } = model.config;
  return latentPictures({
    latentDim,
    device,
    low: -1,
    decode: (noise, labels) => model.sample(noise.shape[0] as number, { noise, labels }),
    ...(classes > 0 && { classes }),
  });
}

/** The recipe of a GAN: they differ in their networks, and in the tricks that keep the contest going. */
export function ganRecipe<Config extends GanConfig>(options: GanRecipeOptions<Config>): Recipe<Config> {
  const { make, conditional = false, ...about } = options;
  return {
    ...about,
    family: 'images',

    async prepare(config, workshop) {
      const { device } = workshop;
      const { seed } = config.train;
      const data = await openPictures(config.data.name, workshop);
      const release = () => {
        data.train.dispose();
        data.heldOut.dispose();
      };
      try {
        const [channels, imageSize] = data.train.size;
        const classes = conditional ? { classes: data.labelNames.length } : {};
        const sizes = { ...config.model, imageSize, channels, ...classes };
        const model = make(sizes, { device, generator: stream(seed, 'model') });
        const pictures = picturesOf(model, device);
        const task = new GanTask({
          ...{ model, device, data },
          settings: config.train,
          sample: async () => sampleSheet(await pictures.paint({ count: SHEET.count, seed }), SHEET.columns),
          dispose: () => {
            pictures.dispose();
            release();
          },
        });
        return { task, config: { ...config, model: sizes }, files: new Map(), about: data.about };
      } catch (error) {
        release();
        throw error;
      }
    },

    async open(saved: SavedModel<Config>, device): Promise<Creation> {
      const { model: sizes } = saved.config;
      // A published generator is the average already.
      const model = make({ ...(sizes as Sized<Config['model']>), average: false }, { device });
      saved.load(model.generator);
      model.eval();
      const pictures = picturesOf(model, device);
      const { latentDim, classes = 0 } = model.config;
      return {
        ...pictures,
        model: model.generator,
        example: [
          { shape: [1, latentDim] },
          ...(classes > 0 ? [{ shape: [1], dtype: 'int32' as const }] : []),
        ],
        dispose: () => {
          pictures.dispose();
          model.dispose();
        },
      };
    },
  };
}
