import { tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { type BatchDecoder, flatten, type Prompts, positionsOf, repeatRows, splitRows } from './decoding.ts';
import type { Window } from './window.ts';
import { giveBackWindow, takeWindow } from './windows.ts';

/** Prompts are read in pieces of these lengths, so that there are few programs, whatever a prompt's length. */
const PIECES = [512, 128, 32, 8, 1] as const;

/** Windows hold so many tokens at least, and twice as many each time that one is full. */
const SMALLEST_WINDOW = 64;

/** Of texts that may become longer than this, a window of twice the prompt is made first. */
const LARGEST_FIRST_WINDOW = 1024;

/** The length of the window for texts of `length` tokens. */
export function windowFor(length: number, maxPositions: number): number {
  let capacity = SMALLEST_WINDOW;
  while (capacity < length) capacity *= 2;
  return Math.min(capacity, maxPositions);
}

/** What the next piece is of so many tokens: the longest that fits, or one that is more than half full. */
export const pieceFor = (left: number): number =>
  PIECES.findLast((size) => size >= left && left > size / 2) ??
  (PIECES.find((size) => size <= left) as number);

export interface CachedDecoderOptions {
  /** How many texts each prompt gets. Default 1. */
  readonly textsPerPrompt?: number;
  /** How long the texts become at most. */
  readonly maxLength: number;
}

/** Decodes with keys and values of earlier tokens kept, in windows of fixed lengths. */
export class CachedDecoder implements BatchDecoder {
  readonly model: CausalModel;
  readonly #textsPerPrompt: number;
  readonly #maxLength: number;
  #window: Window | null = null;
  #length = 0;
  /** The position of each text's next token, where they differ from its place. */
  #positions: Int32Array | null = null;
  /** 1 for tokens and 0 for padding, of the prompts; what follows is tokens. */
  #padding: readonly Uint8Array[] | null = null;
  #mask: Tensor | null = null;

  constructor(model: CausalModel, { textsPerPrompt = 1, maxLength }: CachedDecoderOptions) {
    this.model = model;
    this.#textsPerPrompt = textsPerPrompt;
    this.#maxLength = maxLength;
  }

  get rows(): number {
    return this.#window?.rows ?? 0;
  }

  /** How many tokens of each text have been read. */
  get length(): number {
    return this.#length;
  }

  /**
   * Reads prompts, once each however many texts they get.
   * @param from the first so many tokens have been read already, by an earlier call: the rest is added to them
   */
  async start({ rows, mask }: Prompts, from = 0): Promise<Float32Array[]> {
    const length = rows[0]?.length ?? 0;
    const window = this.#windowForPrompts(rows.length, length);
    this.#length = from;
    this.#setMask(mask);
    const positions = mask?.map(positionsOf) ?? null;
    let scores: Float32Array = new Float32Array(0);
    while (this.#length < length) {
      const left = length - this.#length;
      const time = Math.min(pieceFor(left), window.capacity);
      // What would reach over the end begins earlier and reads some tokens again: they stay the same.
      const start = Math.min(this.#length, window.capacity - time);
      const end = Math.min(start + time, length);
      scores = await window.read({
        tokens: flatten(rows.map((row) => piece(row, start, time))),
        time,
        start,
        last: end - 1 - start,
        positions: positions ? flatten(positions.map((row) => piece(row, start, time))) : undefined,
        mask: this.#mask ?? undefined,
      });
      this.#length = end;
    }
    this.#positions = positions
      ? positions.reduce(
          (all, row, i) => all.fill((row.at(-1) as number) + 1, i),
          new Int32Array(rows.length),
        )
      : null;
    return this.#spread(splitRows(scores, rows.length));
  }

  #windowForPrompts(rows: number, length: number): Window {
    if (this.#window) {
      while (this.#window.capacity < length) this.#grow();
      return this.#window;
    }
    // The last token of a text is never read.
    const needed = Math.max(
      length,
      Math.min(this.#maxLength - 1, Math.max(LARGEST_FIRST_WINDOW, 2 * length)),
    );
    this.#window = takeWindow(this.model, rows, windowFor(needed, this.model.maxPositions));
    return this.#window;
  }

  /** Gives each prompt its texts. */
  #spread(scores: Float32Array[]): Float32Array[] {
    const times = this.#textsPerPrompt;
    if (times === 1) return scores;
    const read = this.#window as Window;
    const wide = takeWindow(this.model, read.rows * times, read.capacity);
    wide.takeFrom(read, times);
    giveBackWindow(read);
    this.#window = wide;
    if (this.#positions) this.#positions = Int32Array.from(repeatRows([...this.#positions], times));
    if (this.#padding) this.#setMask(repeatRows(this.#padding, times));
    return repeatRows(scores, times).map((row) => row.slice());
  }

  #setMask(padding: readonly Uint8Array[] | null): void {
    this.#mask?.dispose();
    this.#mask = null;
    this.#padding = padding;
    if (!padding) return;
    const { rows, capacity } = this.#window as Window;
    const values = new Int32Array(rows * capacity).fill(1);
    for (const [i, row] of padding.entries()) values.set(row, i * capacity);
    this.#mask = tensor(values, { shape: [rows, capacity], device: this.model.device });
  }

  #grow(): void {
    const full = this.#window as Window;
    const { maxPositions } = this.model;
    if (full.capacity >= maxPositions) {
      throw new RangeError(
        `generate: the texts have ${this.#length} tokens, and ${this.model.constructor.name} has ${maxPositions} positions; ` +
          'set maxLength, or shorten the prompt.',
      );
    }
    const larger = takeWindow(this.model, full.rows, windowFor(full.capacity + 1, maxPositions));
    larger.takeFrom(full);
    giveBackWindow(full);
    this.#window = larger;
    this.#setMask(this.#padding);
  }

  async next(tokens: Int32Array): Promise<Float32Array[]> {
    if (this.#length >= (this.#window as Window).capacity) this.#grow();
    const window = this.#window as Window;
    const scores = await window.read({
      tokens,
      time: 1,
      start: this.#length,
      last: 0,
      positions: this.#positions ?? undefined,
      mask: this.#mask ?? undefined,
    });
    this.#length++;
    this.#positions = this.#positions?.map((position) => position + 1) ?? null;
    return splitRows(scores, window.rows);
  }

  /** The texts of one prompt only change places among themselves, so that padding stays where it is. */
  reorder(from: Int32Array): void {
    this.#window?.reorder(from);
  }

  dispose(): void {
    this.#mask?.dispose();
    this.#mask = null;
    if (this.#window) giveBackWindow(this.#window);
    this.#window = null;
  }
}

/** `time` tokens from `start` on; behind the end zeros, which nobody looks at and later tokens replace. */
function piece(row: Int32Array, start: number, time: number): Int32Array {
  const result = new Int32Array(time);
  result.set(row.subarray(start, start + time));
  return result;
}
