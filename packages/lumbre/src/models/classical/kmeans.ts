import type { NumericArray } from '../../graph/dtype.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { defaultGenerator, type Generator, type WordSource } from '../../tensor/generator.ts';
import { keep, noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, checkNumber, type Features, featuresOf, type Samples, sumOf } from './estimator.ts';
import { type FitOptions, IterativeEstimator, type Progress, readAll } from './iterative.ts';
import { fraction, kmeansPlusPlus } from './kmeansPlusPlus.ts';

export interface KMeansConfig {
  /** Default 8. */
  readonly nClusters?: number;
  /** First centers: by k-means++ (default), rows drawn at random, or given [nClusters, d]. */
  readonly init?: 'k-means++' | 'random' | Samples;
  /** How many runs, of which the one with the least inertia counts. `auto` (default): 10 with `random`, else 1. */
  readonly nInit?: number | 'auto';
  /** Most iterations of a run. Default 300. */
  readonly maxIter?: number;
  /** A run ends when centers move less, squared, than this part of the mean variance of the columns. Default 1e-4. */
  readonly tol?: number;
  /** Rows drawn for each iteration (Sculley 2010); all rows unless given. */
  readonly batchSize?: number;
  /** What random numbers are drawn from; the default generator unless given. */
  readonly generator?: Generator;
}

export interface KMeansProgress extends Progress {
  /** Counts from 0. */
  readonly run: number;
  /** Summed squared distances to the centers as they were before the iteration, of all rows or scaled from the batch. */
  readonly inertia: number;
  /** Summed squared movement of the centers. */
  readonly shift: number;
}

/** Squared distances [n, k] of rows to centers [k, d]. */
function squaredDistances(x: Tensor, centers: Tensor): Tensor {
  const [lengths, own] = [x.square().sum(1, { keepdim: true }), centers.square().sum(1)];
  return lengths.add(own).sub(x.matmul(centers.mT).mul(2)).clamp({ min: 0 });
}

/** Where rows belong, and the sums and counts of rows for each center. */
function assign(x: Tensor, centers: Tensor) {
  const distances = squaredDistances(x, centers);
  const labels = distances.argmin(1);
  const belongs = labels.oneHot(centers.shape[0] as number).to(x.dtype);
  return { labels, least: distances.amin(1), sums: belongs.mT.matmul(x), counts: belongs.sum(0) };
}

interface Run {
  readonly number: number;
  centers: Float64Array;
  labels: NumericArray | null;
  iterations: number;
  /** Rows that each center has taken in, where rows come in batches. */
  readonly taken: Float64Array;
}

/** A run that is over. */
interface Best {
  readonly centers: Float64Array;
  readonly labels: NumericArray;
  readonly inertia: number;
  readonly iterations: number;
}

/** A workspace as plain values. */
interface Remembered {
  readonly drawn: number;
  readonly run: {
    readonly number: number;
    readonly centers: readonly number[];
    readonly labels: readonly number[] | null;
    readonly iterations: number;
    readonly taken: readonly number[];
  };
  readonly best: {
    readonly centers: readonly number[];
    readonly labels: readonly number[];
    readonly inertia: number;
    readonly iterations: number;
  } | null;
}

interface Workspace extends Features {
  readonly mean: Float64Array;
  readonly tolerance: number;
  readonly words: WordSource;
  /** Words that have been drawn. */
  drawn: number;
  readonly assign: CompiledFunction<[x: Tensor, centers: Tensor], ReturnType<typeof assign>>;
  readonly distances: CompiledFunction<[x: Tensor, centers: Tensor], Tensor>;
  run: Run;
  best: Best | null;
}

/**
 * k-means by Lloyd's iterations (Lloyd 1982), with scikit-learn's names and choices: k-means++ with greedy trials, centers
 * without rows move to the rows that are farthest from theirs, and a run ends when labels stay or centers hardly move.
 */
export class KMeans extends IterativeEstimator<KMeansProgress, [X: Samples]> {
  readonly config: KMeansConfig;
  #work: Workspace | null = null;

  /** @throws RangeError for options that make no sense. */
  constructor(config: KMeansConfig = {}) {
    super();
    this.config = config;
    const {
      nClusters = 8,
      nInit = 'auto',
      maxIter = 300,
      tol = 1e-4,
      batchSize,
      init = 'k-means++',
    } = config;
    checkInteger('KMeans', 'nClusters', nClusters, 1);
    if (nInit !== 'auto') checkInteger('KMeans', 'nInit', nInit, 1);
    checkInteger('KMeans', 'maxIter', maxIter, 1);
    checkNumber('KMeans', 'tol', tol, 0);
    if (batchSize !== undefined) checkInteger('KMeans', 'batchSize', batchSize, 1);
    if (typeof init === 'string' && init !== 'k-means++' && init !== 'random')
      throw new RangeError(`KMeans: init must be 'k-means++', 'random' or centers, not '${init}'.`);
  }

  /** [nClusters, d] */
  get clusterCenters(): Tensor {
    return this.tensorOf('clusterCenters');
  }

  /** int32 [n]: the cluster of each row that it was fitted to. Known when the fitting has ended. */
  get labels(): Tensor {
    return this.tensorOf('labels');
  }

  /** Summed squared distances of the rows to their centers. */
  get inertia(): number {
    return this.numberOf('inertia');
  }

  /** Iterations of the best run. */
  get nIter(): number {
    return this.numberOf('nIter');
  }

  /**
   * Finds centers for samples [n, d].
   * @throws RangeError for fewer samples than clusters, NaN, or first centers of another shape.
   */
  fit(X: Samples, options: FitOptions<KMeansProgress> = {}): Promise<this> {
    return this.run(options, X);
  }

  #runs(): number {
    const { nInit = 'auto', init = 'k-means++' } = this.config;
    if (typeof init !== 'string') return 1;
    return nInit === 'auto' ? (init === 'random' ? 10 : 1) : nInit;
  }

  protected override prepare(X: Samples): void {
    const { nClusters = 8, tol = 1e-4, generator = defaultGenerator } = this.config;
    const features = featuresOf('KMeans.fit', X);
    this.hold(features.x);
    const { host, rows, columns } = features;
    if (rows < nClusters) {
      throw new RangeError(
        `KMeans.fit: ${rows} samples for ${nClusters} clusters; expected at least as many.`,
      );
    }
    // Products cancel least around the mean, which is added again in the end.
    const mean = new Float64Array(columns);
    host.forEach((value, i) => {
      mean[i % columns] = (mean[i % columns] as number) + value / rows;
    });
    const centered = host.map((value, i) => value - (mean[i % columns] as number));
    const variance = sumOf(centered.map((value) => value * value)) / (rows * columns);
    const { device, dtype } = features.x;
    const x = this.hold(keep(tensor(centered, { shape: [rows, columns], device, dtype })));
    const source = generator.hostWords();
    const words = () => {
      work.drawn++;
      return source();
    };
    const work: Omit<Workspace, 'run'> = {
      ...features,
      x,
      host: centered,
      mean,
      tolerance: tol * variance,
      words,
      drawn: 0,
      assign: this.hold(compile(assign)),
      distances: this.hold(compile((a: Tensor, b: Tensor) => squaredDistances(a, b).mT)),
      best: null,
    };
    this.#work = Object.assign(work, { run: this.#begin(work, 0) });
  }

  protected override remember(): Remembered {
    const { drawn, run, best } = this.#work as Workspace;
    const { number, iterations } = run;
    return {
      drawn,
      run: {
        ...{ number, iterations },
        centers: [...run.centers],
        labels: run.labels && Array.from(run.labels),
        taken: [...run.taken],
      },
      best: best && { ...best, centers: [...best.centers], labels: Array.from(best.labels) },
    };
  }

  protected override recall({ drawn, run, best }: Remembered): void {
    const work = this.#work as Workspace;
    while (work.drawn < drawn) work.words();
    work.run = {
      ...run,
      centers: Float64Array.from(run.centers),
      labels: run.labels && Int32Array.from(run.labels),
      taken: Float64Array.from(run.taken),
    };
    work.best = best && {
      ...best,
      centers: Float64Array.from(best.centers),
      labels: Int32Array.from(best.labels),
    };
  }

  #begin(work: Omit<Workspace, 'run'>, number: number): Run {
    const { nClusters = 8 } = this.config;
    return {
      number,
      centers: this.#firstCenters(work),
      labels: null,
      iterations: 0,
      taken: new Float64Array(nClusters),
    };
  }

  #firstCenters({ x, host, rows, columns, words, mean, distances }: Omit<Workspace, 'run'>): Float64Array {
    const { nClusters: k = 8, init = 'k-means++' } = this.config;
    if (typeof init !== 'string') {
      const given = featuresOf('KMeans: init', init, columns);
      given.x.dispose();
      if (given.rows !== k)
        throw new RangeError(`KMeans: init has ${given.rows} centers, expected nClusters, ${k}.`);
      return Float64Array.from(given.host, (value, i) => value - (mean[i % columns] as number));
    }
    const rowOf = (i: number) => host.subarray(i * columns, (i + 1) * columns);
    const stacked = (chosen: readonly number[]) => Float64Array.from(chosen.flatMap((i) => [...rowOf(i)]));
    if (init === 'random') {
      const order = Int32Array.from({ length: rows }, (_, i) => i);
      for (let i = 0; i < k; i++) {
        const j = i + Math.floor(fraction(words) * (rows - i));
        [order[i], order[j]] = [order[j] as number, order[i] as number];
      }
      return stacked([...order.subarray(0, k)]);
    }
    return stacked(
      kmeansPlusPlus(rows, k, words, (candidates) => {
        const { device, dtype } = x;
        return scope(() => {
          const shape = [candidates.length, columns];
          return noGrad(() => distances(x, tensor(stacked(candidates), { shape, device, dtype })).dataSync());
        });
      }),
    );
  }

  /** Labels, distances, sums and counts with centers as they are. */
  async #assign(work: Workspace, x: Tensor, centers: Float64Array) {
    const { device, dtype } = x;
    const c = keep(tensor(centers, { shape: [centers.length / work.columns, work.columns], device, dtype }));
    try {
      return await readAll(noGrad(() => keep(work.assign(x, c))));
    } finally {
      c.dispose();
    }
  }

  protected override async advance() {
    const work = this.#work as Workspace;
    const { batchSize, maxIter = 300 } = this.config;
    const { run } = work;
    const { progress, still } =
      batchSize === undefined ? await this.#lloyd(work) : await this.#batch(work, batchSize);
    run.iterations++;
    this.#show(work, run.centers);
    const ended = still || run.iterations >= maxIter;
    if (!ended) return { progress, converged: false, done: false };
    await this.#end(work);
    const last = run.number + 1 >= this.#runs();
    if (!last) work.run = this.#begin(work, run.number + 1);
    return { progress, converged: still && last, done: last };
  }

  /** One iteration of Lloyd: each row to its nearest center, each center to the mean of its rows. */
  async #lloyd(work: Workspace) {
    const { run, columns } = work;
    const { labels, least, sums, counts } = await this.#assign(work, work.x, run.centers);
    const [total, size] = [Float64Array.from(sums), Float64Array.from(counts)];
    relocate(work, labels, least, total, size);
    const next = total.map((sum, i) => {
      const count = size[Math.floor(i / columns)] as number;
      return count > 0 ? sum / count : (run.centers[i] as number);
    });
    const shift = next.reduce((sum, value, i) => sum + (value - (run.centers[i] as number)) ** 2, 0);
    const same = run.labels !== null && labels.every((label, i) => label === run.labels?.[i]);
    const inertia = sumOf(least);
    run.centers = next;
    run.labels = labels;
    return { progress: { run: run.number, inertia, shift }, still: same || shift <= work.tolerance };
  }

  /** The same with rows drawn at random: each center is the mean of all rows that it has taken in. */
  async #batch(work: Workspace, batchSize: number) {
    const { run, rows, columns, x, words, host } = work;
    const { device, dtype } = x;
    const picked = Array.from({ length: batchSize }, () => Math.floor(fraction(words) * rows));
    const values = new Float64Array(batchSize * columns);
    picked.forEach((row, i) => {
      values.set(host.subarray(row * columns, (row + 1) * columns), i * columns);
    });
    const batch = keep(tensor(values, { shape: [batchSize, columns], device, dtype }));
    const { least, sums, counts } = await this.#assign(work, batch, run.centers).finally(() =>
      batch.dispose(),
    );
    let shift = 0;
    run.centers = run.centers.map((value, i) => {
      const c = Math.floor(i / columns);
      const count = counts[c] as number;
      if (count === 0) return value;
      const before = run.taken[c] as number;
      const next = (value * before + (sums[i] as number)) / (before + count);
      shift += (next - value) ** 2;
      return next;
    });
    counts.forEach((count, c) => {
      run.taken[c] = (run.taken[c] as number) + count;
    });
    const inertia = (sumOf(least) * rows) / batchSize;
    return { progress: { run: run.number, inertia, shift }, still: shift <= work.tolerance };
  }

  /** Labels and inertia with the last centers; the best run is kept. */
  async #end(work: Workspace): Promise<void> {
    const { centers, iterations } = work.run;
    const { labels, least } = await this.#assign(work, work.x, centers);
    const inertia = sumOf(least);
    if (work.best && work.best.inertia <= inertia) return;
    work.best = { centers, labels, inertia, iterations };
  }

  /** Centers as others see them. */
  #show({ mean, columns, x }: Workspace, centers: Float64Array): void {
    const shifted = centers.map((value, i) => value + (mean[i % columns] as number));
    this.setValues('clusterCenters', shifted, [centers.length / columns, columns], x);
  }

  protected override async conclude(): Promise<void> {
    const work = this.#work as Workspace;
    this.#work = null;
    // Ended from outside, in the middle of a run.
    if (!work.best) await this.#end(work);
    const best = work.best as NonNullable<Workspace['best']>;
    this.#show(work, best.centers);
    this.setTensor('labels', tensor(Int32Array.from(best.labels), { device: work.x.device }));
    this.setNumber('inertia', best.inertia);
    this.setNumber('nIter', best.iterations);
  }

  /** int32 [n]: the nearest center of each sample. */
  predict(X: Samples): Tensor {
    return this.#toCenters('KMeans.predict', X, (squared) => squared.argmin(1));
  }

  /** [n, nClusters]: the distances to the centers. */
  transform(X: Samples): Tensor {
    return this.#toCenters('KMeans.transform', X, (squared) => squared.sqrt());
  }

  /** The negative inertia of samples: larger is better. */
  score(X: Samples): number {
    return scope(() => -sumOf(this.#toCenters('KMeans.score', X, (squared) => squared.amin(1)).dataSync()));
  }

  #toCenters(operation: string, X: Samples, result: (squared: Tensor) => Tensor): Tensor {
    const centers = this.clusterCenters;
    const { x } = featuresOf(operation, X, centers.shape[1], centers);
    try {
      return noGrad(() =>
        scope(() => {
          const mean = centers.mean(0);
          return result(squaredDistances(x.sub(mean), centers.sub(mean)));
        }),
      );
    } finally {
      x.dispose();
    }
  }
}

/** Gives each center without rows the row that is farthest from its own center, as scikit-learn does. */
function relocate(
  { host, columns }: Features,
  labels: NumericArray,
  least: NumericArray,
  sums: Float64Array,
  counts: Float64Array,
): void {
  const empty = [...counts.keys()].filter((c) => counts[c] === 0);
  if (empty.length === 0) return;
  const far = Array.from(least, (_, i) => i).sort((a, b) => (least[b] as number) - (least[a] as number));
  empty.forEach((c, i) => {
    const row = far[i] as number;
    const from = labels[row] as number;
    for (let j = 0; j < columns; j++) {
      const value = host[row * columns + j] as number;
      sums[c * columns + j] = value;
      sums[from * columns + j] = (sums[from * columns + j] as number) - value;
    }
    counts[c] = 1;
    counts[from] = (counts[from] as number) - 1;
  });
}
