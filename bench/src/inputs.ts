/** Numbers that are different each time and cost little: they are made outside of the clock, but in every run. */

/** How far a window into a pool may be moved. */
const SLACK = 1 << 16;

/** A xorshift generator (Marsaglia, Xorshift RNGs, 2003): 32 bits at a time, seeded. */
export function makeBits(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** Windows of a fixed length into a larger array of uniform numbers in [-1, 1): no two steps see the same ones. */
export class InputPool {
  readonly #values: Float32Array<ArrayBuffer>;
  readonly #length: number;
  readonly #bits: () => number;

  constructor(length: number, seed: number) {
    this.#bits = makeBits(seed);
    this.#length = length;
    this.#values = new Float32Array(length + SLACK);
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = this.#bits() / 2 ** 31;
  }

  next(): Float32Array<ArrayBuffer> {
    const start = (this.#bits() >>> 0) % SLACK;
    return this.#values.subarray(start, start + this.#length);
  }
}
