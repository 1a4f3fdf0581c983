import type { NumericArray } from '../../graph/dtype.ts';
import type { Module } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  checkPrompt,
  checkTokens,
  type DecoderOptions,
  evaluating,
  readLogits,
  type TokenDecoder,
} from '../tokenDecoder.ts';

/** A model that sees a fixed number of tokens, and has an id, `vocabSize`, for none. */
export interface WindowModel extends Module {
  readonly device: string;
  readonly config: { readonly vocabSize: number; readonly blockSize: number };
  forward(ids: Tensor): Tensor;
}

/** Writes with a model that looks at the last few tokens only: they are all that has to be remembered. */
export class WindowDecoder implements TokenDecoder {
  readonly batch: number;
  readonly #model: WindowModel;
  /** The last tokens of each text, row by row. */
  readonly #window: Int32Array;

  /** Ids `[batch, blockSize]` to the logits `[batch, vocabSize]` after the last. */
  readonly #read = compile((ids: Tensor) => this.#model.forward(ids).select(1, -1));

  constructor(model: WindowModel, { batch = 1 }: DecoderOptions = {}) {
    this.#model = model;
    this.batch = batch;
    this.#window = new Int32Array(batch * model.config.blockSize);
  }

  get vocabSize(): number {
    return this.#model.config.vocabSize;
  }

  async start(prompt: ArrayLike<number>): Promise<NumericArray> {
    const tokens = checkPrompt('WindowDecoder', prompt);
    this.#window.fill(this.vocabSize);
    for (const token of tokens.slice(0, -1)) this.#push(new Int32Array(this.batch).fill(token));
    return this.next(new Int32Array(this.batch).fill(tokens.at(-1) as number));
  }

  async next(tokens: Int32Array): Promise<NumericArray> {
    checkTokens('WindowDecoder', tokens, this.batch);
    this.#push(tokens);
    const { device, config } = this.#model;
    const ids = tensor(this.#window, { shape: [this.batch, config.blockSize], device });
    try {
      return await readLogits(evaluating(this.#model, () => noGrad(() => this.#read(ids))));
    } finally {
      ids.dispose();
    }
  }

  #push(tokens: Int32Array): void {
    const { blockSize } = this.#model.config;
    tokens.forEach((token, row) => {
      const start = row * blockSize;
      this.#window.copyWithin(start, start + 1, start + blockSize);
      this.#window[start + blockSize - 1] = token;
    });
  }

  dispose(): void {
    this.#read.dispose();
  }
}
