import type { TextTokenizer } from './textTokenizer.ts';

/** Stands where bytes are no character, or not yet. */
const REPLACEMENT = '\ufffd';

/** As many tokens as a character of four bytes can have, before it is taken for broken. */
const LONGEST_WAIT = 8;

/**
 * Turns tokens into text as they come, whole characters only: what may still change with the next token is kept back. Only
 * the last tokens are decoded again, so that a long text costs no more than a short one.
 */
export class TextStream {
  readonly #tokenizer: TextTokenizer;
  readonly #skipSpecialTokens: boolean;
  /** Tokens that are decoded together: those of the last piece, for what they say about the beginning of the next. */
  #tokens: number[] = [];
  /** How many of them have been given out, and the text of these. */
  #given = 0;
  #text = '';

  constructor(tokenizer: TextTokenizer, { skipSpecialTokens = true }: { skipSpecialTokens?: boolean } = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecialTokens = skipSpecialTokens;
  }

  #decode(tokens: readonly number[]): string {
    return this.#tokenizer.decode(Int32Array.from(tokens), { skipSpecialTokens: this.#skipSpecialTokens });
  }

  /** Tokens that are in the text already, as a prompt's: they say how it goes on, and give nothing out. */
  skip(tokens: Iterable<number>): void {
    this.#tokens = [...tokens].slice(-LONGEST_WAIT);
    this.#settle(this.#decode(this.#tokens));
  }

  /** One token more. @returns what it adds to the text, maybe nothing */
  push(token: number): string {
    this.#tokens.push(token);
    const text = this.#decode(this.#tokens);
    const waiting = this.#tokens.length - this.#given;
    // A broken character stays broken: after so many tokens nothing completes it.
    if (text.endsWith(REPLACEMENT) && waiting < LONGEST_WAIT) return '';
    return this.#give(text);
  }

  /** What has been kept back, at the end. */
  end(): string {
    return this.#give(this.#decode(this.#tokens));
  }

  #give(text: string): string {
    const piece = text.slice(this.#text.length);
    // Nothing yet: a special token that is skipped, or spaces that wait for a word.
    if (piece === '') return '';
    this.#tokens = this.#tokens.slice(this.#given);
    this.#settle(this.#decode(this.#tokens));
    return piece;
  }

  #settle(text: string): void {
    this.#given = this.#tokens.length;
    this.#text = text;
  }
}
