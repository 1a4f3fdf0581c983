import type { TextTokenizer } from './textTokenizer.ts';

/** Stands where bytes are no character, or not yet one. */
const REPLACEMENT = '\ufffd';

/** A character has four bytes: so many may be there that wait for the last, each shown as one or all together. */
const MOST_UNFINISHED = 3;

/** Tokens that are decoded together at most, and how many of them are kept then. */
const MOST_TOKENS = 32;
const KEPT_TOKENS = 16;

/**
 * Turns tokens into text as they come, whole characters only: what the next token may still change is kept back. Only the
 * last tokens are decoded again, however long a text becomes, also one of broken characters.
 */
export class TextStream {
  readonly #tokenizer: TextTokenizer;
  readonly #skipSpecialTokens: boolean;
  /** Tokens that are decoded together: the last piece's, for what they say about the beginning of the next, and new ones. */
  #tokens: number[] = [];
  /** How many of them have been told, all of them together being `#told` characters. */
  #old = 0;
  #told = 0;

  constructor(
    tokenizer: TextTokenizer,
    { skipSpecialTokens = true }: { readonly skipSpecialTokens?: boolean } = {},
  ) {
    this.#tokenizer = tokenizer;
    this.#skipSpecialTokens = skipSpecialTokens;
  }

  #decode(tokens: readonly number[]): string {
    return this.#tokenizer.decode(Int32Array.from(tokens), { skipSpecialTokens: this.#skipSpecialTokens });
  }

  /** Tokens that are in the text already, as a prompt's: they say how it goes on, and give nothing out. */
  skip(tokens: Iterable<number>): void {
    this.#tokens = [...tokens].slice(-KEPT_TOKENS);
    this.#old = this.#tokens.length;
    this.#told = this.#decode(this.#tokens).length;
  }

  /** One token more. @returns what it adds to the text, maybe nothing */
  push(token: number): string {
    this.#tokens.push(token);
    const text = this.#decode(this.#tokens);
    const stable = text.length - unfinished(text);
    const piece = text.slice(this.#told, stable);
    this.#told = Math.max(this.#told, stable);
    if (piece !== '' && stable === text.length) this.#keep(this.#tokens.length - this.#old, text);
    else if (this.#tokens.length > MOST_TOKENS) this.#keep(KEPT_TOKENS, text);
    return piece;
  }

  /** What has been kept back, at the end: a character that nothing completed. */
  end(): string {
    const piece = this.#decode(this.#tokens).slice(this.#told);
    this.#tokens = [];
    this.#old = 0;
    this.#told = 0;
    return piece;
  }

  /** Forgets all tokens but the last. What of the text has not been told is at its end, and stays so. */
  #keep(count: number, text: string): void {
    const untold = text.length - this.#told;
    this.#tokens = this.#tokens.slice(-count);
    this.#old = this.#tokens.length;
    this.#told = Math.max(0, this.#decode(this.#tokens).length - untold);
  }
}

/** How many characters at the end may become another with the next token. */
function unfinished(text: string): number {
  let count = 0;
  while (count < MOST_UNFINISHED && text.at(-1 - count) === REPLACEMENT) count++;
  return count;
}
