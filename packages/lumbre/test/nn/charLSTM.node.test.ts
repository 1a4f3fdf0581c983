import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compile, Generator, noGrad, type Tensor, tensor, zeros } from '../../src/index.ts';
import { crossEntropy, Embedding, Linear, type LSTM, lstmFromTensorFlow } from '../../src/nn/index.ts';

const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url));
const folder = `${shared}fixtures/models/char-lstm/`;
const corpus = `${shared}data/text/tinyshakespeare.txt`;
const found = existsSync(folder) && existsSync(corpus);
if (!found) console.warn("shared/fixtures not found: TensorFlow's LSTM over characters passed over");

interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

const cellName = (layer: number) => `rnnlm/multi_rnn_cell/cell_${layer}/basic_lstm_cell`;

function readWeights(): ReadonlyMap<string, Weight> {
  const manifest = JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8')) as Record<
    string,
    { filename: string; shape: number[] }
  >;
  // "Variable" is a counter, whose file was never there.
  const named = Object.entries(manifest).filter(([name]) => name !== 'Variable');
  return new Map(
    named.map(([name, { filename, shape }]) => {
      const bytes = new Uint8Array(readFileSync(folder + filename));
      return [name, { shape, values: new Float32Array(bytes.buffer) }];
    }),
  );
}

/** Characters by their numbers, and back. Whoever stripped Python's u'…' from the file took the letters u and U with it. */
function readVocabulary(): {
  readonly ids: ReadonlyMap<string, number>;
  readonly characters: readonly string[];
} {
  const text = readFileSync(`${folder}vocab.json`, 'utf8');
  const entries = Object.entries(JSON.parse(text) as Record<string, number>);
  const named = entries.map(([key, id]) => [key === '' ? 'U' : key === '  ' ? 'u' : key, id] as const);
  const characters: string[] = [];
  for (const [character, id] of named) characters[id] = character;
  return { ids: new Map(named), characters };
}

/** Cross entropy of a text in nats a character, step by step in double precision, as TensorFlow's graph has it. */
function referenceLoss(weights: ReadonlyMap<string, Weight>, ids: readonly number[]): number {
  const at = (name: string) => weights.get(name) as Weight;
  const product = (x: Float64Array, { shape, values }: Weight, bias: Weight): Float64Array => {
    const columns = shape[1] as number;
    const y = Float64Array.from(bias.values);
    x.forEach((value, row) => {
      for (let column = 0; column < columns; column++)
        (y[column] as number) += value * (values[row * columns + column] as number);
    });
    return y;
  };
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const size = 128;
  const h = [new Float64Array(size), new Float64Array(size)];
  const c = [new Float64Array(size), new Float64Array(size)];
  let total = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    const start = (ids[t] as number) * size;
    let x: Float64Array = Float64Array.from(at('embedding').values.subarray(start, start + size));
    for (const layer of [0, 1]) {
      const [hidden, cell] = [h[layer], c[layer]] as [Float64Array, Float64Array];
      const [kernel, bias] = ['weights', 'biases'].map((part) => at(`${cellName(layer)}/${part}`)) as [
        Weight,
        Weight,
      ];
      const gates = product(Float64Array.of(...x, ...hidden), kernel, bias);
      const gate = (number: number, i: number) => gates[number * size + i] as number;
      for (let i = 0; i < size; i++) {
        const kept = (cell[i] as number) * sigmoid(gate(2, i) + 1);
        cell[i] = kept + sigmoid(gate(0, i)) * Math.tanh(gate(1, i));
        hidden[i] = Math.tanh(cell[i] as number) * sigmoid(gate(3, i));
      }
      x = hidden;
    }
    const logits = product(x, at('rnnlm/softmax_w'), at('rnnlm/softmax_b'));
    const largest = Math.max(...logits);
    const sum = logits.reduce((s, logit) => s + Math.exp(logit - largest), 0);
    total += Math.log(sum) + largest - (logits[ids[t + 1] as number] as number);
  }
  return total / (ids.length - 1);
}

describe.skipIf(!found)('char-lstm, trained by TensorFlow on Shakespeare', () => {
  function load() {
    const weights = readWeights();
    const at = (name: string): Tensor => {
      const { shape, values } = weights.get(name) as Weight;
      return tensor(values, { shape });
    };
    const cell = (layer: number) => ({
      kernel: at(`${cellName(layer)}/weights`),
      bias: at(`${cellName(layer)}/biases`),
    });
    const lstm: LSTM = lstmFromTensorFlow([cell(0), cell(1)], { batchFirst: true });
    const embedding = new Embedding(65, 128);
    embedding.loadStateDict(new Map([['weight', at('embedding')]]));
    const head = new Linear(128, 65);
    head.loadStateDict(
      new Map([
        ['weight', at('rnnlm/softmax_w').T],
        ['bias', at('rnnlm/softmax_b')],
      ]),
    );
    const dispose = () => {
      for (const module of [lstm, embedding, head]) module.dispose();
    };
    return { weights, lstm, embedding, head, dispose };
  }

  const idsOf = (text: string): number[] => {
    const { ids } = readVocabulary();
    return [...text].map((character) => ids.get(character) as number);
  };

  test('predicts a passage as a loop in double precision does, and well', () => {
    const { weights, lstm, embedding, head, dispose } = load();
    const ids = idsOf(readFileSync(corpus, 'utf8').slice(0, 501));
    const all = tensor(ids, { dtype: 'int32' });
    const loss = noGrad(() => {
      const [output] = lstm.forward(embedding.forward(all.narrow(0, 0, 500).unsqueeze(0)));
      return crossEntropy(head.forward(output.squeeze(0)), all.narrow(0, 1, 500)).itemSync();
    });
    expect(loss).toBeCloseTo(referenceLoss(weights, ids), 4);
    // Knowing how often each character comes, but not what came before, is worth 3.3.
    expect(loss).toBeLessThan(1.5);
    dispose();
  });

  test('writes text like its own, the same from the same seed', () => {
    const { weights, lstm, embedding, head, dispose } = load();
    const { characters, ids } = readVocabulary();
    const step = compile((id: Tensor, h: Tensor, c: Tensor, drawn: Tensor) =>
      noGrad(() => {
        const [output, [nextH, nextC]] = lstm.forward(embedding.forward(id.reshape(1, 1)), [h, c]);
        const noise = drawn.log().neg().log().neg();
        return [head.forward(output).flatten().div(0.7).add(noise).argmax(-1), nextH, nextC];
      }),
    );
    const write = (seed: number, length: number): string => {
      const generator = new Generator(seed);
      const word = generator.hostWords();
      const written: number[] = [];
      let next = tensor(ids.get('\n') as number, { dtype: 'int32' });
      let [h, c] = [zeros([2, 1, 128]), zeros([2, 1, 128])];
      for (let i = 0; i < length; i++) {
        // Gumbel's trick: the largest of logits with noise is a draw from their softmax.
        const drawn = tensor(Array.from({ length: 65 }, () => (word() + 0.5) / 2 ** 32));
        const [id, nextH, nextC] = step(next, h, c, drawn) as [Tensor, Tensor, Tensor];
        for (const t of [next, h, c, drawn]) t.dispose();
        [next, h, c] = [id, nextH, nextC];
        written.push(next.itemSync());
      }
      for (const t of [next, h, c]) t.dispose();
      return written.map((id) => characters[id]).join('');
    };
    const text = write(7, 300);
    if (process.env.LUMBRE_TEST_PRINT) console.log(text);
    expect(write(7, 40)).toBe(text.slice(0, 40));
    expect(write(8, 40)).not.toBe(text.slice(0, 40));
    // Most of its words are Shakespeare's, and the letters are not always the same few.
    const known = new Set(
      readFileSync(corpus, 'utf8')
        .toLowerCase()
        .match(/[a-z]+/g),
    );
    const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
    expect(words.length).toBeGreaterThan(35);
    expect(words.filter((word) => known.has(word)).length / words.length).toBeGreaterThan(0.85);
    expect(new Set(words).size).toBeGreaterThan(25);
    expect(text.split('\n').length).toBeGreaterThan(3);
    expect(referenceLoss(weights, idsOf(`\n${text}`))).toBeLessThan(1.6);
    step.dispose();
    dispose();
  });

  test('refuses cells that do not go one upon the other', () => {
    const cell = (inputs: number, hidden: number) => ({
      kernel: zeros([inputs + hidden, 4 * hidden]),
      bias: zeros([4 * hidden]),
    });
    expect(() => lstmFromTensorFlow([cell(3, 2), cell(3, 2)])).toThrow(
      'cell 1 has a kernel [5, 8] and a bias [8], expected [4, 8] and [8]',
    );
  });
});
