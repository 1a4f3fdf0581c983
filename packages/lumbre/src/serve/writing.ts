import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type {
  LocalGenerator,
  TextInput,
  TextOptions,
  TextPiece,
  TextUsage,
} from '../transformers/endpoint/index.ts';
import { type AnswerShape, type ChoicePart, usageAnswer } from './answers.ts';
import { Refusal, refusalOf } from './refusal.ts';
import type { ChatRequest, CompletionRequest } from './requests.ts';

/** What is to be written, whichever interface it was asked for by. */
export interface WritingRequest {
  readonly model: LocalGenerator;
  /** Several beginnings; each gets `count` texts. */
  readonly inputs: readonly TextInput[];
  readonly count: number;
  readonly options: TextOptions;
  /** Stands before each text of an input, where it was asked for. */
  readonly echoes: readonly string[];
  readonly shape: AnswerShape;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/** Texts that one request gets at most: more would be a queue by itself. */
const MOST_TEXTS = 128;

/** The settings that both interfaces have. */
export function optionsOf(request: CompletionRequest | ChatRequest): TextOptions {
  const { logit_bias } = request;
  return {
    temperature: request.temperature ?? undefined,
    topP: request.top_p ?? undefined,
    // -1 is all, as other servers have it.
    topK: request.top_k == null ? undefined : Math.max(0, request.top_k),
    // A negative seed is a seed too.
    seed: request.seed == null ? undefined : Math.abs(request.seed),
    stop: request.stop ?? undefined,
    presencePenalty: request.presence_penalty ?? undefined,
    frequencyPenalty: request.frequency_penalty ?? undefined,
    logitBias: logit_bias
      ? new Map(Object.entries(logit_bias).map(([id, bias]) => [Number(id), bias]))
      : undefined,
  };
}

/** A choice that is written. */
interface Choice {
  readonly index: number;
  readonly echo: string;
  readonly pieces: AsyncIterable<TextPiece>;
}

/** Writes, and answers as a whole or in pieces. Whoever leaves ends the writing. */
export async function write(context: Context, request: WritingRequest): Promise<Response> {
  const { model, inputs, count, options, shape, echoes } = request;
  if (inputs.length * count > MOST_TEXTS) {
    throw new Refusal(
      400,
      `n: ${inputs.length} prompts with ${count} texts each; at most ${MOST_TEXTS} texts.`,
      {
        param: 'n',
      },
    );
  }
  const leaving = new AbortController();
  const gone = context.req.raw.signal;
  const follow = () => leaving.abort(gone.reason);
  if (gone.aborted) follow();
  gone.addEventListener('abort', follow, { once: true });
  const settings = { ...options, signal: leaving.signal };
  let choices: Choice[];
  try {
    // What is wrong with one is found before any is asked for.
    const prompts = inputs.map((input) => model.encode(input));
    choices = prompts.flatMap((prompt, i) =>
      model.streamMany(prompt, count, settings).map((pieces, j) => ({
        index: i * count + j,
        echo: echoes[i] ?? '',
        pieces,
      })),
    );
  } catch (error) {
    leaving.abort(error);
    gone.removeEventListener('abort', follow);
    throw error;
  }
  const head = {
    id: `${shape.prefix}-${crypto.randomUUID().replaceAll('-', '')}`,
    created: Math.floor(Date.now() / 1000),
    model: model.name,
    system_fingerprint: 'lumbre',
  };
  const usageOf = (usages: readonly TextUsage[]): TextUsage => ({
    // A prompt is read once for each text, and counted once.
    promptTokens: usages.filter((_, i) => i % count === 0).reduce((sum, one) => sum + one.promptTokens, 0),
    completionTokens: usages.reduce((sum, one) => sum + one.completionTokens, 0),
  });
  if (!request.stream) {
    try {
      const written = await Promise.all(choices.map((choice) => whole(choice, options)));
      return context.json({
        ...head,
        object: shape.whole,
        choices: written.map(({ part }) => shape.choice(part)),
        usage: usageAnswer(usageOf(written.map(({ usage }) => usage))),
      });
    } finally {
      leaving.abort();
      gone.removeEventListener('abort', follow);
    }
  }
  context.header('X-Accel-Buffering', 'no');
  return streamSSE(context, async (stream) => {
    stream.onAbort(() => leaving.abort(new DOMException('The client has left.', 'AbortError')));
    const send = (body: object) => stream.writeSSE({ data: JSON.stringify(body) });
    const piece = { ...head, object: shape.piece };
    try {
      const usages = await Promise.all(
        choices.map(async (choice) => {
          let usage: TextUsage = { promptTokens: 0, completionTokens: 0 };
          for await (const part of parts(choice, options)) {
            usage = part.usage ?? usage;
            await send({
              ...piece,
              choices: [shape.pieceOfChoice(part)],
              ...(request.includeUsage && { usage: null }),
            });
          }
          return usage;
        }),
      );
      if (request.includeUsage) await send({ ...piece, choices: [], usage: usageAnswer(usageOf(usages)) });
      await stream.writeSSE({ data: '[DONE]' });
    } catch (error) {
      if (!leaving.signal.aborted) {
        leaving.abort(error);
        await send(refusalOf(error).body);
      }
    } finally {
      leaving.abort();
      gone.removeEventListener('abort', follow);
    }
  });
}

type Part = ChoicePart & { readonly usage: TextUsage | null };

/** The pieces of a choice. The last has the reason and no text. */
async function* parts({ index, echo, pieces }: Choice, { logprobs }: TextOptions): AsyncGenerator<Part> {
  const wanted = logprobs !== undefined;
  let offset = 0;
  const part = (text: string, rest: Partial<Part>): Part => {
    const made = { index, text, finishReason: null, logprobs: null, offset, usage: null, ...rest };
    offset += text.length;
    return made;
  };
  if (echo !== '') yield part(echo, {});
  for await (const { text, finishReason, logprobs: of, usage } of pieces) {
    const own = wanted ? { logprobs: of } : {};
    if (finishReason === null || text !== '' || (wanted && of.length > 0)) yield part(text, own);
    if (finishReason !== null) yield part('', { finishReason, usage, ...(wanted && { logprobs: [] }) });
  }
}

async function whole(
  choice: Choice,
  options: TextOptions,
): Promise<{ readonly part: ChoicePart; readonly usage: TextUsage }> {
  let text = '';
  let usage: TextUsage = { promptTokens: 0, completionTokens: 0 };
  let finishReason: ChoicePart['finishReason'] = null;
  const logprobs = [];
  for await (const part of parts(choice, options)) {
    text += part.text;
    usage = part.usage ?? usage;
    finishReason = part.finishReason ?? finishReason;
    logprobs.push(...(part.logprobs ?? []));
  }
  const { index, echo } = choice;
  const wanted = options.logprobs === undefined ? null : logprobs;
  return { part: { index, text, finishReason, logprobs: wanted, offset: echo.length }, usage };
}
