import type { Tokenizer } from '../tokenizer.ts';
import { Callable } from './callable.ts';
import {
  SPECIAL_TOKEN_NAMES,
  type SpecialTokenName,
  type SpecialTokens,
  specialTokenNames,
} from './specialTokens.ts';

/** What pretrained tokenizers know of their special tokens, by the names that transformers has for them. */
export abstract class SpecialTokenHolder<Arguments extends unknown[], Result> extends Callable<
  Arguments,
  Result
> {
  /** The tokenizer behind it: normalizer, pre-tokenizer, model, post-processor, decoder. */
  readonly backendTokenizer: Tokenizer;
  readonly #special: Record<SpecialTokenName, string | null>;
  readonly #additional: string[] = [];

  constructor(tokenizer: Tokenizer) {
    super();
    this.backendTokenizer = tokenizer;
    this.#special = Object.fromEntries(specialTokenNames.map((name) => [name, null])) as Record<
      SpecialTokenName,
      null
    >;
  }

  /** Says which tokens are special, without adding any. */
  protected nameSpecial(tokens: SpecialTokens, additional: readonly string[]): void {
    for (const name of specialTokenNames) {
      const token = tokens[name];
      if (token !== undefined) this.#special[name] = token;
    }
    for (const token of additional) if (!this.#additional.includes(token)) this.#additional.push(token);
  }

  /** The special tokens that there are, by what files call them. */
  protected specialTokensMap(): Record<string, string> {
    const map: Record<string, string> = {};
    for (const name of specialTokenNames) {
      const token = this.#special[name];
      if (token !== null) map[SPECIAL_TOKEN_NAMES[name]] = token;
    }
    return map;
  }

  get bosToken(): string | null {
    return this.#special.bosToken;
  }
  set bosToken(token: string | null) {
    this.#special.bosToken = token;
  }
  get eosToken(): string | null {
    return this.#special.eosToken;
  }
  set eosToken(token: string | null) {
    this.#special.eosToken = token;
  }
  get unkToken(): string | null {
    return this.#special.unkToken;
  }
  set unkToken(token: string | null) {
    this.#special.unkToken = token;
  }
  get sepToken(): string | null {
    return this.#special.sepToken;
  }
  set sepToken(token: string | null) {
    this.#special.sepToken = token;
  }
  get padToken(): string | null {
    return this.#special.padToken;
  }
  set padToken(token: string | null) {
    this.#special.padToken = token;
  }
  get clsToken(): string | null {
    return this.#special.clsToken;
  }
  set clsToken(token: string | null) {
    this.#special.clsToken = token;
  }
  get maskToken(): string | null {
    return this.#special.maskToken;
  }
  set maskToken(token: string | null) {
    this.#special.maskToken = token;
  }

  #id(name: SpecialTokenName): number | null {
    const token = this.#special[name];
    return token === null ? null : (this.backendTokenizer.tokenToId(token) ?? null);
  }

  get bosTokenId(): number | null {
    return this.#id('bosToken');
  }
  get eosTokenId(): number | null {
    return this.#id('eosToken');
  }
  get unkTokenId(): number | null {
    return this.#id('unkToken');
  }
  get sepTokenId(): number | null {
    return this.#id('sepToken');
  }
  get padTokenId(): number | null {
    return this.#id('padToken');
  }
  get clsTokenId(): number | null {
    return this.#id('clsToken');
  }
  get maskTokenId(): number | null {
    return this.#id('maskToken');
  }

  get additionalSpecialTokens(): readonly string[] {
    return this.#additional;
  }

  /** Every special token once. */
  get allSpecialTokens(): string[] {
    const tokens = specialTokenNames.map((name) => this.#special[name]);
    return [...new Set([...tokens.filter((token) => token !== null), ...this.#additional])];
  }

  get allSpecialIds(): number[] {
    return this.allSpecialTokens.flatMap((token) => this.backendTokenizer.tokenToId(token) ?? []);
  }
}
