import { permutation } from '../../data/shuffle.ts';
import { Generator } from '../../tensor/generator.ts';

/** Streams of one seed that have nothing to do with each other. */
const streams = { split: 2 ** 48, order: 2 ** 49, sample: 2 ** 50, weights: 2 ** 51 } as const;

export const stream = (seed: number, purpose: keyof typeof streams, number = 0): Generator =>
  new Generator((seed + streams[purpose] + number) % Number.MAX_SAFE_INTEGER);

export interface Split<Thing> {
  readonly train: readonly Thing[];
  readonly heldOut: readonly Thing[];
}

/** Two parts, by chance that follows from the seed; each has one thing at least where there are two. */
export function splitHeldOut<Thing>(things: readonly Thing[], share: number, seed: number): Split<Thing> {
  const count =
    share === 0 || things.length < 2
      ? 0
      : Math.min(things.length - 1, Math.max(1, Math.round(things.length * share)));
  const chosen = new Set(permutation(things.length, stream(seed, 'split')).subarray(0, count));
  return {
    train: things.filter((_, i) => !chosen.has(i)),
    heldOut: things.filter((_, i) => chosen.has(i)),
  };
}

/** Numbers in batches, each once an epoch, in an order that follows from the seed and the epoch; the last of one may be small. */
export class EpochOrder {
  readonly #count: number;
  readonly #batchSize: number;
  readonly #seed: number;
  #epoch = 0;
  #position = 0;
  #order: Int32Array | null = null;

  constructor(count: number, batchSize: number, seed: number) {
    this.#count = count;
    this.#batchSize = Math.min(batchSize, count);
    this.#seed = seed;
  }

  get batchSize(): number {
    return this.#batchSize;
  }

  get batchesAnEpoch(): number {
    return Math.ceil(this.#count / this.#batchSize);
  }

  state(): { readonly epoch: number; readonly position: number } {
    return { epoch: this.#epoch, position: this.#position };
  }

  setState({ epoch, position }: { readonly epoch: number; readonly position: number }): void {
    this.#epoch = epoch;
    this.#position = position;
    this.#order = null;
  }

  next(): number[] {
    if (this.#position >= this.#count) {
      this.#epoch++;
      this.#position = 0;
      this.#order = null;
    }
    this.#order ??= permutation(this.#count, stream(this.#seed, 'order', this.#epoch));
    const batch = [...this.#order.subarray(this.#position, this.#position + this.#batchSize)];
    this.#position += batch.length;
    return batch;
  }
}
