import { compile, noGrad, type Tensor, tensor } from 'lumbre';
import type { GPT } from 'lumbre/models';

/** Contexts that are read at a time. */
const ROWS = 6;

/**
 * Says what a model expects after a text, for several texts at once: to draw the next token from, and to grow a tree. Rows
 * are filled up to lengths of a few kinds, so that few programs are compiled; what follows a position has no say in it.
 */
export class Reader {
  readonly #model: GPT;
  readonly #next = compile((ids: Tensor, last: Tensor): Tensor => {
    const hidden = this.#model.transformer.forward(ids);
    const flat = hidden.reshape([-1, this.#model.config.nEmbd]);
    return this.#model.lm_head.forward(flat.indexSelect(0, last));
  });

  constructor(model: GPT) {
    this.#model = model;
  }

  /** The scores of every token after each of the contexts, which have one token at least. */
  async next(contexts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const all: Float32Array[] = [];
    for (let i = 0; i < contexts.length; i += ROWS)
      all.push(...(await this.#read(contexts.slice(i, i + ROWS))));
    return all;
  }

  async #read(contexts: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const { blockSize, vocabSize } = this.#model.config;
    const rows = contexts.length === 1 ? 1 : ROWS;
    const kept = contexts.map((context) => context.slice(-blockSize));
    const longest = Math.max(...kept.map(({ length }) => length));
    let length = Math.min(16, blockSize);
    while (length < longest) length = Math.min(blockSize, 2 * length);
    const ids = new Int32Array(rows * length);
    const last = new Int32Array(rows);
    kept.forEach((context, row) => {
      ids.set(context, row * length);
      last[row] = row * length + context.length - 1;
    });
    const { device } = this.#model;
    const tokens = tensor(ids, { shape: [rows, length], device });
    const places = tensor(last, { device });
    this.#model.eval();
    const logits = noGrad(() => this.#next(tokens, places));
    try {
      const values = await logits.data();
      return kept.map((_, row) => Float32Array.from(values.subarray(row * vocabSize, (row + 1) * vocabSize)));
    } finally {
      logits.dispose();
      tokens.dispose();
      places.dispose();
    }
  }

  dispose(): void {
    this.#next.dispose();
  }
}
