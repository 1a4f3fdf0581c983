/** The longest word, in UTF-16 units, that is worth keeping. */
const LONGEST = 64;
const MOST = 100_000;

/** What was found out about words. Texts repeat their words, and long ones are mostly met once. */
export class WordCache<T> {
  #values = new Map<string, T>();

  get(word: string): T | undefined {
    return this.#values.get(word);
  }

  set(word: string, value: T): void {
    if (word.length > LONGEST) return;
    // Starting anew is cheaper than telling which words are old.
    if (this.#values.size >= MOST) this.#values = new Map();
    this.#values.set(word, value);
  }
}
