import type { Token } from '../text/preTokenizedString.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import type { Model } from './model.ts';
import { makeVocabulary, type Vocabulary, type VocabularySource } from './vocabulary.ts';

export interface WordLevelOptions {
  readonly vocab?: VocabularySource;
  /** What every other word is. Default `<unk>`. */
  readonly unkToken?: string;
}

/** Whole words, or characters, are tokens; all others are unknown. */
export class WordLevel implements Model {
  readonly unkToken: string;
  readonly #vocabulary: Vocabulary;

  constructor({ vocab = [], unkToken = '<unk>' }: WordLevelOptions = {}) {
    this.#vocabulary = makeVocabulary(vocab);
    this.unkToken = unkToken;
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

  tokenize(word: string): Token[] {
    const id = this.#vocabulary.ids.get(word);
    const token = id === undefined ? this.unkToken : word;
    return [{ id: id ?? this.#unknown(word), token, start: 0, end: word.length }];
  }

  appendIds(word: string, ids: number[]): void {
    ids.push(this.#vocabulary.ids.get(word) ?? this.#unknown(word));
  }

  #unknown(word: string): number {
    const id = this.#vocabulary.ids.get(this.unkToken);
    if (id === undefined) {
      throw new TokenizerError(
        `WordLevel: the word ${shown(word)} is unknown, and the vocabulary has no ${shown(this.unkToken)} to stand for it.`,
      );
    }
    return id;
  }

  toJSON(): { type: 'WordLevel'; vocab: Record<string, number> } & Record<string, unknown> {
    return { type: 'WordLevel', vocab: this.#vocabulary.toJSON(), unk_token: this.unkToken };
  }
}
