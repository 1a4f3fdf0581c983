import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor, zeros } from '../../tensor/creation.ts';
import { defaultGenerator, type Generator } from '../../tensor/generator.ts';
import { normal } from '../../tensor/random.ts';
import { keep, noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, checkNumber, featuresOf, type Samples } from './estimator.ts';
import { type FitOptions, IterativeEstimator, type Progress } from './iterative.ts';
import { PCA } from './pca.ts';
import { jointProbabilities, tsneDivergence, tsneGradient } from './tsneObjective.ts';

export interface TSNEConfig {
  /** Dimensions of the map. Default 2. */
  readonly nComponents?: number;
  /** About how many neighbours of a sample count; less than the number of samples. Default 30. */
  readonly perplexity?: number;
  /** What attraction is multiplied by in the first 250 iterations. Default 12. */
  readonly earlyExaggeration?: number;
  /** `auto` (default): n / earlyExaggeration / 4, at least 50 (Belkina et al. 2019). */
  readonly learningRate?: number | 'auto';
  /** Default 1000. */
  readonly maxIter?: number;
  /** It ends when the divergence has not fallen for so many iterations. Default 300. */
  readonly nIterWithoutProgress?: number;
  /** It ends when the gradient is shorter. Default 1e-7. */
  readonly minGradNorm?: number;
  /** The first map: principal components (default), random, or given [n, nComponents]. */
  readonly init?: 'pca' | 'random' | Samples;
  /** What a random map is drawn from; the default generator unless given. */
  readonly generator?: Generator;
}

export interface TSNEProgress extends Progress {
  /** The length of the gradient before the iteration. */
  readonly gradNorm: number;
  /** The divergence after it, every 50 iterations; NaN otherwise. */
  readonly klDivergence: number;
}

const EXPLORATION = 250;
const CHECK_EVERY = 50;
const INITIAL_SIZE = 1e-4;

interface Workspace {
  readonly x: Tensor;
  readonly P: Tensor;
  readonly Y: Tensor;
  readonly update: Tensor;
  readonly gains: Tensor;
  readonly move: CompiledFunction<[settings: Tensor], Tensor>;
  readonly divergence: CompiledFunction<[], Tensor>;
  best: number;
  bestAt: number;
  lastDivergence: number;
}

/** A workspace as plain values. */
interface Remembered extends Readonly<Record<'Y' | 'update' | 'gains', readonly number[]>> {
  /** null before the first look. */
  readonly best: number | null;
  readonly bestAt: number;
}

/**
 * A map of samples in which neighbours stay neighbours: t-SNE (van der Maaten and Hinton 2008), exact, with the names, the
 * schedule and the choices of scikit-learn's: gradient descent with momentum 0.5, then 0.8, gains for each coordinate, and
 * early exaggeration. Each iteration looks at all pairs, in one compiled program; memory is a few times 4 n² bytes, so
 * that some thousands of samples are what it is for.
 */
export class TSNE extends IterativeEstimator<TSNEProgress, [X: Samples]> {
  readonly config: TSNEConfig;
  #work: Workspace | null = null;

  /** @throws RangeError for options that make no sense. */
  constructor(config: TSNEConfig = {}) {
    super();
    this.config = config;
    const {
      nComponents = 2,
      perplexity = 30,
      earlyExaggeration = 12,
      learningRate = 'auto',
      maxIter = 1000,
    } = config;
    checkInteger('TSNE', 'nComponents', nComponents, 1);
    checkNumber('TSNE', 'perplexity', perplexity, 1);
    checkNumber('TSNE', 'earlyExaggeration', earlyExaggeration, 1);
    if (learningRate !== 'auto' && !(learningRate > 0))
      throw new RangeError(`TSNE: learningRate must be more than 0, or 'auto', not ${learningRate}.`);
    checkInteger('TSNE', 'maxIter', maxIter, 1);
  }

  /** The map [n, nComponents]. While it is fitted, the map so far. */
  get embedding(): Tensor {
    return this.#work && !this.done ? this.#work.Y : this.tensorOf('embedding');
  }

  /** How far the map is from the samples' neighbourhoods. */
  get klDivergence(): number {
    return this.numberOf('klDivergence');
  }

  /** How far the map is from the samples' neighbourhoods as it is now, while it is fitted too. */
  async divergence(): Promise<number> {
    return this.#work && !this.done ? this.#divergence(this.#work) : this.klDivergence;
  }

  /** The learning rate for `n` samples. */
  learningRateFor(n: number): number {
    const { learningRate = 'auto', earlyExaggeration = 12 } = this.config;
    return learningRate === 'auto' ? Math.max(n / earlyExaggeration / 4, 50) : learningRate;
  }

  /**
   * Makes the map of samples [n, d]; `embedding` has it.
   * @throws RangeError for NaN, a perplexity that is not less than n, or a first map of another shape.
   */
  fit(X: Samples, options: FitOptions<TSNEProgress> = {}): Promise<this> {
    return this.run(options, X);
  }

  /** As `fit`. @returns a copy of the map [n, nComponents] */
  async fitTransform(X: Samples, options: FitOptions<TSNEProgress> = {}): Promise<Tensor> {
    await this.fit(X, options);
    return this.embedding.clone().realize();
  }

  protected override prepare(X: Samples): void {
    const { perplexity = 30 } = this.config;
    const { x, rows } = featuresOf('TSNE.fit', X);
    this.hold(x);
    if (perplexity >= rows) {
      throw new RangeError(`TSNE.fit: perplexity is ${perplexity}, expected less than the ${rows} samples.`);
    }
    noGrad(() => {
      const P = this.hold(
        keep(scope(() => jointProbabilities(x.sub(x.mean(0, { keepdim: true })), perplexity).realize())),
      );
      const Y = this.hold(keep(this.#firstMap(x)));
      const { device, dtype, shape } = Y;
      const update = this.hold(keep(zeros(shape, { device, dtype }).realize()));
      const gains = this.hold(keep(scope(() => zeros(shape, { device, dtype }).add(1).realize())));
      // Settings are momentum, exaggeration and learning rate.
      const move = compile((settings: Tensor) => {
        const [momentum, exaggeration, rate] = [0, 1, 2].map((i) => settings.narrow(0, i, 1)) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const gradient = tsneGradient(P, Y, exaggeration);
        const turns = update.mul(gradient).lt(0);
        const nextGains = gains.add(0.2).where(turns, gains.mul(0.8)).clamp({ min: 0.01 });
        const nextUpdate = update.mul(momentum).sub(gradient.mul(nextGains).mul(rate));
        const norm = gradient.square().sum().sqrt();
        Y.assign(Y.add(nextUpdate));
        update.assign(nextUpdate);
        gains.assign(nextGains);
        return norm;
      });
      const divergence = compile(() => tsneDivergence(P, Y));
      this.#work = {
        x,
        P,
        Y,
        update,
        gains,
        move: this.hold(move),
        divergence: this.hold(divergence),
        best: Number.POSITIVE_INFINITY,
        bestAt: 0,
        lastDivergence: Number.NaN,
      };
    });
  }

  protected override remember(): Remembered {
    const { Y, update, gains, best, bestAt } = this.#work as Workspace;
    const list = (value: Tensor) => Array.from(value.dataSync());
    return {
      ...{ Y: list(Y), update: list(update), gains: list(gains) },
      ...{ best: Number.isFinite(best) ? best : null, bestAt },
    };
  }

  protected override recall({ best, bestAt, ...values }: Remembered): void {
    const work = this.#work as Workspace;
    noGrad(() =>
      scope(() => {
        for (const name of ['Y', 'update', 'gains'] as const) {
          const { device, dtype, shape } = work[name];
          work[name].assign(tensor(Float64Array.from(values[name]), { device, dtype, shape }).realize());
        }
      }),
    );
    Object.assign(work, { best: best ?? Number.POSITIVE_INFINITY, bestAt });
  }

  #firstMap(x: Tensor): Tensor {
    const { nComponents = 2, init = 'pca', generator = defaultGenerator } = this.config;
    const [rows, columns] = x.shape as [number, number];
    const { device, dtype } = x;
    if (typeof init !== 'string') {
      const given = featuresOf('TSNE: init', init, nComponents);
      given.x.dispose();
      if (given.rows !== rows)
        throw new RangeError(`TSNE: init has ${given.rows} rows, expected one for each of ${rows} samples.`);
      return tensor(given.host, { shape: [rows, nComponents], device, dtype });
    }
    if (init === 'random')
      return normal(0, INITIAL_SIZE, [rows, nComponents], { generator, device, dtype }).realize();
    if (init !== 'pca') throw new RangeError(`TSNE: init must be 'pca', 'random' or a map, not '${init}'.`);
    if (nComponents > Math.min(rows, columns)) {
      throw new RangeError(
        `TSNE.fit: ${rows} samples of ${columns} columns have no ${nComponents} principal components; use init 'random'.`,
      );
    }
    const pca = new PCA({ nComponents });
    try {
      return scope(() => {
        const map = pca.fitTransform(x);
        const spread = map.narrow(1, 0, 1).std(undefined, { correction: 0 });
        return map
          .div(spread.clamp({ min: 1e-30 }))
          .mul(INITIAL_SIZE)
          .realize();
      });
    } finally {
      pca.dispose();
    }
  }

  protected override async advance() {
    const work = this.#work as Workspace;
    const {
      earlyExaggeration = 12,
      maxIter = 1000,
      nIterWithoutProgress = 300,
      minGradNorm = 1e-7,
    } = this.config;
    const iteration = this.iteration + 1;
    const exploring = iteration <= EXPLORATION;
    const { device, dtype } = work.Y;
    const settings = keep(
      tensor(
        [
          exploring ? 0.5 : 0.8,
          exploring ? earlyExaggeration : 1,
          this.learningRateFor(work.Y.shape[0] as number),
        ],
        { device, dtype },
      ),
    );
    // Descent begins anew after the exaggeration, as in scikit-learn.
    if (iteration === EXPLORATION + 1) restart(work);
    const norm = keep(noGrad(() => work.move(settings)));
    const gradNorm = await norm.item();
    settings.dispose();
    norm.dispose();
    if (!Number.isFinite(gradNorm)) {
      throw new RangeError(
        `TSNE: the map has diverged in iteration ${iteration}; use a smaller learningRate.`,
      );
    }
    const last = iteration >= maxIter;
    if (!last && iteration % CHECK_EVERY !== 0) {
      return { progress: { gradNorm, klDivergence: Number.NaN }, converged: false, done: false };
    }
    const klDivergence = await this.#divergence(work);
    const phaseEnds = last || iteration === EXPLORATION;
    if (klDivergence < work.best) Object.assign(work, { best: klDivergence, bestAt: iteration });
    const stuck = !exploring && iteration - work.bestAt > nIterWithoutProgress;
    const converged = !phaseEnds && !exploring && (stuck || gradNorm <= minGradNorm);
    return { progress: { gradNorm, klDivergence }, converged, done: last || converged };
  }

  async #divergence(work: Workspace): Promise<number> {
    const value = keep(noGrad(() => work.divergence()));
    work.lastDivergence = await value.item();
    value.dispose();
    return work.lastDivergence;
  }

  protected override async conclude(): Promise<void> {
    const work = this.#work as Workspace;
    this.setNumber('klDivergence', await this.#divergence(work));
    this.setTensor('embedding', work.Y.clone().realize());
    this.#work = null;
  }
}

function restart(work: Workspace): void {
  noGrad(() =>
    scope(() => {
      const { update, gains } = work;
      update.assign(update.mul(0).realize());
      gains.assign(gains.mul(0).add(1).realize());
    }),
  );
  work.best = Number.POSITIVE_INFINITY;
}
