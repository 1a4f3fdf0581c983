import { tensor } from '../../tensor/creation.ts';
import { eigh, svd } from '../../tensor/linalg/index.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { Estimator, featuresOf, type Samples, sumOf } from './estimator.ts';

export interface PCAConfig {
  /** How many components; or, between 0 and 1, the part of the variance to explain. All unless given. */
  readonly nComponents?: number;
  /** Whether transformed columns are scaled to variance 1. Default false. */
  readonly whiten?: boolean;
  /**
   * `full`: singular values of the samples. `covarianceEigh`: eigenvalues of the covariance, or of the inner products where
   * there are fewer samples than columns; faster, and less exact for what is small. `auto` (default) takes the first for
   * small problems.
   */
  readonly svdSolver?: 'auto' | 'full' | 'covarianceEigh';
}

/** Where linear algebra keeps double precision. */
const exact = { device: 'js', dtype: 'float64' } as const;

/** Up to so many multiplications, singular values cost less than a second. */
const SMALL = 5e7;

interface Decomposition {
  /** [k] falling */
  readonly singular: Float64Array;
  /** [k, columns] */
  readonly vectors: Float64Array;
}

/**
 * Principal component analysis (Pearson 1901), with scikit-learn's names: the orthogonal directions of most variance. The
 * sign of a component is such that its largest entry is positive, as there.
 */
export class PCA extends Estimator {
  readonly config: PCAConfig;

  /** @throws RangeError for options that make no sense. */
  constructor(config: PCAConfig = {}) {
    super();
    this.config = config;
    const { nComponents = 1, svdSolver = 'auto' } = config;
    if (!(nComponents > 0 && (nComponents < 1 || Number.isInteger(nComponents)))) {
      throw new RangeError(
        `PCA: nComponents must be an integer from 1, or a part of the variance between 0 and 1, not ${nComponents}.`,
      );
    }
    if (!['auto', 'full', 'covarianceEigh'].includes(svdSolver))
      throw new RangeError(`PCA: there is no svdSolver '${svdSolver}'.`);
  }

  /** [nComponents, d], rows of length 1. */
  get components(): Tensor {
    return this.tensorOf('components');
  }

  /** [d] */
  get mean(): Tensor {
    return this.tensorOf('mean');
  }

  /** [nComponents]: the variance along each component. */
  get explainedVariance(): Tensor {
    return this.tensorOf('explainedVariance');
  }

  /** [nComponents]: the same as a part of the whole. */
  get explainedVarianceRatio(): Tensor {
    return this.tensorOf('explainedVarianceRatio');
  }

  /** [nComponents] */
  get singularValues(): Tensor {
    return this.tensorOf('singularValues');
  }

  /**
   * Finds the components of samples [n, d].
   * @throws RangeError for NaN, fewer than two samples, or more components than min(n, d).
   */
  fit(X: Samples): this {
    const { nComponents, svdSolver = 'auto' } = this.config;
    const { x, host, rows, columns } = featuresOf('PCA.fit', X);
    try {
      const most = Math.min(rows, columns);
      if (rows < 2) throw new RangeError('PCA.fit: one sample has no variance; expected at least two.');
      if (nComponents !== undefined && nComponents > most) {
        throw new RangeError(
          `PCA.fit: nComponents is ${nComponents}, but ${rows} samples of ${columns} columns have at most ${most}.`,
        );
      }
      const mean = new Float64Array(columns);
      for (let i = 0; i < host.length; i++)
        mean[i % columns] = (mean[i % columns] as number) + (host[i] as number);
      for (let j = 0; j < columns; j++) mean[j] = (mean[j] as number) / rows;
      const centered = Float64Array.from(host, (value, i) => value - (mean[i % columns] as number));
      const full =
        svdSolver === 'full' || (svdSolver === 'auto' && most * most * Math.max(rows, columns) <= SMALL);
      const { singular, vectors } = noGrad(() =>
        full ? bySvd(centered, rows, columns) : byEigh(centered, rows, columns, x),
      );
      fixSigns(vectors, columns);
      const variance = singular.map((s) => (s * s) / (rows - 1));
      const total = sumOf(centered.map((value) => value * value)) / (rows - 1);
      const ratio = variance.map((v) => (total > 0 ? v / total : 0));
      const k = countOf(nComponents ?? most, ratio);
      this.setValues('mean', mean, [columns], x);
      this.setValues('components', vectors.subarray(0, k * columns), [k, columns], x);
      this.setValues('explainedVariance', variance.subarray(0, k), [k], x);
      this.setValues('explainedVarianceRatio', ratio.subarray(0, k), [k], x);
      this.setValues('singularValues', singular.subarray(0, k), [k], x);
      return this;
    } finally {
      x.dispose();
    }
  }

  /** Samples [n, d] seen along the components: [n, nComponents]. */
  transform(X: Samples): Tensor {
    const { x } = featuresOf('PCA.transform', X, this.mean.shape[0], this.mean);
    try {
      return noGrad(() =>
        scope(() => {
          const along = x.sub(this.mean).matmul(this.components.mT);
          return (this.config.whiten ? along.div(this.#scale()) : along).realize();
        }),
      );
    } finally {
      x.dispose();
    }
  }

  fitTransform(X: Samples): Tensor {
    return this.fit(X).transform(X);
  }

  /** Back from [n, nComponents] to [n, d], without what other components had. */
  inverseTransform(Z: Samples): Tensor {
    const { x } = featuresOf('PCA.inverseTransform', Z, this.components.shape[0], this.mean);
    try {
      return noGrad(() =>
        scope(() => {
          const along = this.config.whiten ? x.mul(this.#scale()) : x;
          return along.matmul(this.components).add(this.mean).realize();
        }),
      );
    } finally {
      x.dispose();
    }
  }

  /** Standard deviations; what does not vary at all stays 0 instead of becoming noise. */
  #scale(): Tensor {
    const { dtype } = this.explainedVariance;
    return this.explainedVariance.sqrt().clamp({ min: dtype === 'float64' ? 2 ** -52 : 2 ** -23 });
  }
}

/** How many components a number or a part of the variance stands for. */
function countOf(wanted: number, ratio: Float64Array): number {
  if (wanted >= 1) return wanted;
  let sum = 0;
  const place = ratio.findIndex((part) => {
    sum += part;
    return sum > wanted;
  });
  return place < 0 ? ratio.length : place + 1;
}

function bySvd(centered: Float64Array, rows: number, columns: number): Decomposition {
  return scope(() => {
    const [, S, Vh] = svd(tensor(centered, { shape: [rows, columns], ...exact }), { fullMatrices: false });
    return { singular: Float64Array.from(S.dataSync()), vectors: Float64Array.from(Vh.dataSync()) };
  });
}

/** From the smaller one of AᵀA and AAᵀ, which is computed where the samples are. */
function byEigh(centered: Float64Array, rows: number, columns: number, like: Tensor): Decomposition {
  return scope(() => {
    const { device, dtype } = like;
    const a = tensor(centered, { shape: [rows, columns], device, dtype });
    const wide = rows < columns;
    const gram = wide ? a.matmul(a.mT) : a.mT.matmul(a);
    const size = wide ? rows : columns;
    const [L, Q] = eigh(tensor(Float64Array.from(gram.dataSync()), { shape: [size, size], ...exact }));
    const singular = Float64Array.from(L.dataSync(), (value) => Math.sqrt(Math.max(value, 0))).reverse();
    const falling = Q.mT.flip(0).dataSync();
    if (!wide) return { singular, vectors: Float64Array.from(falling) };
    const turned = tensor(falling, { shape: [rows, rows], device, dtype })
      .matmul(a)
      .dataSync();
    // Directions without variance cannot be told from inner products: they stay 0.
    const smallest = (singular[0] as number) * 1e-6;
    const vectors = Float64Array.from(turned, (value, i) => {
      const s = singular[Math.floor(i / columns)] as number;
      return s > smallest ? value / s : 0;
    });
    return { singular, vectors };
  });
}

/** scikit-learn's svd_flip: the entry of largest magnitude in each row becomes positive. */
function fixSigns(vectors: Float64Array, columns: number): void {
  for (let start = 0; start < vectors.length; start += columns) {
    const row = vectors.subarray(start, start + columns);
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    if (largest < 0) for (let j = 0; j < columns; j++) row[j] = -(row[j] as number);
  }
}
