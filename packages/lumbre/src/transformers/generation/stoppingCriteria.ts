import { commonPrefix, type TextTokenizer } from './textTokenizer.ts';

/** Says, after each token, which texts are at their end. */
export interface StoppingCriteria {
  /** @param inputIds the texts so far, prompt included; not to be changed */
  isDone(inputIds: readonly Int32Array[]): boolean[];
}

/** The same for one text, as a function. */
export type StoppingFunction = (inputIds: Int32Array, row: number) => boolean;

/** All texts end at a length. */
export class MaxLengthCriteria implements StoppingCriteria {
  readonly maxLength: number;

  constructor(maxLength: number) {
    this.maxLength = maxLength;
  }

  isDone(inputIds: readonly Int32Array[]): boolean[] {
    return inputIds.map((ids) => ids.length >= this.maxLength);
  }
}

/** All texts end after a time, in seconds. */
export class MaxTimeCriteria implements StoppingCriteria {
  readonly #end: number;

  constructor(maxTime: number, start: number = performance.now()) {
    this.#end = start + 1000 * maxTime;
  }

  isDone(inputIds: readonly Int32Array[]): boolean[] {
    const late = performance.now() > this.#end;
    return inputIds.map(() => late);
  }
}

/** A text ends with one of these tokens. */
export class EosTokenCriteria implements StoppingCriteria {
  readonly eosTokenIds: readonly number[];

  constructor(eosTokenIds: readonly number[]) {
    this.eosTokenIds = eosTokenIds;
  }

  isDone(inputIds: readonly Int32Array[]): boolean[] {
    return inputIds.map((ids) => this.eosTokenIds.includes(ids[ids.length - 1] as number));
  }
}

/**
 * A text ends with the token that completes one of these strings, alone or with tokens before it, of which some may stand
 * in the prompt; the token may go on behind the string.
 */
export class StopStringCriteria implements StoppingCriteria {
  readonly stopStrings: readonly string[];
  readonly #tokenizer: TextTokenizer;
  /** How many tokens can have a part in a string: one a byte, and a few in front, where decoders treat a beginning. */
  readonly #reach: number;

  constructor(tokenizer: TextTokenizer, stopStrings: string | readonly string[]) {
    this.stopStrings = typeof stopStrings === 'string' ? [stopStrings] : stopStrings;
    this.#tokenizer = tokenizer;
    const bytes = this.stopStrings.map((text) => new TextEncoder().encode(text).length);
    this.#reach = Math.max(...bytes) + 4;
  }

  isDone(inputIds: readonly Int32Array[]): boolean[] {
    return inputIds.map((ids) => this.#isComplete(ids));
  }

  #isComplete(ids: Int32Array): boolean {
    const tail = ids.subarray(Math.max(0, ids.length - this.#reach));
    const decode = (tokens: Int32Array) => this.#tokenizer.decode(tokens, { skipSpecialTokens: false });
    const text = decode(tail);
    const found = this.stopStrings.map(
      (stop) => text.lastIndexOf(stop) + (text.includes(stop) ? stop.length : 0),
    );
    const end = Math.max(...found);
    // The last token must have a part in it: what was there before did not end the text.
    return end > 0 && end > commonPrefix(decode(tail.subarray(0, -1)), text);
  }
}

/** Criteria of which one is enough. */
export class StoppingCriteriaList implements StoppingCriteria {
  readonly criteria: readonly StoppingCriteria[];

  constructor(criteria: Iterable<StoppingCriteria | StoppingFunction>) {
    this.criteria = Array.from(criteria, (one) =>
      typeof one === 'function' ? { isDone: (inputIds) => inputIds.map((ids, row) => one(ids, row)) } : one,
    );
  }

  isDone(inputIds: readonly Int32Array[]): boolean[] {
    const done = inputIds.map(() => false);
    for (const criterion of this.criteria) {
      for (const [row, isDone] of criterion.isDone(inputIds).entries()) if (isDone) done[row] = true;
    }
    return done;
  }
}
