import { AddedToken, readAddedToken } from './addedToken.ts';
import { AddedVocabulary } from './addedVocabulary.ts';
import type { Decoder } from './decoders/decoder.ts';
import { readDecoder } from './decoders/read.ts';
import { DecodeStream } from './decodeStream.ts';
import { Encoding } from './encoding.ts';
import { type FastEncoder, fastEncoder } from './fastEncoder.ts';
import { JsonReader } from './jsonReader.ts';
import type { Model } from './models/model.ts';
import { readModel } from './models/read.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { readNormalizer } from './normalizers/read.ts';
import { type PaddingOptions, paddingToJSON, padEncodings, readPadding } from './padding.ts';
import type { PostProcessor } from './postProcessors/postProcessor.ts';
import { readPostProcessor } from './postProcessors/read.ts';
import { Metaspace } from './preTokenizers/metaspace.ts';
import type { PreTokenizer } from './preTokenizers/preTokenizer.ts';
import { readPreTokenizer } from './preTokenizers/read.ts';
import { Sequence } from './preTokenizers/sequence.ts';
import { NormalizedString, type Offsets } from './text/normalizedString.ts';
import type { PreTokenizedString, Split } from './text/preTokenizedString.ts';
import { wellFormed } from './text/unicode.ts';
import { shown, TokenizerError } from './tokenizerError.ts';
import type { TrainingTexts } from './trainers/countWords.ts';
import type { Trainer } from './trainers/trainer.ts';
import { type TrainTokenizerOptions, trainTokenizer } from './trainers/trainTokenizer.ts';
import { readTruncation, type TruncationOptions, truncateEncodings, truncationToJSON } from './truncation.ts';

/** A text, or the words of one that was cut before. */
export type TokenizerInput = string | readonly string[];

export interface EncodeOptions {
  /** A second text. */
  readonly pair?: TokenizerInput | null | undefined;
  /** Whether the post-processor puts special tokens around. Default true. */
  readonly addSpecialTokens?: boolean | undefined;
  /** For this call; null, none. Default the tokenizer's own. */
  readonly truncation?: TruncationOptions | null | undefined;
  /** For this call; null, none. Default the tokenizer's own. */
  readonly padding?: PaddingOptions | null | undefined;
}

export interface DecodeOptions {
  /** Default true. */
  readonly skipSpecialTokens?: boolean;
}

/** Files of this many characters are refused: the largest vocabularies have 30 million. */
const LARGEST_FILE = 2 ** 28;

/** For tokens that stand for the text when the post-processor is asked what it puts around it. */
const TEXT = -1;

/**
 * A tokenizer in the stages of Hugging Face's library: the text is normalized, cut into words, the words become tokens, and
 * special tokens are put around; `decode` goes back. Any stage but the model may be missing.
 *
 * ```ts
 * const tokenizer = Tokenizer.fromJSON(await readFile('tokenizer.json', 'utf8'));
 * const { ids, tokens, offsets } = tokenizer.encode('Hola, ¿cómo estás?');
 * tokenizer.decode(ids);
 * ```
 *
 * Lone surrogates in texts are taken as U+FFFD.
 */
export class Tokenizer {
  #model: Model;
  #normalizer: Normalizer | null = null;
  #preTokenizer: PreTokenizer | null = null;
  #postProcessor: PostProcessor | null = null;
  decoder: Decoder | null = null;
  truncation: TruncationOptions | null = null;
  padding: PaddingOptions | null = null;
  readonly #added = new AddedVocabulary();
  /** undefined until it is known whether there is one. */
  #fast: FastEncoder | null | undefined;
  #surroundings: { readonly before: readonly number[]; readonly after: readonly number[] } | undefined;

  constructor(model: Model) {
    this.#model = model;
  }

  get model(): Model {
    return this.#model;
  }

  set model(model: Model) {
    this.#model = model;
    this.#fast = undefined;
  }

  get normalizer(): Normalizer | null {
    return this.#normalizer;
  }

  set normalizer(normalizer: Normalizer | null) {
    this.#normalizer = normalizer;
    this.#added.refresh(normalizer);
  }

  get preTokenizer(): PreTokenizer | null {
    return this.#preTokenizer;
  }

  set preTokenizer(preTokenizer: PreTokenizer | null) {
    this.#preTokenizer = preTokenizer;
    this.#fast = undefined;
  }

  get postProcessor(): PostProcessor | null {
    return this.#postProcessor;
  }

  set postProcessor(postProcessor: PostProcessor | null) {
    this.#postProcessor = postProcessor;
    this.#surroundings = undefined;
  }

  /** The tokens that are found in texts before the model sees them, by id. */
  get addedTokens(): ReadonlyMap<number, AddedToken> {
    return this.#added.tokens;
  }

  /** Whether special tokens in a text are encoded as the text that they are written as. */
  get encodeSpecialTokens(): boolean {
    return this.#added.encodeSpecialTokens;
  }

  set encodeSpecialTokens(value: boolean) {
    this.#added.encodeSpecialTokens = value;
  }

  /** Adds tokens to be found in texts. Those that the model has keep their ids. @returns how many are new or changed */
  addTokens(tokens: Iterable<string | AddedToken>): number {
    return this.#add(tokens, false);
  }

  /** Adds tokens that `decode` can leave out. @returns how many are new or changed */
  addSpecialTokens(tokens: Iterable<string | AddedToken>): number {
    return this.#add(tokens, true);
  }

  #add(tokens: Iterable<string | AddedToken>, special: boolean): number {
    const added: AddedToken[] = [];
    for (const token of tokens) {
      if (typeof token === 'string') added.push(new AddedToken(token, { special }));
      else
        added.push(special && !token.special ? new AddedToken(token.content, { ...token, special }) : token);
    }
    return this.#added.add(added, this.#model, this.#normalizer);
  }

  tokenToId(token: string): number | undefined {
    return this.#added.ids.get(token) ?? this.#model.tokenToId(token);
  }

  idToToken(id: number): string | undefined {
    return this.#added.tokens.get(id)?.content ?? this.#model.idToToken(id);
  }

  /** All tokens with their ids. */
  vocab({ withAddedTokens = true }: { readonly withAddedTokens?: boolean } = {}): Map<string, number> {
    const vocab = new Map(this.#model.vocab());
    if (withAddedTokens) for (const [token, id] of this.#added.ids) vocab.set(token, id);
    return vocab;
  }

  /** How many tokens there are, added ones among them. */
  get vocabSize(): number {
    let size = this.#model.vocabSize;
    for (const token of this.#added.ids.keys()) if (this.#model.tokenToId(token) === undefined) size++;
    return size;
  }

  /** The tokens of a text, or of two, and all that is known about them. */
  encode(text: TokenizerInput, options: EncodeOptions = {}): Encoding {
    const encoding = this.#encodeOne(text, options);
    const { padding = this.padding } = options;
    if (padding) padEncodings([encoding], padding);
    return encoding;
  }

  /** Encodes texts, or pairs of texts, and makes them as long as the longest if there is padding. */
  encodeBatch(
    texts: readonly (TokenizerInput | { readonly text: TokenizerInput; readonly pair: TokenizerInput })[],
    options: Omit<EncodeOptions, 'pair'> = {},
  ): Encoding[] {
    const encodings = texts.map((input) =>
      typeof input === 'object' && 'text' in input
        ? this.#encodeOne(input.text, { ...options, pair: input.pair })
        : this.#encodeOne(input, options),
    );
    const { padding = this.padding } = options;
    if (padding) padEncodings(encodings, padding);
    return encodings;
  }

  /**
   * The ids of a text alone: the fastest way, since nothing else is kept. The same ids as `encode(text).ids`.
   */
  encodeIds(
    text: string,
    { addSpecialTokens = true }: { readonly addSpecialTokens?: boolean } = {},
  ): number[] {
    if (this.truncation || this.padding) return this.encode(text, { addSpecialTokens }).ids;
    const ids: number[] = [];
    if (!addSpecialTokens || !this.#postProcessor) {
      this.#appendIds(wellFormed(text), ids);
      return ids;
    }
    const { before, after } = this.#around(this.#postProcessor);
    for (const id of before) ids.push(id);
    this.#appendIds(wellFormed(text), ids);
    for (const id of after) ids.push(id);
    return ids;
  }

  /** The ids that the post-processor puts before and behind a text. */
  #around(processor: PostProcessor): {
    readonly before: readonly number[];
    readonly after: readonly number[];
  } {
    if (!this.#surroundings) {
      const { ids } = this.#process(
        new Encoding({
          ids: [TEXT],
          typeIds: [0],
          tokens: [''],
          wordIds: [null],
          offsets: [[0, 0]],
          specialTokensMask: [0],
          attentionMask: [1],
        }),
        null,
        true,
        processor,
      );
      const at = ids.indexOf(TEXT);
      if (at < 0 || ids.indexOf(TEXT, at + 1) >= 0) {
        throw new TokenizerError('The post-processor should have the text once, and has it otherwise.');
      }
      this.#surroundings = { before: ids.slice(0, at), after: ids.slice(at + 1) };
    }
    return this.#surroundings;
  }

  #fastEncoder(): FastEncoder | null {
    if (this.#fast === undefined) this.#fast = fastEncoder(this.#preTokenizer, this.#model);
    return this.#fast;
  }

  #appendIds(text: string, ids: number[]): void {
    const fast = this.#fastEncoder();
    if (fast && !this.#normalizer && this.#added.findsNothing) {
      fast.appendIds(text, ids);
      return;
    }
    // Where a piece began in the original is asked by Metaspace alone, and only normalizers move that.
    const tracked = this.#normalizer !== null && asksForBeginning(this.#preTokenizer);
    const pieces = this.#added.extract(NormalizedString.of(text, tracked), this.#normalizer);
    if (fast) {
      for (const { text: piece, tokens } of pieces.splits) {
        if (tokens) for (const { id } of tokens) ids.push(id);
        else fast.appendIds(piece.text, ids);
      }
      return;
    }
    this.#preTokenizer?.preTokenize(pieces);
    for (const { text: piece, tokens } of pieces.splits) {
      if (tokens) for (const { id } of tokens) ids.push(id);
      else if (piece.text !== '') this.#model.appendIds(piece.text, ids);
    }
  }

  #encodeOne(text: TokenizerInput, options: EncodeOptions): Encoding {
    const { pair = null, addSpecialTokens = true, truncation = this.truncation } = options;
    const first = this.#encodeText(text, 0);
    const second = pair === null ? null : this.#encodeText(pair, 1);
    if (truncation) {
      const added = addSpecialTokens ? (this.#postProcessor?.addedTokens(second !== null) ?? 0) : 0;
      const { maxLength } = truncation;
      if (added > maxLength) {
        throw new TokenizerError(
          `Truncation: maxLength is ${maxLength}, and special tokens alone are ${added}; choose a larger one.`,
        );
      }
      truncateEncodings(first, second, { ...truncation, maxLength: maxLength - added });
    }
    return this.#process(first, second, addSpecialTokens, this.#postProcessor);
  }

  #process(
    first: Encoding,
    second: Encoding | null,
    addSpecialTokens: boolean,
    processor: PostProcessor | null,
  ): Encoding {
    const encodings = second ? [first, second] : [first];
    if (processor) {
      encodings.forEach((encoding, i) => {
        encoding.setSequenceId(i);
        for (const one of encoding.overflowing) one.setSequenceId(i);
        encoding.setTypeIds(i);
      });
    } else if (second) {
      first.setSequenceId(0);
      second.setSequenceId(1);
    }
    const processed = processor ? processor.process(encodings, addSpecialTokens) : encodings;
    const [only, ...rest] = processed;
    if (only && rest.length === 0) return only;
    const whole = new Encoding();
    for (const one of processed) whole.merge(one);
    return whole;
  }

  #encodeText(text: TokenizerInput, typeId: number): Encoding {
    const encoding = new Encoding();
    if (typeof text === 'string') this.#appendTokens(encoding, text, typeId, null);
    else for (const [i, word] of text.entries()) this.#appendTokens(encoding, word, typeId, i);
    return encoding;
  }

  #appendTokens(encoding: Encoding, text: string, typeId: number, word: number | null): void {
    const pieces = this.#added.extract(NormalizedString.of(wellFormed(text)), this.#normalizer);
    const before = encoding.length;
    const fast = this.#fastEncoder();
    const usable = ({ text: piece, tokens }: Split): boolean =>
      tokens !== null || (piece.unchanged && !(fast?.addPrefixSpace && !piece.text.startsWith(' ')));
    if (fast && pieces.splits.every(usable)) appendWords(encoding, pieces.splits, fast, word);
    else {
      this.#preTokenizer?.preTokenize(pieces);
      appendPieces(encoding, pieces.splits, this.#model, word);
    }
    for (let i = before; i < encoding.length; i++) {
      encoding.typeIds.push(typeId);
      encoding.specialTokensMask.push(0);
      encoding.attentionMask.push(1);
    }
  }

  /** A text as the model is given it: added tokens cut out, normalized, and in words. */
  preTokenize(text: string): PreTokenizedString {
    const pieces = this.#added.extract(NormalizedString.of(wellFormed(text)), this.#normalizer);
    this.#preTokenizer?.preTokenize(pieces);
    return pieces;
  }

  /** The text of ids. Ids that there are none of are passed over, as in the reference. */
  decode(ids: Iterable<number>, { skipSpecialTokens = true }: DecodeOptions = {}): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.#added.text(id) ?? this.#model.idToToken(id);
      if (token === undefined || (skipSpecialTokens && this.#added.isSpecial(token))) continue;
      tokens.push(token);
    }
    return this.decoder ? this.decoder.decodeChain(tokens).join('') : tokens.join(' ');
  }

  decodeBatch(batch: Iterable<Iterable<number>>, options: DecodeOptions = {}): string[] {
    return Array.from(batch, (ids) => this.decode(ids, options));
  }

  /** Decodes ids one by one, as a model writes them. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return new DecodeStream((ids) => this.decode(ids, options));
  }

  /**
   * Trains the model on texts that come one by one or in batches; see `trainTokenizer`.
   *
   * ```ts
   * const tokenizer = new Tokenizer(new models.BPE());
   * tokenizer.preTokenizer = new preTokenizers.ByteLevel({ addPrefixSpace: false });
   * tokenizer.decoder = new decoders.ByteLevel();
   * const initialAlphabet = preTokenizers.ByteLevel.alphabet();
   * await tokenizer.trainFromIterator(lines, new trainers.BpeTrainer({ vocabSize: 8000, initialAlphabet }));
   * ```
   */
  async trainFromIterator(
    texts: TrainingTexts,
    trainer: Trainer,
    options: TrainTokenizerOptions = {},
  ): Promise<void> {
    await trainTokenizer(this, texts, trainer, options);
  }

  /**
   * Reads a `tokenizer.json`.
   * @throws TokenizerError that names the field that is wrong, and for patterns that cannot be run here
   */
  static fromJSON(json: string | object): Tokenizer {
    const reader = new JsonReader(typeof json === 'string' ? parse(json) : json, 'tokenizer.json');
    if (reader.present('version') && reader.get('version') !== '1.0') {
      reader.fail('version', "'1.0'", reader.get('version'));
    }
    const tokenizer = new Tokenizer(readModel(reader.object('model')));
    if (reader.present('normalizer')) tokenizer.normalizer = readNormalizer(reader.object('normalizer'));
    if (reader.present('pre_tokenizer'))
      tokenizer.preTokenizer = readPreTokenizer(reader.object('pre_tokenizer'));
    if (reader.present('post_processor'))
      tokenizer.postProcessor = readPostProcessor(reader.object('post_processor'));
    if (reader.present('decoder')) tokenizer.decoder = readDecoder(reader.object('decoder'));
    if (reader.present('truncation')) tokenizer.truncation = readTruncation(reader.object('truncation'));
    if (reader.present('padding')) tokenizer.padding = readPadding(reader.object('padding'));
    if (reader.present('added_tokens')) {
      tokenizer.addTokens(reader.objects('added_tokens').map(readAddedToken));
    }
    return tokenizer;
  }

  /** What a `tokenizer.json` has of it. */
  toJSON(): Record<string, unknown> {
    return {
      version: '1.0',
      truncation: this.truncation && truncationToJSON(this.truncation),
      padding: this.padding && paddingToJSON(this.padding),
      added_tokens: this.#added.toJSON(),
      normalizer: this.normalizer?.toJSON() ?? null,
      pre_tokenizer: this.preTokenizer?.toJSON() ?? null,
      post_processor: this.postProcessor?.toJSON() ?? null,
      decoder: this.decoder?.toJSON() ?? null,
      model: this.model.toJSON(),
    };
  }
}

/** Whether it matters to a pre-tokenizer where pieces begin in the original text. */
function asksForBeginning(preTokenizer: PreTokenizer | null): boolean {
  if (preTokenizer instanceof Sequence) return preTokenizer.preTokenizers.some(asksForBeginning);
  return preTokenizer instanceof Metaspace && preTokenizer.prependScheme === 'first';
}

/** Adds the tokens of pieces; each piece is a word, unless all of them are parts of one. */
function appendPieces(encoding: Encoding, pieces: readonly Split[], model: Model, word: number | null): void {
  pieces.forEach(({ text, tokens }, i) => {
    for (const { id, token, start, end } of tokens ?? model.tokenize(text.text)) {
      encoding.ids.push(id);
      encoding.tokens.push(token);
      encoding.wordIds.push(word ?? i);
      encoding.offsets.push(text.originalOffsets(start, end));
    }
  });
}

/** The same for pieces that are not cut into words yet. */
function appendWords(
  encoding: Encoding,
  pieces: readonly Split[],
  fast: FastEncoder,
  word: number | null,
): void {
  let count = 0;
  for (const { text, tokens } of pieces) {
    if (tokens) {
      appendPieces(encoding, [{ text, tokens }], fast.model, word ?? count++);
      continue;
    }
    const { originalStart } = text;
    fast.eachWord(text.text, ({ ids, tokens: own, ranges }, start) => {
      const base = originalStart + start;
      for (let i = 0; i < ids.length; i++) {
        const [from, to] = ranges[i] as Offsets;
        encoding.ids.push(ids[i] as number);
        encoding.tokens.push(own[i] as string);
        encoding.wordIds.push(word ?? count);
        encoding.offsets.push([base + from, base + to]);
      }
      count++;
    });
  }
}

function parse(text: string): unknown {
  if (text.length > LARGEST_FILE) {
    throw new TokenizerError(
      `tokenizer.json has ${text.length} characters, and at most ${LARGEST_FILE} are read.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TokenizerError(
      `tokenizer.json is no JSON: ${error instanceof Error ? error.message : shown(error)}`,
    );
  }
}
