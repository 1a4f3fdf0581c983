import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import { Tensor } from '../../tensor/tensor.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import type { EmbeddedTexts, TextEmbedder } from './textGenerator.ts';
import { Turns } from './turns.ts';

/** A model without a head: vectors for tokens. */
export type VectorModel = PreTrainedModel & {
  forward(
    inputIds: Tensor,
    context?: { readonly attentionMask?: Tensor | undefined },
  ): Tensor | { readonly lastHiddenState: Tensor };
};

export interface LocalEmbedderOptions {
  readonly name: string;
  readonly model: VectorModel;
  /** How many tokens the model reads at most. */
  readonly maxTokens: number;
  encode(text: string): ArrayLike<number>;
  readonly turns?: Turns | undefined;
}

/** Rows have lengths that are powers of two, at least this: there are few programs. */
const SHORTEST_ROW = 16;

/** Texts too long for a model. */
export class TextTooLongError extends Error {
  override readonly name = 'TextTooLongError';
  readonly code = 'transformers.textTooLong';
}

/**
 * Vectors of texts: the mean over all tokens of what a model without a head makes of them, at length 1 (Reimers and Gurevych,
 * Sentence-BERT, arXiv:1908.10084).
 */
export class LocalEmbedder implements TextEmbedder {
  readonly name: string;
  readonly #options: LocalEmbedderOptions;
  readonly #turns: Turns;
  /** One for each length of rows: `compile` warns of functions that are traced many times. */
  readonly #programs = new Map<number, CompiledFunction<[ids: Tensor, mask: Tensor], Tensor>>();

  constructor(options: LocalEmbedderOptions) {
    this.name = options.name;
    this.#options = options;
    this.#turns = options.turns ?? new Turns();
  }

  /** @throws TextTooLongError, RangeError for a text without tokens, and the signal's reason */
  async embed(
    texts: readonly string[],
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<EmbeddedTexts> {
    return await this.embedTokens(
      texts.map((text) => this.#options.encode(text)),
      { signal },
    );
  }

  encode(text: string): ArrayLike<number> {
    return this.#options.encode(text);
  }

  /** The same for texts that are token ids already. */
  async embedTokens(
    rows: readonly ArrayLike<number>[],
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<EmbeddedTexts> {
    const { maxTokens } = this.#options;
    for (const { length } of rows) {
      if (length > maxTokens) {
        throw new TextTooLongError(
          `${this.name} reads ${maxTokens} tokens, and the text has ${length}; shorten it.`,
        );
      }
      if (length === 0) throw new RangeError(`${this.name}: a text without tokens has no vector.`);
    }
    const vectors: Float32Array[] = [];
    for (const row of rows) {
      vectors.push(
        await this.#turns.run(async () => {
          signal?.throwIfAborted();
          return await this.#vectorOf(row);
        }),
      );
    }
    return { vectors, promptTokens: rows.reduce((sum, { length }) => sum + length, 0) };
  }

  async #vectorOf(row: ArrayLike<number>): Promise<Float32Array> {
    let length = SHORTEST_ROW;
    while (length < row.length) length *= 2;
    length = Math.min(length, this.#options.maxTokens);
    const ids = new Int32Array(length);
    ids.set(row);
    const mask = new Int32Array(length).fill(1, 0, row.length);
    const { device } = this.#options.model;
    const given = [ids, mask].map((values) => tensor(values, { shape: [1, length], device })) as [
      Tensor,
      Tensor,
    ];
    let vector: Tensor | null = null;
    try {
      vector = noGrad(() => this.#program(length)(...given));
      return Float32Array.from(await vector.data());
    } finally {
      vector?.dispose();
      for (const used of given) used.dispose();
    }
  }

  #program(length: number): CompiledFunction<[ids: Tensor, mask: Tensor], Tensor> {
    const known = this.#programs.get(length);
    if (known) return known;
    const program = compile((ids: Tensor, mask: Tensor) => {
      const output = this.#options.model.forward(ids, { attentionMask: mask });
      const hidden = output instanceof Tensor ? output : output.lastHiddenState;
      const weights = mask.to(hidden.dtype).unsqueeze(-1);
      const mean = hidden.mul(weights).sum(1).div(weights.sum(1));
      const length = mean.square().sum(-1, { keepdim: true }).sqrt().maximum(1e-12);
      return mean.div(length).to('float32');
    });
    this.#programs.set(length, program);
    return program;
  }

  dispose(): void {
    for (const program of this.#programs.values()) program.dispose();
  }
}
