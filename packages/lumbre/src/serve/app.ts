import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import type { z } from 'zod';
import type { LocalGenerator } from '../transformers/endpoint/index.ts';
import { chatShape, completionShape } from './answers.ts';
import { Refusal, refusalOf } from './refusal.ts';
import { chatRequest, completionRequest, embeddingRequest, several } from './requests.ts';
import type { ServedModel } from './servedModel.ts';
import { optionsOf, write } from './writing.ts';

export interface ServeAppOptions {
  readonly model: ServedModel;
  /** Whoever asks must know it: `Authorization: Bearer …`. Nobody needs one unless given. */
  readonly apiKey?: string | undefined;
  /** The origins whose pages may ask; none unless given. `*` is all. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** The largest request, in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Names by which the server may be called beside those of this machine; `null` is any, for servers of a network. */
  readonly hosts?: readonly string[] | null | undefined;
  /** Told of errors that are nobody's fault out there. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** The tokens of a completion, where nobody says: as OpenAI has it. */
const COMPLETION_TOKENS = 16;

const ownNames = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A model behind OpenAI's interface. */
export function serveApp(options: ServeAppOptions): Hono {
  const { model, apiKey, corsOrigins = [], maxBodyBytes = 2 ** 20, hosts = [], onError } = options;
  const created = Math.floor(Date.now() / 1000);
  const app = new Hono();

  app.onError((error, context) => answerError(context, error));
  app.notFound((context) =>
    answerError(
      context,
      new Refusal(404, `There is no ${context.req.method} ${context.req.path.slice(0, 100)}.`),
    ),
  );

  function answerError(context: Context, error: unknown): Response {
    const refusal = refusalOf(error);
    if (refusal.status === 500) onError?.(error);
    if (refusal.status === 429 || refusal.status === 503) context.header('Retry-After', '1');
    if (refusal.status === 401) context.header('WWW-Authenticate', 'Bearer');
    return context.json(refusal.body, refusal.status);
  }

  app.use(async (context, next) => {
    const host = context.req.header('host') ?? '';
    // A page of somebody else's that was led here by its name (DNS rebinding).
    if (hosts !== null && !ownNames.test(host) && !hosts.includes(host.replace(/:\d+$/, ''))) {
      throw new Refusal(421, 'This is not the host you think.', { code: 'host' });
    }
    context.header('X-Content-Type-Options', 'nosniff');
    await next();
  });
  if (corsOrigins.length > 0) {
    app.use(cors({ origin: corsOrigins.includes('*') ? '*' : [...corsOrigins], maxAge: 600 }));
  }
  app.get('/health', (context) =>
    context.json({ status: 'ok', model: model.name, ...(model.generator?.state ?? {}) }),
  );
  app.use('/v1/*', async (context, next) => {
    if (apiKey !== undefined) {
      const given = context.req.header('authorization')?.match(/^Bearer\s+(.+)$/i)?.[1] ?? '';
      if (!timingSafeEqual(digest(given), digest(apiKey))) {
        throw new Refusal(401, 'The API key is missing, or another one.', { code: 'invalid_api_key' });
      }
    }
    await next();
  });
  app.use(
    '/v1/*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: () => {
        throw new Refusal(413, `The request has more than ${maxBodyBytes} bytes.`, { code: 'too_large' });
      },
    }),
  );

  const modelAnswer = { id: model.name, object: 'model', created, owned_by: 'lumbre' };
  app.get('/v1/models', (context) => context.json({ object: 'list', data: [modelAnswer] }));
  app.get('/v1/models/:name{.+}', (context) => {
    checkModel(context.req.param('name'));
    return context.json(modelAnswer);
  });

  function checkModel(name: string | undefined): void {
    if (name === undefined || name === model.name) return;
    throw new Refusal(404, `There is no model '${name.slice(0, 100)}' here; there is '${model.name}'.`, {
      code: 'model_not_found',
      param: 'model',
    });
  }

  /** Reads a request. What is no JSON by its own account is refused: no page can send that without asking first. */
  async function read<T>(
    context: Context,
    schema: z.ZodType<T & { model?: string | undefined }>,
  ): Promise<T> {
    if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
      throw new Refusal(415, 'Send JSON, with the header Content-Type: application/json.');
    }
    let json: unknown;
    try {
      json = JSON.parse(await context.req.text());
    } catch (error) {
      if (error instanceof SyntaxError) throw new Refusal(400, 'The request is no JSON.');
      throw error;
    }
    const request = schema.parse(json);
    checkModel(request.model);
    return request;
  }

  function generator(): LocalGenerator {
    if (model.generator) return model.generator;
    throw new Refusal(400, `${model.name} makes vectors and writes no texts; ask /v1/embeddings.`);
  }

  app.post('/v1/completions', async (context) => {
    const request = await read(context, completionRequest);
    if (request.suffix)
      throw new Refusal(400, 'suffix: texts are written on here, not filled.', { param: 'suffix' });
    if ((request.best_of ?? 1) > (request.n ?? 1)) {
      throw new Refusal(400, 'best_of: it must not be more than n.', { param: 'best_of' });
    }
    if (request.echo && request.logprobs != null) {
      throw new Refusal(
        400,
        'echo: log probabilities of a prompt are not given; leave out echo or logprobs.',
        {
          param: 'echo',
        },
      );
    }
    const inputs = several(request.prompt);
    if (request.echo && inputs.some((input) => typeof input !== 'string')) {
      throw new Refusal(400, 'echo: only texts can be repeated, not token ids.', { param: 'echo' });
    }
    return await write(context, {
      model: generator(),
      inputs,
      count: request.n ?? 1,
      options: {
        ...optionsOf(request),
        maxNewTokens: request.max_tokens ?? COMPLETION_TOKENS,
        logprobs: request.logprobs ?? undefined,
      },
      echoes: request.echo ? (inputs as string[]) : [],
      shape: completionShape,
      stream: request.stream ?? false,
      includeUsage: request.stream_options?.include_usage ?? false,
    });
  });

  app.post('/v1/chat/completions', async (context) => {
    const request = await read(context, chatRequest);
    return await write(context, {
      model: generator(),
      inputs: [request.messages.map(({ name, ...rest }) => (name === undefined ? rest : { ...rest, name }))],
      count: request.n ?? 1,
      options: {
        ...optionsOf(request),
        maxNewTokens: request.max_completion_tokens ?? request.max_tokens ?? undefined,
        logprobs: request.logprobs ? (request.top_logprobs ?? 0) : undefined,
      },
      echoes: [],
      shape: chatShape,
      stream: request.stream ?? false,
      includeUsage: request.stream_options?.include_usage ?? false,
    });
  });

  app.post('/v1/embeddings', async (context) => {
    const request = await read(context, embeddingRequest);
    const { embedder } = model;
    if (!embedder) throw new Refusal(400, `${model.name} makes no vectors of texts.`);
    const { signal } = context.req.raw;
    const rows = several(request.input).map((input) =>
      typeof input === 'string' ? embedder.encode(input) : input,
    );
    const { vectors, promptTokens } = await embedder.embedTokens(rows, { signal });
    const width = vectors[0]?.length ?? 0;
    if (request.dimensions != null && request.dimensions !== width) {
      throw new Refusal(400, `dimensions: the vectors of ${model.name} have ${width}.`, {
        param: 'dimensions',
      });
    }
    const told = (vector: Float32Array) =>
      request.encoding_format === 'base64'
        ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
        : [...vector];
    return context.json({
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: told(vector) })),
      model: model.name,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    });
  });
  return app;
}
