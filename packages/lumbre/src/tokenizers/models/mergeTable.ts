/**
 * From two ids to the rank of their merge and the id of what they become: a hash table in typed arrays, since a Map would
 * want a key of its own for each pair that is looked up.
 */
export class MergeTable {
  readonly #mask: number;
  readonly #lefts: Int32Array;
  readonly #rights: Int32Array;
  readonly #ranks: Int32Array;
  readonly #results: Int32Array;
  #size = 0;

  constructor(count: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2 * count, 16)));
    this.#mask = slots - 1;
    this.#lefts = new Int32Array(slots).fill(-1);
    this.#rights = new Int32Array(slots);
    this.#ranks = new Int32Array(slots);
    this.#results = new Int32Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** Where a pair is, or the free slot where it would be. */
  #slot(left: number, right: number): number {
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    while (this.#lefts[slot] !== -1 && (this.#lefts[slot] !== left || this.#rights[slot] !== right)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  /** A pair that is there already gets the new rank. */
  set(left: number, right: number, rank: number, result: number): void {
    const slot = this.#slot(left, right);
    if (this.#lefts[slot] === -1) this.#size++;
    this.#lefts[slot] = left;
    this.#rights[slot] = right;
    this.#ranks[slot] = rank;
    this.#results[slot] = result;
  }

  /** Where a pair is, -1 if it does not merge. */
  find(left: number, right: number): number {
    const slot = this.#slot(left, right);
    return this.#lefts[slot] === -1 ? -1 : slot;
  }

  rank(slot: number): number {
    return this.#ranks[slot] as number;
  }

  result(slot: number): number {
    return this.#results[slot] as number;
  }

  /** All pairs by rank. */
  pairs(): (readonly [left: number, right: number])[] {
    const slots: number[] = [];
    for (let slot = 0; slot <= this.#mask; slot++) if (this.#lefts[slot] !== -1) slots.push(slot);
    slots.sort((a, b) => this.rank(a) - this.rank(b));
    return slots.map((slot) => [this.#lefts[slot] as number, this.#rights[slot] as number]);
  }
}
