import type { NumericArray } from '../../graph/dtype.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor, zeros } from '../../tensor/creation.ts';
import { keep, noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import {
  checkPrompt,
  checkTokens,
  type DecoderOptions,
  evaluating,
  readLogits,
  type TokenDecoder,
} from '../tokenDecoder.ts';
import type { RecurrentLanguageModel } from './recurrentLanguageModel.ts';

/** Runs a recurrent model token by token: its state goes from one step to the next, and every step is the same program. */
export class RecurrentDecoder implements TokenDecoder {
  readonly model: RecurrentLanguageModel;
  readonly batch: number;
  #state: readonly Tensor[] = [];

  /** Ids `[batch, 1]` and a state to logits `[batch, 1, vocabSize]` and the next state. */
  readonly #step = compile((ids: Tensor, state: readonly Tensor[]) => this.model.read(ids, state));

  constructor(model: RecurrentLanguageModel, { batch = 1 }: DecoderOptions = {}) {
    this.model = model;
    this.batch = batch;
  }

  get vocabSize(): number {
    return this.model.config.vocabSize;
  }

  async start(prompt: ArrayLike<number>): Promise<NumericArray> {
    const tokens = checkPrompt('RecurrentDecoder', prompt);
    this.#forget();
    const { device, encoder } = this.model;
    this.#state = this.model
      .stateShapes(this.batch)
      .map((shape) => keep(zeros(shape, { device, dtype: encoder.weight.dtype }).realize()));
    for (const token of tokens.slice(0, -1)) this.#read(new Int32Array(this.batch).fill(token)).dispose();
    return this.next(new Int32Array(this.batch).fill(tokens.at(-1) as number));
  }

  async next(tokens: Int32Array): Promise<NumericArray> {
    checkTokens('RecurrentDecoder', tokens, this.batch);
    return readLogits(this.#read(tokens));
  }

  #read(tokens: Int32Array): Tensor {
    const ids = tensor(tokens, { shape: [this.batch, 1], device: this.model.device });
    const [logits, state] = evaluating(this.model, () => noGrad(() => this.#step(ids, this.#state)));
    ids.dispose();
    this.#forget();
    this.#state = state.map(keep);
    return logits;
  }

  #forget(): void {
    for (const part of this.#state) part.dispose();
    this.#state = [];
  }

  dispose(): void {
    this.#step.dispose();
    this.#forget();
  }
}
