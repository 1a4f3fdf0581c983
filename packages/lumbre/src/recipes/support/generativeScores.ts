import { z } from 'zod';
import type { Picture } from '../../data/index.ts';
import { densityCoverage, frechetDistance, precisionRecall } from '../../metrics/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';
import { cnn } from '../classifiers/cnn.ts';
import { mlp } from '../classifiers/mlp.ts';
import { resnet } from '../classifiers/resnet.ts';
import { disposePictures, openPictures, type PictureSet } from '../images/pictureSet.ts';
import { type OpenedModel, openAmong } from '../openAmong.ts';
import type { Creation, PaintOptions, Recipe } from '../recipe.ts';
import { count } from '../settings.ts';
import type { Workshop } from '../workshop.ts';
import { ShuffledBatches } from './epochs.ts';

/** How models that make pictures are measured: a part of their configurations. */
export const scoreSettings = () =>
  z
    .strictObject({
      /** The classifier whose features tell pictures apart. Default: the one that comes with the package for these data. */
      features: z.string().nullable().default(null),
      /** How many pictures are made; no more than are held out. */
      samples: count(2).default(2000),
    })
    .prefault({});

export type ScoreSettings = z.infer<ReturnType<typeof scoreSettings>>;

/** The classifiers that come with the package, by what they know. */
const featureModels: Readonly<Record<string, string>> = {
  mnist: 'mnist-cnn',
  'fashion-mnist': 'fashion-cnn',
  'pixel-faces': 'faces-cnn',
};

/** The recipes of such models: all of them have features. */
const classifiers = [mlp, cnn, resnet] as unknown as readonly Recipe[];

type Network = Creation & Required<Pick<Creation, 'features'>>;

/** The pictures are made of this seed: the figures of a model are always the same. */
const SEED = 20_170_626;
/** How far around a picture others count as like it: to so many neighbours, for density and coverage. */
const NEIGHBOURS = 5;
/** So many are looked at in one program, and asked for at a time. */
const AT_ONCE = 128;

/** A model whose features pictures cannot be told apart by. */
export class FeatureModelError extends Error {
  override readonly name = 'FeatureModelError';
  readonly code = 'recipe.featureModel';
}

async function openFeatures(data: string, wanted: string | null, workshop: Workshop): Promise<Network> {
  const name = wanted ?? featureModels[data];
  const trainOne =
    `Train one with 'lumbre train cnn --data ${data}' and name its folder with --set evaluation.features=FOLDER, or in the ` +
    "model's config.json.";
  if (name === undefined) {
    throw new FeatureModelError(
      `No model comes with the package whose features tell pictures of '${data}' apart. ${trainOne}`,
    );
  }
  let opened: OpenedModel;
  try {
    opened = await openAmong(classifiers, await workshop.model(name), workshop.device);
  } catch (error) {
    throw new FeatureModelError(
      `Pictures of '${data}' are told apart by features of the model '${name}', which cannot be opened: ` +
        `${(error as Error).message} ${trainOne}`,
      { cause: error },
    );
  }
  return opened.creation as Network;
}

/** Rows of features on the host, as they come. */
class FeatureRows {
  readonly #parts: Float32Array[] = [];

  async add(features: Tensor): Promise<void> {
    this.#parts.push(Float32Array.from(await features.data()));
    features.dispose();
  }

  get(rows: number): { data: Float32Array; shape: readonly [rows: number, size: number] } {
    const columns = this.#parts.reduce((sum, { length }) => sum + length, 0) / rows;
    const data = new Float32Array(rows * columns);
    let filled = 0;
    for (const part of this.#parts) {
      data.set(part, filled);
      filled += part.length;
    }
    return { data, shape: [rows, columns] };
  }
}

/** Any of them, since neighbours may be alike. */
const chosenFrom = (set: PictureSet, count: number): Int32Array =>
  new ShuffledBatches(set.count, count, SEED).next();

async function featuresOfSet(set: PictureSet, count: number, network: Network, device: string) {
  const look = compile((ids: Tensor) => network.features(set.pictures(ids)));
  const rows = new FeatureRows();
  const chosen = chosenFrom(set, count);
  try {
    for (let from = 0; from < count; from += AT_ONCE) {
      const ids = tensor(chosen.subarray(from, from + AT_ONCE), { dtype: 'int32', device });
      await rows.add(await noGrad(() => look.async(ids)));
      ids.dispose();
    }
  } finally {
    look.dispose();
  }
  return rows.get(count);
}

/** Pictures of one size as bytes [count, height, width, channels], on a device. */
function bytesOf(pictures: readonly Picture[], device: string): Tensor {
  const [first] = pictures as [Picture];
  const [height, width, channels] = first.shape;
  const size = height * width * channels;
  const data = new Uint8Array(pictures.length * size);
  for (const [i, picture] of pictures.entries()) data.set(picture.data, i * size);
  return tensor(data, { shape: [pictures.length, height, width, channels], dtype: 'uint8', device });
}

/** So many pictures of a class, or of any. */
interface Portion {
  readonly count: number;
  readonly label?: number;
}

/** Each class as often as among `count` pictures of the set: some are rarer than others. */
async function portionsLike(set: PictureSet, count: number, device: string): Promise<Portion[]> {
  const ids = tensor(chosenFrom(set, count), { dtype: 'int32', device });
  const labels = set.labels(ids);
  const counts = new Map<number, number>();
  for (const label of await labels.data()) counts.set(label, (counts.get(label) ?? 0) + 1);
  for (const used of [ids, labels]) used.dispose();
  return [...counts].sort(([a], [b]) => a - b).map(([label, of]) => ({ label, count: of }));
}

async function featuresOfPainter(
  paint: Paint,
  portions: readonly Portion[],
  network: Network,
  device: string,
) {
  const look = compile((bytes: Tensor) => network.features(bytes.permute(0, 3, 1, 2).to('float32').div(255)));
  const rows = new FeatureRows();
  let made = 0;
  try {
    for (const { count, ...asked } of portions) {
      for (let left = count; left > 0; ) {
        const pictures = await paint({ count: Math.min(AT_ONCE, left), seed: SEED + made, ...asked });
        const bytes = bytesOf(pictures, device);
        await rows.add(await noGrad(() => look.async(bytes)));
        bytes.dispose();
        made += pictures.length;
        left -= pictures.length;
      }
    }
  } finally {
    look.dispose();
  }
  return rows.get(made);
}

type Paint = (options: PaintOptions) => Promise<Picture[]>;

export interface GenerativeScoresOptions {
  /** What makes the pictures, of the size and the colours of the data. */
  readonly paint: Paint;
  /** Whether it is told classes: then there are as many of each as in the data. Default false. */
  readonly conditional?: boolean;
  /** What it learned from. */
  readonly data: string;
  readonly settings: ScoreSettings;
  readonly workshop: Workshop;
}

/**
 * How good generated pictures are, seen through the features of a classifier: `fid`, their Fréchet distance to held-out
 * ones; `fidReal`, the same for as many pictures of the training set, which no model can be expected to fall below; the
 * `fidRatio` of the two; `precision`, the part of them that look like real ones, and `recall`, the part of real ones that
 * they cover; `density` and `coverage`, the same where single outliers sway less; and the number of `samples`, of
 * generated, held-out and training pictures each. The same model always gets the same figures.
 *
 * @throws FeatureModelError when the classifier is not there or none; DataSetError when the data are not here.
 */
export async function generativeScores({
  paint,
  conditional = false,
  data,
  settings,
  workshop,
}: GenerativeScoresOptions): Promise<Metrics> {
  const { device } = workshop;
  const network = await openFeatures(data, settings.features, workshop);
  try {
    const pictures = await openPictures(data, workshop);
    const { train, heldOut } = pictures;
    try {
      const samples = Math.min(settings.samples, train.count, heldOut.count);
      const real = await featuresOfSet(heldOut, samples, network, device);
      const others = await featuresOfSet(train, samples, network, device);
      const portions = conditional ? await portionsLike(train, samples, device) : [{ count: samples }];
      const made = await featuresOfPainter(paint, portions, network, device);
      const [fid, fidReal] = [frechetDistance(real, made), frechetDistance(real, others)];
      const { precision, recall } = precisionRecall(real, made, { k: Math.min(3, samples - 1) });
      const { density, coverage } = densityCoverage(real, made, { k: Math.min(NEIGHBOURS, samples - 1) });
      return { fid, fidReal, fidRatio: fid / fidReal, precision, recall, density, coverage, samples };
    } finally {
      disposePictures(pictures);
    }
  } finally {
    network.dispose();
  }
}
