import { z } from 'zod';
import { accuracy, confusionMatrix, f1, logLoss } from '../../metrics/index.ts';
import { LogisticRegression } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { scope } from '../../tensor/scope.ts';
import type { Metrics } from '../../train/index.ts';
import { EstimatorTask } from '../clusters/estimatorTask.ts';
import type { Recipe } from '../recipe.ts';
import { count, loopSettings, notNegative, positive } from '../settings.ts';
import { FittedModule } from '../support/fittedModule.ts';
import {
  coefficientsText,
  fromPreparationFile,
  openTableSet,
  preparationFile,
  type TablePreparation,
  type TableRows,
} from './tableSet.ts';

const config = z
  .strictObject({
    data: z
      .strictObject({
        name: z.string().default('penguins'),
        target: z.string().optional(),
        testSize: z.number().positive().lt(1).default(0.25),
      })
      .prefault({}),
    model: z
      .strictObject({
        /** The inverse of what large coefficients cost. */
        C: positive().default(1),
        tol: notNegative().default(1e-4),
        /** The data decide. */
        columns: count().optional(),
        classes: z.array(z.string()).readonly().optional(),
      })
      .prefault({}),
    train: z.strictObject(loopSettings({ steps: 100, evalInterval: 5 })).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

const MOST_CLASSES = 50;

/** The different values of a target, as texts. */
function classesOf({ target }: TableRows, name: string): string[] {
  const classes = [...new Set(target.map(String))];
  if (classes.length >= 2 && classes.length <= MOST_CLASSES) return classes.sort();
  throw new RangeError(
    `The column '${name}' has ${classes.length} different values; a classifier wants 2 to ${MOST_CLASSES} classes. Take ` +
      'linear-regression for numbers, or another column: data.target.',
  );
}

const numbersOf = ({ target }: TableRows, classes: readonly string[]): Int32Array =>
  Int32Array.from(target, (value) => classes.indexOf(String(value)));

const tensorOf = ({ x, rows }: TableRows, device: string) =>
  tensor(Float32Array.from(x), { shape: [rows, x.length / rows], device });

/** Rows of classes that were learned, with the probability of each. */
function predict(model: LogisticRegression, rows: TableRows, classes: readonly string[], device: string) {
  return scope(() => {
    const truth = numbersOf(rows, classes);
    const probabilities = model.predictProba(tensorOf(rows, device));
    const predicted = Array.from(probabilities.argmax(1).dataSync());
    return { truth: Array.from(truth), predicted, loss: logLoss(truth, probabilities) };
  });
}

function figuresOf(
  model: LogisticRegression,
  rows: TableRows,
  classes: readonly string[],
  device: string,
): Metrics {
  const { truth, predicted, loss } = predict(model, rows, classes, device);
  return {
    loss,
    accuracy: accuracy(truth, predicted),
    f1: f1(truth, predicted, { average: 'macro' }),
  };
}

/** Coefficients, and which classes are taken for which. */
function report(
  model: LogisticRegression,
  { features }: TablePreparation,
  classes: readonly string[],
  test: TableRows,
  device: string,
): string {
  const [coef, intercept] = [model.coef.dataSync(), model.intercept.dataSync()];
  const outputs = intercept.length;
  const width = features.length;
  // Of two classes, the coefficients are the second one's.
  const names = outputs === 1 ? classes.slice(1) : classes;
  const columns = names.map((name, c) => ({
    name,
    values: Array.from({ length: width }, (_, j) => coef[c * width + j] as number),
    intercept: intercept[c] as number,
  }));
  const { truth, predicted } = predict(model, test, classes, device);
  const labels = classes.map((_, c) => c);
  const matrix = confusionMatrix(truth, predicted, { labels, names: classes });
  return `${coefficientsText(features, columns)}\n\n${String(matrix)}`;
}

export const logisticRegression: Recipe<Config> = {
  name: 'logistic-regression',
  family: 'tables',
  title: {
    es: 'regresión logística: de qué clase es cada fila',
    en: 'logistic regression: which class each row is of',
  },
  produces: {
    es: 'la especie de cada pingüino, y en cuáles se equivoca',
    en: 'the species of each penguin, and where it is wrong',
  },
  seconds: 2,
  data: ['penguins', 'iris', 'digits'],
  config,
  // scikit-learn's defaults to the end.
  full: { model: { tol: 1e-6 }, train: { steps: 1000, evalInterval: 50 } },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data, model: options, train } = config;
    const set = await openTableSet(data, train.seed, workshop, { stratify: true });
    const { preparation } = set;
    const classes = classesOf(set.train, preparation.target);
    const model = new LogisticRegression({ C: options.C, tol: options.tol, maxIter: train.steps });
    scope(() => model.start(tensorOf(set.train, device), numbersOf(set.train, classes)));
    const task = new EstimatorTask({
      model,
      rows: set.train.rows,
      figures: ({ loss, gradient }) => ({ loss, gradient }),
      evaluate: async () => figuresOf(model, set.test, classes, device),
      sample: async () => ({ kind: 'text', text: report(model, preparation, classes, set.test, device) }),
      fingerprint: set.fingerprint,
    });
    return {
      task,
      config: {
        ...config,
        data: { ...data, target: preparation.target },
        model: { ...options, columns: preparation.features.length, classes },
      },
      files: preparationFile(preparation),
      about: set.about,
    };
  },

  async open({ config, files, load }, device) {
    const known = fromPreparationFile(files);
    const { classes = [] } = config.model;
    const model = new LogisticRegression();
    load(model);
    const { coef, intercept } = model;
    return {
      model: new FittedModule(model.stateDict(), (x) => x.matmul(coef.mT).add(intercept)),
      async evaluate(workshop) {
        const set = await openTableSet(config.data, config.train.seed, workshop, { known, stratify: true });
        return figuresOf(model, set.test, classes, device);
      },
      example: [{ shape: [1, known.features.length] }],
      dispose: () => model.dispose(),
    };
  },
};
