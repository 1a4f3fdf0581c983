/** A list of whole numbers of 32 bits that grows: an eighth of what an array of numbers costs to collect. */
export class GrowingInts {
  /** The memory of it: longer than the list. It changes with `push`. */
  items: Int32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.items = new Int32Array(capacity);
  }

  /** @returns its place. */
  push(value: number): number {
    if (this.length === this.items.length) {
      const larger = new Int32Array(2 * this.items.length);
      larger.set(this.items);
      this.items = larger;
    }
    this.items[this.length] = value;
    return this.length++;
  }

  /** The list, in memory of its own. */
  toArray(): Int32Array {
    return this.items.slice(0, this.length);
  }
}
