import { pairOf, type Values } from './values.ts';

/** A figure that is gathered batch by batch. */
export interface StreamingMetric<Args extends unknown[]> {
  readonly name: string;
  update(...args: Args): this;
  /** The figure of all batches so far; NaN before the first. */
  compute(): number;
  reset(): this;
}

/** The mean of numbers, each with a weight: of losses, by the samples of their batches. */
export class Mean implements StreamingMetric<[value: number, weight?: number]> {
  readonly name: string;
  #sum = 0;
  #weight = 0;

  constructor(name = 'mean') {
    this.name = name;
  }

  update(value: number, weight = 1): this {
    if (!(weight >= 0)) throw new RangeError(`${this.name}: a weight must not be negative, got ${weight}.`);
    this.#sum += value * weight;
    this.#weight += weight;
    return this;
  }

  compute(): number {
    return this.#sum / this.#weight;
  }

  reset(): this {
    this.#sum = 0;
    this.#weight = 0;
    return this;
  }
}

/** A mean over samples of what `score` says of true and predicted values. */
class SampleMean implements StreamingMetric<[yTrue: Values, yPred: Values]> {
  readonly name: string;
  readonly #score: (truth: number, predicted: number) => number;
  readonly #mean: Mean;

  constructor(name: string, score: (truth: number, predicted: number) => number) {
    this.name = name;
    this.#score = score;
    this.#mean = new Mean(name);
  }

  update(yTrue: Values, yPred: Values): this {
    const [truth, predicted] = pairOf(this.name, yTrue, yPred);
    let sum = 0;
    for (let i = 0; i < truth.length; i++) sum += this.#score(truth[i] as number, predicted[i] as number);
    this.#mean.update(sum / truth.length, truth.length);
    return this;
  }

  compute(): number {
    return this.#mean.compute();
  }

  reset(): this {
    this.#mean.reset();
    return this;
  }
}

/** The part of predicted classes that are right. */
export class Accuracy extends SampleMean {
  constructor(name = 'accuracy') {
    super(name, (truth, predicted) => (truth === predicted ? 1 : 0));
  }
}

/** The mean of (y - ŷ)². */
export class MeanSquaredError extends SampleMean {
  constructor(name = 'meanSquaredError') {
    super(name, (truth, predicted) => (truth - predicted) ** 2);
  }
}

/** The mean of |y - ŷ|. */
export class MeanAbsoluteError extends SampleMean {
  constructor(name = 'meanAbsoluteError') {
    super(name, (truth, predicted) => Math.abs(truth - predicted));
  }
}
