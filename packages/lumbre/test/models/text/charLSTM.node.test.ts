import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/index.ts';
import { generate, RecurrentLanguageModel } from '../../../src/models/index.ts';
import { lstmFromTensorFlow } from '../../../src/nn/index.ts';
import { collect } from './support.ts';

const shared = fileURLToPath(new URL('../../../../../../shared/', import.meta.url));
const folder = `${shared}fixtures/models/char-lstm/`;
if (!existsSync(folder)) console.warn("shared/fixtures not found: TensorFlow's LSTM that writes passed over");

interface Entry {
  readonly filename: string;
  readonly shape: readonly number[];
}

function readWeight(name: string): Tensor {
  const manifest = JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8')) as Record<string, Entry>;
  const { filename, shape } = manifest[name] as Entry;
  return tensor(new Float32Array(new Uint8Array(readFileSync(folder + filename)).buffer), { shape });
}

/** By number. Whoever stripped Python's u'…' from the file took the letters u and U with it. */
function readCharacters(): string[] {
  const ids = JSON.parse(readFileSync(`${folder}vocab.json`, 'utf8')) as Record<string, number>;
  const characters: string[] = [];
  for (const [key, id] of Object.entries(ids)) characters[id] = key === '' ? 'U' : key === '  ' ? 'u' : key;
  return characters;
}

test.skipIf(!existsSync(folder))("TensorFlow's char-lstm is one of these models, and writes", async () => {
  const cell = (layer: number) => ({
    kernel: readWeight(`rnnlm/multi_rnn_cell/cell_${layer}/basic_lstm_cell/weights`),
    bias: readWeight(`rnnlm/multi_rnn_cell/cell_${layer}/basic_lstm_cell/biases`),
  });
  const lstm = lstmFromTensorFlow([cell(0), cell(1)], { batchFirst: true });
  const model = new RecurrentLanguageModel({
    vocabSize: 65,
    embeddingDim: 128,
    hiddenSize: 128,
    numLayers: 2,
  });
  model.loadStateDict(
    new Map([
      ['encoder.weight', readWeight('embedding')],
      ...[...lstm.stateDict()].map(([name, value]) => [`rnn.${name}`, value] as const),
      ['head.weight', readWeight('rnnlm/softmax_w').T],
      ['head.bias', readWeight('rnnlm/softmax_b')],
    ]),
  );
  lstm.dispose();
  const characters = readCharacters();
  const prompt = Array.from('\nROMEO:\n', (character) => characters.indexOf(character));
  const ids = await collect(generate(model, prompt, { maxNewTokens: 300, temperature: 0.7, seed: 3 }));
  const text = ids.map((id) => characters[id]).join('');
  if (process.env.LUMBRE_TEST_PRINT) console.log(text);
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  expect(words.length).toBeGreaterThan(35);
  expect(new Set(words).size).toBeGreaterThan(25);
  // Words that come in every play.
  const common = new Set(
    'the and to of i you my a in is that not me it with be your for this he his what'.split(' '),
  );
  expect(words.filter((word) => common.has(word)).length / words.length).toBeGreaterThan(0.2);
  model.dispose();
});
