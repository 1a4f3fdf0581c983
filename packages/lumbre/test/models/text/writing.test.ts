import { describe, expect, test } from 'vitest';
import { compile, Generator, noGrad, scope, type Tensor, tensor } from '../../../src/index.ts';
import {
  GPT,
  generate,
  generateMany,
  gptParameterCount,
  gptSizes,
  MLPLanguageModel,
  RecurrentLanguageModel,
  type TokenWriter,
} from '../../../src/models/index.ts';
import { crossEntropy, type Module } from '../../../src/nn/index.ts';
import { Adam } from '../../../src/optim/index.ts';
import { collect } from './support.ts';

type Model = Module & TokenWriter & { forward(ids: Tensor): Tensor };

const generator = () => new Generator(3);
const makers: [string, () => Model][] = [
  [
    'MLP',
    () =>
      new MLPLanguageModel({ vocabSize: 6, blockSize: 3, nEmbd: 8, nHidden: 24 }, { generator: generator() }),
  ],
  ...(['rnn', 'lstm', 'gru'] as const).map((cell): [string, () => Model] => [
    cell,
    () =>
      new RecurrentLanguageModel(
        { cell, vocabSize: 6, embeddingDim: 8, hiddenSize: 16, numLayers: cell === 'gru' ? 2 : 1 },
        { generator: generator() },
      ),
  ]),
];

const row = (tokens: readonly number[]): Tensor => tensor([[...tokens]], { dtype: 'int32' });

describe.each(makers)('%s', (name, make) => {
  test('writes by the scores that forward gives, alone and side by side', async () => {
    const model = make();
    const tokens = [0, 3, 1, 5, 2, 4, 4];
    const decoder = model.decoder({ batch: 2 });
    const seen: number[][] = [];
    for (const [i, token] of tokens.entries()) {
      const logits =
        i < 3 ? await decoder.start(tokens.slice(0, i + 1)) : await decoder.next(Int32Array.of(token, token));
      expect([...logits.subarray(6, 12)]).toEqual([...logits.subarray(0, 6)]);
      seen.push(Array.from(logits.subarray(0, 6), Number));
    }
    const all = scope(() => noGrad(() => Array.from(model.forward(row(tokens)).dataSync(), Number)));
    seen.flat().forEach((logit, i) => {
      expect(logit).toBeCloseTo(all[i] as number, 5);
    });
    await expect(decoder.start([])).rejects.toThrow('the prompt is empty');
    await expect(decoder.next(Int32Array.of(1))).rejects.toThrow('expected 2 tokens');
    decoder.dispose();
    model.dispose();
  });

  test.skipIf(name === 'rnn' || name === 'gru')('learns a text of two phrases, and writes it', async () => {
    const model = make();
    const phrase = [0, 1, 2, 0, 3, 4, 5, 5];
    const text = Array.from({ length: 64 }, (_, i) => phrase[i % phrase.length] as number);
    const [x, y] = [
      tensor(Int32Array.from(text.slice(0, 63)), { shape: [3, 21] }),
      tensor(Int32Array.from(text.slice(1)), { shape: [3, 21] }),
    ];
    const optimizer = new Adam(model.parameters(), { lr: 0.04 });
    const step = compile(() => {
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    let last = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 70; i++) {
      const loss = step();
      last = loss.itemSync();
      loss.dispose();
    }
    expect(last).toBeLessThan(0.3);
    const options = { maxNewTokens: 12, temperature: 0 };
    const wanted = Array.from({ length: 12 }, (_, i) => phrase[(i + 4) % phrase.length]);
    expect(await collect(generate(model, [0, 1, 2, 0], options))).toEqual(wanted);
    expect(await generateMany(model, [0, 1, 2, 0], 2, { ...options, stopToken: 5 })).toEqual([
      [3, 4],
      [3, 4],
    ]);
    step.dispose();
    optimizer.dispose();
    model.dispose();
  });
});

test("GPT's sizes have as many parameters as was published", () => {
  const count = (size: keyof typeof gptSizes) => gptParameterCount(gptSizes[size]);
  // Hugging Face's checkpoints.
  expect(count('gpt2')).toBe(124_439_808);
  expect(count('gpt2-medium')).toBe(354_823_168);
  expect(count('gpt2-large')).toBe(774_030_080);
  expect(count('gpt2-xl')).toBe(1_557_611_200);
  // Table 2.1, rounded as it is there.
  const table = {
    'gpt3-small': 125e6,
    'gpt3-medium': 350e6,
    'gpt3-large': 760e6,
    'gpt3-xl': 1.3e9,
    'gpt3-2.7b': 2.7e9,
    'gpt3-6.7b': 6.7e9,
    'gpt3-13b': 13e9,
    'gpt3-175b': 175e9,
  } as const;
  for (const [size, wanted] of Object.entries(table)) {
    expect(Math.abs(count(size as keyof typeof table) / wanted - 1), size).toBeLessThan(0.025);
  }
  // And the formula counts what a model has.
  for (const options of [{}, { bias: false }, { bias: false, qkvBias: true, tieWeights: false }]) {
    const config = { vocabSize: 11, blockSize: 6, nLayer: 2, nHead: 2, nEmbd: 8, ...options };
    const model = new GPT(config);
    expect(gptParameterCount(config)).toBe(model.parameterCount());
    model.dispose();
  }
});
