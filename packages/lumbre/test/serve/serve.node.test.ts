import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel } from '../../src/recipes/index.ts';
import { defaultDevice } from '../../src/runtime/devices.ts';
import { type Listening, listen, openCreation, type ServedModel, serveApp } from '../../src/serve/index.ts';
import { tokenizerFromJSON } from '../../src/text/index.ts';
import { OpenAIGenerator } from '../../src/transformers/endpoint/index.ts';

const folder = fileURLToPath(new URL('../../zoo/cuentos-es', import.meta.url));
const KEY = 'a key that nobody guesses';
const BODY = { model: 'cuentos-es', prompt: 'Había una vez', max_tokens: 24 };

let model: ServedModel;
let server: Listening;
let client: OpenAIGenerator;

beforeAll(async () => {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const tokenizerText = read('tokenizer.json');
  const { creation } = await openModel(
    {
      config: JSON.parse(read('config.json')),
      weights: readFileSync(join(folder, 'model.safetensors')),
      files: new Map([['tokenizer.json', tokenizerText]]),
    },
    defaultDevice(),
  );
  const tokenizer = tokenizerFromJSON(JSON.parse(tokenizerText));
  const parts = { name: 'cuentos-es', creation, tokenizer, endsAtLine: true };
  model = openCreation(parts, { slots: 4, queueLimit: 64 }) as ServedModel;
  server = await listen(serveApp({ model, apiKey: KEY, maxBodyBytes: 4096 }), { host: '127.0.0.1', port: 0 });
  client = new OpenAIGenerator({
    model: 'cuentos-es',
    baseURL: `${server.address}/v1`,
    apiKey: KEY,
    maxRetries: 0,
  });
}, 60_000);

afterAll(async () => {
  await server.close();
  await model.close();
});

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.address + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${KEY}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const health = async () =>
  (await (await fetch(`${server.address}/health`)).json()) as { writing: number; waiting: number };

/** Waits until nobody writes any more. */
async function idle(): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const { writing, waiting } = await health();
    if (writing + waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Slots are still taken.');
}

test('a completion, whole and in pieces, is the same', async () => {
  const options = { maxNewTokens: 40, seed: 5, temperature: 0.8 };
  const whole = await client.generate('Había una vez', options);
  expect(whole.text.length).toBeGreaterThan(0);
  let text = '';
  let usage = null;
  for await (const piece of client.stream('Había una vez', options)) {
    text += piece.text;
    usage = piece.usage ?? usage;
  }
  expect(text).toBe(whole.text);
  expect(usage).toEqual(whole.usage);
  expect(whole.usage?.promptTokens).toBe(14);
});

test('32 clients get what each gets alone, and nothing is lost', async () => {
  const ask = (i: number) =>
    client.generate('Había una vez'.slice(0, 4 + (i % 9)), {
      seed: i,
      maxNewTokens: 8 + (i % 5),
      temperature: 1,
    });
  const together = await Promise.all(Array.from({ length: 32 }, (_, i) => ask(i)));
  for (let i = 0; i < 32; i++) expect(await ask(i), `client ${i}`).toEqual(together[i]);
  expect(new Set(together.map(({ text }) => text)).size).toBeGreaterThan(10);
  await idle();
});

test('clients that leave free their slots, whenever they do', async () => {
  const leave = async (i: number) => {
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 7 * i);
    await client
      .generate('Había', {
        seed: i,
        maxNewTokens: 200,
        logitBias: new Map([[0, -100]]),
        signal: leaving.signal,
      })
      .catch(() => {});
    const pieces = client.stream('Había', { seed: i, maxNewTokens: 200, logitBias: new Map([[0, -100]]) });
    for await (const { text } of pieces) if (text !== '') break;
  };
  const stays = client.generate('Había una vez', { seed: 3, maxNewTokens: 20 });
  await Promise.all([...Array.from({ length: 12 }, (_, i) => leave(i)), stays]);
  await idle();
  expect(await client.generate('Había una vez', { seed: 3, maxNewTokens: 20 })).toEqual(await stays);
});

test('options do what they say', async () => {
  const greedy = await client.generate('Había una vez', { temperature: 0, maxNewTokens: 30 });
  const stop = greedy.text.slice(8, 11);
  const stopped = await client.generate('Había una vez', { temperature: 0, maxNewTokens: 30, stop });
  expect(stopped.text).toBe(greedy.text.slice(0, greedy.text.indexOf(stop)));
  expect(stopped.finishReason).toBe('stop');
  const short = await client.generate('Había una vez', { temperature: 0, maxNewTokens: 5 });
  expect(short).toMatchObject({
    text: greedy.text.slice(0, 5),
    finishReason: 'length',
    usage: { completionTokens: 5 },
  });
  const told = await client.generate('Había una vez', { temperature: 0, maxNewTokens: 5, logprobs: 3 });
  expect(told.logprobs?.map(({ token }) => token).join('')).toBe(short.text);
  for (const { token, logprob, top } of told.logprobs ?? []) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top).toHaveLength(3);
    expect(top[0]?.token).toBe(token);
  }
  const forbidden = await client.generate('Había una vez', {
    temperature: 0,
    maxNewTokens: 30,
    frequencyPenalty: 2,
    presencePenalty: 2,
  });
  // How uneven the letters are.
  const uneven = (text: string) =>
    [...new Set(text)].reduce((sum, letter) => sum + (text.split(letter).length - 1) ** 2, 0);
  expect(uneven(forbidden.text)).toBeLessThan(uneven(greedy.text));
  const many = await (await post('/v1/completions', { ...BODY, n: 3, seed: 1, echo: true })).json();
  expect(many.choices.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2]);
  for (const { text } of many.choices) expect(text.startsWith(BODY.prompt)).toBe(true);
  expect(many.usage.prompt_tokens).toBe(14);
});

describe('what is wrong is told in the shape of OpenAI', () => {
  test.each<[string, string, unknown, Record<string, string>, number, string]>([
    ['no JSON', '/v1/completions', '{"prompt"', {}, 400, 'no JSON'],
    ['no prompt', '/v1/completions', { model: 'cuentos-es' }, {}, 400, 'prompt'],
    ['temperature', '/v1/completions', { ...BODY, temperature: 3 }, {}, 400, 'temperature'],
    ['another model', '/v1/completions', { ...BODY, model: 'gpt-5' }, {}, 404, 'cuentos-es'],
    ['another key', '/v1/completions', BODY, { Authorization: 'Bearer no' }, 401, 'key'],
    ['no key', '/v1/completions', BODY, { Authorization: '' }, 401, 'key'],
    ['a form', '/v1/completions', BODY, { 'Content-Type': 'text/plain' }, 415, 'application/json'],
    ['another host', '/v1/completions', BODY, { Host: 'evil.example' }, 421, 'host'],
    ['a large body', '/v1/completions', { ...BODY, prompt: 'a'.repeat(5000) }, {}, 413, '4096'],
    ['a long prompt', '/v1/completions', { ...BODY, prompt: 'a'.repeat(300) }, {}, 400, '256 tokens'],
    ['a strange character', '/v1/completions', { ...BODY, prompt: '漢' }, {}, 400, '漢'],
    [
      'a conversation',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: 'Hola' }] },
      {},
      400,
      'chat template',
    ],
    ['vectors', '/v1/embeddings', { input: 'Hola' }, {}, 400, 'no vectors'],
    ['nowhere', '/v1/nowhere', BODY, {}, 404, '/v1/nowhere'],
  ])('%s', async (_, path, body, headers, status, message) => {
    // `fetch` lets nobody choose the host.
    const response = headers.Host
      ? await serveApp({ model, apiKey: KEY }).request(`http://${headers.Host}${path}`, {
          method: 'POST',
          headers: { Host: headers.Host },
        })
      : await post(path, body, headers);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: { message: string; type: string } };
    expect(error.message).toContain(message);
    expect(error.type).toMatch(/_error$/);
    expect(JSON.stringify(error)).not.toContain(KEY);
  });

  test('pages of other origins get no leave', async () => {
    const response = await fetch(`${server.address}/v1/completions`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe(null);
  });
});
