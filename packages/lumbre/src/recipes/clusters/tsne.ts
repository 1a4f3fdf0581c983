import { z } from 'zod';
import type { Picture } from '../../data/index.ts';
import { kNearest } from '../../metrics/index.ts';
import { TSNE } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';
import type { Loadable, Recipe } from '../recipe.ts';
import { count, loopSettings, positive } from '../settings.ts';
import { FittedModule } from '../support/fittedModule.ts';
import { scatter } from '../support/scatter.ts';
import { stream } from '../support/streams.ts';
import { EstimatorTask } from './estimatorTask.ts';
import { openSamples, type SampleSet } from './samples.ts';

const config = z
  .strictObject({
    data: z
      .strictObject({
        name: z.string().default('digits'),
        /** All pairs of samples are compared: some thousands are what it is for. */
        samples: count(4).default(1800),
      })
      .prefault({}),
    model: z
      .strictObject({
        perplexity: z.number().min(1).default(30),
        earlyExaggeration: z.number().min(1).default(12),
        learningRate: z.union([z.literal('auto'), positive()]).default('auto'),
        init: z.enum(['pca', 'random']).default('pca'),
        /** What the classes are called; the data decide. */
        labelNames: z.array(z.string()).readonly().optional(),
      })
      .prefault({}),
    train: z.strictObject(loopSettings({ steps: 750, evalInterval: 50 })).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

const NEIGHBOURS = 5;

/** How many of a point's nearest points in the map are of its class. */
function neighbourAgreement(map: ArrayLike<number>, labels: ArrayLike<number>): number {
  const rows = labels.length;
  const points = { data: Float64Array.from(map), rows, columns: 2 };
  const k = Math.min(NEIGHBOURS, rows - 1);
  const { indices } = kNearest(points, points, k, { excludeSelf: true });
  let same = 0;
  for (let i = 0; i < rows * k; i++) {
    if (labels[indices[i] as number] === labels[Math.floor(i / k)]) same++;
  }
  return same / (rows * k);
}

async function figuresOf(model: TSNE, { labels }: SampleSet): Promise<Metrics> {
  const loss = await model.divergence();
  return { loss, ...(labels && { neighbours: neighbourAgreement(await model.embedding.data(), labels) }) };
}

/** A map that was made: there is nothing to compute any more. */
class FinishedMap implements Loadable {
  map: Float32Array = new Float32Array(0);
  labels: Int32Array | null = null;

  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    const read = (name: string) => state.get(name)?.dataSync();
    const map = read('embedding');
    if (!map) throw new Error("tsne: the file has no tensor 'embedding'; bring back a copy, or train anew.");
    this.map = Float32Array.from(map);
    const labels = read('labels');
    this.labels = labels ? Int32Array.from(labels) : null;
  }
}

export const tsne: Recipe<Config> = {
  name: 'tsne',
  family: 'clusters',
  title: {
    es: 't-SNE: un mapa donde los parecidos quedan cerca',
    en: 't-SNE: a map on which like is near like',
  },
  produces: { es: 'un mapa de todos los dígitos', en: 'a map of all digits' },
  seconds: 10,
  data: ['digits', 'mnist', 'fashion-mnist', 'penguins', 'iris'],
  config,
  // Van der Maaten and Hinton's (2008): 6000 digits of MNIST, perplexity 40, 1000 iterations.
  full: {
    data: { name: 'mnist', samples: 6000 },
    model: { perplexity: 40, init: 'random' },
    train: { steps: 1000 },
  },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, model: options, train } = config;
    const set = await openSamples(data.name, workshop, data.samples);
    const generator = stream(train.seed, 'model');
    const { labelNames: _, ...settings } = options;
    const perplexity = Math.min(settings.perplexity, (set.rows - 1) / 3);
    const model = new TSNE({ ...settings, perplexity, maxIter: train.steps, generator });
    const x = tensor(set.values, { shape: [set.rows, set.columns], device });
    const labels = set.labels && tensor(set.labels, { dtype: 'int32', device });
    try {
      model.start(x);
    } catch (error) {
      labels?.dispose();
      throw error;
    } finally {
      x.dispose();
    }
    const task = new EstimatorTask({
      model,
      rows: set.rows,
      // The divergence is known now and then.
      figures: ({ klDivergence, gradNorm }) => ({
        ...(Number.isFinite(klDivergence) && { loss: klDivergence }),
        gradNorm,
      }),
      evaluate: () => figuresOf(model, set),
      sample: async () => {
        const { labelNames } = set;
        const points = await model.embedding.data();
        return {
          kind: 'image',
          picture: scatter(points, { ...(set.labels && { labels: set.labels }), labelNames }),
        };
      },
      fingerprint: set.fingerprint,
      published: () =>
        new Map([['embedding', model.embedding], ...(labels ? [['labels', labels] as const] : [])]),
      dispose: () => labels?.dispose(),
    });
    const complete = { ...config, model: { ...options, perplexity, labelNames: set.labelNames } };
    return { task, config: complete, files: new Map(), about: set.about };
  },

  async open(saved, device) {
    const finished = new FinishedMap();
    saved.load(finished);
    const { map, labels } = finished;
    const embedding = tensor(map, { shape: [map.length / 2, 2], device });
    const { labelNames = [] } = saved.config.model;
    return {
      model: new FittedModule(new Map([['embedding', embedding]]), () => embedding.add(0)),
      paint: async (): Promise<Picture[]> => [scatter(map, { ...(labels && { labels }), labelNames })],
      ...(labels && {
        evaluate: async () => ({ neighbours: neighbourAgreement(map, labels) }),
      }),
      example: [{ shape: [1, 2] }],
      dispose: () => embedding.dispose(),
    };
  },
};
