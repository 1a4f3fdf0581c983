import { evaluating } from '../../models/tokenDecoder.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { windowFor } from './cachedDecoder.ts';
import { type BatchDecoder, type Prompts, positionsOf, repeatRows, splitRows } from './decoding.ts';
import { Texts } from './texts.ts';

/** Decodes by reading all of a text again for each token: slow, and right by itself. For `useCache: false`. */
export class UncachedDecoder implements BatchDecoder {
  readonly model: CausalModel;
  readonly #textsPerPrompt: number;
  #texts = new Texts([]);
  #padding: readonly Uint8Array[] | null = null;
  #rows = 0;
  readonly #read: CompiledFunction<[Tensor, Tensor, Tensor, Tensor], Tensor>;

  constructor(model: CausalModel, { textsPerPrompt = 1 }: { readonly textsPerPrompt?: number } = {}) {
    this.model = model;
    this.#textsPerPrompt = textsPerPrompt;
    this.#read = compile((ids: Tensor, last: Tensor, positions: Tensor, mask: Tensor) =>
      model.forward(ids, { last, positionIds: positions, attentionMask: mask }),
    );
  }

  get rows(): number {
    return this.#rows;
  }

  start({ rows, mask }: Prompts): Promise<Float32Array[]> {
    const texts = repeatRows(rows, this.#textsPerPrompt);
    this.#texts = new Texts(texts);
    this.#padding = mask && repeatRows(mask, this.#textsPerPrompt);
    this.#rows = texts.length;
    return this.#scores();
  }

  next(tokens: Int32Array): Promise<Float32Array[]> {
    this.#texts.append(tokens);
    return this.#scores();
  }

  async #scores(): Promise<Float32Array[]> {
    const { device, maxPositions } = this.model;
    const { length } = this.#texts;
    if (length > maxPositions) {
      throw new RangeError(
        `generate: the texts have ${length} tokens, and ${this.model.constructor.name} has ${maxPositions} positions; ` +
          'set maxLength, or shorten the prompt.',
      );
    }
    const shape = [this.#rows, windowFor(length, maxPositions)] as const;
    const [ids, positions, mask] = [0, 0, 0].map(() => new Int32Array(shape[0] * shape[1])) as [
      Int32Array,
      Int32Array,
      Int32Array,
    ];
    for (const [i, row] of this.#texts.rows().entries()) {
      const start = i * shape[1];
      const isToken = new Uint8Array(length).fill(1);
      isToken.set(this.#padding?.[i] ?? []);
      ids.set(row, start);
      mask.set(isToken, start);
      positions.set(positionsOf(isToken), start);
    }
    const given = [ids, Int32Array.of(length - 1), positions, mask].map((values) =>
      tensor(values, { shape: values.length === 1 ? [1] : shape, device }),
    ) as [Tensor, Tensor, Tensor, Tensor];
    let logits: Tensor | null = null;
    try {
      logits = evaluating(this.model, () => noGrad(() => this.#read(...given)));
      const values = await logits.data();
      return splitRows(values instanceof Float32Array ? values : Float32Array.from(values), this.#rows);
    } finally {
      logits?.dispose();
      for (const used of given) used.dispose();
    }
  }

  reorder(from: Int32Array): void {
    const rows = this.#texts.rows();
    this.#texts = new Texts(Array.from(from, (row) => rows[row] as Int32Array));
  }

  dispose(): void {
    this.#read.dispose();
  }
}
