import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedModel, serveApp, servedWriter } from '../../src/serve/index.ts';
import { PreTrainedTokenizer, Tokenizer } from '../../src/tokenizers/index.ts';
import type { CausalModel } from '../../src/transformers/causal/causalModel.ts';
import { generate } from '../../src/transformers/generation/index.ts';
import { tinyModel } from '../transformers/generation/fixture.ts';

const WORDS = ['hola', 'gato', 'una', 'vez', 'user', 'assistant', '?'];

let model: CausalModel;
let served: ServedModel;
let tokenizer: PreTrainedTokenizer;

// Programs keep constants: each test begins and ends without a model.
beforeEach(() => {
  model = tinyModel('llama');
  const words = Array.from({ length: model.config.vocabSize }, (_, i) => WORDS[i] ?? `w${i}`);
  const vocab = Object.fromEntries(words.map((word, i) => [word, i]));
  const json = {
    version: '1.0',
    pre_tokenizer: { type: 'WhitespaceSplit' },
    model: { type: 'WordLevel', vocab, unk_token: '?' },
  };
  const template =
    "{% for m in messages %}{{ m['role'] }} {{ m['content'] }} {% endfor %}{% if add_generation_prompt %}assistant{% endif %}";
  tokenizer = new PreTrainedTokenizer(Tokenizer.fromJSON(json), {
    chatTemplates: new Map([['default', template]]),
  });
  served = servedWriter(model, tokenizer, 'tiny', { slots: 2, queueLimit: 1 });
});

afterEach(async () => {
  await served.close();
});

const post = (path: string, body: unknown) =>
  serveApp({ model: served }).request(`http://127.0.0.1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Host: '127.0.0.1' },
    body: JSON.stringify(body),
  });

test('a conversation is answered as generate answers it, whole and in pieces', async () => {
  const body = { messages: [{ role: 'user', content: 'hola gato' }], max_tokens: 6, temperature: 0 };
  const answer = await (await post('/v1/chat/completions', body)).json();
  const ids = tokenizer.encode('user hola gato assistant');
  const written = await generate(model, [ids], { maxNewTokens: 6, padTokenId: null });
  const expected = tokenizer.decode((written[0] as Int32Array).slice(ids.length));
  written.dispose();
  expect(answer.choices[0].message.content.trim()).toBe(expected);
  expect(answer.usage.prompt_tokens).toBe(ids.length);
  const stream = await (await post('/v1/chat/completions', { ...body, stream: true })).text();
  const events = stream
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''));
  expect(events.at(-1)).toBe('[DONE]');
  const deltas = events.slice(0, -1).map((event) => JSON.parse(event).choices[0].delta);
  expect(deltas[0].role).toBe('assistant');
  expect(deltas.map(({ content = '' }) => content).join('')).toBe(answer.choices[0].message.content);
});

test('texts get vectors of length 1, as numbers and in base64', async () => {
  const ask = async (more: object) =>
    (await (await post('/v1/embeddings', { input: ['hola gato', 'una vez una vez'], ...more })).json()).data;
  const [first, second] = await ask({});
  expect(Math.hypot(...first.embedding)).toBeCloseTo(1, 5);
  expect(first.embedding).not.toEqual(second.embedding);
  const coded = await ask({ encoding_format: 'base64' });
  const bytes = Buffer.from(coded[1].embedding, 'base64');
  expect([...new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)]).toEqual(second.embedding);
});

test('more than may wait are refused, and told when to come again', async () => {
  const body = { prompt: 'hola', max_tokens: 10, seed: 1, logit_bias: {} };
  const answers = await Promise.all(Array.from({ length: 6 }, () => post('/v1/completions', body)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(3);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  const texts = await Promise.all(
    answers.filter(({ status }) => status === 200).map(async (one) => (await one.json()).choices[0].text),
  );
  expect(texts).toHaveLength(3);
  expect(new Set(texts).size).toBe(1);
});
