import { z } from 'zod';
import { gridOf } from '../../data/index.ts';
import { PCA } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { normal } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Metrics, PartState, Sample, Stateful, Task } from '../../train/index.ts';
import type { Recipe } from '../recipe.ts';
import { count, loopSettings } from '../settings.ts';
import { FittedModule } from '../support/fittedModule.ts';
import { stream } from '../support/streams.ts';
import { openSamples, rowPictures, rowsText, type SampleSet, splitRows } from './samples.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('digits') }).prefault({}),
    model: z
      .strictObject({
        /** How many components, or, between 0 and 1, the part of the variance to explain. */
        nComponents: z.number().positive().default(32),
        whiten: z.boolean().default(false),
        svdSolver: z.enum(['auto', 'full', 'covarianceEigh']).default('auto'),
        /** What the data are: [height, width, channels] of pictures; the data decide. */
        picture: z.tuple([count(), count(), count()]).readonly().nullable().optional(),
        columns: count().optional(),
      })
      .prefault({}),
    // There is nothing to repeat.
    train: z.strictObject(loopSettings({ steps: 1, evalInterval: 1 })).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

const configOf = ({ picture: _, columns: __, ...options }: Config['model']) => options;

/** Components that are shown. */
const SHOWN = 31;

/** A fitted model as a part of a checkpoint. */
class FittedPart implements Stateful {
  readonly #model: PCA;

  constructor(model: PCA) {
    this.#model = model;
  }

  partState(): PartState {
    return { tensors: this.#model.stateDict(), values: null };
  }

  loadPartState({ tensors }: PartState): void {
    this.#model.loadStateDict(tensors);
  }
}

/** How well samples are drawn again from their components. */
function figuresOf(model: PCA, set: SampleSet, device: string): Metrics {
  return scope(() =>
    noGrad(() => {
      const x = tensor(set.values, { shape: [set.rows, set.columns], device });
      const lost = x
        .sub(model.inverseTransform(model.transform(x)))
        .square()
        .sum();
      const whole = x.sub(model.mean).square().sum();
      const loss = lost.dataSync()[0] as number;
      return { loss: loss / set.rows, explained: 1 - loss / (whole.dataSync()[0] as number) };
    }),
  );
}

/** The mean and the components, dark and bright where they take away and add. */
function componentsSample(model: PCA, { picture, columns }: SampleSet): Sample {
  const components = Float32Array.from(model.components.dataSync());
  if (!picture) return { kind: 'text', text: rowsText('', components, columns) };
  for (let start = 0; start < components.length; start += columns) {
    const row = components.subarray(start, start + columns);
    const most = row.reduce((m, value) => Math.max(m, Math.abs(value)), 1e-12);
    for (let j = 0; j < columns; j++) row[j] = (row[j] as number) / most;
  }
  const pictures = [
    ...rowPictures(model.mean.dataSync(), picture),
    ...rowPictures(components, picture, 'signed').slice(0, SHOWN),
  ];
  return { kind: 'image', picture: gridOf(pictures, { columns: 8 }) };
}

export const pca: Recipe<Config> = {
  name: 'pca',
  family: 'clusters',
  title: {
    es: 'componentes principales (PCA): en qué se diferencian los dígitos',
    en: 'principal components (PCA): what digits differ in',
  },
  produces: {
    es: 'los dígitos propios, y dígitos hechos con ellos',
    en: 'eigen-digits, and digits made of them',
  },
  seconds: 2,
  data: ['digits', 'mnist', 'fashion-mnist', 'pixel-faces', 'penguins', 'iris'],
  config,
  // 95 % of the variance, as handwritten digits are usually compressed.
  full: { model: { nComponents: 0.95, svdSolver: 'full' } },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, model: options } = config;
    const set = await openSamples(data.name, workshop);
    const { train, heldOut } = splitRows(set);
    const { picture, columns } = set;
    const most = Math.min(train.rows, columns);
    const nComponents = Math.min(options.nComponents, most);
    const model = new PCA({ ...configOf(options), nComponents });
    const task: Task = {
      parts: { fitting: new FittedPart(model) },
      pace: { count: train.rows, unit: 'examples' },
      watched: { metric: 'loss', mode: 'min' },
      fingerprint: set.fingerprint,
      published: () => model.stateDict(),
      get done() {
        return model.fitted;
      },
      step: async () => {
        const x = tensor(train.values, { shape: [train.rows, columns], device });
        try {
          model.fit(x);
        } finally {
          x.dispose();
        }
        return figuresOf(model, train, device);
      },
      evaluate: async () => figuresOf(model, heldOut, device),
      sample: async () => componentsSample(model, set),
      dispose: () => model.dispose(),
    };
    const complete = { ...config, model: { ...options, nComponents, picture, columns } };
    return { task, config: complete, files: new Map(), about: set.about };
  },

  async open(saved, device) {
    const { data, model: options } = saved.config;
    const { picture = null } = options;
    const model = new PCA(configOf(options));
    saved.load(model);
    const [k, columns] = model.components.shape as [number, number];
    return {
      model: new FittedModule(model.stateDict(), (x) => x.sub(model.mean).matmul(model.components.mT)),
      ...(picture && {
        // As if digits were spread normally along each component.
        paint: async ({ count, seed = 0, temperature = 1 }) =>
          scope(() => {
            const deviation = model.explainedVariance.sqrt().mul(temperature);
            const z = normal(0, 1, [count, k], { generator: stream(seed, 'sample'), device });
            const along = options.whiten ? z.mul(temperature) : z.mul(deviation);
            return rowPictures(model.inverseTransform(along).dataSync(), picture);
          }),
      }),
      evaluate: async (workshop) =>
        figuresOf(model, splitRows(await openSamples(data.name, workshop)).heldOut, device),
      example: [{ shape: [1, columns] }],
      dispose: () => model.dispose(),
    };
  },
};
