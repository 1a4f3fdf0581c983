import {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type PairwiseDistanceOptions,
  pairwiseDistance,
} from '../tensor/statistics/distances.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Module } from './module.ts';

/** The cosine of the angle between vectors along `dim`, 1 unless given. */
export class CosineSimilarity extends Module {
  readonly options: CosineSimilarityOptions;

  constructor(options: CosineSimilarityOptions = {}) {
    super();
    this.options = options;
  }

  /** Vectors of shapes that broadcast to the cosines, without `dim`. */
  forward(a: Tensor, b: Tensor): Tensor {
    return cosineSimilarity(a, b, this.options);
  }
}

/** The distances of vectors along the last dimension. */
export class PairwiseDistance extends Module {
  readonly options: PairwiseDistanceOptions;

  constructor(options: PairwiseDistanceOptions = {}) {
    super();
    this.options = options;
  }

  /** Vectors `[.., features]` to `[..]`. */
  forward(a: Tensor, b: Tensor): Tensor {
    return pairwiseDistance(a, b, this.options);
  }
}
