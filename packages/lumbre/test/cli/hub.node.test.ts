import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeSafetensors } from '../../src/hub/index.ts';
import { COMMIT, type MockHub, mockHub } from '../hub/support/mockHub.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();
const bytes = (text: string) => new TextEncoder().encode(text);
const weights = writeSafetensors([
  ['x', { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) }],
  ['y', { dtype: 'bfloat16', shape: [4], data: new Float32Array(4) }],
]);

let hub: MockHub;
beforeEach(async () => {
  const config =
    '{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 3, "vocab_size": 11}';
  hub = await mockHub('org/tiny', [
    ['README.md', { content: bytes('# Tiny') }],
    ['config.json', { content: bytes(config) }],
    ['model.safetensors', { content: weights, large: true }],
    ['onnx/model.onnx', { content: bytes('onnx'), large: true }],
    ['pytorch_model.bin', { content: bytes('old'), large: true }],
    ['tokenizer.json', { content: bytes('{}') }],
  ]);
});
afterEach(() => hub.close());

const run = (words: string[], environment: Record<string, string> = {}) =>
  lumbre(['hub', ...words], {
    environment: { HF_ENDPOINT: hub.url, HF_HOME: path('home'), ...environment },
  });

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('download', () => {
  test('brings what loading needs, and says so', async () => {
    const { code, output } = await run(['download', 'org/tiny']);
    expect([code, plain(output)]).toEqual([
      0,
      expect.stringMatching(/Descarga org\/tiny\/config\.json.*Listo: org\/tiny, 3 archivos, 0,\d kB/s),
    ]);
    expect(existsSync(path(`home/hub/models--org--tiny/snapshots/${COMMIT}/model.safetensors`))).toBe(true);
    expect(existsSync(path(`home/hub/models--org--tiny/snapshots/${COMMIT}/pytorch_model.bin`))).toBe(false);
  });

  test('brings the files that are named; --json, --quiet', async () => {
    const { events } = await run(['download', 'org/tiny', 'onnx/model.onnx', '--json']);
    expect(events).toEqual([
      { type: 'file', model: 'org/tiny', path: 'onnx/model.onnx', bytes: 4 },
      { type: 'ready', model: 'org/tiny', files: ['onnx/model.onnx'], bytes: 4 },
    ]);
    expect((await run(['download', 'org/tiny', 'config.json', '--quiet'])).output).toBe('');
  });

  test.each([
    [['org/none'], /En http:.* no hay ningún modelo «org\/none»/, /There is no model 'org\/none'/],
    [['org/tiny', 'x.json'], /org\/tiny no tiene el archivo «x\.json»/, /has no file 'x\.json'/],
    [['org/tiny', '../x'], /«\.\.\/x» no es una ruta/, /no path within/],
    [['org/tiny', '--revision', 'v9'], /no tiene la versión «v9»/, /no revision 'v9'/],
    [['a b'], /«a b» no es una carpeta/, /neither a folder/],
    [['./nowhere'], /No existe la carpeta «\.\/nowhere»/, /no folder/],
    [['org/tiny', '--local'], /no está en .*models--org--tiny/, /is not in/],
  ])('tells in both languages what is wrong: %j', async (words, spanish, english) => {
    const inSpanish = await run(['download', ...words]);
    expect([inSpanish.code, inSpanish.errors]).toEqual([1, expect.stringMatching(spanish)]);
    const inEnglish = await run(['download', ...words, '--lang', 'en']);
    expect([inEnglish.code, inEnglish.errors]).toEqual([1, expect.stringMatching(english)]);
  });

  test('a token that is refused is not shown', async () => {
    hub.disturb = (_seen, response) => {
      response.writeHead(401).end();
      return true;
    };
    const { code, errors } = await run(['download', 'org/tiny'], { HF_TOKEN: 'hf_secret' });
    expect(code).toBe(1);
    expect(errors).toMatch(/¿Es correcta la clave de HF_TOKEN\?/);
    expect(errors).not.toContain('hf_secret');
    expect(hub.seen[0]?.authorization).toBe('Bearer hf_secret');
  });
});

describe('list', () => {
  test('tells what is here, and asks nobody', async () => {
    expect((await run(['list'])).output).toContain('Todavía no hay ninguno');
    await run(['download', 'org/tiny']);
    const asked = hub.seen.length;
    const { output } = await run(['list', '--lang', 'en']);
    expect(plain(output)).toMatch(/org\/tiny +0\.\d kB +3 files/);
    const { events } = await run(['list', '--json']);
    expect(events).toMatchObject([
      {
        type: 'model',
        name: 'org/tiny',
        incompleteBytes: 0,
        revisions: [
          { commit: COMMIT, refs: ['main'], files: ['config.json', 'model.safetensors', 'tokenizer.json'] },
        ],
      },
    ]);
    expect(hub.seen.length).toBe(asked);
  });
});

describe('info', () => {
  test('tells what a model is, before and after it is downloaded', async () => {
    const before = await run(['info', 'org/tiny']);
    expect(before.code).toBe(0);
    expect(before.output).toMatch(/tipo +gpt2/);
    expect(before.output).toMatch(/medidas +n_layer 3, vocab_size 11/);
    expect(before.output).toMatch(/pesos +sin descargar/);
    expect(before.output).toContain('npx lumbre hub download org/tiny');
    expect(hub.seen.some(({ host }) => host === 'cdn')).toBe(false);
    await run(['download', 'org/tiny']);
    const { events } = await run(['info', 'org/tiny', '--json']);
    expect(events[0]).toMatchObject({
      type: 'model',
      name: 'org/tiny',
      modelType: 'gpt2',
      architectures: ['GPT2LMHeadModel'],
      weights: { format: 'safetensors', parameters: 10, bytes: 32, kinds: ['BF16', 'F32'] },
    });
  });
});
