import type { CausalModel } from '../causal/causalModel.ts';
import { pieceFor, windowFor } from './cachedDecoder.ts';
import type { EnteringText, SlotDecoder, SlotToken } from './slotDecoder.ts';
import { SlotWindow } from './slotWindow.ts';
import { giveBackWindow, takeWindow } from './windows.ts';

/** Prompts are read in pieces of so many tokens at most: those who are written for wait no longer than for one. */
const LONGEST_PIECE = 128;

/** A window this many times as long as what is in it is left for a shorter one. */
const TOO_LONG = 4;

/** Texts of a causal model in slots, with keys and values of earlier tokens kept: one program reads a token of each. */
export class CachedSlots implements SlotDecoder {
  readonly model: CausalModel;
  readonly slots: number;
  /** One for each capacity; those that are not in use hold programs, no keys and values. */
  readonly #windows = new Map<number, SlotWindow>();
  #window: SlotWindow | null = null;
  /** How many tokens of the text in each slot have been read; 0 where there is none. */
  readonly #lengths: Int32Array;

  constructor(model: CausalModel, slots: number) {
    if (!Number.isSafeInteger(slots) || slots < 1) {
      throw new RangeError(`CachedSlots: slots must be a whole number, at least 1, not ${slots}.`);
    }
    this.model = model;
    this.slots = slots;
    this.#lengths = new Int32Array(slots);
  }

  get maxPositions(): number {
    return this.model.maxPositions;
  }

  enter(slot: number, prompt: Int32Array): EnteringText {
    if (this.#lengths[slot] !== 0) {
      throw new RangeError(`CachedSlots: slot ${slot} is no empty one of the ${this.slots}.`);
    }
    if (prompt.length < 1 || prompt.length > this.maxPositions) {
      throw new RangeError(
        `CachedSlots: a prompt of ${prompt.length} tokens; expected 1 to ${this.maxPositions}.`,
      );
    }
    const window = takeWindow(this.model, 1, windowFor(prompt.length, this.maxPositions));
    let held = true;
    const giveBack = () => {
      if (held) giveBackWindow(window);
      held = false;
    };
    let at = 0;
    return {
      read: async () => {
        const time = Math.min(pieceFor(Math.min(prompt.length - at, LONGEST_PIECE)), window.capacity);
        // What would reach over the end begins earlier and reads some tokens again: they stay the same.
        const start = Math.min(at, window.capacity - time);
        const end = Math.min(start + time, prompt.length);
        const tokens = new Int32Array(time);
        tokens.set(prompt.subarray(start, end));
        const scores = await window.read({ tokens, time, start, last: end - 1 - start });
        at = end;
        if (at < prompt.length) return null;
        // The place of the next token is needed too, unless there is none left.
        this.#fit(Math.min(prompt.length + 1, this.maxPositions)).put(slot, window);
        this.#lengths[slot] = prompt.length;
        giveBack();
        return scores;
      },
      dispose: giveBack,
    };
  }

  async next(tokens: readonly SlotToken[]): Promise<Float32Array[]> {
    if (tokens.length === 0) return [];
    const ids = new Int32Array(this.slots);
    const places = new Int32Array(this.slots);
    for (const { slot, token } of tokens) {
      const length = this.#lengths[slot] ?? 0;
      if (length < 1 || length >= this.maxPositions) {
        throw new RangeError(
          `CachedSlots: slot ${slot} has ${length} tokens, and takes one more if it has 1 to ${this.maxPositions - 1}.`,
        );
      }
      ids[slot] = token;
      places[slot] = length;
    }
    const longest = places.reduce((a, b) => Math.max(a, b));
    const window = this.#window as SlotWindow;
    const roomy = longest < window.capacity ? window : this.#fit(longest + 1);
    // A text that waits reads its next place again and again, and what it finds there does not count.
    for (const [slot, length] of this.#lengths.entries()) {
      if (places[slot] === 0 && length > 0) places[slot] = Math.min(length, roomy.capacity - 1);
    }
    const scores = await roomy.step(ids, places);
    return tokens.map(({ slot }) => {
      this.#lengths[slot] = (places[slot] as number) + 1;
      return scores[slot] as Float32Array;
    });
  }

  leave(slot: number): void {
    this.#lengths[slot] = 0;
    if (this.#lengths.some((length) => length !== 0)) return;
    // Nobody is there: keys and values need no memory.
    this.#window?.forget();
    this.#window = null;
  }

  /** A window with room for `needed` tokens, and for those of all texts that are there. */
  #fit(needed: number): SlotWindow {
    const longest = this.#lengths.reduce((a, b) => Math.max(a, b), needed);
    const wanted = windowFor(longest, this.maxPositions);
    const window = this.#window;
    if (window && wanted <= window.capacity && wanted * TOO_LONG > window.capacity) return window;
    let fitting = this.#windows.get(wanted);
    if (!fitting) {
      fitting = new SlotWindow(this.model, this.slots, wanted);
      this.#windows.set(wanted, fitting);
    }
    if (window) {
      const used = [...this.#lengths.keys()].filter((slot) => this.#lengths[slot] !== 0);
      fitting.takeFrom(window, used);
      window.forget();
    }
    this.#window = fitting;
    return fitting;
  }

  dispose(): void {
    for (const window of this.#windows.values()) window.dispose();
    this.#windows.clear();
    this.#window = null;
    this.#lengths.fill(0);
  }
}
