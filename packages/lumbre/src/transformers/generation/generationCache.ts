import type { CausalModel } from '../causal/causalModel.ts';
import { CachedDecoder } from './cachedDecoder.ts';
import type { BatchDecoder, Prompts } from './decoding.ts';
import { Texts } from './texts.ts';

/**
 * What a model has read, kept from one call of `generate` to the next: `{ cache }`. A prompt that begins as the text before
 * did, such as a conversation that goes on, is read from where it differs. Texts are the same as without; `dispose` when no
 * more are wanted. Read anew with other weights: make another after training.
 */
export class GenerationCache {
  #model: CausalModel | null = null;
  #decoder: CachedDecoder | null = null;
  #texts: Texts | null = null;
  #mask: Prompts['mask'] = null;
  #isBusy = false;

  /** How many tokens of each text have been read. */
  get length(): number {
    return this.#texts?.length ?? 0;
  }

  /**
   * For one call of `generate`, which disposes of the decoder; what has been read stays.
   * @throws RangeError when another model, another number of prompts or another call has it.
   */
  decoderFor(model: CausalModel, rows: number, maxLength: number): BatchDecoder {
    if (this.#isBusy)
      throw new RangeError('generate: the cache is in use; one call at a time, or another cache.');
    if (this.#model !== null && (this.#model !== model || this.#texts?.count !== rows)) {
      throw new RangeError(
        `generate: the cache is of ${this.#texts?.count} texts of a ${this.#model.constructor.name}; for another model or ` +
          'number of prompts make another.',
      );
    }
    const decoder = this.#decoder ?? new CachedDecoder(model, { maxLength });
    this.#model = model;
    this.#decoder = decoder;
    this.#isBusy = true;
    return {
      rows,
      start: (prompts) => {
        const from = this.#commonWith(prompts);
        this.#texts = new Texts(prompts.rows);
        this.#mask = prompts.mask;
        return this.#reading(decoder.start(prompts, from));
      },
      next: (tokens) => {
        this.#texts?.append(tokens);
        return this.#reading(decoder.next(tokens));
      },
      reorder: (from) => decoder.reorder(from),
      dispose: () => {
        this.#isBusy = false;
      },
    };
  }

  /** What failed half-way has been read by nobody knows how far. */
  async #reading(scores: Promise<Float32Array[]>): Promise<Float32Array[]> {
    try {
      return await scores;
    } catch (error) {
      this.#texts = new Texts((this.#texts?.rows() ?? []).map(() => new Int32Array(0)));
      throw error;
    }
  }

  /** How many tokens of the prompts have been read already. The last is read again: scores are wanted after it. */
  #commonWith({ rows, mask }: Prompts): number {
    const read = this.#texts?.rows() ?? [];
    const most = Math.min(this.length, (rows[0]?.length ?? 0) - 1);
    let common = 0;
    const isToken = (of: Prompts['mask'], row: number, at: number) => of?.[row]?.[at] ?? 1;
    const agrees = (at: number) =>
      read.every(
        (old, row) => old[at] === rows[row]?.[at] && isToken(this.#mask, row, at) === isToken(mask, row, at),
      );
    while (common < most && agrees(common)) common++;
    return common;
  }

  dispose(): void {
    this.#decoder?.dispose();
    this.#decoder = null;
    this.#model = null;
    this.#texts = null;
    this.#mask = null;
  }
}
