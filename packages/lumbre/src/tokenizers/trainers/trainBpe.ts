import { makeBreather } from '../../platform/breathe.ts';
import { type AffixOptions, GrowingVocabulary, type SymbolWords, symbolWords } from './bpeWords.ts';
import { GrowingInts } from './growingInts.ts';
import { MergeQueue } from './mergeQueue.ts';
import {
  type AlphabetOptions,
  checkSpecialTokens,
  checkWhole,
  type TrainerOptions,
  type WordCounts,
} from './options.ts';
import { PairTable } from './pairTable.ts';
import { StageReporter } from './progress.ts';

export interface BpeTrainingOptions extends TrainerOptions, AlphabetOptions, AffixOptions {
  /** Default 30 000. */
  readonly vocabSize?: number;
  /** Pairs that come less often are not merged. Default 0: all that come at all are. */
  readonly minFrequency?: number;
  /**
   * Tokens of so many characters or more are not made (as in the reference, the bound itself is excluded). It keeps `======`
   * and its like from filling a vocabulary.
   */
  readonly maxTokenLength?: number;
}

/** What a training of BPE gives: the parts of its model. */
export interface BpeTrainingResult {
  /** Ids by token: special tokens, the alphabet, what was merged. */
  readonly vocab: Map<string, number>;
  /** The pairs that become one token, those that come first first. */
  readonly merges: [left: string, right: string][];
}

const NONE = -1;

/** Merges between two looks at the clock. */
const MERGES_AT_ONCE = 64;

/** Words whose pairs are counted between two looks at the clock. */
const WORDS_AT_ONCE = 8192;

/** Lists of words, one for each entry of the queue, in one memory: the number of a word, and the place of the next one. */
class WordLists {
  readonly #words = new GrowingInts(1 << 16);
  readonly #next = new GrowingInts(1 << 16);
  /** Where the list begins that is being made for each pair, and that no entry of the queue has yet. */
  readonly #heads = new GrowingInts(1 << 12);
  /** The pairs that have such a list. */
  readonly open = new GrowingInts();

  /** Puts a word on a pair's list, once: words come in order, so that it is the last one if it is there. */
  add(pair: number, word: number): void {
    while (this.#heads.length <= pair) this.#heads.push(NONE);
    const head = this.#heads.items[pair] as number;
    if (head === NONE) this.open.push(pair);
    else if (this.#words.items[head] === word) return;
    this.#next.push(head);
    this.#heads.items[pair] = this.#words.push(word);
  }

  /** Takes a pair's list. */
  take(pair: number): number {
    const head = this.#heads.items[pair] as number;
    this.#heads.items[pair] = NONE;
    return head;
  }

  wordAt(place: number): number {
    return this.#words.items[place] as number;
  }

  after(place: number): number {
    return this.#next.items[place] as number;
  }
}

/** Words, their pairs, and the queue of pairs: what changes with every merge. */
class Merging {
  readonly #words: SymbolWords;
  readonly #pairs = new PairTable();
  readonly #queue = new MergeQueue(this.#pairs);
  readonly #lists = new WordLists();
  /** Characters that a token is made of. */
  readonly #lengths = new GrowingInts();
  readonly #longest: number;

  constructor(words: SymbolWords, tokens: number, longest: number) {
    this.#words = words;
    this.#longest = longest;
    for (let id = 0; id < tokens; id++) this.#lengths.push(1);
  }

  /** Counts the pairs of some words. */
  count(from: number, to: number): void {
    const { symbols, starts, lengths, counts } = this.#words;
    for (let word = from; word < to; word++) {
      const start = starts[word] as number;
      const end = start + (lengths[word] as number);
      for (let i = start + 1; i < end; i++) {
        this.#change(symbols[i - 1] as number, symbols[i] as number, counts[word] as number, word);
      }
    }
  }

  /** Puts all pairs whose lists have changed into the queue, with their counts of now. */
  enqueue(): void {
    const { open } = this.#lists;
    for (let i = 0; i < open.length; i++) {
      const pair = open.items[i] as number;
      const words = this.#lists.take(pair);
      const count = this.#pairs.counts[pair] as number;
      if (count > 0) this.#queue.push(pair, count, words);
    }
    open.length = 0;
  }

  /**
   * The pair that comes most often, with the words that have it; null if there is none left that comes `minFrequency` times.
   *
   * Counts in the queue may be those of an earlier time: they only shrink, and an entry whose count has shrunk sinks. A pair may
   * have two entries, with different words, if its tokens came to be in several ways: each is merged at its turn.
   */
  next(minFrequency: number): { left: number; right: number; words: number } | null {
    const { counts, left, right } = this.#pairs;
    for (;;) {
      const entry = this.#queue.first;
      if (entry === NONE) return null;
      const pair = this.#queue.pairOf(entry);
      const count = counts[pair] as number;
      if (this.#queue.countOf(entry) !== count) {
        this.#queue.lowerFirst(count);
        continue;
      }
      if (count < Math.max(1, minFrequency)) return null;
      this.#queue.removeFirst();
      return { left: left[pair] as number, right: right[pair] as number, words: this.#queue.wordsOf(entry) };
    }
  }

  /** Puts `merged` wherever `left` and `right` stand side by side in the words of a list. */
  merge(left: number, right: number, merged: number, words: number): void {
    const lengths = this.#lengths;
    const length = (lengths.items[left] as number) + (lengths.items[right] as number);
    while (lengths.length <= merged) lengths.push(length);
    for (let place = words; place !== NONE; place = this.#lists.after(place)) {
      this.#mergeIn(this.#lists.wordAt(place), left, right, merged);
    }
  }

  #mergeIn(word: number, left: number, right: number, merged: number): void {
    const { symbols, starts, lengths, counts } = this.#words;
    const count = counts[word] as number;
    const start = starts[word] as number;
    const end = start + (lengths[word] as number);
    let write = start;
    for (let read = start; read < end; write++) {
      if (symbols[read] !== left || read + 1 >= end || symbols[read + 1] !== right) {
        symbols[write] = symbols[read++] as number;
        continue;
      }
      read += 2;
      // The merged pair itself keeps its count, as in the reference: nobody asks for it again, unless it comes up anew.
      if (write > start) {
        const before = symbols[write - 1] as number;
        this.#reduce(before, left, count);
        if (this.#isShort(before, merged)) this.#change(before, merged, count, word);
      }
      if (read < end) {
        const after = symbols[read] as number;
        this.#reduce(right, after, count);
        if (this.#isShort(after, merged)) this.#change(merged, after, count, word);
      }
      symbols[write] = merged;
    }
    lengths[word] = write - start;
  }

  #isShort(a: number, b: number): boolean {
    const { items } = this.#lengths;
    return (items[a] as number) + (items[b] as number) < this.#longest;
  }

  #change(left: number, right: number, count: number, word: number): void {
    const pair = this.#pairs.add(left, right);
    this.#pairs.counts[pair] = (this.#pairs.counts[pair] as number) + count;
    this.#lists.add(pair, word);
  }

  #reduce(left: number, right: number, count: number): void {
    const pair = this.#pairs.find(left, right);
    if (pair !== NONE) this.#pairs.counts[pair] = (this.#pairs.counts[pair] as number) - count;
  }
}

/** Of a pair that was merged twice, only the later time counts, as in the reference. */
function lastOfEach(
  merges: readonly (readonly [left: number, right: number])[],
): (readonly [number, number])[] {
  const seen = new Set<string>();
  const result: (readonly [number, number])[] = [];
  for (const merge of merges.toReversed()) {
    const key = merge.join(' ');
    if (!seen.has(key)) result.push(merge);
    seen.add(key);
  }
  return result.reverse();
}

/**
 * Learns byte pair encoding from counted words: again and again, the pair of tokens that comes most often becomes one token; of
 * equals, the one with the smaller ids. What comes out is what Hugging Face's `BpeTrainer` learns, to the last merge, wherever
 * that does not depend on the order of a hash table (ids of affixed characters; which of equally rare ones `limitAlphabet`
 * drops): here it never does.
 *
 * A merge touches only the words that have its pair, and counts in the queue are brought up to date when they come to its top.
 *
 * Source: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016; `BpeTrainer` of
 * https://github.com/huggingface/tokenizers.
 *
 * @throws RangeError for options out of range; the reason of `signal` once it is aborted
 */
export async function trainBpe(
  counts: WordCounts,
  options: BpeTrainingOptions = {},
): Promise<BpeTrainingResult> {
  const { vocabSize = 30_000, minFrequency = 0, specialTokens = [], continuingSubwordPrefix = '' } = options;
  const { maxTokenLength = Number.POSITIVE_INFINITY, limitAlphabet } = options;
  checkWhole('trainBpe', 'vocabSize', vocabSize, 0);
  checkWhole('trainBpe', 'minFrequency', minFrequency, 0);
  if (maxTokenLength !== Number.POSITIVE_INFINITY)
    checkWhole('trainBpe', 'maxTokenLength', maxTokenLength, 1);
  if (limitAlphabet !== undefined) checkWhole('trainBpe', 'limitAlphabet', limitAlphabet, 0);
  checkSpecialTokens('trainBpe', specialTokens);

  const breathe = makeBreather();
  const vocabulary = new GrowingVocabulary();
  for (const token of specialTokens) vocabulary.add(token);
  const words = symbolWords(counts, vocabulary, options);
  const merging = new Merging(words, vocabulary.size, maxTokenLength);

  const pairReporter = new StageReporter('pairs', counts.size, options);
  for (let from = 0; from < counts.size; from += WORDS_AT_ONCE) {
    merging.count(from, Math.min(from + WORDS_AT_ONCE, counts.size));
    pairReporter.report(from);
    await breathe();
  }
  merging.enqueue();
  pairReporter.finish(counts.size);

  const reporter = new StageReporter('merges', vocabSize, options);
  const merges: (readonly [left: number, right: number])[] = [];
  while (vocabulary.size < vocabSize) {
    const found = merging.next(minFrequency);
    if (found === null) break;
    const { left, right } = found;
    const rest = vocabulary.tokens[right] as string;
    const merged = vocabulary.add(
      (vocabulary.tokens[left] as string) +
        (rest.startsWith(continuingSubwordPrefix) ? rest.slice(continuingSubwordPrefix.length) : rest),
    );
    merges.push([left, right]);
    merging.merge(left, right, merged, found.words);
    merging.enqueue();
    if (merges.length % MERGES_AT_ONCE === 0) {
      reporter.report(vocabulary.size);
      await breathe();
    }
  }
  reporter.finish(vocabulary.size);
  const text = (id: number): string => vocabulary.tokens[id] as string;
  return {
    vocab: vocabulary.toMap(),
    merges: lastOfEach(merges).map(([left, right]) => [text(left), text(right)]),
  };
}
