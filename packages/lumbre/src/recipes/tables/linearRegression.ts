import { z } from 'zod';
import { meanAbsoluteError, r2Score, rootMeanSquaredError } from '../../metrics/index.ts';
import { LinearRegression, Ridge } from '../../models/index.ts';
import { Linear, mseLoss } from '../../nn/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import { type Metrics, ownTensors, type Sample, type Task } from '../../train/index.ts';
import type { Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings, notNegative } from '../settings.ts';
import { BatchTask } from '../support/batchTask.ts';
import { stream } from '../support/streams.ts';
import {
  coefficientsText,
  fromPreparationFile,
  openTableSet,
  preparationFile,
  type TablePreparation,
  type TableRows,
  type TableSet,
} from './tableSet.ts';

const config = z
  .strictObject({
    data: z
      .strictObject({
        name: z.string().default('california-housing'),
        target: z.string().optional(),
        testSize: z.number().positive().lt(1).default(0.2),
      })
      .prefault({}),
    model: z
      .strictObject({
        /** In one step, exactly; or by gradients of batches, as networks learn. */
        solver: z.enum(['exact', 'sgd']).default('exact'),
        /** What squared coefficients cost (ridge regression). */
        alpha: notNegative().default(0),
        /** The data decide: how many columns there are, and the target's mean and standard deviation. */
        columns: count().optional(),
        shift: z.number().optional(),
        scale: z.number().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 1000, evalInterval: 100 }),
        ...batchSettings({ batchSize: 256, lr: 0.05, minLr: 1e-3 }),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** The target in the units of the network: mean 0, standard deviation 1. */
interface Units {
  readonly shift: number;
  readonly scale: number;
}

function unitsOf(values: Float64Array): Units {
  const shift = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - shift) ** 2, 0) / values.length;
  return { shift, scale: Math.sqrt(variance) || 1 };
}

function targetOf({ target }: TableRows, name: string): Float64Array {
  const wrong = target.find((value) => typeof value !== 'number');
  if (wrong === undefined) return Float64Array.from(target as readonly number[]);
  throw new RangeError(
    `The column '${name}' has ${JSON.stringify(wrong)}, and a regression predicts numbers; take logistic-regression, or ` +
      'another column: data.target.',
  );
}

/** How far predictions are off, in the target's own units. */
function figuresOf(model: Linear, rows: TableRows, name: string, { shift, scale }: Units): Metrics {
  return scope(() =>
    noGrad(() => {
      const { device } = model.weight;
      const x = tensor(rows.x, {
        shape: [rows.rows, model.weight.shape[1] as number],
        dtype: 'float32',
        device,
      });
      const predicted = Array.from(model.forward(x).dataSync(), (value) => value * scale + shift);
      const truth = targetOf(rows, name);
      const loss = rootMeanSquaredError(truth, predicted);
      return { loss, rmse: loss, mae: meanAbsoluteError(truth, predicted), r2: r2Score(truth, predicted) };
    }),
  );
}

/** Finds the coefficients in one step. */
class ExactTask implements Task {
  readonly parts: Task['parts'];
  readonly pace: Task['pace'];
  readonly watched = { metric: 'loss', mode: 'min' } as const;
  readonly fingerprint: string;
  readonly #model: Linear;
  readonly #set: TableSet;
  readonly #alpha: number;
  readonly #units: Units;
  readonly #progress = { solved: false };

  constructor(model: Linear, set: TableSet, alpha: number, units: Units) {
    this.#model = model;
    this.#set = set;
    this.#alpha = alpha;
    this.#units = units;
    const progress = this.#progress;
    this.parts = {
      model,
      progress: {
        state: () => ({ ...progress }),
        setState: (state: typeof progress) => Object.assign(progress, state),
      },
    };
    this.pace = { count: set.train.rows, unit: 'examples' };
    this.fingerprint = set.fingerprint;
  }

  get done(): boolean {
    return this.#progress.solved;
  }

  published() {
    return ownTensors(this.#model);
  }

  async step(): Promise<Metrics> {
    const { train, preparation } = this.#set;
    const { shift, scale } = this.#units;
    const solver = this.#alpha > 0 ? new Ridge({ alpha: this.#alpha }) : new LinearRegression();
    const shape = [train.rows, preparation.features.length];
    // In double precision, which only the oracle has.
    const x = tensor(train.x, { shape, device: 'js', dtype: 'float64' });
    try {
      solver.fit(
        x,
        targetOf(train, preparation.target).map((value) => (value - shift) / scale),
      );
      const { weight, bias } = this.#model;
      scope(() =>
        noGrad(() => {
          for (const [own, found] of [
            [weight, solver.coef],
            [bias, solver.intercept],
          ] as const) {
            const { shape, device } = own as typeof weight;
            (own as typeof weight).assign(tensor(Float32Array.from(found.dataSync()), { shape, device }));
          }
        }),
      );
    } finally {
      x.dispose();
      solver.dispose();
    }
    this.#progress.solved = true;
    return figuresOf(this.#model, train, preparation.target, this.#units);
  }

  async evaluate(): Promise<Metrics> {
    return figuresOf(this.#model, this.#set.test, this.#set.preparation.target, this.#units);
  }

  async sample(): Promise<Sample> {
    return { kind: 'text', text: coefficients(this.#model, this.#set.preparation, this.#units) };
  }

  dispose(): void {
    this.#model.dispose();
  }
}

/** What each column adds, in the target's own units. */
function coefficients(
  model: Linear,
  { features, target }: TablePreparation,
  { shift, scale }: Units,
): string {
  const values = Array.from(model.weight.dataSync(), (value) => value * scale);
  const intercept = (model.bias?.dataSync()[0] as number) * scale + shift;
  return coefficientsText(features, [{ name: target, values, intercept }]);
}

/** By gradients of batches. The figures of a step are in the network's units, those of an evaluation in the target's. */
function gradientTask(model: Linear, set: TableSet, config: Config, units: Units, device: string): Task {
  const { train, preparation } = set;
  const columns = preparation.features.length;
  const { alpha } = config.model;
  const x = tensor(Float32Array.from(train.x), { shape: [train.rows, columns], device });
  const y = tensor(
    Float32Array.from(targetOf(train, preparation.target), (value) => (value - units.shift) / units.scale),
    { shape: [train.rows, 1], device },
  );
  const task = new BatchTask({
    model,
    device,
    settings: config.train,
    examples: train.rows,
    heldOut: 1,
    loss: (ids) => {
      const error = mseLoss(model.forward(x.indexSelect(0, ids)), y.indexSelect(0, ids));
      const cost = model.weight
        .square()
        .sum()
        .mul(alpha / train.rows);
      return { loss: alpha > 0 ? error.add(cost) : error };
    },
    measure: () => ({}),
    unit: 'examples',
    sample: async () => ({ kind: 'text', text: coefficients(model, preparation, units) }),
    watched: { metric: 'rmse', mode: 'min' },
    fingerprint: set.fingerprint,
    dispose: () => {
      x.dispose();
      y.dispose();
    },
  });
  task.evaluate = async () => {
    const { loss: _, ...figures } = figuresOf(model, set.test, preparation.target, units);
    return figures;
  };
  return task;
}

export const linearRegression: Recipe<Config> = {
  name: 'linear-regression',
  family: 'tables',
  title: {
    es: 'regresión lineal: un número a partir de otros',
    en: 'linear regression: a number from others',
  },
  produces: {
    es: 'cuánto pesa cada columna, y el error con datos nuevos',
    en: 'what each column weighs, and the error on new rows',
  },
  seconds: 3,
  data: ['california-housing'],
  config,
  // The whole of the census tract data by gradients, as one would with more rows than fit.
  full: { model: { solver: 'sgd' }, train: { steps: 5000, batchSize: 512 } },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, model: options, train } = config;
    const set = await openTableSet(data, train.seed, workshop);
    const { preparation } = set;
    const columns = preparation.features.length;
    const units = unitsOf(targetOf(set.train, preparation.target));
    const model = new Linear(columns, 1, { device, generator: stream(train.seed, 'model') });
    const task =
      options.solver === 'exact'
        ? new ExactTask(model, set, options.alpha, units)
        : gradientTask(model, set, config, units, device);
    return {
      task,
      config: {
        ...config,
        data: { ...data, target: preparation.target },
        model: { ...options, columns, ...units },
      },
      files: preparationFile(preparation),
      about: set.about,
    };
  },

  async open({ config, files, load }, device) {
    const known = fromPreparationFile(files);
    const { shift = 0, scale = 1 } = config.model;
    const columns = known.features.length;
    const model = new Linear(columns, 1, { device });
    try {
      load(model);
    } catch (error) {
      model.dispose();
      throw error;
    }
    return {
      model,
      async evaluate(workshop) {
        const set = await openTableSet(config.data, config.train.seed, workshop, { known });
        const { loss: _, ...figures } = figuresOf(model, set.test, known.target, { shift, scale });
        return figures;
      },
      example: [{ shape: [1, columns] }],
      dispose: () => model.dispose(),
    };
  },
};
