import { formatShape } from '../../graph/shape.ts';
import { buffer, type LoadOptions, type LoadReport, Module, type StateDict } from '../../nn/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { keep } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { checkIntegers } from '../images/checkConfig.ts';
import {
  checkPrompt,
  checkTokens,
  type DecoderOptions,
  type TokenDecoder,
  type TokenWriter,
} from '../tokenDecoder.ts';
import { KneserNey } from './kneserNey.ts';
import { NGramCounts, type NGramLevel } from './nGramCounts.ts';

export interface NGramConfig {
  readonly vocabSize: number;
  /** How many tokens an n-gram has: each is predicted from `order - 1` before it. */
  readonly order: number;
  /** A token that texts begin with, past which nothing is looked at; null for a single text. Default null. */
  readonly boundary?: number | null;
}

type Config = Required<NGramConfig>;

/**
 * Fills in the defaults.
 * @throws RangeError that names the setting that is wrong.
 */
export function completeNGramConfig(config: NGramConfig): Config {
  const complete = { boundary: null, ...config };
  checkIntegers('NGram', complete, ['vocabSize', 'order']);
  if (complete.boundary !== null) checkIntegers('NGram', complete, ['boundary'], 0);
  return complete;
}

const parts = ['tokens', 'counts', 'offsets'] as const;

/**
 * A language model without weights (Shannon, A Mathematical Theory of Communication, 1948): it counts which tokens follow
 * which. What it has not seen often it takes from shorter contexts, by interpolated Kneser-Ney smoothing with the three
 * discounts of Chen and Goodman (An Empirical Study of Smoothing Techniques for Language Modeling, TR-10-98, 1998).
 *
 * Its state is its counts, int32 tensors `tokens_1`, `counts_1`, `offsets_1`, … for each length; how long they are follows
 * from what it has read, so that `loadStateDict` takes any.
 */
export class NGram extends Module implements TokenWriter {
  readonly config: Config;
  readonly device: string | undefined;
  readonly [name: `${(typeof parts)[number]}_${number}`]: Tensor;
  #smoothed: KneserNey | null = null;

  /** @throws RangeError that names the setting that is wrong. */
  constructor(config: NGramConfig, { device }: { readonly device?: string } = {}) {
    super();
    this.config = completeNGramConfig(config);
    this.device = device;
    const { order, vocabSize, boundary } = this.config;
    this.setCounts(new NGramCounts(order, vocabSize, boundary));
  }

  /** Counts a text. @returns a model of it */
  static fit(tokens: Int32Array, config: NGramConfig, options: { readonly device?: string } = {}): NGram {
    const model = new NGram(config, options);
    const counts = model.newCounts();
    counts.add(tokens);
    return model.setCounts(counts);
  }

  /** Counts that fit, of nothing yet. */
  newCounts(): NGramCounts {
    const { order, vocabSize, boundary } = this.config;
    return new NGramCounts(order, vocabSize, boundary);
  }

  /** Takes over counts as they are now. */
  setCounts(counts: NGramCounts): this {
    const { device } = this;
    for (const [i, level] of counts.tables().entries()) {
      for (const part of parts) this.#set(part, i + 1, tensor(level[part], { dtype: 'int32', device }));
    }
    return this;
  }

  #set(part: (typeof parts)[number], length: number, value: Tensor): void {
    const own = this as Record<string, unknown>;
    const name = `${part}_${length}`;
    (own[name] as Tensor | undefined)?.dispose();
    own[name] = buffer(keep(value));
    this.#smoothed = null;
  }

  /**
   * Takes counts of any number of n-grams.
   * @throws Error when a table is missing or is none; then nothing has been changed.
   */
  override loadStateDict(state: StateDict, { strict = true }: LoadOptions = {}): LoadReport {
    const own = [...this.stateDict().keys()];
    const missing = own.filter((name) => !state.has(name));
    const unexpected = [...state.keys()].filter((name) => !own.includes(name));
    const wrong = own.filter((name) => {
      const value = state.get(name);
      return value && (value.dtype !== 'int32' || value.ndim !== 1);
    });
    if (wrong.length > 0 || (strict && missing.length + unexpected.length > 0)) {
      throw new Error(
        `NGram: the state does not fit a model of order ${this.config.order}. Missing: ${missing.join(', ') || 'none'}. ` +
          `Unexpected: ${unexpected.join(', ') || 'none'}. Not int32 [n]: ${wrong.join(', ') || 'none'}.`,
      );
    }
    const { device } = this;
    for (const part of parts) {
      for (let length = 1; length <= this.config.order; length++) {
        const value = state.get(`${part}_${length}`);
        if (value)
          this.#set(part, length, tensor(value.dataSync() as Int32Array, { dtype: 'int32', device }));
      }
    }
    return { missing, unexpected };
  }

  /** The counts, on the host. */
  tables(): NGramLevel[] {
    const read = (part: (typeof parts)[number], length: number) =>
      this[`${part}_${length}`]?.dataSync() as Int32Array;
    return Array.from({ length: this.config.order }, (_, i) => ({
      tokens: read('tokens', i + 1),
      counts: read('counts', i + 1),
      offsets: read('offsets', i + 1),
    }));
  }

  get #probabilities(): KneserNey {
    const { vocabSize, boundary } = this.config;
    this.#smoothed ??= new KneserNey(this.tables(), vocabSize, boundary);
    return this.#smoothed;
  }

  /** The probability of every token after some others. */
  probabilities(context: ArrayLike<number>): Float64Array {
    return this.#probabilities.probabilities(context);
  }

  /** The mean surprise at each token of a text but the first, in nats. */
  crossEntropy(tokens: Int32Array): number {
    let sum = 0;
    for (let at = 1; at < tokens.length; at++) sum -= Math.log(this.#probabilities.probability(tokens, at));
    return sum / (tokens.length - 1);
  }

  /**
   * For each token the logarithms of the probabilities of what comes next. It is computed on the host.
   *
   * @param ids int32 `[batch, time]`
   * @returns `[batch, time, vocabSize]`
   */
  forward(ids: Tensor): Tensor {
    if (ids.ndim !== 2)
      throw new RangeError(`NGram: expected ids [batch, time], got ${formatShape(ids.shape)}.`);
    const [batch, time] = ids.shape as readonly [number, number];
    const { vocabSize, order } = this.config;
    const tokens = ids.dataSync();
    const result = new Float32Array(batch * time * vocabSize);
    for (let at = 0; at < batch * time; at++) {
      const start = Math.max(at - (at % time), at + 1 - order);
      result.set(
        this.probabilities(Array.from(tokens.subarray(start, at + 1))).map(Math.log),
        at * vocabSize,
      );
    }
    return tensor(result, { shape: [batch, time, vocabSize], device: ids.device });
  }

  decoder(options?: DecoderOptions): TokenDecoder {
    return new NGramDecoder(this, options);
  }
}

/** Remembers as many tokens of each text as the model looks at. */
class NGramDecoder implements TokenDecoder {
  readonly batch: number;
  readonly #model: NGram;
  #texts: number[][] = [];

  constructor(model: NGram, { batch = 1 }: DecoderOptions = {}) {
    this.#model = model;
    this.batch = batch;
  }

  get vocabSize(): number {
    return this.#model.config.vocabSize;
  }

  async start(prompt: ArrayLike<number>): Promise<Float32Array> {
    const tokens = checkPrompt('NGram', prompt);
    this.#texts = Array.from({ length: this.batch }, () => tokens.slice(0, -1));
    return this.next(new Int32Array(this.batch).fill(tokens.at(-1) as number));
  }

  async next(tokens: Int32Array): Promise<Float32Array> {
    checkTokens('NGram', tokens, this.batch);
    const logits = new Float32Array(this.batch * this.vocabSize);
    for (const [row, text] of this.#texts.entries()) {
      text.push(tokens[row] as number);
      if (text.length > this.#model.config.order) text.shift();
      logits.set(this.#model.probabilities(text).map(Math.log), row * this.vocabSize);
    }
    return logits;
  }

  dispose(): void {
    this.#texts = [];
  }
}
