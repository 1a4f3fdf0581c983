import { z } from 'zod';
import { gridOf } from '../../data/index.ts';
import { GaussianMixture, PCA } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics, Sample } from '../../train/index.ts';
import type { Loadable, Recipe } from '../recipe.ts';
import { count, loopSettings, notNegative } from '../settings.ts';
import { FittedModule } from '../support/fittedModule.ts';
import { stream } from '../support/streams.ts';
import { EstimatorTask } from './estimatorTask.ts';
import { agreement } from './kmeans.ts';
import { openSamples, rowPictures, rowsText, type SampleSet, splitRows } from './samples.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('digits') }).prefault({}),
    model: z
      .strictObject({
        /** Several for each digit: it is written in more than one way. */
        nComponents: count().default(40),
        /** Pictures are seen along so many principal components first; at most as many as there are columns. */
        principalComponents: count().default(24),
        covarianceType: z.enum(['full', 'tied', 'diag', 'spherical']).default('full'),
        tol: notNegative().default(1e-3),
        regCovar: notNegative().default(0.01),
        /** What the data are: [height, width, channels] of pictures; the data decide. */
        picture: z.tuple([count(), count(), count()]).readonly().nullable().optional(),
        columns: count().optional(),
      })
      .prefault({}),
    train: z.strictObject(loopSettings({ steps: 100, evalInterval: 10 })).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

const SHEET = { count: 64, columns: 16 } as const;

/** Both models, and how they work together. */
class Mixture implements Loadable {
  readonly pca: PCA;
  readonly mixture: GaussianMixture;

  constructor({ model, train }: Config, generator?: Generator) {
    const { nComponents, covarianceType, tol, regCovar, principalComponents } = model;
    this.pca = new PCA({ nComponents: principalComponents });
    this.mixture = new GaussianMixture({
      ...{ nComponents, covarianceType, tol, regCovar, maxIter: train.steps },
      ...(generator && { generator }),
    });
  }

  /** A mixture's logarithms of densities and its clusters for samples. */
  figures(set: SampleSet, device: string): Metrics {
    return scope(() => {
      const x = this.pca.transform(tensor(set.values, { shape: [set.rows, set.columns], device }));
      const loss = -this.mixture.score(x);
      return { loss, ...agreement(set, this.mixture.predict(x).dataSync()) };
    });
  }

  /** New samples, row by row. */
  draw(count: number, seed: number): Float32Array {
    return scope(() => {
      const [z] = this.mixture.sample(count, { generator: stream(seed, 'sample') });
      return Float32Array.from(this.pca.inverseTransform(z).dataSync());
    });
  }

  stateDict(): Map<string, Tensor> {
    const parts = { pca: this.pca, mixture: this.mixture };
    return new Map(
      Object.entries(parts).flatMap(([part, model]) =>
        [...model.stateDict()].map(([name, value]) => [`${part}.${name}`, value] as const),
      ),
    );
  }

  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    const part = (name: string) =>
      new Map(
        [...state].flatMap(([key, value]) =>
          key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value] as const] : [],
        ),
      );
    this.pca.loadStateDict(part('pca'));
    this.mixture.loadStateDict(part('mixture'));
  }

  dispose(): void {
    this.pca.dispose();
    this.mixture.dispose();
  }
}

export const gmm: Recipe<Config> = {
  name: 'gmm',
  family: 'clusters',
  title: {
    es: 'una mezcla de gaussianas, que también dibuja',
    en: 'a mixture of Gaussians, which draws too',
  },
  produces: {
    es: 'dígitos nuevos y grupos con bordes suaves',
    en: 'new digits, and groups with soft borders',
  },
  seconds: 20,
  data: ['digits', 'mnist', 'fashion-mnist', 'penguins', 'iris'],
  config,
  // VanderPlas' (Python Data Science Handbook, 05.12): 110 components along those that explain 99 % of the digits' variance.
  full: { model: { nComponents: 110, principalComponents: 41, regCovar: 1e-3 }, train: { steps: 300 } },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, train: settings } = config;
    const set = await openSamples(data.name, workshop);
    const { train, heldOut } = splitRows(set);
    const { picture, columns } = set;
    const principalComponents = Math.min(config.model.principalComponents, columns, train.rows);
    const complete = { ...config, model: { ...config.model, principalComponents, picture, columns } };
    const generator = stream(settings.seed, 'model');
    const model = new Mixture(complete, generator);
    try {
      scope(() => {
        const x = tensor(train.values, { shape: [train.rows, columns], device });
        model.mixture.start(model.pca.fitTransform(x));
      });
    } catch (error) {
      model.dispose();
      throw error;
    }
    const task = new EstimatorTask({
      model: model.mixture,
      parts: { generator },
      rows: train.rows,
      figures: ({ lowerBound }) => ({ loss: -lowerBound }),
      evaluate: async () => model.figures(heldOut, device),
      sample: async (): Promise<Sample> => {
        const values = model.draw(picture ? SHEET.count : 10, settings.seed);
        if (!picture) return { kind: 'text', text: rowsText('', values, columns) };
        return { kind: 'image', picture: gridOf(rowPictures(values, picture), { columns: SHEET.columns }) };
      },
      fingerprint: set.fingerprint,
      published: () => model.stateDict(),
      dispose: () => model.dispose(),
    });
    return { task, config: complete, files: new Map(), about: set.about };
  },

  async open(saved, device) {
    const { data, model: options } = saved.config;
    const { picture = null } = options;
    const model = new Mixture(saved.config);
    saved.load(model);
    const { components, mean } = model.pca;
    return {
      // Along the principal components, where the mixture is.
      model: new FittedModule(
        new Map([...model.stateDict()].map(([name, value]) => [name.replace('.', '_'), value])),
        (x) => x.sub(mean).matmul(components.mT),
      ),
      ...(picture && {
        paint: async ({ count, seed = 0 }) => rowPictures(model.draw(count, seed), picture),
      }),
      evaluate: async (workshop) =>
        model.figures(splitRows(await openSamples(data.name, workshop)).heldOut, device),
      example: [{ shape: [1, components.shape[1] as number] }],
      dispose: () => model.dispose(),
    };
  },
};
