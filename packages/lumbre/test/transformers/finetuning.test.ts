import { describe, expect, test } from 'vitest';
import { defaultDevice, Generator, noGrad, tensor } from '../../src/index.ts';
import { AutoTokenizer } from '../../src/tokenizers/index.ts';
import { decodeCheckpoint, encodeCheckpoint, TrainingLoop } from '../../src/train/index.ts';
import { GPT2LMHeadModel, LlamaForCausalLM } from '../../src/transformers/causal/index.ts';
import {
  chatText,
  FinetuneError,
  type FinetuneOptions,
  packExamples,
  prepareFinetuning,
  readRecords,
  tokenizeRecords,
} from '../../src/transformers/finetuning/index.ts';
import { CHATML_MARKED, tinyBert, tinyGpt2 } from './tinyModel.ts';

const conversation = {
  messages: [
    { role: 'system', content: 'Sé breve.' },
    { role: 'user', content: '¿Qué hora es?' },
    { role: 'assistant', content: 'Las dos.' },
    { role: 'user', content: '¿Y ahora?' },
    { role: 'assistant', content: 'Más tarde. 🕒' },
  ],
};
const chat = readRecords(JSON.stringify([conversation]), 'chat.json');
const pairs = readRecords(
  Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({ prompt: `${i}: `, completion: `abc${'x'.repeat(i)}` }),
  ).join('\n'),
  'pairs.jsonl',
);

describe('data', () => {
  test('are read from several kinds of files', () => {
    expect(readRecords('text,label\n"a, b",1\nNA,2\n', 'a.csv')).toEqual([
      { kind: 'label', text: 'a, b', label: '1' },
      { kind: 'label', text: 'NA', label: '2' },
    ]);
    expect(readRecords('Hola', 'a.txt')).toEqual([{ kind: 'text', text: 'Hola' }]);
    expect(readRecords('{"text":"a"}\n\n{"text":"b"}', 'a.jsonl')).toHaveLength(2);
    expect(() => readRecords('{"text":"a"}\n{"text":"b"', 'a.jsonl')).toThrow(
      'a.jsonl, line 2: it is no JSON',
    );
    expect(() => readRecords('{"text":"a"}\n{"prompt":"b"}', 'a.jsonl')).toThrow(
      'a.jsonl, line 2: expected an object',
    );
    expect(() => readRecords('{"text":"a"}\n{"prompt":"b","completion":""}', 'a.jsonl')).toThrow(
      'must all be of one',
    );
    expect(() => readRecords('', 'a.jsonl')).toThrow('nothing in it');
  });

  test.each(['prefixes', 'marks'])('answers alone are learned, found by %s', async (way) => {
    const tokenizer = await AutoTokenizer.fromPretrained(
      await (way === 'marks' ? tinyGpt2(CHATML_MARKED) : tinyGpt2()),
    );
    const { text, answers } = chatText(tokenizer, conversation.messages, 'here');
    const end = way === 'marks' ? '<|im_end|>' : '<|im_end|>\n';
    expect(answers.map(([a, b]) => text.slice(a, b))).toEqual([`Las dos.${end}`, `Más tarde. 🕒${end}`]);
    const [example] = tokenizeRecords(tokenizer, chat, 128 * 4).examples;
    const learned = example?.ids.filter((_, i) => example.labels[i] !== -100) ?? [];
    expect(tokenizer.decode(learned)).toBe(`Las dos.${end}Más tarde. 🕒${end}`);
    expect(tokenizer.decode(example?.ids ?? [])).toBe(text);
  });

  test('completions are learned with their end, and prompts are not', async () => {
    const tokenizer = await AutoTokenizer.fromPretrained(await tinyGpt2());
    const { examples } = tokenizeRecords(tokenizer, pairs, 64);
    const { ids, labels } = examples[2] as (typeof examples)[number];
    expect(tokenizer.decode(ids)).toBe('2: abcxx<|end|>');
    expect(labels.map((label) => (label === -100 ? '-' : tokenizer.decode(label))).join('')).toBe(
      '---abcxx<|end|>',
    );
    const short = tokenizeRecords(tokenizer, pairs, 5);
    expect([short.truncated, short.empty]).toEqual([12, 0]);
    expect(() => tokenizeRecords(tokenizer, pairs, 3)).toThrow('Raise maxLength');
  });

  test('are packed into few rows, each token once', () => {
    const drawn = Array.from({ length: 200 }, (_, i) => {
      const ids = Array.from({ length: 1 + ((i * 7919) % 31) }, (_, j) => i * 100 + j);
      return { ids, labels: ids };
    });
    const rows = packExamples(drawn, 32);
    expect(rows.flatMap(({ ids }) => ids).sort((a, b) => a - b)).toEqual(
      drawn.flatMap(({ ids }) => ids).sort((a, b) => a - b),
    );
    expect(Math.max(...rows.map(({ ids }) => ids.length))).toBeLessThanOrEqual(32);
    const total = drawn.reduce((sum, { ids }) => sum + ids.length, 0);
    expect(rows.length).toBeLessThanOrEqual(Math.ceil(total / 32) + 2);
    for (const { labels, positions } of rows) {
      expect(labels.map((label) => label === -100)).toEqual(positions.map((position) => position === 0));
    }
  });
});

describe('texts in one row', () => {
  test.each([
    [
      'GPT-2',
      () =>
        new GPT2LMHeadModel(
          { vocabSize: 19, nPositions: 16, nEmbd: 16, nLayer: 2, nHead: 2 },
          { generator: new Generator(2) },
        ),
    ],
    [
      'Llama',
      () =>
        new LlamaForCausalLM(
          {
            vocabSize: 19,
            hiddenSize: 16,
            intermediateSize: 24,
            numHiddenLayers: 2,
            numAttentionHeads: 4,
            numKeyValueHeads: 2,
            maxPositionEmbeddings: 16,
          },
          { generator: new Generator(2) },
        ),
    ],
  ] as const)('do not see each other: %s', async (_, make) => {
    const model = make();
    model.eval();
    const [first, second] = [
      [3, 4, 5, 6],
      [7, 8, 9],
    ];
    const int = (row: number[]) => tensor(Int32Array.from(row), { shape: [1, row.length] });
    const alone = await noGrad(() => model.forward(int(second))).data();
    const packed = await noGrad(() =>
      model.forward(int([...first, ...second]), {
        segmentIds: int([1, 1, 1, 1, 2, 2, 2]),
        positionIds: int([0, 1, 2, 3, 0, 1, 2]),
      }),
    ).data();
    for (let i = 0; i < alone.length; i++) expect(packed[4 * 19 + i]).toBeCloseTo(alone[i] as number, 5);
    expect(() => model.forward(int(first), { segmentIds: int([1, 1]) })).toThrow('segmentIds');
    model.dispose();
  });
});

const prepare = async (settings: FinetuneOptions, records = pairs, dropout = 0) =>
  prepareFinetuning({
    source: await tinyGpt2(undefined, dropout),
    records,
    settings,
    device: defaultDevice(),
  });

async function losses(settings: FinetuneOptions, count = 4): Promise<number[]> {
  const { task } = await prepare(settings);
  const all: number[] = [];
  for (let step = 0; step < count; step++) {
    const figures = await task.step({ step, steps: 100, fraction: step / 100 });
    all.push(figures.loss as number);
  }
  task.dispose();
  return all;
}

const common = { lr: 1e-2, steps: 100, maxLength: 32, heldOut: 0.2, warmupRatio: 0 } as const;

describe('training', () => {
  test('accumulation is one large batch, however uneven the small ones are', async () => {
    // As many as fill batches of both sizes: what is left at the end of an epoch makes a small one.
    const eight = { ...common, heldOut: 1 / 3 };
    const large = await losses({ ...eight, batchSize: 4 });
    const small = await losses({ ...eight, batchSize: 2, gradientAccumulation: 2 });
    for (const [i, loss] of large.entries()) expect(small[i]).toBeCloseTo(loss, 3);
    expect(large[3]).toBeLessThan(large[0] as number);
  });

  test('packed rows and layers computed twice learn the same', async () => {
    const plain = await losses({ ...common, batchSize: 10 });
    const packed = await losses({ ...common, batchSize: 10, packing: true });
    const twice = await losses({ ...common, batchSize: 10, gradientCheckpointing: true });
    plain.forEach((loss, i) => {
      expect(packed[i]).toBeCloseTo(loss, 3);
      expect(twice[i]).toBeCloseTo(loss, 3);
    });
  });

  test.each([
    ['LoRA', { lora: { r: 2, loraDropout: 0.1 } }],
    ['all weights', {}],
  ])('%s: goes on bit for bit after a checkpoint, dropout included', async (_, more) => {
    const settings = { ...common, ...more, batchSize: 3, steps: 6, gradientAccumulation: 2 };
    const config = { steps: 6, evalInterval: 3 };
    const whole = await prepare(settings, pairs, 0.1);
    const figures: unknown[] = [];
    let kept: Uint8Array | undefined;
    await new TrainingLoop(whole.task, config).run((event) => {
      if (event.type === 'step' && event.step > 3) figures.push(event.metrics);
      if (event.type === 'validation' && event.step > 3) figures.push(event.metrics);
      if (event.type === 'checkpoint' && event.step === 3) kept = event.bytes;
    });
    whole.task.dispose();
    const again = await prepare(settings, pairs, 0.1);
    const loop = new TrainingLoop(again.task, config);
    loop.restore(decodeCheckpoint(kept as Uint8Array));
    const later: unknown[] = [];
    await loop.run((event) => {
      if (event.type === 'step' || event.type === 'validation') later.push(event.metrics);
    });
    expect(later).toEqual(figures);
    expect(encodeCheckpoint(await loop.checkpoint()).length).toBeGreaterThan(0);
    again.task.dispose();
  });

  test('frozen parameters stay, adapters merge into a model', async () => {
    const { task, model } = await prepare({ ...common, freeze: ['wte', 'h.0'], steps: 2, batchSize: 4 });
    const before = new Map(
      await Promise.all(
        [...model.namedParameters()].map(async ([name, v]) => [name, (await v.data()).slice()] as const),
      ),
    );
    await new TrainingLoop(task, { steps: 2, evalInterval: 2 }).run();
    for (const [name, value] of model.namedParameters()) {
      const same = (await value.data()).every((x, i) => x === before.get(name)?.[i]);
      expect([name, same]).toEqual([name, /wte|h\.0\./.test(name)]);
    }
    task.dispose();
    await expect(prepare({ freeze: ['nothing'] })).rejects.toThrow('no parameter "nothing"');
  });

  test('a classifier learns what its texts say, and is measured on others', async () => {
    const words = [
      ['gato', 'animal'],
      ['perro', 'animal'],
      ['mesa', 'cosa'],
      ['silla', 'cosa'],
    ] as const;
    const lines = Array.from({ length: 48 }, (_, i) => {
      const [word, label] = words[i % 4] as (typeof words)[number];
      return JSON.stringify({ text: `${word} ${i}`, label });
    });
    const { task, facts, model } = await prepareFinetuning({
      source: await tinyBert(),
      records: readRecords(lines.join('\n'), 'words.jsonl'),
      settings: { lr: 3e-3, steps: 40, batchSize: 8, heldOut: 0.25, maxLength: 16, evalInterval: 40 },
      device: defaultDevice(),
    });
    expect(facts.labels).toEqual(['animal', 'cosa']);
    expect(model.config).toMatchObject({ id2label: ['animal', 'cosa'] });
    const loop = new TrainingLoop(task, { steps: 40, evalInterval: 40 });
    await loop.run();
    expect(loop.last).toBeGreaterThan(0.9);
    task.dispose();
  });

  test('memory is asked for before it begins, and what would fit is said', async () => {
    const source = await tinyGpt2();
    const ask = (settings: FinetuneOptions, availableBytes: number) =>
      prepareFinetuning({ source, records: pairs, settings, device: defaultDevice(), availableBytes });
    const { task, facts } = await ask({ ...common, batchSize: 8 }, 2 ** 32);
    const bytes = facts.bytes as number;
    // Weights, gradients, two moments.
    expect(bytes).toBeGreaterThan(4 * 4 * facts.parameters);
    task.dispose();
    await expect(ask({ ...common, batchSize: 8 }, bytes - 1)).rejects.toThrow(/With batchSize=1/);
    await expect(ask({ ...common, batchSize: 8 }, 1000)).rejects.toThrow(/Choose a smaller model/);
    await expect(ask({ ...common, dtype: 'int8' }, 2 ** 32)).rejects.toThrow(FinetuneError);
  });
});
