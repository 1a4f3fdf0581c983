import { decoders, models, preTokenizers, Tokenizer, trainers } from 'lumbre/tokenizers';
import { expect, test, vi } from 'vitest';
import { measureSteps } from '../src/measure.ts';
import type { Case } from '../src/workload.ts';
import { workloads } from '../src/workloads/index.ts';
import { matmulCase } from '../src/workloads/w1.ts';
import { elementwiseCase } from '../src/workloads/w2.ts';
import { perceptronCase } from '../src/workloads/w3.ts';
import { gptCase } from '../src/workloads/w4.ts';
import { dcganCase } from '../src/workloads/w5.ts';
import { decodeCase, finetuneCase, prefillCase } from '../src/workloads/w6.ts';
import { generateCase } from '../src/workloads/w6Generate.ts';
import { encodingSession, trainingSession, w7 } from '../src/workloads/w7.ts';

const gpt = { vocabulary: 19, block: 16, layers: 2, heads: 2, width: 16 };

/** Each workload at sizes that take no time. */
const tiny: readonly Case[] = [
  matmulCase('64', [64, 64, 64], 2),
  matmulCase('1x16x33', [1, 16, 33], 1),
  elementwiseCase('forward', 1000),
  elementwiseCase('forward+backward', 1000),
  perceptronCase('tiny mlp', { inputs: 12, hidden: 8, classes: 4, batch: 4 }),
  gptCase('tiny gpt', { ...gpt, batch: 2 }, 1),
  dcganCase('tiny dcgan', { channels: 1, base: 2, noise: 3, batch: 2 }),
  decodeCase('tiny decode', gpt, { prompt: 4, tokens: 5 }),
  generateCase('tiny generate', gpt, { prompt: 4, tokens: 5 }),
  generateCase('tiny generate by chance', gpt, { prompt: 4, tokens: 5 }, 'sample'),
  prefillCase('tiny prefill', gpt, 12),
  finetuneCase('tiny finetune', gpt, 8),
];

test.each(tiny)('$name makes its steps and agrees with the oracle', async (one) => {
  const session = one.open('wasm');
  const turns = { ask: 'steps', turns: 2, together: one.together ?? 1 } as const;
  const { times, overhead } = await measureSteps(session, 'wasm', turns);
  expect(times).toHaveLength(2);
  expect(Math.min(...times)).toBeGreaterThan(0);
  expect(overhead).toBeGreaterThan(0);
  expect(overhead).toBeLessThan(1);
  const { deviation, tolerance } = await session.check();
  expect(deviation).toBeLessThanOrEqual(tolerance);
  session.dispose();
});

const sentence =
  "En un lugar de la Mancha, de cuyo nombre no quiero acordarme, it's not long since there lived ";
const story = Array.from({ length: 60 }, (_, i) => `${sentence.slice(i)}${i}.\n`).join('');

test.each(['train-bpe', 'train-wordpiece', 'train-unigram'] as const)(
  '%s learns a vocabulary that knows its text',
  async (kind) => {
    const session = trainingSession(kind, 300, story);
    session.prepare(2);
    await session.run();
    session.inspect();
    expect((await session.check()).deviation).toBe(0);
  },
);

test.each(['encode', 'encode-cold', 'encode-lines', 'encode-offsets'] as const)(
  '%s gives ids that are decoded to the text',
  async (kind) => {
    const tokenizer = new Tokenizer(new models.BPE());
    tokenizer.preTokenizer = new preTokenizers.ByteLevel({ addPrefixSpace: false });
    tokenizer.decoder = new decoders.ByteLevel();
    await tokenizer.trainFromIterator([story], new trainers.BpeTrainer({ vocabSize: 200 }));
    const session = encodingSession(kind, () => Tokenizer.fromJSON(tokenizer.toJSON()), story);
    session.prepare(2);
    session.run();
    session.inspect();
    expect((await session.check()).deviation).toBe(0);
  },
);

test('cases of texts name their files when they are begun', () => {
  vi.stubEnv('LUMBRE_BENCH_TEXT', '');
  const [encode] = w7.cases;
  expect(() => encode?.sizes).toThrow(/W7 needs a text.*LUMBRE_BENCH_TEXT/);
  vi.stubEnv('LUMBRE_BENCH_TEXT', 'a.txt');
  vi.stubEnv('LUMBRE_BENCH_GPT2', 'gpt2');
  expect(encode?.sizes).toEqual({ text: 'a.txt', gpt2: 'gpt2' });
  vi.unstubAllEnvs();
});

test('the amounts of work are those that are known', () => {
  const giga = Object.fromEntries(
    workloads.flatMap(({ name, cases }) =>
      cases.map((one) => [`${name} ${one.name}`, one.operations / 1e9] as const),
    ),
  );
  expect(giga['W1 1024']).toBeCloseTo(2.147, 3);
  expect(giga['W3 mlp']).toBeCloseTo(0.41, 2);
  expect(giga['W4 char']).toBeCloseTo(3.8, 1);
  expect(giga['W4 baby']).toBeCloseTo(138, 0);
  expect(giga['W5 dcgan']).toBeCloseTo(24.6, 1);
  expect(giga['W6 prefill512']).toBeCloseTo(92, 0);
  expect(giga['W6 finetune']).toBeCloseTo(193, 0);
});
