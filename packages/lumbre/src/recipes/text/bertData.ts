import type { Generator } from '../../tensor/generator.ts';
import type { BpeTokenizer } from '../../text/index.ts';

/** The tokens that BERT has beside those of the text, with their usual names. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;
export const [PAD, UNKNOWN, CLS, SEP, MASK] = SPECIAL_TOKENS;

/** A text in tokens, and where sentences begin in it. */
export interface Sentences {
  readonly tokens: Int32Array;
  readonly starts: readonly number[];
}

/** What ends a sentence, with the marks that close behind it. Parts of Cervantes's, which are long, count as well. */
const SENTENCES = /[^.!?;:\n]+(?:[.!?;:]+[»”"')\]]*|\n+|$)|[.!?;:\n]+/gu;

/** Cuts a text into sentences; each but the first of a paragraph begins with its space. */
export function sentencesOf(text: string, tokenizer: BpeTokenizer): Sentences {
  const tokens: number[] = [];
  const starts: number[] = [];
  for (const [sentence] of text.matchAll(SENTENCES)) {
    const trimmed = sentence.trim();
    if (trimmed === '') continue;
    starts.push(tokens.length);
    // With a space before each word, so that a word is one token wherever it stands.
    tokens.push(...tokenizer.encode(` ${trimmed}`));
  }
  return { tokens: Int32Array.from(tokens), starts };
}

/** The first so many sentences, and the rest. */
export function splitSentences(
  { tokens, starts }: Sentences,
  share: number,
): readonly [Sentences, Sentences] {
  const border = Math.floor(starts.length * share);
  const at = starts[border] ?? tokens.length;
  return [
    { tokens: tokens.subarray(0, at), starts: starts.slice(0, border) },
    { tokens: tokens.subarray(at), starts: starts.slice(border).map((start) => start - at) },
  ];
}

export interface MaskingSettings {
  readonly batchSize: number;
  /** Tokens in a row. */
  readonly rowLength: number;
  /** The share of tokens that are to be predicted. */
  readonly maskProb: number;
  /** The share of rows that are shorter, and filled up. */
  readonly shortProb: number;
}

/** A batch, row by row. */
export interface MaskedBatch {
  /** `[batch, time]` */
  readonly ids: Int32Array;
  readonly tokenTypeIds: Int32Array;
  /** 1 for tokens, 0 for what fills up. */
  readonly attentionMask: Int32Array;
  /** `[batch · predictions]`: which tokens are to be predicted, and what they are; -100 where a row has fewer. */
  readonly positions: Int32Array;
  readonly labels: Int32Array;
  /** `[batch]`: 0 where the second part follows the first. */
  readonly nextSentenceLabel: Int32Array;
}

/** So many tries for a sentence that ends in a row. */
const TRIES = 100;

/**
 * Makes rows as BERT's authors did: `[CLS] A [SEP] B [SEP]`, where B follows A or, half of the time, comes from elsewhere; of
 * the tokens that are to be predicted, 8 in 10 are masked, 1 is another, 1 stays.
 */
export class MaskedBatches {
  readonly predictions: number;
  readonly #sentences: Sentences;
  readonly #tokenizer: BpeTokenizer;
  readonly #settings: MaskingSettings;

  /** @throws RangeError when the text has no sentences that two of them fit into a row. */
  constructor(sentences: Sentences, tokenizer: BpeTokenizer, settings: MaskingSettings) {
    this.#sentences = sentences;
    this.#tokenizer = tokenizer;
    this.#settings = settings;
    this.predictions = Math.max(1, Math.round(settings.maskProb * (settings.rowLength - 3)));
    if (sentences.starts.length < 4 || sentences.tokens.length < 2 * settings.rowLength) {
      throw new RangeError(
        `bert: ${sentences.starts.length} sentences of ${sentences.tokens.length} tokens are too few for rows of ` +
          `${settings.rowLength}: take a longer text, or a smaller train.rowLength.`,
      );
    }
  }

  /** The next batch, drawn from a generator. */
  next(generator: Generator): MaskedBatch {
    const { batchSize, rowLength } = this.#settings;
    const word = generator.hostWords();
    const random = (): number => word() / 2 ** 32;
    const size = batchSize * rowLength;
    const count = batchSize * this.predictions;
    const batch: MaskedBatch = {
      ids: new Int32Array(size).fill(this.#tokenizer.idOf(PAD)),
      tokenTypeIds: new Int32Array(size),
      attentionMask: new Int32Array(size),
      positions: new Int32Array(count),
      labels: new Int32Array(count).fill(-100),
      nextSentenceLabel: new Int32Array(batchSize),
    };
    for (let row = 0; row < batchSize; row++) this.#fillRow(batch, row, random);
    return batch;
  }

  #fillRow(batch: MaskedBatch, row: number, random: () => number): void {
    const { rowLength, shortProb } = this.#settings;
    const short = random() < shortProb;
    const length = short ? Math.min(rowLength, 8 + Math.floor(random() * (rowLength - 7))) : rowLength;
    const { first, second, label } = this.#pair(length - 3, random);
    const [cls, sep] = [this.#tokenizer.idOf(CLS), this.#tokenizer.idOf(SEP)];
    const ids = [cls, ...first, sep, ...second, sep];
    const start = row * rowLength;
    batch.ids.set(ids, start);
    batch.tokenTypeIds.fill(1, start + first.length + 2, start + ids.length);
    batch.attentionMask.fill(1, start, start + ids.length);
    batch.nextSentenceLabel[row] = label;
    this.#mask(batch, row, ids, random);
  }

  /** Two parts with so many tokens together; the first ends where a sentence does, if one fits. */
  #pair(length: number, random: () => number) {
    const { tokens, starts } = this.#sentences;
    const pick = (): number => Math.floor(random() * starts.length);
    const half = Math.max(1, Math.floor(length / 2));
    const least = Math.max(1, Math.floor(length / 8));
    let [start, end, next] = [0, half, half];
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const sentence = pick();
      start = starts[sentence] as number;
      if (start + length > tokens.length) continue;
      const ends: number[] = [];
      for (let i = sentence + 1; i < starts.length; i++) {
        const size = (starts[i] as number) - start;
        if (size > length - least) break;
        if (size >= least) ends.push(starts[i] as number);
      }
      end = next = ends[Math.floor(random() * ends.length)] ?? start + half;
      if (ends.length > 0) break;
    }
    const label = random() < 0.5 ? 0 : 1;
    const left = length - (end - start);
    if (label === 1) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        next = starts[pick()] as number;
        if (next + left <= tokens.length && next !== end) break;
      }
    }
    return {
      first: tokens.subarray(start, end),
      second: tokens.subarray(next, Math.min(next + left, tokens.length)),
      label,
    };
  }

  #mask(batch: MaskedBatch, row: number, ids: readonly number[], random: () => number): void {
    const { rowLength, maskProb } = this.#settings;
    const special = SPECIAL_TOKENS.length;
    const candidates = ids.flatMap((id, i) => (id >= special ? [i] : []));
    const wanted = Math.min(this.predictions, Math.max(1, Math.round(maskProb * candidates.length)));
    for (let i = 0; i < wanted && candidates.length > 0; i++) {
      const [chosen] = candidates.splice(Math.floor(random() * candidates.length), 1) as [number];
      const at = row * rowLength + chosen;
      const place = row * this.predictions + i;
      batch.positions[place] = at;
      batch.labels[place] = ids[chosen] as number;
      const how = random();
      const other = special + Math.floor(random() * (this.#tokenizer.vocabSize - special));
      if (how < 0.8) batch.ids[at] = this.#tokenizer.idOf(MASK);
      else if (how < 0.9) batch.ids[at] = other;
    }
    // What is not predicted stands for the row's beginning, and counts for nothing.
    for (let i = 0; i < this.predictions; i++) {
      const place = row * this.predictions + i;
      if (batch.labels[place] === -100) batch.positions[place] = row * rowLength;
    }
  }
}
