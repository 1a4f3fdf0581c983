/** Texts that grow side by side, all of one length: rows of token ids. */
export class Texts {
  #rows: Int32Array[];
  #length: number;

  /** @param rows of one length; they are copied */
  constructor(rows: readonly Int32Array[]) {
    this.#length = rows[0]?.length ?? 0;
    this.#rows = rows.map((row) => {
      const grown = new Int32Array(2 * row.length + 32);
      grown.set(row);
      return grown;
    });
  }

  /** How many texts there are. */
  get count(): number {
    return this.#rows.length;
  }

  get length(): number {
    return this.#length;
  }

  /** The texts so far: views, valid until the next token comes. */
  rows(): Int32Array[] {
    return this.#rows.map((row) => row.subarray(0, this.#length));
  }

  /** One token more for each text. */
  append(tokens: Int32Array): void {
    for (const [i, row] of this.#rows.entries()) {
      const roomy = this.#length < row.length ? row : doubled(row);
      roomy[this.#length] = tokens[i] as number;
      this.#rows[i] = roomy;
    }
    this.#length++;
  }
}

function doubled(row: Int32Array): Int32Array {
  const grown = new Int32Array(2 * row.length);
  grown.set(row);
  return grown;
}
