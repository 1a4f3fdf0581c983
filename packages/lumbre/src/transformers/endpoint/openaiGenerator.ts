import { checkTextOptions, stopsOf } from './checkOptions.ts';
import { type Answer, Endpoint, type EndpointOptions } from './endpoint.ts';
import { EndpointError } from './endpointError.ts';
import { embeddingsAnswer, errorAnswer, pieceAnswers } from './openaiAnswers.ts';
import { EventStreamError, readEvents } from './sse.ts';
import {
  collectText,
  type EmbeddedTexts,
  isConversation,
  type TextEmbedder,
  type TextGenerator,
  type TextInput,
  type TextOptions,
  type TextPiece,
  type WrittenText,
} from './textGenerator.ts';

export interface OpenAIGeneratorOptions extends EndpointOptions {
  /** What the endpoint calls the model. */
  readonly model: string;
  /**
   * Which of its two interfaces is asked. Default `completions` for a beginning and `chat` for a conversation; with `chat`, a
   * beginning is what the user says.
   */
  readonly api?: 'chat' | 'completions' | undefined;
}

type Api = 'chat' | 'completions';

const paths = { chat: '/chat/completions', completions: '/completions' } as const;

/**
 * A language model behind an OpenAI-compatible address: GPT-3 (Brown et al., arXiv:2005.14165) and its kind, or one of
 * `lumbre serve`.
 *
 *     const gpt3 = new OpenAIGenerator({ model: 'davinci-002' });
 *     for await (const { text } of gpt3.stream('Érase una vez', { maxNewTokens: 50 })) process.stdout.write(text);
 *
 * The key is taken from the environment's `OPENAI_API_KEY`, sent to the address alone, and in no message.
 */
export class OpenAIGenerator implements TextGenerator, TextEmbedder {
  readonly name: string;
  readonly #endpoint: Endpoint;
  readonly #api: Api | undefined;

  /** @throws RangeError for an address that is none */
  constructor({ model, api, ...options }: OpenAIGeneratorOptions) {
    this.name = model;
    this.#api = api;
    this.#endpoint = new Endpoint(options);
  }

  get baseURL(): string {
    return this.#endpoint.baseURL;
  }

  /** @throws RangeError for options that make no sense, EndpointError, and the signal's reason */
  async generate(input: TextInput, options: TextOptions = {}): Promise<WrittenText> {
    const { api, body } = this.#request(input, options);
    const json = await this.#endpoint.postForJson(paths[api], body, options.signal);
    const piece = this.#read(api, json);
    return await collectText(
      (async function* () {
        yield piece;
      })(),
    );
  }

  /** As `generate`. A stream that has begun is not begun again: what has come stays, and the error follows. */
  async *stream(input: TextInput, options: TextOptions = {}): AsyncGenerator<TextPiece, void, undefined> {
    const { api, body } = this.#request(input, options);
    const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
    const answer = await this.#endpoint.post(paths[api], streamed, options.signal);
    // Usage comes after the reason, in an event of its own.
    let last = null as TextPiece | null;
    for await (const json of this.#events(api, answer)) {
      const piece = this.#read(api, json, answer);
      if (last) last = { ...last, usage: piece.usage ?? last.usage };
      else if (piece.finishReason !== null) last = piece;
      else if (piece.text !== '' || piece.logprobs.length > 0) yield piece;
    }
    if (!last) {
      throw new EndpointError('endpoint.cut', `${this.baseURL}${paths[api]}: the text ends in the middle.`, {
        requestId: answer.requestId,
      });
    }
    yield last;
  }

  /** @throws EndpointError, and the signal's reason */
  async embed(
    texts: readonly string[],
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<EmbeddedTexts> {
    const body = { model: this.name, input: texts, encoding_format: 'float' };
    const json = await this.#endpoint.postForJson('/embeddings', body, signal);
    const parsed = embeddingsAnswer.safeParse(json);
    const data = parsed.data?.data.toSorted((a, b) => a.index - b.index);
    if (!data || data.length !== texts.length || data.some(({ index }, i) => index !== i)) {
      throw this.#endpoint.malformed('/embeddings', `expected a vector for each of ${texts.length} texts`);
    }
    return {
      vectors: data.map(({ embedding }) => Float32Array.from(embedding)),
      promptTokens: parsed.data?.usage?.promptTokens ?? 0,
    };
  }

  async *#events(api: Api, answer: Answer): AsyncGenerator<unknown, void, undefined> {
    try {
      for await (const data of readEvents(answer.chunks())) {
        if (data.trim() === '[DONE]') return;
        let json: unknown;
        try {
          json = JSON.parse(data);
        } catch {
          throw this.#endpoint.malformed(paths[api], 'an event of the stream is no JSON', answer);
        }
        yield json;
      }
    } catch (error) {
      if (!(error instanceof EventStreamError)) throw error;
      throw this.#endpoint.malformed(paths[api], error.message.replace(/\.$/, ''), answer);
    }
  }

  #read(api: Api, json: unknown, answer?: Answer): TextPiece {
    const parsed = pieceAnswers[api].safeParse(json);
    if (parsed.success) return parsed.data;
    const failed = errorAnswer.safeParse(json);
    throw failed.success
      ? new EndpointError('endpoint.refused', this.#endpoint.told(paths[api], failed.data.error.message), {
          requestId: answer?.requestId ?? null,
        })
      : this.#endpoint.malformed(paths[api], 'the answer has not the shape of one', answer);
  }

  #request(
    input: TextInput,
    options: TextOptions,
  ): { readonly api: Api; readonly body: Record<string, unknown> } {
    checkTextOptions('OpenAIGenerator', options);
    const api = this.#api ?? (isConversation(input) ? 'chat' : 'completions');
    return {
      api,
      body: {
        model: this.name,
        ...(api === 'chat' ? { messages: messagesOf(input) } : { prompt: promptOf(input) }),
        ...this.#settings(api, options),
      },
    };
  }

  #settings(api: Api, options: TextOptions): object {
    const { maxNewTokens, temperature, topP, topK, seed, presencePenalty, frequencyPenalty, logprobs } =
      options;
    // OpenAI's chat has another name for it; everybody else has kept the old one.
    const length = api === 'chat' && this.#endpoint.isOpenAI ? 'max_completion_tokens' : 'max_tokens';
    const stops = stopsOf(options);
    const bias = options.logitBias && Object.fromEntries(options.logitBias);
    return {
      [length]: maxNewTokens,
      temperature,
      top_p: topP,
      top_k: topK,
      seed,
      presence_penalty: presencePenalty,
      frequency_penalty: frequencyPenalty,
      stop: stops.length > 0 ? stops : undefined,
      logit_bias: bias,
      ...(logprobs !== undefined &&
        (api === 'chat' ? { logprobs: true, top_logprobs: logprobs } : { logprobs })),
    };
  }
}

function messagesOf(input: TextInput): object {
  if (isConversation(input)) return input;
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  throw new RangeError(
    'OpenAIGenerator: a conversation is texts, not token ids; leave api out, or decode them.',
  );
}

function promptOf(input: TextInput): string | number[] {
  if (typeof input === 'string') return input;
  if (input instanceof Int32Array) return [...input];
  throw new RangeError("OpenAIGenerator: a conversation needs the interface 'chat'; leave api out.");
}
