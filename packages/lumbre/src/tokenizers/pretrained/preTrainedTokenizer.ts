import {
  type FolderWriter,
  type HubOptions,
  openFolderWriter,
  openRepository,
  type Repository,
} from '../../hub/index.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { AddedToken } from '../addedToken.ts';
import { cleanUpTokenization } from '../decoders/words.ts';
import type { DecodeStream } from '../decodeStream.ts';
import type { Direction, Encoding } from '../encoding.ts';
import { isId, JsonReader } from '../jsonReader.ts';
import { BPE } from '../models/bpe.ts';
import type { Tokenizer, TokenizerInput } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { TrainingTexts } from '../trainers/countWords.ts';
import { type RetrainOptions, retrain } from '../trainers/retrain.ts';
import {
  type ColumnOptions,
  type EncodedBatch,
  type EncodedTensors,
  type EncodedText,
  encodedBatch,
  encodedTensors,
  encodedText,
} from './batchEncoding.ts';
import { lengthOptions, type TokenizeOptions } from './callOptions.ts';
import {
  type ChatMessage,
  type ChatTemplateOptions,
  chosenTemplate,
  renderChatTemplate,
} from './chatTemplate.ts';
import { readTokenizerFiles, type TokenizerFiles } from './files.ts';
import { readSpecialTokens } from './readSpecialTokens.ts';
import { SpecialTokenHolder } from './specialTokenHolder.ts';
import { SPECIAL_TOKEN_NAMES, type SpecialTokens } from './specialTokens.ts';

type Tensors = { readonly returnTensors: true };
type Words = { readonly isSplitIntoWords: true };

/** Ids as they come: a list, an array, a tensor of one dimension, or one alone. */
export type TokenIds = number | ArrayLike<number> | Tensor;

export interface PreTrainedDecodeOptions {
  /** Default false. */
  readonly skipSpecialTokens?: boolean | undefined;
  /** Takes the spaces before English signs away. Default what `tokenizer_config.json` says; never for BPE. */
  readonly cleanUpTokenizationSpaces?: boolean | undefined;
}

export interface ApplyChatTemplateOptions
  extends ChatTemplateOptions,
    Pick<
      TokenizeOptions,
      'padding' | 'truncation' | 'maxLength' | 'returnTensors' | 'device' | 'padToMultipleOf' | 'paddingSide'
    > {
  /** Whether the text is encoded. Default true. */
  readonly tokenize?: boolean;
}

/** An instance can be called, which a class cannot say of itself. */
export interface PreTrainedTokenizer {
  /** Encodes one text or several: `tokenizer('Hola', { returnTensors: true })`. The same as `call`. */
  (text: string | readonly string[], options: TokenizeOptions & Tensors): EncodedTensors;
  (text: string, options?: TokenizeOptions): EncodedText;
  (words: readonly string[], options: TokenizeOptions & Words): EncodedText;
  (texts: readonly string[], options?: TokenizeOptions): EncodedBatch;
}

const LARGE = 1e20;

/**
 * A tokenizer with what its model needs: which tokens begin and end a text or fill it up, how long a text may be, how a
 * conversation is written. It can be called, as in transformers.
 *
 * ```ts
 * const tokenizer = await AutoTokenizer.fromPretrained('gpt2');
 * const { inputIds } = tokenizer('Hola, ¿cómo estás?', { returnTensors: true });
 * tokenizer.decode([39, 5708]);
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see above
export class PreTrainedTokenizer extends SpecialTokenHolder<
  [text: string | readonly string[], options?: TokenizeOptions],
  EncodedText | EncodedBatch | EncodedTensors
> {
  /** What the class is called in `tokenizer_config.json`. */
  static readonly tokenizerClass: string = 'PreTrainedTokenizerFast';
  /** Special tokens of tokenizers whose files name none, if the vocabulary has them. */
  static readonly defaultTokens: SpecialTokens = {};
  /** What models ask for. */
  static readonly modelInputNames: readonly string[] = ['input_ids', 'attention_mask'];

  /** How many tokens the model reads at most; Infinity if that is not known. */
  modelMaxLength: number;
  paddingSide: Direction;
  truncationSide: Direction;
  cleanUpTokenizationSpaces: boolean;
  modelInputNames: readonly string[];
  padTokenTypeId = 0;
  /** Chat templates by name; the one that is meant without a name is `default`. */
  readonly chatTemplates: Map<string, string>;
  readonly #config: JsonReader;

  /** @throws TokenizerError for a configuration whose fields do not fit */
  constructor(tokenizer: Tokenizer, files: Partial<Omit<TokenizerFiles, 'tokenizer'>> = {}) {
    super(tokenizer);
    const statics = new.target;
    const config = files.config ?? new JsonReader({}, 'tokenizer_config.json');
    const special = files.specialTokens ?? new JsonReader({}, 'special_tokens_map.json');
    this.#config = config;
    const length = config.get('model_max_length');
    this.modelMaxLength =
      typeof length === 'number' && length > 0 && length < LARGE ? length : Number.POSITIVE_INFINITY;
    this.paddingSide = config.oneOf('padding_side', ['left', 'right'], 'right');
    this.truncationSide = config.oneOf('truncation_side', ['left', 'right'], 'right');
    this.cleanUpTokenizationSpaces = config.boolean('clean_up_tokenization_spaces', false);
    const names = config.get('model_input_names');
    this.modelInputNames = Array.isArray(names) ? names.map(String) : statics.modelInputNames;
    this.chatTemplates = new Map(files.chatTemplates);
    const { named, additional } = readSpecialTokens(tokenizer, config, special, statics.defaultTokens);
    this.nameSpecial(named, additional);
  }

  /** How many tokens the model of the tokenizer has; added ones are not counted. */
  get vocabSize(): number {
    return this.backendTokenizer.model.vocabSize;
  }

  /** How many tokens there are, added ones among them: `len(tokenizer)` in Python. */
  get size(): number {
    return this.backendTokenizer.vocabSize;
  }

  getVocab(): Map<string, number> {
    return this.backendTokenizer.vocab();
  }

  /** Adds tokens. Embeddings have to grow with them. @returns how many are new */
  addTokens(tokens: Iterable<string | AddedToken>): number {
    return this.backendTokenizer.addTokens(tokens);
  }

  /** Says which tokens are special, and adds those that are missing. @returns how many are new */
  addSpecialTokens(tokens: SpecialTokens & { readonly additionalSpecialTokens?: readonly string[] }): number {
    const { additionalSpecialTokens = [], ...named } = tokens;
    const before = this.size;
    this.nameSpecial(named, additionalSpecialTokens);
    this.backendTokenizer.addSpecialTokens(this.allSpecialTokens);
    return this.size - before;
  }

  override call(text: string | readonly string[], options: TokenizeOptions & Tensors): EncodedTensors;
  override call(text: string, options?: TokenizeOptions): EncodedText;
  override call(words: readonly string[], options: TokenizeOptions & Words): EncodedText;
  override call(texts: readonly string[], options?: TokenizeOptions): EncodedBatch;
  override call(
    text: string | readonly string[],
    options?: TokenizeOptions,
  ): EncodedText | EncodedBatch | EncodedTensors;
  override call(
    text: string | readonly string[],
    options: TokenizeOptions = {},
  ): EncodedText | EncodedBatch | EncodedTensors {
    const single = typeof text === 'string' || options.isSplitIntoWords === true;
    return this.#encodeAll(single ? [text] : (text as readonly string[]), single, options);
  }

  /** Encodes lists of words, a list for each text. */
  callWords(texts: readonly (readonly string[])[], options: TokenizeOptions & Tensors): EncodedTensors;
  callWords(texts: readonly (readonly string[])[], options?: TokenizeOptions): EncodedBatch;
  callWords(
    texts: readonly (readonly string[])[],
    options: TokenizeOptions = {},
  ): EncodedText | EncodedBatch | EncodedTensors {
    return this.#encodeAll(texts, false, options);
  }

  #encodeAll(
    texts: readonly TokenizerInput[],
    single: boolean,
    options: TokenizeOptions,
  ): EncodedText | EncodedBatch | EncodedTensors {
    const { textPair, addSpecialTokens, returnOverflowingTokens = false } = options;
    const pairs: readonly string[] | undefined = typeof textPair === 'string' ? [textPair] : textPair;
    if (pairs && pairs.length !== texts.length) {
      throw new TokenizerError(
        `textPair has ${pairs.length} texts, and there are ${texts.length}; give one for each.`,
      );
    }
    const lengths = lengthOptions(options, this);
    const first = this.backendTokenizer.encodeBatch(
      texts.map((text, i) => (pairs ? { text, pair: pairs[i] as string } : text)),
      { addSpecialTokens, ...lengths },
    );
    const rows: Encoding[] = [];
    const samples: number[] = [];
    first.forEach((encoding, i) => {
      for (const row of returnOverflowingTokens ? [encoding, ...encoding.overflowing] : [encoding]) {
        rows.push(row);
        samples.push(i);
      }
    });
    const columns: ColumnOptions = {
      tokenTypeIds: options.returnTokenTypeIds ?? this.modelInputNames.includes('token_type_ids'),
      specialTokensMask: options.returnSpecialTokensMask ?? false,
      offsetsMapping: options.returnOffsetsMapping ?? false,
      overflowToSampleMapping: returnOverflowingTokens ? samples : null,
    };
    if (options.returnTensors) return encodedTensors(rows, columns, options.device);
    const [only] = rows;
    return single && !returnOverflowingTokens && only
      ? encodedText(only, columns)
      : encodedBatch(rows, columns);
  }

  /** The ids of a text, special tokens around it. */
  encode(text: string, options: Omit<TokenizeOptions, 'returnTensors' | 'isSplitIntoWords'> = {}): number[] {
    const { textPair, padding, truncation, maxLength, addSpecialTokens = true } = options;
    if (textPair === undefined && !padding && !truncation && maxLength === undefined) {
      const { backendTokenizer } = this;
      if (!backendTokenizer.truncation && !backendTokenizer.padding) {
        return backendTokenizer.encodeIds(text, { addSpecialTokens });
      }
    }
    return this.call(text, { ...options, returnOverflowingTokens: false }).inputIds;
  }

  /** The tokens of a text, without special ones around it unless they are asked for. */
  tokenize(
    text: string,
    options: { readonly textPair?: string; readonly addSpecialTokens?: boolean } = {},
  ): string[] {
    const { textPair, addSpecialTokens = false } = options;
    const plain = { truncation: null, padding: null };
    return this.backendTokenizer.encode(text, { pair: textPair, addSpecialTokens, ...plain }).tokens;
  }

  /** The text of ids: `tokenizer.decode(outputs[0], { skipSpecialTokens: true })`. */
  decode(ids: TokenIds, options: PreTrainedDecodeOptions = {}): string {
    const { skipSpecialTokens = false, cleanUpTokenizationSpaces = this.cleanUpTokenizationSpaces } = options;
    const text = this.backendTokenizer.decode(idsOf(ids), { skipSpecialTokens });
    // Made for WordPiece; the spaces of BPE are the text's own.
    const clean = cleanUpTokenizationSpaces && !(this.backendTokenizer.model instanceof BPE);
    return clean ? cleanUpTokenization(text) : text;
  }

  /** The texts of rows: of lists of ids, or of a tensor `[texts, tokens]`. */
  batchDecode(batch: Tensor | Iterable<TokenIds>, options: PreTrainedDecodeOptions = {}): string[] {
    return Array.from(rowsOf(batch), (ids) => this.decode(ids, options));
  }

  /** Decodes ids one by one, as a model writes them, and never a half of a character. */
  decodeStream({ skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {}): DecodeStream {
    return this.backendTokenizer.decodeStream({ skipSpecialTokens });
  }

  /** The id of a token, or of several; of what is none, the unknown token's, or null if there is none. */
  convertTokensToIds(token: string): number | null;
  convertTokensToIds(tokens: readonly string[]): (number | null)[];
  convertTokensToIds(tokens: string | readonly string[]): number | null | (number | null)[] {
    const idOf = (token: string): number | null => this.backendTokenizer.tokenToId(token) ?? this.unkTokenId;
    return typeof tokens === 'string' ? idOf(tokens) : tokens.map(idOf);
  }

  /** The token of an id, or of several; null for an id that there is none of. */
  convertIdsToTokens(id: number): string | null;
  convertIdsToTokens(
    ids: ArrayLike<number>,
    options?: { readonly skipSpecialTokens?: boolean },
  ): (string | null)[];
  convertIdsToTokens(
    ids: number | ArrayLike<number>,
    { skipSpecialTokens = false }: { readonly skipSpecialTokens?: boolean } = {},
  ): string | null | (string | null)[] {
    const tokenOfId = (id: number): string | null => this.backendTokenizer.idToToken(id) ?? null;
    if (typeof ids === 'number') return tokenOfId(ids);
    const special = new Set(skipSpecialTokens ? this.allSpecialIds : []);
    return Array.from(ids)
      .filter((id) => !special.has(id))
      .map(tokenOfId);
  }

  /** What tokens are as a text. */
  convertTokensToString(tokens: readonly string[]): string {
    const { decoder } = this.backendTokenizer;
    return decoder ? decoder.decodeChain(tokens).join('') : tokens.join(' ');
  }

  /** How many special tokens are put around. */
  numSpecialTokensToAdd(pair = false): number {
    return this.backendTokenizer.postProcessor?.addedTokens(pair) ?? 0;
  }

  /**
   * A conversation as the model knows them, as ids ready for `generate`; or as a text with `tokenize: false`.
   * @throws TokenizerError when there is no template, or it refuses the conversation
   */
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: ApplyChatTemplateOptions & { readonly tokenize: false },
  ): string;
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: ApplyChatTemplateOptions & Tensors,
  ): EncodedTensors;
  applyChatTemplate(messages: readonly ChatMessage[], options?: ApplyChatTemplateOptions): EncodedText;
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: ApplyChatTemplateOptions = {},
  ): string | EncodedText | EncodedTensors {
    const { chatTemplate, tokenize = true, ...rest } = options;
    const hasTools = (options.tools?.length ?? 0) > 0;
    const name = chatTemplate ?? (hasTools && this.chatTemplates.has('tool_use') ? 'tool_use' : undefined);
    const text = renderChatTemplate(
      chosenTemplate(this.chatTemplates, name),
      messages,
      this.specialTokensMap(),
      rest,
    );
    if (!tokenize) return text;
    const { padding, truncation, maxLength, returnTensors, device, padToMultipleOf, paddingSide } = options;
    const lengths = { padding, truncation, maxLength, padToMultipleOf, paddingSide };
    // The template has written special tokens itself.
    const encoded = this.call(text, {
      ...lengths,
      returnTensors,
      device,
      addSpecialTokens: false,
    } as TokenizeOptions);
    return encoded as EncodedText | EncodedTensors;
  }

  /**
   * A new tokenizer with the stages and the special tokens of this one, whose vocabulary is learned from new texts; see
   * `retrain`.
   */
  async trainNewFromIterator(
    texts: TrainingTexts,
    vocabSize: number,
    options: Omit<RetrainOptions, 'vocabSize'> = {},
  ): Promise<this> {
    const tokenizer = await retrain(this.backendTokenizer, texts, { ...options, vocabSize });
    // Ids of before mean other tokens now; the tokens themselves are in the new tokenizer.
    const { added_tokens_decoder: _, ...config } = Object.fromEntries(this.#config.fields());
    const special = { ...this.specialTokensMap(), additional_special_tokens: this.additionalSpecialTokens };
    const Class = this.constructor as new (
      ...parts: ConstructorParameters<typeof PreTrainedTokenizer>
    ) => this;
    return new Class(tokenizer, {
      config: new JsonReader(config, 'tokenizer_config.json'),
      specialTokens: new JsonReader(special, 'special_tokens_map.json'),
      chatTemplates: this.chatTemplates,
    });
  }

  /**
   * Writes `tokenizer.json`, `tokenizer_config.json`, `special_tokens_map.json` and the chat template, as transformers reads
   * them.
   * @param target a folder in Node, or a `FolderWriter` anywhere
   * @returns the paths of what was written
   */
  async savePretrained(target: string | FolderWriter): Promise<string[]> {
    const place = openFolderWriter(target);
    const files = this.#files();
    for (const [path, text] of files) await place.write(path, [new TextEncoder().encode(text)]);
    return [...files.keys()];
  }

  #files(): Map<string, string> {
    const special = this.specialTokensMap();
    const config: Record<string, unknown> = Object.fromEntries(this.#config.fields());
    for (const name of Object.values(SPECIAL_TOKEN_NAMES)) config[name] = special[name] ?? null;
    delete config.chat_template;
    // Tokens are in tokenizer.json, with all of their properties.
    delete config.added_tokens_decoder;
    Object.assign(config, {
      tokenizer_class: this.#config.present('tokenizer_class')
        ? this.#config.get('tokenizer_class')
        : (this.constructor as typeof PreTrainedTokenizer).tokenizerClass,
      model_max_length: Number.isFinite(this.modelMaxLength) ? this.modelMaxLength : 1e30,
      padding_side: this.paddingSide,
      truncation_side: this.truncationSide,
      clean_up_tokenization_spaces: this.cleanUpTokenizationSpaces,
      ...(this.additionalSpecialTokens.length > 0 && {
        additional_special_tokens: this.additionalSpecialTokens,
      }),
    });
    const more =
      this.additionalSpecialTokens.length > 0
        ? { additional_special_tokens: this.additionalSpecialTokens }
        : {};
    const files = new Map([
      ['tokenizer.json', written(this.backendTokenizer.toJSON())],
      ['tokenizer_config.json', written(config)],
      ['special_tokens_map.json', written({ ...special, ...more })],
    ]);
    const template = this.chatTemplates.get('default');
    if (template !== undefined) files.set('chat_template.jinja', template);
    return files;
  }

  /**
   * The tokenizer of a model.
   * @param source a model's name on the hub, a folder or an address (see `openRepository`), or a repository
   * @throws HubError when there is no such model or it has no tokenizer; TokenizerError for files that have no sense
   */
  static async fromPretrained<T extends PreTrainedTokenizer>(
    this: new (
      tokenizer: Tokenizer,
      files: TokenizerFiles,
    ) => T,
    source: string | Repository,
    options: HubOptions = {},
  ): Promise<T> {
    const files = await readTokenizerFiles(await openRepository(source, options));
    return new this(files.tokenizer, files);
  }
}

const written = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const isTensor = (ids: unknown): ids is Tensor =>
  typeof ids === 'object' && ids !== null && 'dataSync' in ids && 'shape' in ids;

function idsOf(ids: TokenIds): Iterable<number> {
  if (typeof ids === 'number') return [ids];
  if (isTensor(ids)) {
    if (ids.ndim > 1 && ids.size !== ids.shape.at(-1)) {
      throw new RangeError(
        `decode: expected the ids of one text, and the tensor has shape [${ids.shape.join(', ')}]; use batchDecode.`,
      );
    }
    return Array.from(ids.dataSync());
  }
  const list = Array.from(ids);
  if (!list.every(isId)) throw new RangeError('decode: expected ids, whole numbers from 0 on.');
  return list;
}

function rowsOf(batch: Tensor | Iterable<TokenIds>): Iterable<TokenIds> {
  if (!isTensor(batch)) return batch;
  if (batch.ndim !== 2) {
    throw new RangeError(
      `batchDecode: expected a tensor [texts, tokens], and this one has shape [${batch.shape.join(', ')}].`,
    );
  }
  const [count = 0, length = 0] = batch.shape;
  const values = batch.dataSync();
  return Array.from({ length: count }, (_, i) => values.subarray(i * length, (i + 1) * length));
}
