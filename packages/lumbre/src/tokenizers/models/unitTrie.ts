/** A tree of texts, a step for each UTF-16 unit. Steps are in a hash table of typed arrays, as vocabularies are large. */
export class UnitTrie {
  #mask = 1023;
  #keys = new Float64Array(this.#mask + 1).fill(-1);
  #children = new Int32Array(this.#mask + 1);
  #count = 0;
  /** What each node stands for; -1 where no text ends. */
  readonly #values: number[] = [-1];

  /** The node of the empty text. */
  static readonly root = 0;

  #slot(key: number): number {
    const node = Math.floor(key / 0x10000);
    let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(key & 0xffff, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    while (this.#keys[slot] !== -1 && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const children = this.#children;
    this.#mask = 2 * this.#mask + 1;
    this.#keys = new Float64Array(this.#mask + 1).fill(-1);
    this.#children = new Int32Array(this.#mask + 1);
    keys.forEach((key, i) => {
      if (key === -1) return;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#children[slot] = children[i] as number;
    });
  }

  /** A text that is there already gets the new value. */
  set(text: string, value: number): void {
    let node = UnitTrie.root;
    for (let i = 0; i < text.length; i++) {
      const key = node * 0x10000 + text.charCodeAt(i);
      const slot = this.#slot(key);
      if (this.#keys[slot] === key) node = this.#children[slot] as number;
      else {
        node = this.#values.push(-1) - 1;
        this.#keys[slot] = key;
        this.#children[slot] = node;
        if (2 * ++this.#count > this.#mask) this.#grow();
      }
    }
    this.#values[node] = value;
  }

  /** The node one unit on; -1 if no text goes on so. */
  next(node: number, unit: number): number {
    const key = node * 0x10000 + unit;
    const slot = this.#slot(key);
    return this.#keys[slot] === key ? (this.#children[slot] as number) : -1;
  }

  /** The value of the text that ends at a node; -1 if none does. */
  value(node: number): number {
    return this.#values[node] as number;
  }
}
