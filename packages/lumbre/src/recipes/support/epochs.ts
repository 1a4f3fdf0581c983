import { Generator } from '../../tensor/generator.ts';

export interface EpochState {
  readonly epoch: number;
  readonly position: number;
}

/**
 * The numbers 0 to count - 1 in batches, each once an epoch, in another order each epoch. The order follows from the seed
 * and the epoch's number, so that two numbers are all that must be remembered. What is left at the end of an epoch and
 * fills no batch is passed over.
 */
export class ShuffledBatches {
  readonly #count: number;
  readonly #batchSize: number;
  readonly #seed: number;
  #epoch = 0;
  #position = 0;
  #order: Int32Array | null = null;

  /** @throws RangeError when there is less than one batch. */
  constructor(count: number, batchSize: number, seed: number) {
    if (batchSize > count) {
      throw new RangeError(
        `There are ${count} examples, fewer than a batch of ${batchSize}: choose a smaller train.batchSize.`,
      );
    }
    this.#count = count;
    this.#batchSize = batchSize;
    this.#seed = seed;
  }

  state(): EpochState {
    return { epoch: this.#epoch, position: this.#position };
  }

  setState({ epoch, position }: EpochState): void {
    this.#epoch = epoch;
    this.#position = position;
    this.#order = null;
  }

  /** Fisher and Yates, with numbers that belong to this epoch. */
  #shuffled(): Int32Array {
    const order = Int32Array.from({ length: this.#count }, (_, i) => i);
    const word = new Generator((this.#seed + this.#epoch) % Number.MAX_SAFE_INTEGER).hostWords();
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor((word() / 2 ** 32) * (i + 1));
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }

  next(): Int32Array {
    if (this.#position + this.#batchSize > this.#count) {
      this.#epoch++;
      this.#position = 0;
      this.#order = null;
    }
    this.#order ??= this.#shuffled();
    const batch = this.#order.subarray(this.#position, this.#position + this.#batchSize);
    this.#position += this.#batchSize;
    return batch;
  }
}

/** All numbers from 0 to count - 1 in order, in batches of one size but for the last. */
export function evenlyInOrder(count: number, batchSize: number): Int32Array[] {
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, batch) =>
    Int32Array.from(
      { length: Math.min(batchSize, count - batch * batchSize) },
      (_, i) => batch * batchSize + i,
    ),
  );
}
