import { evaluating } from '../../models/tokenDecoder.ts';
import type { KeyValueCache } from '../../nn/index.ts';
import { cat } from '../../tensor/combine.ts';
import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor, zeros } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { splitRows } from './decoding.ts';
import type { Window } from './window.ts';

/**
 * Keys and values of texts side by side, each at a length of its own: a text may come in, and another leave, at any step. One
 * program reads a token of each; what a row computes does not depend on the others.
 */
export class SlotWindow {
  readonly model: CausalModel;
  readonly slots: number;
  readonly capacity: number;
  readonly #caches: readonly KeyValueCache[];
  readonly #step: CompiledFunction<[ids: Tensor, places: Tensor], Tensor>;
  /** Puts a text in, by the length of what comes. */
  readonly #copies = new Map<number, CompiledFunction<[slot: Tensor, ...sources: Tensor[]], void>>();

  constructor(model: CausalModel, slots: number, capacity: number) {
    this.model = model;
    this.slots = slots;
    this.capacity = capacity;
    this.#caches = model.newCaches(slots, capacity);
    this.#step = compile((ids: Tensor, places: Tensor) =>
      model.forward(ids, { caches: this.#caches, cachePosition: places, positionIds: places }),
    );
  }

  /**
   * Reads one token of each text, at its place. A slot that is empty reads any token at place 0.
   * @returns the scores of the tokens after them, a row for each slot
   */
  async step(tokens: Int32Array, places: Int32Array): Promise<Float32Array[]> {
    const { device } = this.model;
    const given = [tokens, places].map((values) => tensor(values, { shape: [this.slots, 1], device })) as [
      Tensor,
      Tensor,
    ];
    let logits: Tensor | null = null;
    try {
      logits = evaluating(this.model, () => noGrad(() => this.#step(...given)));
      const values = await logits.data();
      return splitRows(values instanceof Float32Array ? values : Float32Array.from(values), this.slots);
    } finally {
      logits?.dispose();
      for (const used of given) used.dispose();
    }
  }

  /**
   * Takes a text that was read elsewhere, by itself, into a slot.
   * @param window of one row, not longer than this one
   */
  put(slot: number, window: Window): void {
    const sources = window.caches.flatMap(({ keys, values }) => [keys, values]);
    this.#copy(slot, window.capacity, sources);
  }

  /** Takes the texts in some slots of another one: as much of them as there is room for. */
  takeFrom(other: SlotWindow, slots: readonly number[]): void {
    const length = Math.min(this.capacity, other.capacity);
    const states = other.#states;
    for (const slot of slots) {
      const rows = noGrad(() =>
        scope(() => states.map((state) => state.narrow(0, slot, 1).narrow(2, 0, length).realize())),
      );
      this.#copy(slot, length, rows);
      for (const row of rows) row.dispose();
    }
  }

  /** Lets go of keys and values, and keeps the programs. */
  forget(): void {
    scope(() => {
      for (const state of this.#states) {
        // Zeros take no memory until somebody asks for them.
        const { shape, dtype, device } = state;
        state.assign(zeros(shape, { dtype, device }));
      }
    });
  }

  get #states(): Tensor[] {
    return this.#caches.flatMap(({ keys, values }) => [keys, values]);
  }

  #copy(slot: number, capacity: number, sources: readonly Tensor[]): void {
    let copy = this.#copies.get(capacity);
    if (!copy) {
      copy = compile((at: Tensor, ...given: Tensor[]) => {
        for (const [i, state] of this.#states.entries()) {
          state.assign(withRow(state, at, given[i] as Tensor));
        }
      });
      this.#copies.set(capacity, copy);
    }
    const at = tensor(Int32Array.of(slot), { device: this.model.device });
    noGrad(() => copy(at, ...sources));
    at.dispose();
  }

  dispose(): void {
    this.#step.dispose();
    for (const copy of this.#copies.values()) copy.dispose();
    for (const cache of this.#caches) cache.dispose();
  }
}

/** `[slots, heads, capacity, size]` with one of its rows from `[1, heads, length, size]`, and zeros behind that. */
function withRow(state: Tensor, at: Tensor, row: Tensor): Tensor {
  const [, heads, capacity, size] = state.shape as [number, number, number, number];
  const missing = capacity - (row.shape[2] as number);
  const { dtype, device } = state;
  const whole =
    missing === 0 ? row : cat([row, zeros([1, heads, missing, size], { dtype: row.dtype, device })], 2);
  return state.indexCopy(0, at, whole.to(dtype));
}
