import type { Generator } from '../tensor/generator.ts';
import { TextError } from './text.ts';

/** A batch to train a language model on: `y` is `x` one token later. Both `[batchSize, blockSize]`, row by row. */
export interface TokenBatch {
  readonly x: Int32Array;
  readonly y: Int32Array;
}

export interface BatchOptions {
  readonly batchSize: number;
  /** How many tokens each row has. */
  readonly blockSize: number;
  /** Where rows may begin; anywhere unless given. */
  readonly starts?: Int32Array;
}

/**
 * The places where a row can begin so that it, and the token after it, fit.
 * @throws TextError when there is none.
 */
function checkStarts(tokens: Int32Array, { blockSize, starts }: BatchOptions): Int32Array | number {
  const places = tokens.length - blockSize;
  const usable = starts?.filter((start) => start < places) ?? places;
  if ((typeof usable === 'number' ? usable : usable.length) < 1) {
    throw new TextError(
      'text.tooShort',
      `The text has ${tokens.length} tokens, too few for rows of ${blockSize} and one more: take a longer text, or a ` +
        'smaller block size.',
      { tokens: tokens.length, blockSize },
    );
  }
  return usable;
}

function rowsAt(tokens: Int32Array, starts: readonly number[], blockSize: number): TokenBatch {
  const x = new Int32Array(starts.length * blockSize);
  const y = new Int32Array(starts.length * blockSize);
  starts.forEach((start, row) => {
    x.set(tokens.subarray(start, start + blockSize), row * blockSize);
    y.set(tokens.subarray(start + 1, start + 1 + blockSize), row * blockSize);
  });
  return { x, y };
}

/** Batches from random places of a text. All that must be remembered to go on is the generator's state. */
export class RandomBatches {
  readonly #tokens: Int32Array;
  readonly #options: BatchOptions;
  readonly #starts: Int32Array | number;
  readonly #generator: Generator;

  /** @throws TextError when the text is too short for one row. */
  constructor(tokens: Int32Array, options: BatchOptions, generator: Generator) {
    this.#starts = checkStarts(tokens, options);
    this.#tokens = tokens;
    this.#options = options;
    this.#generator = generator;
  }

  next(): TokenBatch {
    const { batchSize, blockSize } = this.#options;
    const starts = this.#starts;
    const word = this.#generator.hostWords();
    const below = (count: number) => Math.floor((word() / 2 ** 32) * count);
    const chosen = Array.from({ length: batchSize }, () =>
      typeof starts === 'number' ? below(starts) : (starts[below(starts.length)] as number),
    );
    return rowsAt(this.#tokens, chosen, blockSize);
  }
}

/**
 * The same few batches each time, spread evenly over a text: to estimate a loss on.
 * @throws TextError when the text is too short for one row.
 */
export function evenBatches(tokens: Int32Array, options: BatchOptions, count: number): TokenBatch[] {
  const { batchSize, blockSize } = options;
  const usable = checkStarts(tokens, options);
  const rows = count * batchSize;
  const start = (row: number): number => {
    if (typeof usable !== 'number') return usable[Math.floor((row * usable.length) / rows)] as number;
    return rows > 1 ? Math.floor((row * (usable - 1)) / (rows - 1)) : 0;
  };
  return Array.from({ length: count }, (_, batch) =>
    rowsAt(
      tokens,
      Array.from({ length: batchSize }, (_, row) => start(batch * batchSize + row)),
      blockSize,
    ),
  );
}
