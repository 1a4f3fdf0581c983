import { RowProcessor } from './logitsProcessor.ts';
import { candidatesOf, entropyOf, logSoftmaxInPlace, weightsOf } from './probabilities.ts';
import { cutAtMass, kthLargest, topIndices } from './selection.ts';

/** What changes scores when tokens are drawn: few stay, and they become more or less alike. */

const FORBIDDEN = Number.NEGATIVE_INFINITY;

/** Forbids what scores less than `least`. */
function forbidBelow(scores: Float32Array, least: number): void {
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) < least) scores[i] = FORBIDDEN;
}

const within = (k: number, scores: Float32Array): number => Math.min(k, scores.length);

/** Scores are divided by the temperature. */
export class TemperatureLogitsWarper extends RowProcessor {
  readonly temperature: number;

  constructor(temperature: number) {
    super();
    this.temperature = temperature;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) / this.temperature;
  }
}

/** The k likeliest tokens stay, and what is as likely as the last of them (Fan et al., arXiv:1805.04833). */
export class TopKLogitsWarper extends RowProcessor {
  readonly topK: number;

  constructor(topK: number, minTokensToKeep = 1) {
    super();
    this.topK = Math.max(topK, minTokensToKeep);
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    if (this.topK < scores.length) forbidBelow(scores, kthLargest(scores, this.topK));
  }
}

/** The fewest of the likeliest tokens stay that together reach a probability (Holtzman et al., arXiv:1904.09751). */
export class TopPLogitsWarper extends RowProcessor {
  readonly topP: number;
  readonly minTokensToKeep: number;

  constructor(topP: number, minTokensToKeep = 1) {
    super();
    this.topP = topP;
    this.minTokensToKeep = minTokensToKeep;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    const { weights, total } = weightsOf('TopPLogitsWarper', scores);
    // All that weigh less than this weigh together less than what may be left out: none of them stays.
    const least = ((1 - this.topP) * total) / weights.length;
    let count = 0;
    for (let i = 0; i < weights.length; i++) if ((weights[i] as number) >= least) count++;
    const masses = new Float64Array(count);
    const keys = new Float64Array(count);
    for (let i = 0, at = 0; i < weights.length; i++) {
      const weight = weights[i] as number;
      if (weight < least) continue;
      keys[at] = -weight;
      masses[at++] = weight;
    }
    const cut = cutAtMass(keys, masses, this.topP * total);
    if (!cut) return;
    this.#forbidLighter(scores, weights, -cut.key, cut.equals);
  }

  #forbidLighter(scores: Float32Array, weights: Float64Array, lightest: number, equals: number): void {
    const inAnyCase = kthLargest(scores, within(this.minTokensToKeep, scores));
    // Of equals, PyTorch's sort keeps the later ones.
    let wanted = equals;
    for (let i = scores.length - 1; i >= 0; i--) {
      const weight = weights[i] as number;
      const stays = weight > lightest || (weight === lightest && wanted-- > 0);
      if (!stays && !(this.minTokensToKeep > 1 && (scores[i] as number) >= inAnyCase)) scores[i] = FORBIDDEN;
    }
  }
}

/** Tokens stay that are at least `minP` times as likely as the likeliest (Nguyen et al., arXiv:2407.01082). */
export class MinPLogitsWarper extends RowProcessor {
  readonly minP: number;
  readonly minTokensToKeep: number;

  constructor(minP: number, minTokensToKeep = 1) {
    super();
    this.minP = minP;
    this.minTokensToKeep = minTokensToKeep;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    // Probabilities in a ratio are scores at a distance: nothing need be added up.
    const least = kthLargest(scores, 1) + Math.log(this.minP);
    forbidBelow(scores, Math.min(least, kthLargest(scores, within(this.minTokensToKeep, scores))));
  }
}

/** The likeliest stay whose part of the entropy is at most `topH` of it; looks at the first 100 (arXiv:2509.02510). */
export class TopHLogitsWarper extends RowProcessor {
  static readonly CONSIDERED = 100;
  readonly topH: number;

  constructor(topH: number) {
    super();
    this.topH = topH;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    const order = topIndices(scores, within(TopHLogitsWarper.CONSIDERED, scores));
    const best = Float32Array.from(order, (token) => scores[token] as number);
    const candidates = candidatesOf('TopHLogitsWarper', best);
    const limit = entropyOf(candidates) * this.topH;
    scores.fill(FORBIDDEN);
    let entropy = 0;
    for (let i = 0; i < candidates.tokens.length; i++) {
      entropy -= (candidates.probabilities[i] as number) * (candidates.logs[i] as number);
      if (i > 0 && entropy > limit) break;
      scores[order[i] as number] = best[i] as number;
    }
  }
}

/** Tokens stay whose surprise is nearest to what is to be expected, until they reach a mass (Meister et al., arXiv:2202.00666). */
export class TypicalLogitsWarper extends RowProcessor {
  readonly mass: number;
  readonly minTokensToKeep: number;

  constructor(mass: number, minTokensToKeep = 1) {
    super();
    this.mass = mass;
    this.minTokensToKeep = minTokensToKeep;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    const candidates = candidatesOf('TypicalLogitsWarper', scores);
    const entropy = entropyOf(candidates);
    const distances = candidates.logs.map((log) => Math.abs(-log - entropy));
    const cut = cutAtMass(distances.slice(), candidates.probabilities, this.mass);
    if (!cut) return;
    const nearest = distances.map((distance) => -distance);
    const farthestKept = -kthLargest(nearest, Math.min(this.minTokensToKeep, nearest.length));
    const limit = Math.max(cut.key, farthestKept);
    for (const [i, token] of candidates.tokens.entries()) {
      if ((distances[i] as number) > limit) scores[token] = FORBIDDEN;
    }
  }
}

/** Tokens stay that have at least a probability, and the likeliest in any case (Hewitt et al., arXiv:2210.15191). */
export class EpsilonLogitsWarper extends RowProcessor {
  readonly epsilon: number;
  readonly minTokensToKeep: number;

  constructor(epsilon: number, minTokensToKeep = 1) {
    super();
    this.epsilon = epsilon;
    this.minTokensToKeep = minTokensToKeep;
  }

  processRow(_: Int32Array, scores: Float32Array): void {
    const candidates = candidatesOf(this.constructor.name, scores);
    const least = this.threshold(() => entropyOf(candidates));
    const kept = kthLargest(scores, within(this.minTokensToKeep, scores));
    for (const [i, token] of candidates.tokens.entries()) {
      const isUnlikely = (candidates.probabilities[i] as number) < least;
      if (isUnlikely && (scores[token] as number) < kept) scores[token] = FORBIDDEN;
    }
  }

  /** The least probability that stays. */
  protected threshold(_entropy: () => number): number {
    return this.epsilon;
  }
}

/** The same with a threshold that is lower where much is possible: min(ε, √ε · e^-entropy). */
export class EtaLogitsWarper extends EpsilonLogitsWarper {
  protected override threshold(entropy: () => number): number {
    return Math.min(this.epsilon, Math.sqrt(this.epsilon) * Math.exp(-entropy()));
  }
}

/** Scores become logarithms of probabilities. The last of all, since what is forbidden changes the sum. */
export class LogitNormalization extends RowProcessor {
  processRow(_: Int32Array, scores: Float32Array): void {
    logSoftmaxInPlace('LogitNormalization', scores);
  }
}

/** The largest number of float32. */
const LARGEST = 2 ** 128 - 2 ** 104;

/** NaN becomes 0, infinities the largest numbers there are. */
export class InfNanRemoveLogitsProcessor extends RowProcessor {
  processRow(_: Int32Array, scores: Float32Array): void {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] as number;
      if (Number.isNaN(score)) scores[i] = 0;
      else if (!Number.isFinite(score)) scores[i] = score > 0 ? LARGEST : -LARGEST;
    }
  }
}
