import { bytesOf } from '../text/alphabet.ts';
import type { Token } from '../text/preTokenizedString.ts';
import { shown, TokenizerError } from '../tokenizerError.ts';
import { BYTE_TOKENS } from './bpe.ts';
import type { Model } from './model.ts';
import { UnitTrie } from './unitTrie.ts';
import { WordCache } from './wordCache.ts';

export interface UnigramOptions {
  /** Tokens with the logarithms of their probabilities; ids are places in the list. */
  readonly vocab: readonly (readonly [token: string, score: number])[];
  /** The id of what is unknown. Without it, unknown characters are an error. */
  readonly unkId?: number | null;
  /** The UTF-8 bytes of unknown characters as tokens: `<0xE2>`. Default false. */
  readonly byteFallback?: boolean;
}

/** How much less likely an unknown character is than the least likely token. */
const UNKNOWN_PENALTY = 10;

/** Longer tokens would make long texts slow, and no vocabulary has any. */
const LONGEST_TOKEN = 2048;

/**
 * The unigram language model of sentencepiece (Kudo, arXiv:1804.10959): of all ways to cut a word into tokens, the most likely,
 * found by Viterbi's algorithm. Unknown characters in a row are one token.
 */
export class Unigram implements Model {
  readonly unkId: number | null;
  readonly byteFallback: boolean;
  readonly #vocab: readonly (readonly [token: string, score: number])[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #trie = new UnitTrie();
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #cache = new WordCache<readonly Token[]>();

  /** @throws TokenizerError for an `unkId` that is no token's, and for a token that is too long */
  constructor({ vocab, unkId = null, byteFallback = false }: UnigramOptions) {
    if (unkId !== null && !(unkId >= 0 && unkId < vocab.length)) {
      throw new TokenizerError(`Unigram: unkId is ${unkId}, and there are ${vocab.length} tokens.`);
    }
    this.unkId = unkId;
    this.byteFallback = byteFallback;
    this.#vocab = vocab;
    const ids = new Map<string, number>();
    let lowest = Number.POSITIVE_INFINITY;
    vocab.forEach(([token, score], id) => {
      if (token.length > LONGEST_TOKEN) {
        throw new TokenizerError(
          `Unigram: token ${id} has ${token.length} characters, and at most ${LONGEST_TOKEN} are read.`,
        );
      }
      ids.set(token, id);
      if (token !== '') this.#trie.set(token, id);
      lowest = Math.min(lowest, score);
    });
    this.#ids = ids;
    this.#scores = Float64Array.from(vocab, ([, score]) => score);
    this.#unknownScore = lowest - UNKNOWN_PENALTY;
  }

  get vocabSize(): number {
    return this.#vocab.length;
  }

  vocab(): ReadonlyMap<string, number> {
    return this.#ids;
  }

  /** Tokens with their scores, in the order of their ids. */
  scores(): readonly (readonly [token: string, score: number])[] {
    return this.#vocab;
  }

  tokenToId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#vocab[id]?.[0];
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
    const tokens: Token[] = [];
    const ends = this.#pieces(word);
    let start = 0;
    for (const end of ends) {
      const text = word.slice(start, end);
      const id = this.#ids.get(text);
      const bytes = id === undefined && this.byteFallback ? this.#bytes(text) : undefined;
      if (bytes) for (const [byte, token] of bytes) tokens.push({ id: byte, token, start, end });
      else tokens.push({ id: id ?? this.#unknown(text), token: text, start, end });
      start = end;
    }
    return tokens;
  }

  #unknown(text: string): number {
    if (this.unkId !== null) return this.unkId;
    throw new TokenizerError(`Unigram: ${shown(text)} is unknown, and there is no unkId to stand for it.`);
  }

  #bytes(text: string): [id: number, token: string][] | undefined {
    const result: [number, string][] = [];
    for (const character of text) {
      for (const byte of bytesOf(character.codePointAt(0) as number)) {
        const token = BYTE_TOKENS[byte] as string;
        const id = this.#ids.get(token);
        if (id === undefined) return undefined;
        result.push([id, token]);
      }
    }
    return result;
  }

  /** Where the pieces of the most likely way end. */
  #pieces(word: string): number[] {
    const { length } = word;
    const trie = this.#trie;
    const best = new Float64Array(length + 1);
    const startsAt = new Int32Array(length + 1).fill(-1);
    const ids = new Int32Array(length + 1);
    for (let start = 0; start < length; ) {
      const here = best[start] as number;
      const size = (word.codePointAt(start) as number) > 0xffff ? 2 : 1;
      let single = false;
      let node = UnitTrie.root;
      for (let end = start; end < length; ) {
        node = trie.next(node, word.charCodeAt(end++));
        if (node < 0) break;
        const id = trie.value(node);
        if (id < 0) continue;
        const score = (this.#scores[id] as number) + here;
        if (startsAt[end] === -1 || score > (best[end] as number)) {
          best[end] = score;
          startsAt[end] = start;
          ids[end] = id;
        }
        single ||= end - start === size;
      }
      if (!single) {
        const end = start + size;
        const score = this.#unknownScore + here;
        if (startsAt[end] === -1 || score > (best[end] as number)) {
          best[end] = score;
          startsAt[end] = start;
          ids[end] = this.#unknown(word.slice(start, end));
        }
      }
      start += size;
    }
    const ends: number[] = [];
    let unknownBefore = false;
    for (let end = length; end > 0; end = startsAt[end] as number) {
      const unknown = ids[end] === this.unkId;
      // What is unknown goes on as one piece.
      if (!(unknown && unknownBefore)) ends.push(end);
      unknownBefore = unknown;
    }
    return ends.reverse();
  }

  toJSON(): { type: 'Unigram'; vocab: readonly (readonly [string, number])[] } & Record<string, unknown> {
    return { type: 'Unigram', unk_id: this.unkId, vocab: this.#vocab, byte_fallback: this.byteFallback };
  }
}
