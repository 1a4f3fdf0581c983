import type { Token } from '../text/preTokenizedString.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import type { Model } from './model.ts';
import { makeVocabulary, type Vocabulary, type VocabularySource } from './vocabulary.ts';
import { WordCache } from './wordCache.ts';

export interface WordPieceOptions {
  readonly vocab?: VocabularySource;
  /** What a word is that cannot be put together. Default `[UNK]`. */
  readonly unkToken?: string;
  /** What every piece but the first of a word begins with. Default `##`. */
  readonly continuingSubwordPrefix?: string;
  /** Words with more characters are unknown. Default 100. */
  readonly maxInputCharsPerWord?: number;
}

/** BERT's model: a word is the longest token that it begins with, then the longest that goes on, to its end. */
export class WordPiece implements Model {
  readonly unkToken: string;
  readonly continuingSubwordPrefix: string;
  readonly maxInputCharsPerWord: number;
  readonly #vocabulary: Vocabulary;
  /** No token is longer, in UTF-16 units: nothing longer is looked up. */
  readonly #longest: number;
  readonly #cache = new WordCache<readonly Token[]>();

  constructor(options: WordPieceOptions = {}) {
    this.#vocabulary = makeVocabulary(options.vocab ?? []);
    this.unkToken = options.unkToken ?? '[UNK]';
    this.continuingSubwordPrefix = options.continuingSubwordPrefix ?? '##';
    this.maxInputCharsPerWord = options.maxInputCharsPerWord ?? 100;
    let longest = 1;
    for (const token of this.#vocabulary.ids.keys()) longest = Math.max(longest, token.length);
    this.#longest = longest;
  }

  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  vocab(): ReadonlyMap<string, number> {
    return this.#vocabulary.ids;
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#vocabulary.token(id);
  }

  tokenize(word: string): readonly Token[] {
    let tokens = this.#cache.get(word);
    if (!tokens) {
      tokens = this.#tokenize(word);
      this.#cache.set(word, tokens);
    }
    return tokens;
  }

  appendIds(word: string, ids: number[]): void {
    for (const { id } of this.tokenize(word)) ids.push(id);
  }

  #tokenize(word: string): readonly Token[] {
    let characters = 0;
    for (const _ of word) characters++;
    if (characters > this.maxInputCharsPerWord) return [this.#unknown(word)];
    const tokens: Token[] = [];
    for (let start = 0; start < word.length; ) {
      const token = this.#longestAt(word, start);
      if (!token) return [this.#unknown(word)];
      tokens.push(token);
      start = token.end;
    }
    return tokens;
  }

  #longestAt(word: string, start: number): Token | undefined {
    let end = Math.min(word.length, start + this.#longest);
    while (end > start) {
      const piece = word.slice(start, end);
      const token = start > 0 ? this.continuingSubwordPrefix + piece : piece;
      const id = this.#vocabulary.ids.get(token);
      // A token may end in the middle of a pair only if it has half of one.
      if (id !== undefined) return { id, token, start, end };
      end -= 1;
    }
    return undefined;
  }

  #unknown(word: string): Token {
    const id = this.#vocabulary.ids.get(this.unkToken);
    if (id === undefined) {
      throw new TokenizerError(
        `WordPiece: the word ${shown(word)} is unknown, and the vocabulary has no ${shown(this.unkToken)} to stand for it.`,
      );
    }
    return { id, token: this.unkToken, start: 0, end: word.length };
  }

  toJSON(): { type: 'WordPiece'; vocab: Record<string, number> } & Record<string, unknown> {
    return {
      type: 'WordPiece',
      unk_token: this.unkToken,
      continuing_subword_prefix: this.continuingSubwordPrefix,
      max_input_chars_per_word: this.maxInputCharsPerWord,
      vocab: this.#vocabulary.toJSON(),
    };
  }
}
