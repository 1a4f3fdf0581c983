import type { AdversarialModel } from '../../models/images/index.ts';
import type { LayerOptions } from '../../nn/index.ts';
import type { Creation, Recipe, RecipeConfig, SavedModel } from '../recipe.ts';
import { generativeScores, type ScoreSettings } from '../support/generativeScores.ts';
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
  readonly evaluation: ScoreSettings;
}

/** A model's settings, with what the data have filled in. */
export type Sized<Model> = Model & { readonly imageSize: number; readonly channels: number };

export interface GanRecipeOptions<Config extends GanConfig>
  extends Omit<Recipe<Config>, 'family' | 'prepare' | 'open'> {
  /** Makes the networks. With classes, if it is told which. */
  readonly make: (model: Sized<Config['model']>, options: LayerOptions) => AdversarialModel;
  readonly conditional?: boolean;
}

const ROWS = 4;
const COLUMNS = 16;

/** How many pictures stand in a row of a sample: with classes, those of one stand in a column. */
const columnsFor = (classes: number): number =>
  classes > 0 && classes <= COLUMNS ? COLUMNS - (COLUMNS % classes) : COLUMNS;

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
      let model: AdversarialModel | undefined;
      try {
        const [channels, imageSize] = data.train.size;
        const classes = conditional ? { classes: data.labelNames.length } : {};
        const sizes = { ...config.model, imageSize, channels, ...classes };
        model = make(sizes, { device, generator: stream(seed, 'model') });
        const pictures = picturesOf(model, device);
        const columns = columnsFor(model.config.classes ?? 0);
        const task = new GanTask({
          ...{ model, device, data },
          settings: config.train,
          sample: async () => sampleSheet(await pictures.paint({ count: ROWS * columns, seed }), columns),
          dispose: () => {
            pictures.dispose();
            data.train.dispose();
            data.heldOut.dispose();
          },
        });
        return { task, config: { ...config, model: sizes }, files: new Map(), about: data.about };
      } catch (error) {
        model?.dispose();
        data.train.dispose();
        data.heldOut.dispose();
        throw error;
      }
    },

    async open(saved: SavedModel<Config>, device): Promise<Creation> {
      const { data, model: sizes, evaluation } = saved.config;
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
        evaluate: (workshop) =>
          generativeScores({
            paint: pictures.paint,
            conditional: classes > 0,
            ...{ data: data.name, settings: evaluation, workshop },
          }),
        dispose: () => {
          pictures.dispose();
          model.dispose();
        },
      };
    },
  };
}
