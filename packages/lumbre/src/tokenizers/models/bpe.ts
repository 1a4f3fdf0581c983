import { bytesOf } from '../text/alphabet.ts';
import type { Token } from '../text/preTokenizedString.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import { byteRanges } from './byteRanges.ts';
import { MergeTable } from './mergeTable.ts';
import { mergeAll, type Symbols } from './merging.ts';
import type { Model } from './model.ts';
import { makeVocabulary, type Vocabulary, type VocabularySource } from './vocabulary.ts';
import { WordCache } from './wordCache.ts';

export interface BPEOptions {
  /** Token and id, for each token. */
  readonly vocab?: VocabularySource;
  /** Pairs of tokens, in the order in which they were learned. */
  readonly merges?: Iterable<readonly [left: string, right: string]>;
  /** The token for characters that are unknown. Without one they are left out, as the reference does. */
  readonly unkToken?: string | null;
  /** What every piece but the first of a word begins with. */
  readonly continuingSubwordPrefix?: string | null;
  /** What the last piece of a word ends with. */
  readonly endOfWordSuffix?: string | null;
  /** One unknown token for several unknown characters in a row. Default false. */
  readonly fuseUnk?: boolean;
  /** The UTF-8 bytes of an unknown character as tokens: `<0xE2>`. Default false. */
  readonly byteFallback?: boolean;
  /** A word that is a token is that token, whatever the merges say. Default false. */
  readonly ignoreMerges?: boolean;
  /** Leaves out each merge with this probability. Only 0 and null are supported: it is for training. */
  readonly dropout?: number | null;
}

/** `<0xE2>` for each byte. */
export const BYTE_TOKENS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
);

/**
 * Byte-pair encoding (Sennrich et al., arXiv:1508.07909): a word is its characters, and pairs of neighbours are put together,
 * those first that were learned first.
 */
export class BPE implements Model {
  readonly unkToken: string | null;
  readonly continuingSubwordPrefix: string | null;
  readonly endOfWordSuffix: string | null;
  readonly fuseUnk: boolean;
  readonly byteFallback: boolean;
  readonly ignoreMerges: boolean;
  readonly dropout: number | null;
  readonly #vocabulary: Vocabulary;
  readonly #merges: MergeTable;
  readonly #cache = new WordCache<Symbols>();

  /** @throws TokenizerError for merges of tokens that are not in the vocabulary */
  constructor(options: BPEOptions = {}) {
    this.unkToken = options.unkToken ?? null;
    // An empty prefix or suffix is none.
    this.continuingSubwordPrefix = options.continuingSubwordPrefix ?? null;
    this.endOfWordSuffix = options.endOfWordSuffix ?? null;
    this.fuseUnk = options.fuseUnk ?? false;
    this.byteFallback = options.byteFallback ?? false;
    this.ignoreMerges = options.ignoreMerges ?? false;
    this.dropout = options.dropout ?? null;
    if (this.dropout) {
      throw new TokenizerError(
        `BPE: dropout is ${this.dropout}, which leaves merges out at random while a model is trained; set it to null to encode.`,
      );
    }
    this.#vocabulary = makeVocabulary(options.vocab ?? []);
    const merges = [...(options.merges ?? [])];
    this.#merges = new MergeTable(merges.length);
    const prefixLength = this.continuingSubwordPrefix?.length ?? 0;
    merges.forEach(([left, right], rank) => {
      const result = left + right.slice(prefixLength);
      this.#merges.set(this.#idOf(left), this.#idOf(right), rank, this.#idOf(result));
    });
  }

  #idOf(token: string): number {
    const id = this.#vocabulary.ids.get(token);
    if (id === undefined) {
      throw new TokenizerError(`BPE: the merges have ${shown(token)}, which is not in the vocabulary.`);
    }
    return id;
  }

  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  vocab(): ReadonlyMap<string, number> {
    return this.#vocabulary.ids;
  }

  /** Pairs of tokens, in the order in which they are applied. */
  merges(): (readonly [left: string, right: string])[] {
    return this.#merges
      .pairs()
      .map(([left, right]) => [this.idToToken(left) as string, this.idToToken(right) as string]);
  }

  tokenToId(token: string): number | undefined {
    return this.#vocabulary.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#vocabulary.token(id);
  }

  tokenize(word: string): Token[] {
    const { ids, lengths, inBytes } = this.#symbols(word);
    const ranges = inBytes ? byteRanges(word, lengths) : null;
    let start = 0;
    return ids.map((id, i) => {
      const end = start + (lengths[i] as number);
      const [from, to] = ranges?.[i] ?? [start, end];
      start = end;
      return { id, token: this.idToToken(id) as string, start: from, end: to };
    });
  }

  appendIds(word: string, ids: number[]): void {
    const symbols = this.#symbols(word).ids;
    for (let i = 0; i < symbols.length; i++) ids.push(symbols[i] as number);
  }

  #symbols(word: string): Symbols {
    if (this.ignoreMerges) {
      const id = this.#vocabulary.ids.get(word);
      if (id !== undefined && word !== '') return { ids: [id], lengths: [word.length], inBytes: false };
    }
    let symbols = this.#cache.get(word);
    if (!symbols) {
      symbols = this.#characters(word, false);
      mergeAll(symbols, this.#merges);
      this.#cache.set(word, symbols);
    }
    return symbols;
  }

  /**
   * The characters of a word as symbols, before anything is merged. Their lengths are counted in UTF-8 bytes where a symbol
   * may be a part of a character, or where characters are left out: both move offsets by bytes.
   */
  #characters(word: string, inBytes: boolean): Symbols {
    const symbols: Symbols = { ids: [], lengths: [], inBytes };
    const add = (id: number, length: number): void => {
      symbols.ids.push(id);
      symbols.lengths.push(length);
    };
    /** The length of an unknown token that is not added yet, since it may go on. */
    let unknown = 0;
    let unknownId = -1;
    const addUnknown = (): void => {
      if (unknown > 0) add(unknownId, unknown);
      unknown = 0;
    };
    let position = 0;
    for (const character of word) {
      let symbol = character;
      const last = position + character.length === word.length;
      if (position > 0 && this.continuingSubwordPrefix !== null)
        symbol = this.continuingSubwordPrefix + symbol;
      if (last && this.endOfWordSuffix !== null) symbol += this.endOfWordSuffix;
      position += character.length;
      const length = inBytes ? bytesOf(character.codePointAt(0) as number).length : character.length;
      const id = this.#vocabulary.ids.get(symbol);
      if (id !== undefined) {
        addUnknown();
        add(id, length);
        continue;
      }
      const bytes = this.byteFallback ? this.#byteIds(symbol) : undefined;
      if ((bytes || this.unkToken === null) && !inBytes) return this.#characters(word, true);
      if (bytes) {
        for (const byte of bytes) add(byte, 1);
      } else if (this.unkToken !== null) {
        if (!this.fuseUnk) addUnknown();
        unknownId = this.#unknownId();
        unknown += length;
      }
    }
    addUnknown();
    return symbols;
  }

  #unknownId(): number {
    const id = this.#vocabulary.ids.get(this.unkToken as string);
    if (id === undefined) {
      throw new TokenizerError(
        `BPE: the unknown token ${shown(this.unkToken)} is not in the vocabulary, and a character is.`,
      );
    }
    return id;
  }

  #byteIds(text: string): number[] | undefined {
    const ids: number[] = [];
    for (const character of text) {
      for (const byte of bytesOf(character.codePointAt(0) as number)) {
        const id = this.#vocabulary.ids.get(BYTE_TOKENS[byte] as string);
        if (id === undefined) return undefined;
        ids.push(id);
      }
    }
    return ids;
  }

  toJSON(): { type: 'BPE'; vocab: Record<string, number>; merges: (readonly [string, string])[] } & Record<
    string,
    unknown
  > {
    return {
      type: 'BPE',
      dropout: this.dropout,
      unk_token: this.unkToken,
      continuing_subword_prefix: this.continuingSubwordPrefix,
      end_of_word_suffix: this.endOfWordSuffix,
      fuse_unk: this.fuseUnk,
      byte_fallback: this.byteFallback,
      ignore_merges: this.ignoreMerges,
      vocab: this.#vocabulary.toJSON(),
      merges: this.merges(),
    };
  }
}
