import { formatShape, type Shape } from '../graph/shape.ts';
import { arange } from '../tensor/creation.ts';
import { isTensor, type TensorLike } from '../tensor/operands.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { Distribution, type SampleOptions } from './distribution.ts';
import { gumbelNoise, uniformNoise } from './noise.ts';
import {
  asFloat,
  broadcastParameters,
  type Checked,
  notNaN,
  notNegative,
  probability,
  valueBeside,
} from './parameters.ts';

/** Probabilities, or what softmax or sigmoid makes them of: one of both. */
export interface ProbabilityOptions<T> {
  readonly probs?: T;
  readonly logits?: T;
}

/** Whichever was given. @throws TypeError for none and for both. */
function oneOf<T>(name: string, { probs, logits }: ProbabilityOptions<T>): readonly ['probs' | 'logits', T] {
  if (probs !== undefined && logits === undefined) return ['probs', probs];
  if (logits !== undefined && probs === undefined) return ['logits', logits];
  throw new TypeError(`${name}: give either probs or logits, as in new ${name}({ probs }).`);
}

/** Away from 0 and 1 by the distance of 1 to the next number, so that logarithms are finite; as PyTorch does. */
function clampProbabilities(probs: Tensor): Tensor {
  const epsilon = probs.dtype === 'float64' ? 2 ** -52 : 2 ** -23;
  return probs.clamp({ min: epsilon, max: 1 - epsilon });
}

/** 1 with probability `probs` = sigmoid(logits), else 0. Draws are floats. */
export class Bernoulli extends Distribution {
  readonly probs: Tensor;
  readonly logits: Tensor;

  /** @throws TypeError unless one of probs and logits is given; RangeError for a number that is no probability. */
  constructor(options: ProbabilityOptions<TensorLike>) {
    const [kind, given] = oneOf('Bernoulli', options);
    const { tensors, shape, checked } = broadcastParameters('Bernoulli', {
      [kind]: [given, kind === 'probs' ? probability : notNaN],
    });
    super('Bernoulli', { batch: shape }, checked, false);
    const [parameter] = tensors as [Tensor];
    this.probs = kind === 'probs' ? parameter : parameter.sigmoid();
    this.logits = kind === 'logits' ? parameter : clampProbabilities(parameter).logit();
  }

  get mean(): Tensor {
    return this.probs;
  }

  /** NaN for a fair coin. */
  get mode(): Tensor {
    const mode = this.probs.ge(0.5).to(this.probs.dtype);
    return mode.where(this.probs.ne(0.5), Number.NaN);
  }

  get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    return uniformNoise(this.probs, this.extend(shape), options).lt(this.probs).to(this.probs.dtype);
  }

  /** Of a value that is 0 or 1. */
  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.logits);
    return x.mul(this.logits).sub(this.logits.softplus());
  }

  override entropy(): Tensor {
    return this.logits.softplus().sub(this.logits.mul(this.probs));
  }
}

/** Probabilities along the last dimension that add up to 1, and their logarithms. */
function normalized(
  name: string,
  options: ProbabilityOptions<Tensor>,
): { readonly probs: Tensor; readonly logits: Tensor; readonly checked: readonly Checked[] } {
  const [kind, given] = oneOf(name, options);
  if (!isTensor(given) || given.ndim === 0 || given.shape.at(-1) === 0) {
    const got = isTensor(given) ? formatShape(given.shape) : String(given);
    throw new RangeError(
      `${name}: ${kind} must be a tensor [.., categories] with at least 1 category, got ${got}.`,
    );
  }
  const parameter = asFloat(given);
  const checked = [{ name: kind, tensor: parameter, constraint: kind === 'probs' ? notNegative : notNaN }];
  if (kind === 'logits') {
    return { probs: parameter.softmax(-1), logits: parameter.logSoftmax(-1), checked };
  }
  const probs = parameter.div(parameter.sum(-1, { keepdim: true }));
  return { probs, logits: clampProbabilities(probs).log(), checked };
}

/** 1 where the last dimension's index is `index`, which keeps that dimension with size 1. */
const isAt = (index: Tensor, categories: number): Tensor =>
  index.eq(arange(categories, { device: index.device }));

/** Σ of what is multiplied by 0, whatever that is, as 0. */
const weighted = (weight: Tensor, value: Tensor): Tensor => value.where(weight.ne(0), 0).mul(weight).sum(-1);

/** Integers from 0 to categories - 1, with probabilities along the last dimension. Draws are int32. */
export class Categorical extends Distribution {
  /** Normalized probabilities [batch.., categories]. */
  readonly probs: Tensor;
  /** Their logarithms. */
  readonly logits: Tensor;
  readonly numCategories: number;

  /**
   * @param options probabilities, which are divided by their sum, or logits, of which softmax is taken: [.., categories]
   * @throws TypeError unless one of both is given.
   */
  constructor(options: ProbabilityOptions<Tensor>) {
    const { probs, logits, checked } = normalized('Categorical', options);
    super('Categorical', { batch: probs.shape.slice(0, -1) }, checked, false);
    this.probs = probs;
    this.logits = logits;
    this.numCategories = probs.shape.at(-1) as number;
  }

  /** NaN: categories have no order. */
  get mean(): Tensor {
    return this.probs.sum(-1).mul(Number.NaN);
  }

  get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  /** NaN, as the mean. */
  get variance(): Tensor {
    return this.mean;
  }

  /** The largest of log probability and Gumbel noise; categories of probability 0 never. */
  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const noise = gumbelNoise(this.logits, [...this.extend(shape), this.numCategories], options);
    const possible = this.logits.where(this.probs.gt(0), Number.NEGATIVE_INFINITY);
    return possible.add(noise).argmax(-1);
  }

  logProb(value: TensorLike): Tensor {
    const index = isTensor(value) ? value : valueBeside(value, this.logits);
    const hit = isAt(index.unsqueeze(-1), this.numCategories);
    const chosen = this.logits.where(hit, 0).sum(-1);
    // What is no category has no probability.
    return chosen.where(hit.any(-1), Number.NEGATIVE_INFINITY);
  }

  override entropy(): Tensor {
    return weighted(this.probs, this.logits).neg();
  }
}

/** As `Categorical`, with draws as vectors of one 1 and zeros [.., categories], in floats. */
export class OneHotCategorical extends Distribution {
  readonly probs: Tensor;
  readonly logits: Tensor;
  readonly categorical: Categorical;

  constructor(options: ProbabilityOptions<Tensor>) {
    oneOf('OneHotCategorical', options);
    const categorical = new Categorical(options);
    const checked = [{ name: 'probs', tensor: categorical.probs, constraint: probability }];
    const shapes = { batch: categorical.batchShape, event: [categorical.numCategories] };
    super('OneHotCategorical', shapes, checked, false);
    this.categorical = categorical;
    this.probs = categorical.probs;
    this.logits = categorical.logits;
  }

  get mean(): Tensor {
    return this.probs;
  }

  get mode(): Tensor {
    const largest = this.probs.argmax(-1, { keepdim: true });
    return isAt(largest, this.categorical.numCategories).to(this.probs.dtype);
  }

  get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const drawn = this.categorical.sample(shape, options).unsqueeze(-1);
    return isAt(drawn, this.categorical.numCategories).to(this.probs.dtype);
  }

  logProb(value: TensorLike): Tensor {
    return weighted(valueBeside(value, this.logits), this.logits);
  }

  override entropy(): Tensor {
    return this.categorical.entropy();
  }
}

/**
 * Nearly one-hot vectors that are a differentiable function of the logits: softmax((logits + Gumbel noise) / temperature)
 * (Jang, Gu and Poole, arXiv:1611.01144; Maddison, Mnih and Teh, arXiv:1611.00712).
 */
export class RelaxedOneHotCategorical extends Distribution {
  readonly temperature: number;
  readonly probs: Tensor;
  readonly logits: Tensor;

  /** @throws RangeError for a temperature that is not positive. */
  constructor(temperature: number, options: ProbabilityOptions<Tensor>) {
    if (!(temperature > 0)) {
      throw new RangeError(`RelaxedOneHotCategorical: the temperature must be positive, not ${temperature}.`);
    }
    const { probs, logits, checked } = normalized('RelaxedOneHotCategorical', options);
    const shapes = { batch: probs.shape.slice(0, -1), event: probs.shape.slice(-1) };
    super('RelaxedOneHotCategorical', shapes, checked);
    this.temperature = temperature;
    this.probs = probs;
    this.logits = logits;
  }

  /** @throws Error: it has no closed form. */
  get mean(): Tensor {
    return this.missing('mean');
  }

  /** @throws Error: it has no closed form. */
  get mode(): Tensor {
    return this.missing('mode');
  }

  /** @throws Error: it has no closed form. */
  get variance(): Tensor {
    return this.missing('variance');
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const noise = gumbelNoise(this.logits, this.extend(shape), options);
    return this.logits.add(noise).div(this.temperature).softmax(-1);
  }

  logProb(value: TensorLike): Tensor {
    const k = this.eventShape[0] as number;
    const logX = valueBeside(value, this.logits).log();
    const score = this.logits.sub(logX.mul(this.temperature)).logSoftmax(-1).sum(-1);
    let constant = (k - 1) * Math.log(this.temperature);
    for (let i = 2; i < k; i++) constant += Math.log(i);
    return score.sub(logX.sum(-1)).add(constant);
  }
}

/** How often each category comes in `totalCount` independent draws: floats [.., categories]. */
export class Multinomial extends Distribution {
  readonly totalCount: number;
  readonly probs: Tensor;
  readonly logits: Tensor;
  readonly categorical: Categorical;

  /** @throws RangeError if `totalCount` is not a whole number ≥ 0. */
  constructor(totalCount: number, options: ProbabilityOptions<Tensor>) {
    if (!Number.isInteger(totalCount) || totalCount < 0) {
      throw new RangeError(`Multinomial: totalCount must be a whole number from 0 on, not ${totalCount}.`);
    }
    oneOf('Multinomial', options);
    const categorical = new Categorical(options);
    const checked = [{ name: 'probs', tensor: categorical.probs, constraint: probability }];
    const shapes = { batch: categorical.batchShape, event: [categorical.numCategories] };
    super('Multinomial', shapes, checked, false);
    this.totalCount = totalCount;
    this.categorical = categorical;
    this.probs = categorical.probs;
    this.logits = categorical.logits;
  }

  get mean(): Tensor {
    return this.probs.mul(this.totalCount);
  }

  /** @throws Error: it has no closed form. */
  get mode(): Tensor {
    return this.missing('mode');
  }

  get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1)).mul(this.totalCount);
  }

  protected draw(shape: Shape, options: SampleOptions): Tensor {
    const drawn = this.categorical.sample([this.totalCount, ...shape], options).unsqueeze(-1);
    return isAt(drawn, this.categorical.numCategories).to(this.probs.dtype).sum(0);
  }

  logProb(value: TensorLike): Tensor {
    const x = valueBeside(value, this.logits);
    const orders = x.sum(-1).add(1).lgamma().sub(x.add(1).lgamma().sum(-1));
    return orders.add(weighted(x, this.logits));
  }

  /** n times that of one draw, less log n!, plus the expected log of the factorials of the counts. */
  override entropy(): Tensor {
    const n = this.totalCount;
    const options = { dtype: this.probs.dtype, device: this.probs.device };
    const batch = this.probs.shape.map(() => 1);
    const count = arange(0, n + 1, 1, options).reshape([n + 1, ...batch]);
    const rest = count.neg().add(n);
    const logFactorial = count.add(1).lgamma();
    const total = rest.add(count).add(1).lgamma();
    const p = clampProbabilities(this.probs);
    const logBinomial = total
      .sub(logFactorial)
      .sub(rest.add(1).lgamma())
      .add(count.mul(p.log()))
      .add(rest.mul(p.neg().log1p()));
    const expected = logBinomial.exp().mul(logFactorial).sum(0).sum(-1);
    const constant = count.narrow(0, n, 1).add(1).lgamma().reshape([]);
    return this.categorical.entropy().mul(n).sub(constant).add(expected);
  }
}
