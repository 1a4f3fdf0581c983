import { learnMerges, type Merge, mergePair } from './bpeTraining.ts';
import { UnknownCharacterError } from './charTokenizer.ts';

/** A tokenizer as it is kept in `tokenizer.json`. */
export interface BpeTokenizerJson {
  readonly type: 'bpe';
  /** Their positions are their ids. */
  readonly specialTokens: readonly string[];
  /** What an unknown character becomes: one of the special tokens, or null. */
  readonly unknownToken: string | null;
  /** Each character once; ids go on behind the special tokens. */
  readonly alphabet: string;
  /** Pairs of ids, each a new token behind all before. */
  readonly merges: readonly Merge[];
}

export interface BpeTokenizerOptions {
  /** Tokens that are written out: `[MASK]`. The first ids are theirs. Default none. */
  readonly specialTokens?: readonly string[];
  /** One of them, which stands for characters that are unknown. Without it they are an error. */
  readonly unknownToken?: string | null;
}

export interface BpeTrainOptions extends BpeTokenizerOptions {
  /** How many tokens there are to be at most; there are always as many as characters. */
  readonly vocabSize: number;
  /** Pairs that come less often are not merged. Default 2. */
  readonly minFrequency?: number;
  /** Is told, now and then, how many tokens there are. */
  readonly progress?: (tokens: number) => void;
}

/** Words with the space before them, numbers, other signs, and what is left of white space: merges stay inside. */
const WORDS = / ?\p{L}[\p{L}\p{M}]*| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * Byte-pair encoding (Gage, 1994; Sennrich et al., arXiv:1508.07909) over characters: frequent pairs become tokens, and so
 * pieces of words and whole words. As in GPT-2, text is cut into words first, each with the space before it, so that
 * decoding gives back the text. Every token is whole characters, and text is normalised to NFC first.
 *
 * Special tokens are found in a text as they are written; the space before one belongs to it, and is not encoded: after
 * `la [MASK]` comes a word with its own space, as everywhere else.
 */
export class BpeTokenizer {
  readonly specialTokens: readonly string[];
  readonly unknownToken: string | null;
  readonly #characters: readonly string[];
  readonly #merges: readonly Merge[];
  readonly #texts: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #special: RegExp | null;
  readonly #cache = new Map<string, readonly number[]>();

  /**
   * @param alphabet each character once
   * @param merges pairs of ids of tokens before, in the order in which they were learned
   * @throws RangeError for characters or special tokens that come twice, and for pairs of tokens that are not there yet.
   */
  constructor(
    alphabet: string,
    merges: readonly Merge[],
    { specialTokens = [], unknownToken = null }: BpeTokenizerOptions = {},
  ) {
    const characters = [...alphabet];
    if (characters.length === 0) {
      throw new RangeError('BpeTokenizer: the alphabet is empty; train it on a text with characters.');
    }
    if (unknownToken !== null && !specialTokens.includes(unknownToken)) {
      throw new RangeError(
        `BpeTokenizer: the unknown token '${unknownToken}' is not among the special tokens: ${specialTokens.join(', ')}.`,
      );
    }
    const texts = [...specialTokens, ...characters];
    if (new Set(texts).size !== texts.length || specialTokens.includes('')) {
      throw new RangeError('BpeTokenizer: list each character and each special token once.');
    }
    const first = texts.length;
    for (const [i, [left, right]] of merges.entries()) {
      const isToken = (id: number) => Number.isInteger(id) && id >= specialTokens.length && id < first + i;
      if (!isToken(left) || !isToken(right)) {
        throw new RangeError(
          `BpeTokenizer: merge ${i} is of ${left} and ${right}, of which one is no token yet.`,
        );
      }
      texts.push(`${texts[left] as string}${texts[right] as string}`);
    }
    this.specialTokens = [...specialTokens];
    this.unknownToken = unknownToken;
    this.#characters = characters;
    this.#merges = merges;
    this.#texts = texts;
    this.#ids = new Map(characters.map((character, i) => [character, specialTokens.length + i]));
    this.#ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
    const longestFirst = [...specialTokens].sort((a, b) => b.length - a.length).map(escaped);
    this.#special = longestFirst.length > 0 ? new RegExp(` ?(${longestFirst.join('|')})`, 'u') : null;
  }

  /**
   * Learns tokens from a text: the same from the same text.
   * @throws RangeError when `vocabSize` has no room for the characters.
   */
  static train(text: string, options: BpeTrainOptions): BpeTokenizer {
    const { vocabSize, minFrequency = 2, progress, specialTokens = [] } = options;
    const words = new Map<string, number>();
    for (const [word] of text.normalize('NFC').matchAll(WORDS)) words.set(word, (words.get(word) ?? 0) + 1);
    const byCodePoint = (a: string, b: string) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number);
    const characters = [...new Set([...words.keys()].flatMap((word) => [...word]))].sort(byCodePoint);
    const firstId = specialTokens.length + characters.length;
    if (!Number.isInteger(vocabSize) || vocabSize < firstId) {
      throw new RangeError(
        `BpeTokenizer: vocabSize is ${vocabSize}, but ${characters.length} characters and ${specialTokens.length} special ` +
          `tokens need ${firstId}.`,
      );
    }
    const ids = new Map(characters.map((character, i) => [character, specialTokens.length + i]));
    const asIds = (word: string) => Array.from(word, (character) => ids.get(character) as number);
    const merges = learnMerges(
      Array.from(words, ([word, count]) => [asIds(word), count] as const),
      {
        firstId,
        merges: vocabSize - firstId,
        minFrequency,
        onMerge: (done) => {
          if (done % 64 === 0) progress?.(firstId + done);
        },
      },
    );
    progress?.(firstId + merges.length);
    return new BpeTokenizer(characters.join(''), merges, options);
  }

  /** @throws TypeError when `json` is not what `toJSON` gives. */
  static fromJSON(json: unknown): BpeTokenizer {
    const { type, alphabet, merges, specialTokens, unknownToken } = (json ?? {}) as Partial<BpeTokenizerJson>;
    const isPair = (merge: unknown) => Array.isArray(merge) && merge.length === 2;
    if (
      type !== 'bpe' ||
      typeof alphabet !== 'string' ||
      !Array.isArray(merges) ||
      !merges.every(isPair) ||
      !Array.isArray(specialTokens)
    ) {
      throw new TypeError(
        'BpeTokenizer: expected {"type": "bpe", "specialTokens": […], "alphabet": "…", "merges": [[…], …]}, as a training ' +
          'run writes into tokenizer.json.',
      );
    }
    return new BpeTokenizer(alphabet, merges as readonly Merge[], {
      specialTokens: specialTokens as readonly string[],
      unknownToken: unknownToken ?? null,
    });
  }

  get vocabSize(): number {
    return this.#texts.length;
  }

  /** The id of a special token. @throws RangeError if it is none. */
  idOf(specialToken: string): number {
    const id = this.specialTokens.indexOf(specialToken);
    if (id >= 0) return id;
    throw new RangeError(
      `BpeTokenizer: '${specialToken}' is no special token; there are ${this.specialTokens.join(', ') || 'none'}.`,
    );
  }

  /** Whether every character of `text` has a token, or there is one for those that have none. */
  covers(text: string): boolean {
    if (this.unknownToken !== null) return true;
    const rest = this.#special
      ? text
          .split(this.#special)
          .filter((_, i) => i % 2 === 0)
          .join('')
      : text;
    return [...rest.normalize('NFC')].every((character) => this.#ids.has(character));
  }

  /** The ids of a text. @throws UnknownCharacterError, if there is no unknown token. */
  encode(text: string): Int32Array {
    const normalized = text.normalize('NFC');
    const parts = this.#special ? normalized.split(this.#special) : [normalized];
    const ids: number[] = [];
    let offset = 0;
    for (const [i, part] of parts.entries()) {
      if (i % 2 === 1) {
        ids.push(this.specialTokens.indexOf(part));
        continue;
      }
      for (const { 0: word, index } of part.matchAll(WORDS)) {
        const pieces = this.#encodeWord(word);
        if (typeof pieces === 'string') {
          const at = normalized.indexOf(pieces, offset + index);
          const position = [...normalized.slice(0, at)].length;
          throw new UnknownCharacterError(pieces, position, this.#characters, 'BpeTokenizer');
        }
        ids.push(...pieces);
      }
      offset += part.length;
    }
    return Int32Array.from(ids);
  }

  /** The ids of a word; or a character of it that has none, and nothing stands for. */
  #encodeWord(word: string): readonly number[] | string {
    const known = this.#cache.get(word);
    if (known) return known;
    let ids: number[] = [];
    for (const character of word) {
      const id = this.#ids.get(character);
      if (id === undefined && this.unknownToken === null) return character;
      ids.push(id ?? this.specialTokens.indexOf(this.unknownToken as string));
    }
    for (;;) {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i + 1 < ids.length; i++) {
        best = Math.min(best, this.#ranks.get(`${ids[i]} ${ids[i + 1]}`) ?? best);
      }
      if (best === Number.POSITIVE_INFINITY) break;
      const merged = this.specialTokens.length + this.#characters.length + best;
      ids = mergePair(ids, this.#merges[best] as Merge, merged);
    }
    // Words without end would fill the memory.
    if (this.#cache.size < 100_000) this.#cache.set(word, ids);
    return ids;
  }

  /** The text of some ids; special tokens as they are written. @throws RangeError for an id outside [0, vocabSize). */
  decode(ids: Iterable<number>): string {
    let text = '';
    for (const id of ids) {
      const piece = this.#texts[id];
      if (piece === undefined) {
        throw new RangeError(
          `BpeTokenizer: there is no token ${id}; ids go from 0 to ${this.vocabSize - 1}.`,
        );
      }
      text += piece;
    }
    return text;
  }

  toJSON(): BpeTokenizerJson {
    const { specialTokens, unknownToken } = this;
    return {
      type: 'bpe',
      specialTokens,
      unknownToken,
      alphabet: this.#characters.join(''),
      merges: this.#merges,
    };
  }
}
