import { Generator } from '../../tensor/generator.ts';
import type { GenerationConfig } from '../generation/generationConfig.ts';
import type { GenerationSettings } from '../generation/generationSettings.ts';
import { type LogitsFunction, TextStream } from '../generation/index.ts';
import { checkTextOptions, stopsOf } from './checkOptions.ts';
import { InputError, type LocalTokenizer } from './localTokenizer.ts';
import { StopFilter } from './stopFilter.ts';
import type { AskedText, EngineState, TextEngine } from './textEngine.ts';
import {
  collectText,
  type FinishReason,
  isConversation,
  type TextGenerator,
  type TextInput,
  type TextOptions,
  type TextPiece,
  type TokenLogprob,
  type WrittenText,
} from './textGenerator.ts';
import type { RowLogprobs, RowRequest } from './textRow.ts';

export interface LocalGeneratorOptions {
  readonly name: string;
  readonly engine: TextEngine;
  readonly tokenizer: LocalTokenizer;
  /** How the model writes unless it is told otherwise, and which tokens end its texts. */
  readonly generationConfig: GenerationConfig;
}

/** A prompt with more tokens than the model has room for. */
export class PromptTooLongError extends InputError {
  readonly promptTokens: number;
  readonly maxTokens: number;

  constructor(name: string, promptTokens: number, maxTokens: number) {
    super(`${name} reads ${maxTokens} tokens, and the prompt has ${promptTokens}; shorten it.`);
    this.promptTokens = promptTokens;
    this.maxTokens = maxTokens;
  }
}

/** What waits for its tokens. */
interface Begun {
  readonly asked: AskedText;
  readonly prompt: Int32Array;
}

/** A model of this machine as a `TextGenerator`: many may ask at once, and their texts are written side by side. */
export class LocalGenerator implements TextGenerator {
  readonly name: string;
  readonly #engine: TextEngine;
  readonly #tokenizer: LocalTokenizer;
  readonly #generationConfig: GenerationConfig;

  constructor({ name, engine, tokenizer, generationConfig }: LocalGeneratorOptions) {
    this.name = name;
    this.#engine = engine;
    this.#tokenizer = tokenizer;
    this.#generationConfig = generationConfig;
  }

  get state(): EngineState {
    return this.#engine.state;
  }

  /** How many tokens a prompt can have. */
  get maxPositions(): number {
    return this.#engine.maxPositions;
  }

  /**
   * @throws RangeError for options that make no sense, PromptTooLongError, InputError for what the model cannot read,
   *   NoChatTemplateError, QueueFullError when too many wait, and the signal's reason
   */
  async generate(input: TextInput, options: TextOptions = {}): Promise<WrittenText> {
    return await collectText(this.stream(input, options));
  }

  async *stream(input: TextInput, options: TextOptions = {}): AsyncGenerator<TextPiece, void, undefined> {
    yield* this.#pieces(this.#begin(input, options, 1)[0] as Begun, options);
  }

  /**
   * Several texts for one input. With a seed, text i is the one of seed + i.
   * @throws as `generate`, at once: all of them are asked for, or none
   */
  streamMany(input: TextInput, count: number, options: TextOptions = {}): AsyncIterable<TextPiece>[] {
    return this.#begin(input, options, count).map((begun) => this.#pieces(begun, options));
  }

  /** The tokens of an input. @throws InputError, PromptTooLongError, NoChatTemplateError */
  encode(input: TextInput): Int32Array {
    const ids = this.#idsOf(input);
    const { maxPositions } = this.#engine;
    if (ids.length > maxPositions) throw new PromptTooLongError(this.name, ids.length, maxPositions);
    return ids;
  }

  #idsOf(input: TextInput): Int32Array {
    if (input instanceof Int32Array) return this.#notEmpty(input);
    if (isConversation(input)) return this.#tokenizer.encodeChat(input);
    try {
      return this.#notEmpty(this.#tokenizer.encode(input));
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new InputError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** A text needs something to begin with. */
  #notEmpty(ids: Int32Array): Int32Array {
    if (ids.length > 0) return ids;
    const { bosTokenId, eosTokenId } = this.#generationConfig.complete();
    const first = bosTokenId ?? (typeof eosTokenId === 'number' ? eosTokenId : eosTokenId?.[0]);
    if (first === undefined) throw new InputError(`${this.name}: the prompt is empty; begin with a word.`);
    return Int32Array.of(first);
  }

  #begin(input: TextInput, options: TextOptions, count: number): Begun[] {
    checkTextOptions('generate', options);
    options.signal?.throwIfAborted();
    const prompt = this.encode(input);
    const settings = this.#generationConfig.complete(this.#settingsOf(options));
    const { maxNewTokens = Number.POSITIVE_INFINITY, seed, logprobs, signal } = options;
    // The last token is written and never read.
    const maxLength = Math.min(prompt.length + Math.max(maxNewTokens, 1), this.#engine.maxPositions + 1);
    const requests = Array.from(
      { length: count },
      (_, i): RowRequest => ({
        prompt,
        settings,
        maxLength,
        generator: new Generator(seed === undefined ? undefined : (seed + i) % Number.MAX_SAFE_INTEGER),
        own: ownChanges(options, prompt.length),
        logprobs,
        signal,
      }),
    );
    return this.#engine.ask(requests).map((asked) => ({ asked, prompt }));
  }

  /** As endpoints have it: drawn at temperature 1 unless the model's own configuration says otherwise. */
  #settingsOf({ temperature, topP, topK }: TextOptions): GenerationSettings {
    const { settings } = this.#generationConfig;
    const doSample = temperature === undefined ? (settings.doSample ?? true) : temperature > 0;
    return {
      doSample,
      temperature: temperature ? temperature : (temperature === undefined && settings.temperature) || 1,
      topP: topP ?? settings.topP ?? 1,
      topK: topK ?? settings.topK ?? 0,
      numBeams: 1,
      numReturnSequences: 1,
      // Lengths are counted here.
      maxLength: null,
      maxNewTokens: null,
      forcedEosTokenId: null,
    };
  }

  async *#pieces({ asked, prompt }: Begun, options: TextOptions): AsyncGenerator<TextPiece, void, undefined> {
    const stream = new TextStream(this.#tokenizer, { skipSpecialTokens: true });
    stream.skip(prompt);
    const filter = new StopFilter(stopsOf(options));
    let completionTokens = 0;
    let finishReason: FinishReason = 'stop';
    let logprobs: TokenLogprob[] = [];
    try {
      for await (const { token, finishReason: ended, logprobs: of } of asked.tokens()) {
        if (options.maxNewTokens === 0) {
          finishReason = 'length';
          break;
        }
        completionTokens++;
        if (ended) finishReason = ended;
        // A token that ends the text is counted and not told.
        if (ended === 'stop') break;
        if (of) logprobs.push(this.#logprobOf(token, of));
        const text = filter.push(stream.push(token));
        if (filter.stopped) finishReason = 'stop';
        if (text !== '' && !filter.stopped) {
          yield { text, finishReason: null, usage: null, logprobs };
          logprobs = [];
        }
        if (filter.stopped) {
          if (text !== '') yield { text, finishReason: null, usage: null, logprobs };
          logprobs = [];
          break;
        }
      }
    } finally {
      asked.cancel();
    }
    const rest = filter.stopped ? '' : filter.push(stream.end()) + filter.end();
    if (filter.stopped) finishReason = 'stop';
    const usage = { promptTokens: prompt.length, completionTokens };
    yield { text: rest, finishReason, usage, logprobs };
  }

  #logprobOf(token: number, { logprob, top }: RowLogprobs): TokenLogprob {
    const textOf = (id: number) => this.#tokenizer.decode(Int32Array.of(id), { skipSpecialTokens: false });
    return {
      token: textOf(token),
      logprob,
      top: top.map((one) => ({ token: textOf(one.token), logprob: one.logprob })),
    };
  }
}

/** Biases, and penalties for what has been written: the prompt does not count. */
function ownChanges(
  { logitBias, presencePenalty = 0, frequencyPenalty = 0 }: TextOptions,
  promptLength: number,
): LogitsFunction[] {
  const changes: LogitsFunction[] = [];
  if (presencePenalty !== 0 || frequencyPenalty !== 0) {
    changes.push((ids, scores) => {
      const counts = new Map<number, number>();
      for (const id of ids.subarray(promptLength)) counts.set(id, (counts.get(id) ?? 0) + 1);
      for (const [id, times] of counts) {
        scores[id] = (scores[id] as number) - presencePenalty - frequencyPenalty * times;
      }
    });
  }
  if (logitBias && logitBias.size > 0) {
    changes.push((_, scores) => {
      for (const [id, bias] of logitBias) {
        // -100 is never, as it is understood everywhere.
        const changed = bias <= -100 ? Number.NEGATIVE_INFINITY : (scores[id] as number) + bias;
        if (id < scores.length) scores[id] = changed;
      }
    });
  }
  return changes;
}
