const NONE = -1;

/**
 * Pairs of tokens that stand side by side, numbered in the order in which they were first seen, and how often each comes. A
 * hash table in typed arrays: a `Map` would have a string or a boxed double as the key of each of millions of pairs.
 */
export class PairTable {
  #slots = new Int32Array(1 << 12).fill(NONE);
  #shift = 32 - 12;
  length = 0;
  left = new Int32Array(1 << 11);
  right = new Int32Array(1 << 11);
  counts = new Float64Array(1 << 11);

  /** The slot where a pair is, or where it belongs. */
  #slotOf(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b) >>> this.#shift;
    for (;;) {
      const pair = slots[slot] as number;
      if (pair === NONE || (this.left[pair] === left && this.right[pair] === right)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** The number of a pair, -1 for one that was never seen. */
  find(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right)] as number;
  }

  /** The number of a pair, a new one for one that was never seen. */
  add(left: number, right: number): number {
    const known = this.find(left, right);
    if (known !== NONE) return known;
    if (this.length === this.left.length) this.#grow();
    const pair = this.length++;
    this.#slots[this.#slotOf(left, right)] = pair;
    this.left[pair] = left;
    this.right[pair] = right;
    this.counts[pair] = 0;
    return pair;
  }

  /** Twice the room, in a table that stays at most half full, so that chains are short. */
  #grow(): void {
    const size = 2 * this.left.length;
    this.left = enlarged(this.left, new Int32Array(size));
    this.right = enlarged(this.right, new Int32Array(size));
    this.counts = enlarged(this.counts, new Float64Array(size));
    this.#slots = new Int32Array(2 * size).fill(NONE);
    this.#shift--;
    for (let pair = 0; pair < this.length; pair++) {
      this.#slots[this.#slotOf(this.left[pair] as number, this.right[pair] as number)] = pair;
    }
  }
}

function enlarged<A extends Int32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}
