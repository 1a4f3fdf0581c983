import type { AddedToken } from './addedToken.ts';
import type { Model } from './models/model.ts';
import { UnitTrie } from './models/unitTrie.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { remembered } from './patterns/characterTest.ts';
import { NormalizedString, type Offsets } from './text/normalizedString.ts';
import { PreTokenizedString, type Split } from './text/preTokenizedString.ts';
import { codePointBefore, isWhitespace } from './text/unicode.ts';
import { TokenizerError } from './tokenizerError.ts';

/** Longer ones would make texts slow to look through. */
const LONGEST = 2048;

const isWord = remembered(/^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u);

/** What is looked for in a text: the longest of the tokens that begin at a place. */
class Finder {
  readonly #trie = new UnitTrie();
  /** Units that a token begins with. */
  readonly #first = new Uint8Array(0x10000);
  empty = true;

  add(text: string, id: number): void {
    if (text === '') return;
    this.empty = false;
    this.#first[text.charCodeAt(0)] = 1;
    this.#trie.set(text, id);
  }

  /** The first place where there is one, and the longest there. */
  find(
    text: string,
    from: number,
  ): { readonly start: number; readonly end: number; readonly id: number } | null {
    for (let start = from; start < text.length; start++) {
      if (this.#first[text.charCodeAt(start)] === 0) continue;
      let node = UnitTrie.root;
      let found: { start: number; end: number; id: number } | null = null;
      for (let end = start; end < text.length; ) {
        node = this.#trie.next(node, text.charCodeAt(end++));
        if (node < 0) break;
        const id = this.#trie.value(node);
        if (id >= 0) found = { start, end, id };
      }
      if (found) return found;
    }
    return null;
  }
}

/** The tokens that are found in texts before the model sees them: special ones, and those that were added to a model. */
export class AddedVocabulary {
  readonly #ids = new Map<string, number>();
  readonly #tokens = new Map<number, AddedToken>();
  /** How tokens look that the normalizer changes. */
  readonly #normalized = new Map<number, string>();
  readonly #special = new Set<string>();
  /** In the text as it is, and in the normalized text. */
  #finder = new Finder();
  #normalizedFinder = new Finder();
  /** Whether special tokens in a text are text, as any other. */
  encodeSpecialTokens = false;

  get size(): number {
    return this.#ids.size;
  }

  get ids(): ReadonlyMap<string, number> {
    return this.#ids;
  }

  get tokens(): ReadonlyMap<number, AddedToken> {
    return this.#tokens;
  }

  isSpecial(token: string): boolean {
    return this.#special.has(token);
  }

  /** What the decoder is given for an id. */
  text(id: number): string | undefined {
    return this.#normalized.get(id) ?? this.#tokens.get(id)?.content;
  }

  /**
   * Adds tokens. Those that the model has keep their ids, others get the next ones.
   * @returns how many are new, or other than before
   */
  add(tokens: Iterable<AddedToken>, model: Model, normalizer: Normalizer | null): number {
    let added = 0;
    let next = model.vocabSize;
    for (const id of this.#tokens.keys()) next = Math.max(next, id + 1);
    for (const token of tokens) {
      const { content } = token;
      if (content === '') continue;
      if (content.length > LONGEST) {
        throw new TokenizerError(
          `An added token has ${content.length} characters, and at most ${LONGEST} are looked for.`,
        );
      }
      const known = this.#ids.get(content);
      if (known !== undefined && this.#tokens.get(known)?.equals(token)) continue;
      added++;
      const id = known ?? model.tokenToId(content) ?? next++;
      if (token.special) this.#special.add(content);
      this.#ids.set(content, id);
      this.#tokens.set(id, token);
    }
    this.refresh(normalizer);
    return added;
  }

  /** Looks anew at what the normalizer makes of tokens. */
  refresh(normalizer: Normalizer | null): void {
    this.#normalized.clear();
    this.#finder = new Finder();
    this.#normalizedFinder = new Finder();
    for (const [id, token] of this.#tokens) {
      if (!token.normalized) {
        this.#finder.add(token.content, id);
        continue;
      }
      const text = NormalizedString.of(token.content, false);
      normalizer?.normalize(text);
      if (text.text !== token.content) this.#normalized.set(id, text.text);
      this.#normalizedFinder.add(text.text, id);
    }
  }

  /** Whether there is nothing to be found, so that texts need not be looked through. */
  get findsNothing(): boolean {
    return this.#finder.empty && this.#normalizedFinder.empty;
  }

  /** Cuts the added tokens out of a text and normalizes what lies between. */
  extract(text: NormalizedString, normalizer: Normalizer | null): PreTokenizedString {
    const result = new PreTokenizedString(text);
    result.splits = this.#cut(text, this.#finder);
    result.splits = result.splits.flatMap((split) => {
      if (split.tokens !== null) return [split];
      normalizer?.normalize(split.text);
      return this.#cut(split.text, this.#normalizedFinder);
    });
    return result;
  }

  #cut(text: NormalizedString, finder: Finder): Split[] {
    if (text.text === '') return [];
    if (finder.empty) return [{ text, tokens: null }];
    const splits: Split[] = [];
    let last = 0;
    for (const [id, [start, end]] of this.#matches(text.text, finder)) {
      if (last < start) splits.push({ text: text.slice(last, start), tokens: null });
      const piece = text.slice(start, end);
      splits.push({ text: piece, tokens: [{ id, token: piece.text, start: 0, end: piece.text.length }] });
      last = end;
    }
    if (last < text.text.length) splits.push({ text: text.slice(last, text.text.length), tokens: null });
    return splits;
  }

  *#matches(text: string, finder: Finder): Iterable<readonly [id: number, range: Offsets]> {
    /** Behind the last token that counts. */
    let last = 0;
    for (let match = finder.find(text, 0); match; match = finder.find(text, match.end)) {
      const { id } = match;
      let { start, end } = match;
      const token = this.#tokens.get(id) as AddedToken;
      if (this.encodeSpecialTokens && token.special) continue;
      if (token.singleWord) {
        const before = codePointBefore(text, start);
        const after = text.codePointAt(end);
        if ((before !== undefined && isWord(before)) || (after !== undefined && isWord(after))) continue;
      }
      if (token.lstrip) while (start > last && isWhitespace(text.charCodeAt(start - 1))) start--;
      if (token.rstrip) while (end < text.length && isWhitespace(text.charCodeAt(end))) end++;
      if (start < last) start = last;
      if (end <= last) continue;
      yield [id, [start, end]];
      last = end;
    }
  }

  /** In the order of ids. */
  toJSON(): Record<string, unknown>[] {
    return [...this.#tokens].sort(([a], [b]) => a - b).map(([id, token]) => ({ id, ...token.toJSON() }));
  }
}
