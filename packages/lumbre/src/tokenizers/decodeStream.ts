/** What an unfinished character ends with. */
const UNFINISHED = '\ufffd';

/**
 * Decodes ids one by one. A character comes when all of its bytes are there, and never a half of it; spaces between words
 * are as they are when all ids are decoded together.
 *
 * ```ts
 * const stream = tokenizer.decodeStream();
 * for await (const id of ids) process.stdout.write(stream.step(id));
 * process.stdout.write(stream.end());
 * ```
 */
export class DecodeStream {
  readonly #decode: (ids: readonly number[]) => string;
  /** The ids whose text was told last, which what comes next is decoded with, and those whose text was not yet. */
  #ids: number[] = [];
  /** The text of the first of them, which was told. */
  #told = '';
  #toldIds = 0;

  constructor(decode: (ids: readonly number[]) => string) {
    this.#decode = decode;
  }

  /** The text that another id adds; empty while a character is unfinished. */
  step(id: number): string {
    this.#ids.push(id);
    const text = this.#decode(this.#ids);
    if (text.length <= this.#told.length || text.endsWith(UNFINISHED)) return '';
    return this.#tell(text);
  }

  /** What is left when no more ids come: characters that stay unfinished, as U+FFFD. */
  end(): string {
    const text = this.#decode(this.#ids);
    const rest = text.length > this.#told.length ? text.slice(this.#told.length) : '';
    this.#ids = [];
    this.#told = '';
    this.#toldIds = 0;
    return rest;
  }

  #tell(text: string): string {
    const added = text.slice(this.#told.length);
    const kept = this.#ids.slice(this.#toldIds);
    this.#toldIds = kept.length;
    this.#ids = kept;
    this.#told = this.#decode(kept);
    return added;
  }
}
