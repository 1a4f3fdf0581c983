import { tensor } from '../../tensor/creation.ts';
import { cholesky, choleskySolve, lstsq } from '../../tensor/linalg/index.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  checkNumber,
  Estimator,
  featuresOf,
  type Samples,
  sumOf,
  type Targets,
  targetsOf,
} from './estimator.ts';

export interface LinearRegressionConfig {
  /** Whether there is an intercept. Default true. */
  readonly fitIntercept?: boolean;
}

/** Where linear algebra keeps double precision. */
const exact = { device: 'js', dtype: 'float64' } as const;

/** Columns around their means, on the host. */
interface Problem {
  /** [rows, columns] */
  readonly X: Float64Array;
  /** [rows, outputs] */
  readonly Y: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly outputs: number;
}

function center(values: Float64Array, columns: number): Float64Array {
  const means = new Float64Array(columns);
  values.forEach((value, i) => {
    means[i % columns] = (means[i % columns] as number) + value;
  });
  const rows = values.length / columns;
  for (let j = 0; j < columns; j++) means[j] = (means[j] as number) / rows;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) - (means[i % columns] as number);
  return means;
}

/** What is predicted is linear in the features. */
abstract class LinearModel extends Estimator {
  abstract override readonly config: LinearRegressionConfig;

  /** Coefficients [outputs, columns] of centered columns. */
  protected abstract solve(problem: Problem): Float64Array;

  /** [d], or [outputs, d] for targets with two dimensions. */
  get coef(): Tensor {
    return this.tensorOf('coef');
  }

  /** A scalar, or [outputs]. */
  get intercept(): Tensor {
    return this.tensorOf('intercept');
  }

  /**
   * Learns targets [n] or [n, outputs] from samples [n, d]; it computes on the host in double precision.
   * @throws RangeError for NaN, or numbers of samples that do not fit.
   */
  fit(X: Samples, y: Targets): this {
    const { x, host, rows, columns } = featuresOf(`${this.name}.fit`, X);
    try {
      const { values: Y, outputs, single } = targetsOf(`${this.name}.fit`, y, rows);
      const { fitIntercept = true } = this.config;
      const features = Float64Array.from(host);
      const [meanX, meanY] = fitIntercept
        ? [center(features, columns), center(Y, outputs)]
        : [new Float64Array(columns), new Float64Array(outputs)];
      const coef = noGrad(() => scope(() => this.solve({ X: features, Y, rows, columns, outputs })));
      const intercept = meanY.map(
        (mean, o) => mean - sumOf(meanX.map((m, j) => m * (coef[o * columns + j] as number))),
      );
      this.setValues('coef', coef, single ? [columns] : [outputs, columns], x);
      this.setValues('intercept', intercept, single ? [] : [outputs], x);
      return this;
    } finally {
      x.dispose();
    }
  }

  /** [n], or [n, outputs] */
  predict(X: Samples): Tensor {
    const { x } = featuresOf(`${this.name}.predict`, X, this.coef.shape.at(-1), this.coef);
    try {
      return noGrad(() =>
        scope(() =>
          x
            .matmul(this.coef.ndim === 1 ? this.coef : this.coef.mT)
            .add(this.intercept)
            .realize(),
        ),
      );
    } finally {
      x.dispose();
    }
  }
}

/**
 * Ordinary least squares, as scikit-learn's; of several solutions the one with the smallest coefficients.
 */
export class LinearRegression extends LinearModel {
  readonly config: LinearRegressionConfig;

  constructor(config: LinearRegressionConfig = {}) {
    super();
    this.config = config;
  }

  protected override solve({ X, Y, rows, columns, outputs }: Problem): Float64Array {
    const [A, B] = [
      tensor(X, { shape: [rows, columns], ...exact }),
      tensor(Y, { shape: [rows, outputs], ...exact }),
    ];
    return Float64Array.from(lstsq(A, B)[0].mT.dataSync());
  }
}

export interface RidgeConfig extends LinearRegressionConfig {
  /** What the squared coefficients cost. Default 1. */
  readonly alpha?: number;
}

/** Least squares with alpha · |w|² added (Hoerl and Kennard 1970), as scikit-learn's; the intercept costs nothing. */
export class Ridge extends LinearModel {
  readonly config: RidgeConfig;

  /** @throws RangeError for an alpha that is not more than 0: use LinearRegression. */
  constructor(config: RidgeConfig = {}) {
    super();
    this.config = config;
    checkNumber('Ridge', 'alpha', config.alpha ?? 1, Number.MIN_VALUE);
  }

  protected override solve({ X, Y, rows, columns, outputs }: Problem): Float64Array {
    const { alpha = 1 } = this.config;
    const gram = product(X, X, rows, columns, columns);
    for (let j = 0; j < columns; j++) gram[j * (columns + 1)] = (gram[j * (columns + 1)] as number) + alpha;
    const L = cholesky(tensor(gram, { shape: [columns, columns], ...exact }));
    const right = tensor(product(X, Y, rows, columns, outputs), { shape: [columns, outputs], ...exact });
    return Float64Array.from(choleskySolve(right, L).mT.dataSync());
  }
}

/** AᵀB of A [rows, m] and B [rows, n]. */
function product(a: Float64Array, b: Float64Array, rows: number, m: number, n: number): Float64Array {
  const result = new Float64Array(m * n);
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < m; i++) {
      const value = a[r * m + i] as number;
      for (let j = 0, at = i * n; j < n; j++, at++)
        result[at] = (result[at] as number) + value * (b[r * n + j] as number);
    }
  }
  return result;
}
