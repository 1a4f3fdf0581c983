import { z } from 'zod';
import { gridOf, type Picture } from '../../data/index.ts';
import { adjustedRandIndex, normalizedMutualInfo, purity } from '../../metrics/index.ts';
import { KMeans } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { scope } from '../../tensor/scope.ts';
import type { Metrics, Sample } from '../../train/index.ts';
import type { Recipe } from '../recipe.ts';
import { count, loopSettings, notNegative } from '../settings.ts';
import { FittedModule } from '../support/fittedModule.ts';
import { stream } from '../support/streams.ts';
import { EstimatorTask } from './estimatorTask.ts';
import { openSamples, rowPictures, rowsText, type SampleSet } from './samples.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('digits') }).prefault({}),
    model: z
      .strictObject({
        nClusters: count().default(10),
        init: z.enum(['k-means++', 'random']).default('k-means++'),
        /** Runs, of which the best counts. */
        nInit: count().default(10),
        /** Most iterations of a run. */
        maxIter: count().default(100),
        tol: notNegative().default(1e-4),
        /** What the data are: [height, width, channels] of pictures; the data decide. */
        picture: z.tuple([count(), count(), count()]).readonly().nullable().optional(),
        columns: count().optional(),
      })
      .prefault({}),
    // As many as all runs could take; it ends when they are done.
    train: z.strictObject(loopSettings({ steps: 1000, evalInterval: 50 })).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

const configOf = ({ picture: _, columns: __, ...options }: Config['model']) => options;

/** How well clusters agree with classes, on all samples: they were not told any. */
export function agreement(set: SampleSet, clusters: ArrayLike<number>): Metrics {
  const { labels } = set;
  if (!labels) return {};
  return {
    purity: purity(labels, Array.from(clusters)),
    nmi: normalizedMutualInfo(labels, Array.from(clusters)),
    ari: adjustedRandIndex(labels, Array.from(clusters)),
  };
}

function figuresOf(model: KMeans, set: SampleSet, device: string): Metrics {
  return scope(() => {
    const x = tensor(set.values, { shape: [set.rows, set.columns], device });
    const loss = -model.score(x) / set.rows;
    return { loss, ...agreement(set, model.predict(x).dataSync()) };
  });
}

/** Centers side by side, or their numbers where they are no pictures. */
function centersSample(model: KMeans, { picture, columns }: Pick<SampleSet, 'picture' | 'columns'>): Sample {
  const centers = model.clusterCenters.dataSync();
  if (!picture) return { kind: 'text', text: rowsText('', centers, columns) };
  return { kind: 'image', picture: gridOf(rowPictures(centers, picture), { columns: 10 }) };
}

export const kmeans: Recipe<Config> = {
  name: 'kmeans',
  family: 'clusters',
  title: { es: 'k-medias: grupos sin que nadie diga cuáles', en: 'k-means: groups that nobody told it of' },
  produces: {
    es: 'los centros de los grupos, y cuánto se parecen a las clases',
    en: 'the centers of groups, and how well they agree with classes',
  },
  seconds: 5,
  data: ['digits', 'mnist', 'fashion-mnist', 'penguins', 'iris'],
  config,
  // scikit-learn's defaults for a run, and so many runs that more find nothing better.
  full: { model: { nInit: 50, maxIter: 300 }, train: { steps: 15_000, evalInterval: 500 } },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, model: options, train } = config;
    const set = await openSamples(data.name, workshop);
    const generator = stream(train.seed, 'model');
    const model = new KMeans({ ...configOf(options), generator });
    const x = tensor(set.values, { shape: [set.rows, set.columns], device });
    try {
      model.start(x);
    } finally {
      x.dispose();
    }
    const task = new EstimatorTask({
      model,
      rows: set.rows,
      figures: ({ inertia, shift, run }) => ({ loss: inertia / set.rows, shift, run }),
      evaluate: async () => figuresOf(model, set, device),
      sample: async () => centersSample(model, set),
      fingerprint: set.fingerprint,
      // Which samples belong to which is found again.
      published: () => new Map([...model.stateDict()].filter(([name]) => name === 'clusterCenters')),
    });
    const { picture, columns } = set;
    return {
      task,
      config: { ...config, model: { ...options, picture, columns } },
      files: new Map(),
      about: set.about,
    };
  },

  async open(saved, device) {
    const { data, model: options } = saved.config;
    const { picture = null } = options;
    const model = new KMeans(configOf(options));
    saved.load(model);
    const centers = model.clusterCenters;
    const [k, columns] = centers.shape as [number, number];
    return {
      // Squared distances to all centers.
      model: new FittedModule(model.stateDict(), (x) =>
        x.square().sum(1, { keepdim: true }).sub(x.matmul(centers.mT).mul(2)).add(centers.square().sum(1)),
      ),
      ...(picture && {
        paint: async ({ count }): Promise<Picture[]> =>
          rowPictures(centers.dataSync(), picture).slice(0, Math.min(count, k)),
      }),
      evaluate: async (workshop) => figuresOf(model, await openSamples(data.name, workshop), device),
      example: [{ shape: [1, columns] }],
      dispose: () => model.dispose(),
    };
  },
};
