import { kNearest, rowsOf } from '../../metrics/index.ts';
import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, Estimator, featuresOf, type Samples } from './estimator.ts';

export interface NearestNeighborsConfig {
  /** Default 5. */
  readonly nNeighbors?: number;
}

/** The nearest samples by Euclidean distance, found by comparing with all of them: scikit-learn's with `brute`. */
export class NearestNeighbors extends Estimator {
  readonly config: NearestNeighborsConfig;

  /** @throws RangeError for options that make no sense. */
  constructor(config: NearestNeighborsConfig = {}) {
    super();
    this.config = config;
    checkInteger('NearestNeighbors', 'nNeighbors', config.nNeighbors ?? 5, 1);
  }

  /** The samples [n, d] that it knows. */
  get samples(): Tensor {
    return this.tensorOf('samples');
  }

  /** Takes a copy of samples [n, d]. @throws RangeError for NaN. */
  fit(X: Samples): this {
    const { x, host } = featuresOf('NearestNeighbors.fit', X);
    this.setValues('samples', host, x.shape, x);
    x.dispose();
    return this;
  }

  /**
   * The nearest samples of each query [m, d], nearest first; without queries, those of each sample among the others.
   * @returns distances [m, nNeighbors], and which samples they are, int32 [m, nNeighbors]
   * @throws RangeError when there are fewer samples than neighbours.
   */
  kneighbors(
    X?: Samples,
    { nNeighbors = this.config.nNeighbors ?? 5 }: NearestNeighborsConfig = {},
  ): [distances: Tensor, indices: Tensor] {
    const operation = 'NearestNeighbors.kneighbors';
    const { samples } = this;
    const reference = rowsOf(operation, 'samples', samples);
    checkInteger(operation, 'nNeighbors', nNeighbors, 1, reference.rows - (X ? 0 : 1));
    const queries = X ? queriesOf(operation, X, reference.columns) : reference;
    const { distances, indices } = kNearest(queries, reference, nNeighbors, { excludeSelf: !X });
    const shape = [queries.rows, nNeighbors];
    const { device, dtype } = samples;
    return [tensor(distances, { shape, device, dtype }), tensor(indices, { shape, device })];
  }
}

function queriesOf(operation: string, X: Samples, columns: number) {
  const { x, host, rows } = featuresOf(operation, X, columns);
  x.dispose();
  return { data: Float64Array.from(host), rows, columns };
}
