import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { defaultGenerator, type Generator } from '../../tensor/generator.ts';
import { normal, uniform } from '../../tensor/random.ts';
import { keep, noGrad, scope } from '../../tensor/scope.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, checkNumber, featuresOf, type Samples, sumOf } from './estimator.ts';
import {
  type CovarianceType,
  covarianceParameters,
  expectation,
  maximization,
  precisionFactors,
} from './gaussianSteps.ts';
import { type FitOptions, IterativeEstimator, type Progress, readAll } from './iterative.ts';
import { KMeans } from './kmeans.ts';

export interface GaussianMixtureConfig {
  /** Default 1. */
  readonly nComponents?: number;
  /** A matrix for each component (`full`, default), one for all (`tied`), variances (`diag`), one variance (`spherical`). */
  readonly covarianceType?: CovarianceType;
  /** It ends when the mean log-likelihood of a sample changes less. Default 1e-3. */
  readonly tol?: number;
  /** Is added to variances, so that no component shrinks to a point. Default 1e-6. */
  readonly regCovar?: number;
  /** Most iterations of a run. Default 100. */
  readonly maxIter?: number;
  /** How many runs, of which the likeliest counts. Default 1. */
  readonly nInit?: number;
  /** First responsibilities: of clusters by k-means (default), drawn at random, or given [n, nComponents]. */
  readonly initParams?: 'kmeans' | 'random' | Samples;
  /** What random numbers are drawn from; the default generator unless given. */
  readonly generator?: Generator;
}

export interface GaussianMixtureProgress extends Progress {
  /** Counts from 0. */
  readonly run: number;
  /** The mean log-likelihood of a sample before the iteration's maximization. */
  readonly lowerBound: number;
}

/** Parameters on the host. */
interface Parameters {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
}

interface Workspace {
  readonly x: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly expectation: CompiledFunction<
    ExpectationInputs,
    { logLikelihood: Tensor; responsibilities: Tensor }
  >;
  readonly maximization: CompiledFunction<
    [x: Tensor, responsibilities: Tensor],
    { sizes: Tensor; means: Tensor; covariances: Tensor }
  >;
  run: number;
  iterations: number;
  bound: number;
  parameters: Parameters | null;
  best:
    | (Parameters & { readonly bound: number; readonly iterations: number; readonly converged: boolean })
    | null;
}

/** Parameters as plain values. */
type Listed = Readonly<Record<keyof Parameters, readonly number[]>>;

/** A workspace as plain values. */
interface Remembered {
  readonly run: number;
  readonly iterations: number;
  /** null before the first iteration of a run. */
  readonly bound: number | null;
  readonly parameters: Listed | null;
  readonly best:
    | (Listed & { readonly bound: number; readonly iterations: number; readonly converged: boolean })
    | null;
}

const listed = ({ weights, means, covariances }: Parameters): Listed => ({
  weights: [...weights],
  means: [...means],
  covariances: [...covariances],
});

const unlisted = ({ weights, means, covariances }: Listed): Parameters => ({
  weights: Float64Array.from(weights),
  means: Float64Array.from(means),
  covariances: Float64Array.from(covariances),
});

type ExpectationInputs = [x: Tensor, means: Tensor, factors: Tensor, logWeights: Tensor];

/**
 * A mixture of normal distributions, fitted by expectation-maximization (Dempster, Laird and Rubin 1977), with
 * scikit-learn's names and choices. Products are computed on the device of the samples; factors of covariances on the
 * host in double precision. It needs nComponents · n · d numbers of memory.
 */
export class GaussianMixture extends IterativeEstimator<GaussianMixtureProgress, [X: Samples]> {
  readonly config: GaussianMixtureConfig;
  #work: Workspace | null = null;

  /** @throws RangeError for options that make no sense. */
  constructor(config: GaussianMixtureConfig = {}) {
    super();
    this.config = config;
    const { nComponents = 1, tol = 1e-3, regCovar = 1e-6, maxIter = 100, nInit = 1 } = config;
    const { covarianceType = 'full', initParams = 'kmeans' } = config;
    checkInteger('GaussianMixture', 'nComponents', nComponents, 1);
    checkInteger('GaussianMixture', 'maxIter', maxIter, 1);
    checkInteger('GaussianMixture', 'nInit', nInit, 1);
    checkNumber('GaussianMixture', 'tol', tol, 0);
    checkNumber('GaussianMixture', 'regCovar', regCovar, 0);
    if (!['full', 'tied', 'diag', 'spherical'].includes(covarianceType))
      throw new RangeError(`GaussianMixture: there is no covarianceType '${covarianceType}'.`);
    if (typeof initParams === 'string' && initParams !== 'kmeans' && initParams !== 'random')
      throw new RangeError(`GaussianMixture: initParams must be 'kmeans', 'random' or responsibilities.`);
  }

  get #type(): CovarianceType {
    return this.config.covarianceType ?? 'full';
  }

  /** [nComponents] */
  get weights(): Tensor {
    return this.tensorOf('weights');
  }

  /** [nComponents, d] */
  get means(): Tensor {
    return this.tensorOf('means');
  }

  /** `full` [nComponents, d, d], `tied` [d, d], `diag` [nComponents, d], `spherical` [nComponents]. */
  get covariances(): Tensor {
    return this.tensorOf('covariances');
  }

  /** The mean log-likelihood of a sample, of the best run. */
  get lowerBound(): number {
    return this.numberOf('lowerBound');
  }

  /** Iterations of the best run. */
  get nIter(): number {
    return this.numberOf('nIter');
  }

  /**
   * Finds components for samples [n, d].
   * @throws RangeError for fewer samples than components, NaN, responsibilities of another shape, and a component that
   *   shrinks to nothing.
   */
  fit(X: Samples, options: FitOptions<GaussianMixtureProgress> = {}): Promise<this> {
    return this.run(options, X);
  }

  protected override prepare(X: Samples): void {
    const { nComponents: k = 1, initParams } = this.config;
    const { x, rows, columns } = featuresOf('GaussianMixture.fit', X);
    this.hold(x);
    if (rows < Math.max(2, k)) {
      throw new RangeError(
        `GaussianMixture.fit: ${rows} samples for ${k} components; expected at least as many, and two.`,
      );
    }
    if (initParams !== undefined && typeof initParams !== 'string') {
      const given = featuresOf('GaussianMixture: initParams', initParams, k);
      given.x.dispose();
      if (given.rows !== rows)
        throw new RangeError(
          `GaussianMixture: initParams has ${given.rows} rows, expected one for each of ${rows} samples.`,
        );
    }
    const type = this.#type;
    this.#work = {
      x,
      rows,
      columns,
      expectation: this.hold(compile((...args: ExpectationInputs) => expectation(...args))),
      maximization: this.hold(compile((a: Tensor, b: Tensor) => maximization(type, a, b))),
      run: 0,
      iterations: 0,
      bound: Number.NEGATIVE_INFINITY,
      parameters: null,
      best: null,
    };
  }

  protected override remember(): Remembered {
    const { run, iterations, bound, parameters, best } = this.#work as Workspace;
    return {
      ...{ run, iterations, bound: Number.isFinite(bound) ? bound : null },
      parameters: parameters && listed(parameters),
      best: best && { ...best, ...listed(best) },
    };
  }

  protected override recall({ run, iterations, bound, parameters, best }: Remembered): void {
    Object.assign(this.#work as Workspace, {
      ...{ run, iterations, bound: bound ?? Number.NEGATIVE_INFINITY },
      parameters: parameters && unlisted(parameters),
      best: best && { ...best, ...unlisted(best) },
    });
  }

  /** The first responsibilities [n, nComponents] of a run. */
  async #firstResponsibilities({ x, rows }: Workspace): Promise<Tensor> {
    const { nComponents: k = 1, initParams = 'kmeans', generator = defaultGenerator } = this.config;
    const { device, dtype } = x;
    if (typeof initParams !== 'string') {
      const { host, x: own } = featuresOf('GaussianMixture: initParams', initParams, k);
      own.dispose();
      return keep(tensor(host, { shape: [rows, k], device, dtype }));
    }
    if (initParams === 'random') {
      return keep(
        scope(() => {
          const drawn = uniform(0, 1, [rows, k], { generator, device, dtype });
          return drawn.div(drawn.sum(1, { keepdim: true })).realize();
        }),
      );
    }
    const kmeans = new KMeans({ nClusters: k, nInit: 1, generator });
    try {
      await kmeans.fit(x);
      return keep(scope(() => kmeans.labels.oneHot(k).to(dtype).realize()));
    } finally {
      kmeans.dispose();
    }
  }

  protected override async advance() {
    const work = this.#work as Workspace;
    const { tol = 1e-3, maxIter = 100, nInit = 1 } = this.config;
    if (!work.parameters) {
      const first = await this.#firstResponsibilities(work);
      work.parameters = await this.#maximize(work, first);
    }
    const { bound, responsibilities } = await this.#expect(work);
    work.parameters = await this.#maximize(work, responsibilities);
    work.iterations++;
    const still = Math.abs(bound - work.bound) < tol;
    work.bound = bound;
    this.#show(work, work.parameters);
    const progress = { run: work.run, lowerBound: bound };
    if (!still && work.iterations < maxIter) return { progress, converged: false, done: false };
    this.#keepBest(work, still);
    work.run++;
    const done = work.run >= nInit;
    if (!done) Object.assign(work, { iterations: 0, bound: Number.NEGATIVE_INFINITY, parameters: null });
    return { progress, converged: done && (work.best?.converged ?? false), done };
  }

  #keepBest(work: Workspace, converged: boolean): void {
    const { bound, iterations, best } = work;
    if (best && best.bound >= bound) return;
    work.best = { ...(work.parameters as Parameters), bound, iterations, converged };
  }

  /** The tensors that `expectation` takes. */
  #tensors(
    { weights, means, covariances }: Parameters,
    columns: number,
    like: Tensor,
  ): [Tensor, Tensor, Tensor] {
    const k = weights.length;
    const { device, dtype } = like;
    const factors = precisionFactors('GaussianMixture', this.#type, covariances, k, columns);
    return [
      tensor(means, { shape: [k, columns], device, dtype }),
      tensor(factors.values, { shape: factors.shape, device, dtype }),
      tensor(weights.map(Math.log), { shape: [k], device, dtype }),
    ];
  }

  async #expect(work: Workspace): Promise<{ bound: number; responsibilities: Tensor }> {
    const inputs = keep(this.#tensors(work.parameters as Parameters, work.columns, work.x));
    try {
      const { logLikelihood, responsibilities } = keep(noGrad(() => work.expectation(work.x, ...inputs)));
      const { values } = await readAll({ values: logLikelihood });
      return { bound: sumOf(values) / work.rows, responsibilities };
    } finally {
      for (const input of inputs) input.dispose();
    }
  }

  async #maximize({ maximization: step, x }: Workspace, responsibilities: Tensor): Promise<Parameters> {
    try {
      const { regCovar = 1e-6 } = this.config;
      const found = await readAll(keep(noGrad(() => step(x, responsibilities))));
      const total = sumOf(found.sizes);
      return {
        weights: Float64Array.from(found.sizes, (size) => size / total),
        means: Float64Array.from(found.means),
        covariances: covarianceParameters(this.#type, found, regCovar),
      };
    } finally {
      responsibilities.dispose();
    }
  }

  #show({ columns, x }: Pick<Workspace, 'columns' | 'x'>, { weights, means, covariances }: Parameters): void {
    const k = weights.length;
    const shapes = {
      full: [k, columns, columns],
      tied: [columns, columns],
      diag: [k, columns],
      spherical: [k],
    };
    this.setValues('weights', weights, [k], x);
    this.setValues('means', means, [k, columns], x);
    this.setValues('covariances', covariances, shapes[this.#type], x);
  }

  protected override async conclude(): Promise<void> {
    const work = this.#work as Workspace;
    this.#work = null;
    if (!work.best && work.parameters) this.#keepBest(work, false);
    if (!work.best) return;
    this.#show(work, work.best);
    this.setNumber('lowerBound', work.best.bound);
    this.setNumber('nIter', work.best.iterations);
  }

  #expectationOf<T>(operation: string, X: Samples, result: (found: ReturnType<typeof expectation>) => T): T {
    const { x, columns } = featuresOf(operation, X, this.means.shape[1], this.means);
    try {
      return noGrad(() =>
        scope(() => {
          const [weights, means, covariances] = [this.weights, this.means, this.covariances].map((value) =>
            Float64Array.from(value.dataSync()),
          ) as [Float64Array, Float64Array, Float64Array];
          return result(expectation(x, ...this.#tensors({ weights, means, covariances }, columns, x)));
        }),
      );
    } finally {
      x.dispose();
    }
  }

  /** int32 [n]: the likeliest component of each sample. */
  predict(X: Samples): Tensor {
    return this.#expectationOf('GaussianMixture.predict', X, (found) => found.responsibilities.argmax(1));
  }

  /** [n, nComponents]: the probability that a sample is of each component. */
  predictProba(X: Samples): Tensor {
    return this.#expectationOf('GaussianMixture.predictProba', X, (found) => found.responsibilities);
  }

  /** [n]: the log-likelihood of each sample. */
  scoreSamples(X: Samples): Tensor {
    return this.#expectationOf('GaussianMixture.scoreSamples', X, (found) => found.logLikelihood);
  }

  /** The mean log-likelihood of a sample. */
  score(X: Samples): number {
    return this.#expectationOf('GaussianMixture.score', X, ({ logLikelihood }) => {
      const values = logLikelihood.dataSync();
      return sumOf(values) / values.length;
    });
  }

  /** How many numbers the mixture has. */
  get parameterCount(): number {
    const [k, d] = this.means.shape as [number, number];
    const covariances = { full: (k * d * (d + 1)) / 2, tied: (d * (d + 1)) / 2, diag: k * d, spherical: k };
    return covariances[this.#type] + k * d + k - 1;
  }

  /** The Bayesian information criterion: of several mixtures for X, the one with the smallest. */
  bic(X: Samples): number {
    const n = X instanceof Tensor ? (X.shape[0] as number) : X.length;
    return -2 * this.score(X) * n + this.parameterCount * Math.log(n);
  }

  /** Akaike's information criterion: smaller is better. */
  aic(X: Samples): number {
    const n = X instanceof Tensor ? (X.shape[0] as number) : X.length;
    return -2 * this.score(X) * n + 2 * this.parameterCount;
  }

  /** New samples [n, d], with the component int32 [n] of each. */
  sample(
    n: number,
    { generator = defaultGenerator }: { readonly generator?: Generator } = {},
  ): [X: Tensor, y: Tensor] {
    checkInteger('GaussianMixture.sample', 'n', n, 1);
    const [k, d] = this.means.shape as [number, number];
    const { device, dtype } = this.means;
    return noGrad(() =>
      scope((): [Tensor, Tensor] => {
        const [weights, means, covariances] = [this.weights, this.means, this.covariances].map((value) =>
          Float64Array.from(value.dataSync()),
        ) as [Float64Array, Float64Array, Float64Array];
        const words = generator.hostWords();
        const y = Int32Array.from({ length: n }, () => {
          let left = (words() / 2 ** 32) * sumOf(weights);
          const found = weights.findIndex((weight) => {
            left -= weight;
            return left < 0;
          });
          return found < 0 ? k - 1 : found;
        });
        const noise = normal(0, 1, [n, d], { generator, device, dtype }).dataSync();
        const { roots } = precisionFactors('GaussianMixture', this.#type, covariances, k, d);
        const X = new Float64Array(n * d);
        y.forEach((c, row) => {
          roots(c, noise.subarray(row * d, (row + 1) * d)).forEach((value, j) => {
            X[row * d + j] = value + (means[c * d + j] as number);
          });
        });
        return [tensor(X, { shape: [n, d], device, dtype }), tensor(y, { device })];
      }),
    );
  }
}
