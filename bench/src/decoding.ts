import { arange, type CompiledFunction, compile, noGrad, type Tensor, tensor } from 'lumbre';
import type { GPT } from 'lumbre/models';
import { KeyValueCache } from 'lumbre/nn';

/**
 * A GPT that writes one token after another into a cache of a fixed length, shorter than the model's block: what it
 * attends to is what there is, as with the peers. Prompts are read in one pass over the whole cache.
 */
export class Decoder {
  readonly #model: GPT;
  readonly #capacity: number;
  readonly #caches: readonly KeyValueCache[];
  readonly #read: CompiledFunction<[Tensor, Tensor], Tensor>;
  readonly #next: CompiledFunction<[Tensor, Tensor], Tensor>;

  constructor(model: GPT, capacity: number) {
    this.#model = model;
    this.#capacity = capacity;
    const { nLayer, nHead, nEmbd } = model.config;
    const { device } = model;
    const { dtype } = model.transformer.wte.weight;
    this.#caches = Array.from(
      { length: nLayer },
      () => new KeyValueCache([1, nHead, capacity, nEmbd / nHead], { device, dtype }),
    );
    const hidden = (ids: Tensor, positions: Tensor) =>
      model.transformer.forward(ids, { positions, caches: this.#caches });
    this.#read = compile((ids: Tensor, last: Tensor) =>
      model.lm_head.forward(hidden(ids, arange(capacity, { device })).indexSelect(1, last)),
    );
    this.#next = compile((ids: Tensor, position: Tensor) => model.lm_head.forward(hidden(ids, position)));
  }

  /** Reads a prompt into an empty cache; the logits of the token after it. */
  start(prompt: ArrayLike<number>): Promise<ArrayLike<number>> {
    const window = new Int32Array(this.#capacity);
    window.set(prompt);
    return this.#run(this.#read, window, prompt.length - 1);
  }

  /** Adds the token at a position; the logits of the one after it. */
  next(token: number, position: number): Promise<ArrayLike<number>> {
    return this.#run(this.#next, Int32Array.of(token), position);
  }

  async #run(
    program: CompiledFunction<[Tensor, Tensor], Tensor>,
    ids: Int32Array,
    position: number,
  ): Promise<ArrayLike<number>> {
    const { device } = this.#model;
    const inputs = [
      tensor(ids, { shape: [1, ids.length], device }),
      tensor(Int32Array.of(position), { device }),
    ] as const;
    const logits = noGrad(() => program(...inputs));
    const values = await logits.data();
    for (const used of [...inputs, logits]) used.dispose();
    return values;
  }

  dispose(): void {
    this.#read.dispose();
    this.#next.dispose();
    for (const cache of this.#caches) cache.dispose();
  }
}

/** The place of the largest value. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}
