import { environment } from '#platform';
import { EndpointError } from './endpointError.ts';
import { delayBefore, pause, type RetryOptions, retryAfter } from './retry.ts';

export interface EndpointOptions extends Partial<RetryOptions> {
  /** Default the environment's `OPENAI_BASE_URL`, or https://api.openai.com/v1. */
  readonly baseURL?: string | undefined;
  /** Default the environment's `OPENAI_API_KEY`; `false` sends none. */
  readonly apiKey?: string | false | undefined;
  /** Milliseconds in which an answer must begin, and between two pieces of it. Default 60,000. */
  readonly timeout?: number | undefined;
  /** More headers: an organization, a gateway's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

const OPENAI = 'https://api.openai.com/v1';
const MOST_ERROR_BYTES = 2 ** 16;
const MOST_ANSWER_BYTES = 2 ** 28;

/** An answer as it comes, with what ends the waiting for it. */
export interface Answer {
  readonly requestId: string | null;
  /** @throws EndpointError when the connection is cut or nothing comes for too long, and the signal's reason */
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
}

/** Where requests go: knows the key and tells nobody, waits and tries again. */
export class Endpoint {
  readonly baseURL: string;
  readonly #key: string | null;
  readonly #retry: RetryOptions;
  readonly #timeout: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  /** @throws RangeError for an address that is none, or has a password in it */
  constructor(options: EndpointOptions = {}) {
    const base = options.baseURL ?? environment('OPENAI_BASE_URL') ?? OPENAI;
    const url = URL.canParse(base) ? new URL(base) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
      throw new RangeError(
        'OpenAIGenerator: baseURL must be an http or https address, such as http://127.0.0.1:8080/v1, without a password.',
      );
    }
    this.baseURL = url.href.replace(/\/+$/, '');
    const key = options.apiKey ?? environment('OPENAI_API_KEY');
    this.#key = key ? key : null;
    this.#retry = { maxRetries: options.maxRetries ?? 2, retryDelay: options.retryDelay ?? 500 };
    this.#timeout = options.timeout ?? 60_000;
    this.#headers = options.headers ?? {};
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init));
  }

  /** Whether it is OpenAI's own. */
  get isOpenAI(): boolean {
    return this.baseURL === OPENAI;
  }

  /**
   * Sends JSON. What was refused for now (408, 409, 429, 5xx), not reached, or too slow to begin is sent again after a while.
   * @throws EndpointError, and the signal's reason
   */
  async post(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
    const text = JSON.stringify(body);
    for (let attempt = 0; ; attempt++) {
      let failure: EndpointError;
      let asked: number | null = null;
      try {
        const { response, answer } = await this.#send(path, text, signal);
        if (response.ok) return answer;
        failure = await this.#refusal(path, response, answer);
        asked = retryAfter(response.headers);
        const { status } = response;
        if (!(status === 408 || status === 409 || status === 429 || status >= 500)) throw failure;
        // A quota that is used up stays so.
        if (failure.message.includes('insufficient_quota')) throw failure;
      } catch (error) {
        if (!(error instanceof EndpointError) || error.code === 'endpoint.refused') throw error;
        failure = error;
      }
      const delay = delayBefore(attempt, this.#retry, asked);
      if (delay === null) throw failure;
      await pause(delay, signal);
    }
  }

  /** The whole of an answer, as JSON. */
  async postForJson(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const answer = await this.post(path, body, signal);
    const decoder = new TextDecoder();
    let text = '';
    let size = 0;
    for await (const chunk of answer.chunks()) {
      size += chunk.length;
      if (size > MOST_ANSWER_BYTES) {
        throw this.malformed(path, `the answer has more than ${MOST_ANSWER_BYTES} bytes`, answer);
      }
      text += decoder.decode(chunk, { stream: true });
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw this.malformed(path, 'the answer is no JSON', answer);
    }
  }

  malformed(path: string, what: string, answer?: Answer): EndpointError {
    return new EndpointError('endpoint.malformed', `${this.baseURL}${path}: ${what}.`, {
      requestId: answer?.requestId ?? null,
    });
  }

  /** A message of the endpoint's, without the key, which some repeat. */
  told(path: string, message: string): string {
    return `${this.baseURL}${path}: ${this.#withoutKey(message).slice(0, 500)}`;
  }

  async #send(
    path: string,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly response: Response; readonly answer: Answer }> {
    signal?.throwIfAborted();
    const ending = new AbortController();
    const follow = () => ending.abort(signal?.reason);
    signal?.addEventListener('abort', follow, { once: true });
    const late = new EndpointError(
      'endpoint.timeout',
      `${this.baseURL}${path}: nothing came for ${this.#timeout} ms.`,
    );
    let timer = setTimeout(() => ending.abort(late), this.#timeout);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
    };
    /** What an aborted or broken connection means. */
    const reasonFor = (error: unknown, code: 'unreachable' | 'cut'): unknown => {
      if (signal?.aborted) return signal.reason;
      if (late === ending.signal.reason) return late;
      const what = code === 'cut' ? 'the connection was cut in the middle' : 'it cannot be reached';
      return new EndpointError(
        `endpoint.${code}`,
        `${this.baseURL}${path}: ${what}${this.#because(error)}.`,
        {
          cause: error,
        },
      );
    };
    let response: Response;
    try {
      response = await this.#fetch(this.baseURL + path, {
        method: 'POST',
        headers: {
          ...this.#headers,
          'Content-Type': 'application/json',
          ...(this.#key && { Authorization: `Bearer ${this.#key}` }),
        },
        body: text,
        // A key is for this address and no other.
        redirect: 'error',
        signal: ending.signal,
      });
    } catch (error) {
      settle();
      throw reasonFor(error, 'unreachable');
    }
    const timeout = this.#timeout;
    async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
      const reader = response.body?.getReader();
      // A fetch may forget its signal once its request is collected (undici holds it weakly): here it is heard for certain.
      const ended = new Promise<never>((_, reject) => {
        const leave = () => reject(ending.signal.reason);
        if (ending.signal.aborted) leave();
        else ending.signal.addEventListener('abort', leave, { once: true });
      });
      ended.catch(() => {});
      try {
        for (;;) {
          clearTimeout(timer);
          timer = setTimeout(() => ending.abort(late), timeout);
          const next = await Promise.race([reader?.read(), ended]).catch((error: unknown) => {
            throw reasonFor(error, 'cut');
          });
          if (!next || next.done) return;
          yield next.value;
        }
      } finally {
        settle();
        // Whoever leaves early tells the other side so.
        ending.abort();
        reader?.cancel().catch(() => {});
      }
    }
    const requestId = response.headers.get('x-request-id');
    return { response, answer: { requestId, chunks } };
  }

  #because(error: unknown): string {
    const cause =
      error instanceof Error ? ((error.cause as { code?: unknown } | undefined)?.code ?? null) : null;
    return typeof cause === 'string' ? ` (${cause})` : '';
  }

  /** What the endpoint says of why, without the key, which some repeat. */
  async #refusal(path: string, response: Response, answer: Answer): Promise<EndpointError> {
    let text = '';
    try {
      const decoder = new TextDecoder();
      for await (const chunk of answer.chunks()) {
        text += decoder.decode(chunk, { stream: true });
        if (text.length > MOST_ERROR_BYTES) break;
      }
    } catch (error) {
      // The status alone says enough, unless somebody wanted to leave.
      if (!(error instanceof EndpointError)) throw error;
    }
    const said = this.#withoutKey(messageIn(text)).slice(0, 500);
    const { status } = response;
    return new EndpointError('endpoint.refused', `${this.baseURL}${path}: ${status}${said && `, ${said}`}`, {
      status,
      requestId: answer.requestId,
    });
  }

  #withoutKey(text: string): string {
    return this.#key === null ? text : text.replaceAll(this.#key, '[key]');
  }
}

/** The message, and the code, of an error in OpenAI's shape; else the text itself. */
function messageIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } | string };
    if (typeof error === 'string') return error;
    if (typeof error?.message !== 'string') return text;
    return typeof error.code === 'string' ? `${error.message} (${error.code})` : error.message;
  } catch {
    return text;
  }
}
