import type { Generator } from '../../tensor/generator.ts';
import { integersBelow, permutation, range } from '../shuffle.ts';

/** The order of an epoch. `generator` is seeded for the epoch: the same order when it is repeated or resumed. */
export interface Sampler {
  /** How many examples an epoch has. */
  readonly length: number;
  indices(generator: Generator): ArrayLike<number>;
}

/** The batches of an epoch, when they are more than stretches of an order. */
export interface BatchSamplerLike {
  /** How many batches an epoch has. */
  readonly length: number;
  batches(generator: Generator): readonly (readonly number[])[];
}

/** 0 to length - 1 in order. */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  indices(): ArrayLike<number> {
    return range(this.length);
  }
}

export interface RandomSamplerOptions {
  /** Whether an example may come more than once in an epoch. Default false. */
  readonly replacement?: boolean;
  /** How many examples an epoch has; all unless given. */
  readonly numSamples?: number;
}

/** Random order. */
export class RandomSampler implements Sampler {
  readonly length: number;
  readonly #count: number;
  readonly #replacement: boolean;

  /** @throws RangeError for more samples than examples without replacement. */
  constructor(count: number, { replacement = false, numSamples = count }: RandomSamplerOptions = {}) {
    if (!Number.isInteger(numSamples) || numSamples < 0 || (!replacement && numSamples > count)) {
      throw new RangeError(
        `RandomSampler: ${numSamples} samples of ${count} examples; pass replacement: true to draw more than there are.`,
      );
    }
    this.#count = count;
    this.#replacement = replacement;
    this.length = numSamples;
  }

  indices(generator: Generator): ArrayLike<number> {
    if (!this.#replacement) return permutation(this.#count, generator).subarray(0, this.length);
    const below = integersBelow(generator);
    return Int32Array.from({ length: this.length }, () => below(this.#count));
  }
}

/** Examples drawn by weight, so that rare classes come as often as others. */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly #weights: Float64Array;
  readonly #replacement: boolean;

  /**
   * @param weights one for each example, not negative; they need not sum to 1
   * @param numSamples how many examples an epoch has
   * @throws RangeError for other weights, or for too few that are not 0 without replacement.
   */
  constructor(
    weights: ArrayLike<number>,
    numSamples: number = weights.length,
    { replacement = true }: Pick<RandomSamplerOptions, 'replacement'> = {},
  ) {
    this.#weights = Float64Array.from(weights);
    const bad = this.#weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (bad >= 0) {
      throw new RangeError(
        `WeightedRandomSampler: weight ${bad} is ${weights[bad]}; expected a number from 0.`,
      );
    }
    const positive = this.#weights.reduce((count, weight) => count + Number(weight > 0), 0);
    if (positive === 0 || (!replacement && positive < numSamples)) {
      throw new RangeError(
        `WeightedRandomSampler: ${positive} weights are not 0, too few for ${numSamples} samples` +
          `${replacement ? '' : ' without replacement'}.`,
      );
    }
    this.length = numSamples;
    this.#replacement = replacement;
  }

  indices(generator: Generator): ArrayLike<number> {
    const below = integersBelow(generator);
    const uniform = () => below(2 ** 53) / 2 ** 53;
    const weights = this.#weights;
    if (!this.#replacement) {
      // Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006: the largest u^(1/w).
      const keys = weights.map((weight) =>
        weight > 0 ? Math.log1p(-uniform()) / weight : Number.NEGATIVE_INFINITY,
      );
      return range(weights.length)
        .sort((a, b) => (keys[b] as number) - (keys[a] as number))
        .subarray(0, this.length);
    }
    let sum = 0;
    const sums = weights.map((weight) => {
      sum += weight;
      return sum;
    });
    return Int32Array.from({ length: this.length }, () => firstAbove(sums, uniform() * sum));
  }
}

/** The first position whose running sum is more than `value`. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Stretches of a sampler's order. */
export class BatchSampler implements BatchSamplerLike {
  readonly length: number;
  readonly #sampler: Sampler;
  readonly #batchSize: number;

  /** @param dropLast whether a last batch that is not full is left out */
  constructor(sampler: Sampler, batchSize: number, dropLast = false) {
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(`BatchSampler: batchSize is a whole number from 1, not ${batchSize}.`);
    }
    this.#sampler = sampler;
    this.#batchSize = batchSize;
    this.length = dropLast ? Math.floor(sampler.length / batchSize) : Math.ceil(sampler.length / batchSize);
  }

  batches(generator: Generator): number[][] {
    const order = Array.from(this.#sampler.indices(generator));
    return Array.from({ length: this.length }, (_, k) =>
      order.slice(k * this.#batchSize, (k + 1) * this.#batchSize),
    );
  }
}
