import type { NumericArray } from '../graph/dtype.ts';
import { KeyValueCache } from '../nn/index.ts';
import { compile } from '../tensor/compile.ts';
import { arange, tensor } from '../tensor/creation.ts';
import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { GPT } from './gpt.ts';
import {
  checkPrompt,
  checkTokens,
  type DecoderOptions,
  evaluating,
  readLogits,
  type TokenDecoder,
} from './tokenDecoder.ts';

/** Prompts up to this length go in token by token: cheaper than one pass over the whole window. */
const STEPWISE_PROMPT = 16;

/**
 * Runs a GPT token by token. Keys and values of earlier tokens are kept at a fixed length, so that there are two programs
 * only: one for the next token, whatever its position, and one that reads a whole window at once.
 *
 * When the window is full, its second half is read again as a new beginning, and goes on from there: nanoGPT, which
 * reads the last `blockSize` tokens anew for every token, sees more but takes `blockSize` times as long.
 */
export class GPTDecoder implements TokenDecoder {
  readonly model: GPT;
  readonly batch: number;
  readonly #caches: readonly KeyValueCache[];
  /** What is in the window: one row of `blockSize` tokens for each text. */
  readonly #window: Int32Array;
  #length = 0;

  /** The logits `[batch, 1, vocabSize]` after one more token each, `[batch, 1]`, at a position `[1]`. */
  readonly #next = compile((ids: Tensor, position: Tensor) => this.#logits(ids, position));

  /** The logits after the token at a position `[1]`, from a whole window `[batch, blockSize]`. */
  readonly #read = compile((ids: Tensor, last: Tensor) => {
    const positions = arange(this.model.config.blockSize, { device: ids.device });
    return this.#logits(ids, positions, last);
  });

  constructor(model: GPT, { batch = 1 }: DecoderOptions = {}) {
    this.model = model;
    this.batch = batch;
    const { nLayer, nHead, nEmbd, blockSize } = model.config;
    const { device } = model;
    const { dtype } = model.transformer.wte.weight;
    this.#caches = Array.from(
      { length: nLayer },
      () => new KeyValueCache([batch, nHead, blockSize, nEmbd / nHead], { device, dtype }),
    );
    this.#window = new Int32Array(batch * blockSize);
  }

  get vocabSize(): number {
    return this.model.config.vocabSize;
  }

  #logits(ids: Tensor, positions: Tensor, last?: Tensor): Tensor {
    const hidden = this.model.transformer.forward(ids, { positions, caches: this.#caches });
    return this.model.lm_head.forward(last ? hidden.indexSelect(1, last) : hidden);
  }

  /**
   * Forgets everything and reads a prompt.
   *
   * @param prompt tokens that all texts begin with; of a long one, what fits into the window
   * @returns the logits of the token after it, `batch · vocabSize` values
   * @throws RangeError for an empty prompt.
   */
  async start(prompt: ArrayLike<number>): Promise<NumericArray> {
    const { blockSize } = this.model.config;
    const tokens = checkPrompt('GPTDecoder', prompt).slice(-blockSize);
    this.#length = 0;
    if (tokens.length > STEPWISE_PROMPT) {
      for (let row = 0; row < this.batch; row++) this.#window.set(tokens, row * blockSize);
      this.#length = tokens.length;
      return this.#readWindow();
    }
    for (const token of tokens.slice(0, -1)) this.#step(this.#rows(token)).dispose();
    return this.next(this.#rows(tokens.at(-1) as number));
  }

  #rows(token: number): Int32Array {
    return new Int32Array(this.batch).fill(token);
  }

  /**
   * Adds one token to each text.
   * @returns the logits of the token after it, `batch · vocabSize` values
   */
  async next(tokens: Int32Array): Promise<NumericArray> {
    checkTokens('GPTDecoder', tokens, this.batch);
    const { blockSize } = this.model.config;
    if (this.#length < blockSize) return readLogits(this.#step(tokens));
    const kept = Math.floor(blockSize / 2);
    for (let row = 0; row < this.batch; row++) {
      const start = row * blockSize;
      this.#window.copyWithin(start, start + blockSize - kept, start + blockSize);
      this.#window[start + kept] = tokens[row] as number;
    }
    // A window of one token keeps nothing.
    this.#length = Math.min(kept + 1, blockSize);
    return this.#readWindow();
  }

  #step(tokens: Int32Array): Tensor {
    const { blockSize } = this.model.config;
    tokens.forEach((token, row) => {
      this.#window[row * blockSize + this.#length] = token;
    });
    return this.#run(this.#next, tokens, 1, this.#length++);
  }

  #readWindow(): Promise<NumericArray> {
    return readLogits(this.#run(this.#read, this.#window, this.model.config.blockSize, this.#length - 1));
  }

  #run(
    program: (ids: Tensor, position: Tensor) => Tensor,
    ids: Int32Array,
    time: number,
    position: number,
  ): Tensor {
    const { device } = this.model;
    const tokens = tensor(ids, { shape: [this.batch, time], device });
    const place = tensor(Int32Array.of(position), { device });
    try {
      return evaluating(this.model, () => noGrad(() => program(tokens, place)));
    } finally {
      tokens.dispose();
      place.dispose();
    }
  }

  /** Gives back the memory of the caches and programs; the model stays. */
  dispose(): void {
    this.#next.dispose();
    this.#read.dispose();
    for (const cache of this.#caches) cache.dispose();
  }
}
