import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { OpenAIGenerator, type TextPiece } from '../../../src/transformers/endpoint/index.ts';

const KEY = 'sk-a-key-for-tests';

type Behaviour = (response: ServerResponse, request: IncomingMessage, body: string) => void;

let stop: (() => void) | null = null;
afterEach(() => stop?.());

/** A server that answers each request as the next of these says; the last one again and again. */
async function misbehaving(...behaviours: Behaviour[]): Promise<{ baseURL: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const behaviour = behaviours[Math.min(asked++, behaviours.length - 1)] as Behaviour;
      behaviour(response, request, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const { port } = server.address() as { port: number };
  return { baseURL: `http://127.0.0.1:${port}/v1`, asked: () => asked };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

const events =
  (...pieces: (string | Uint8Array)[]): Behaviour =>
  (response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const piece of pieces) response.write(piece);
    response.end();
  };

const fine = json(200, {
  choices: [{ text: ' en un lugar', finish_reason: 'length' }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const piece = (text: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ text, index: 0, finish_reason: finish }] })}\n\n`;

const generator = (baseURL: string, more = {}) =>
  new OpenAIGenerator({ model: 'm', baseURL, apiKey: KEY, retryDelay: 1, ...more });

async function collect(pieces: AsyncIterable<TextPiece>): Promise<string> {
  let text = '';
  for await (const one of pieces) text += one.text;
  return text;
}

describe('an endpoint that misbehaves', () => {
  test.each([429, 500, 503, 408])('with %i is asked again', async (status) => {
    const { baseURL, asked } = await misbehaving(json(status, {}), json(status, {}), fine);
    const { text, usage, finishReason } = await generator(baseURL).generate('Érase');
    expect({ text, usage, finishReason, asked: asked() }).toEqual({
      text: ' en un lugar',
      usage: { promptTokens: 3, completionTokens: 4 },
      finishReason: 'length',
      asked: 3,
    });
  });

  test('is asked when it says so', async () => {
    const { baseURL } = await misbehaving(json(429, {}, { 'Retry-After': '1' }), fine);
    const start = performance.now();
    await generator(baseURL).generate('Érase');
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  test('is not asked for ever, nor when it waits too long', async () => {
    const first = await misbehaving(json(500, { error: { message: 'broken', code: 'x' } }));
    await expect(generator(first.baseURL).generate('a')).rejects.toMatchObject({
      code: 'endpoint.refused',
      status: 500,
      message: expect.stringContaining('broken (x)') as string,
    });
    expect(first.asked()).toBe(3);
    stop?.();
    const second = await misbehaving(json(429, {}, { 'Retry-After': '3600' }));
    await expect(generator(second.baseURL).generate('a')).rejects.toMatchObject({ status: 429 });
    expect(second.asked()).toBe(1);
  });

  test('that refuses is not asked again, and its words have no key', async () => {
    const { baseURL, asked } = await misbehaving((response, request) => {
      json(401, { error: { message: `Incorrect key: ${request.headers.authorization}` } })(
        response,
        request,
        '',
      );
    });
    const error = await generator(baseURL)
      .generate('a')
      .catch((one: unknown) => one as Error);
    expect(error).toMatchObject({ status: 401, code: 'endpoint.refused' });
    expect((error as Error).message).toContain('Incorrect key');
    expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain(KEY);
    expect(JSON.stringify(generator(baseURL))).not.toContain(KEY);
    expect(asked()).toBe(1);
  });

  test('that is slow is given up', async () => {
    const { baseURL } = await misbehaving(() => {});
    const slow = generator(baseURL, { timeout: 50, maxRetries: 0 });
    await expect(slow.generate('a')).rejects.toMatchObject({ code: 'endpoint.timeout' });
  });

  test('that stops in the middle is given up', async () => {
    const { baseURL } = await misbehaving((response) => {
      response.writeHead(200).write(piece('a'));
    });
    await expect(collect(generator(baseURL, { timeout: 60 }).stream('a'))).rejects.toMatchObject({
      code: 'endpoint.timeout',
    });
  });

  test('that stops in the middle is given up even where fetch has forgotten its signal', async () => {
    const endless = new ReadableStream({
      start: (stream) => stream.enqueue(new TextEncoder().encode(piece('a'))),
    });
    const deaf = generator('http://127.0.0.1:9/v1', {
      timeout: 60,
      fetch: async () => new Response(endless, { status: 200 }),
    });
    await expect(collect(deaf.stream('a'))).rejects.toMatchObject({ code: 'endpoint.timeout' });
  });

  test('is left when nobody waits any more', async () => {
    const { baseURL } = await misbehaving(() => {});
    const signal = AbortSignal.timeout(40);
    await expect(generator(baseURL).generate('a', { signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  test.each<[string, Behaviour, string]>([
    ['ends without an end', events(piece('a')), 'endpoint.cut'],
    [
      'is cut',
      (response) => {
        response.writeHead(200).write(piece('a'), () => response.destroy());
      },
      'endpoint.cut',
    ],
    ['is no JSON', events('data: {"choices"\n\n'), 'endpoint.malformed'],
    ['has another shape', events('data: {"choices":[{"text":5}]}\n\n'), 'endpoint.malformed'],
    ['has a huge line', events(`data: ${'a'.repeat(2 ** 21)}`), 'endpoint.malformed'],
    [
      'tells of an error',
      events(piece('a'), 'data: {"error":{"message":"out of memory"}}\n\n'),
      'endpoint.refused',
    ],
  ])('a stream that %s is an error', async (_, behaviour, code) => {
    const { baseURL } = await misbehaving(behaviour);
    await expect(collect(generator(baseURL).stream('a'))).rejects.toMatchObject({ code });
  });

  test('cannot be reached', async () => {
    await expect(generator('http://127.0.0.1:9', { maxRetries: 1 }).generate('a')).rejects.toMatchObject({
      code: 'endpoint.unreachable',
    });
    expect(() => generator('ftp://a')).toThrow('baseURL');
    expect(() => generator('https://user:secret@a')).toThrow('without a password');
  });
});

test('streams come in any pieces, with comments, any line ends and characters that are cut', async () => {
  const whole = `: hello\r\n\r\n${piece('¿Qué')}event: x\rdata: {"choices":\rdata: [{"text":" 😀"}]}\r\r${piece('!', 'stop')}data: [DONE]\n\n`;
  const bytes = new TextEncoder().encode(whole);
  for (const size of [1, 2, 3, 7, bytes.length]) {
    const { baseURL } = await misbehaving((response) => {
      response.writeHead(200);
      let at = 0;
      const next = () => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + size), () => setImmediate(next));
        at += size;
      };
      next();
    });
    expect(await collect(generator(baseURL).stream('a'))).toBe('¿Qué 😀!');
    stop?.();
  }
});

test('what is asked is what the interface has', async () => {
  let seen: unknown;
  const { baseURL } = await misbehaving((response, request, body) => {
    seen = { path: request.url, key: request.headers.authorization, ...JSON.parse(body) };
    json(200, { choices: [{ message: { content: 'Hola' }, finish_reason: 'stop' }] })(
      response,
      request,
      body,
    );
  });
  const messages = [{ role: 'user', content: 'Hola' }] as const;
  const options = {
    maxNewTokens: 5,
    topP: 0.5,
    stop: 'x',
    seed: 1,
    logitBias: new Map([[7, -100]]),
    logprobs: 2,
  };
  expect((await generator(baseURL).generate(messages, options)).text).toBe('Hola');
  expect(seen).toEqual({
    path: '/v1/chat/completions',
    key: `Bearer ${KEY}`,
    model: 'm',
    messages,
    max_tokens: 5,
    top_p: 0.5,
    stop: ['x'],
    seed: 1,
    logit_bias: { 7: -100 },
    logprobs: true,
    top_logprobs: 2,
  });
  await expect(generator(baseURL).generate('a', { temperature: -1 })).rejects.toThrow('temperature');
});
